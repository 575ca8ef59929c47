package org.qscan.engine.process;

import java.time.Duration;
import java.util.List;

/** Starts a child and waits, for tests that kill it. */
final class ChildParent {

  private ChildParent() {}

  /**
   * Runs.
   *
   * @param args program, mark, lifetime in seconds, "await" or "leave"
   */
  public static void main(String[] args) {
    Duration lifetime = Duration.ofSeconds(Long.parseLong(args[2]));
    Child child =
        Child.start(Command.confined(List.of(args[0]), args[1], lifetime), Command.NO_INPUT);
    System.out.println("started");
    if (args[3].equals("await")) {
      child.await(Duration.ofHours(1));
    }
  }
}
