package org.qscan.engine.process;

import java.io.FileInputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A virtual machine that runs out of descriptors while a child of its runs: says what it then takes
 * the family for, and what when it has descriptors again. Its standard output is read by a test.
 */
final class BlindParent {

  /** After so many looks in a row that find no descriptor, nobody gives one back any more. */
  private static final int QUIET = 100;

  private BlindParent() {}

  /**
   * Runs.
   *
   * @param args the family's mark
   */
  public static void main(String[] args) throws Exception {
    String mark = args[0];
    ProcessTree.end("nobody"); // loads the classes while files can be opened
    Child child =
        Child.start(
            Command.confined(List.of("/bin/sleep", "60"), mark, Duration.ofSeconds(60)),
            Command.NO_INPUT);
    while (ProcessTree.find(mark).isEmpty()) {
      Thread.sleep(5);
    }
    List<FileInputStream> files = new ArrayList<>();
    int quiet = 0;
    while (quiet < QUIET) { // the threads of the child still close some of theirs
      quiet = takeAll(files) ? 0 : quiet + 1;
      Thread.sleep(5);
    }
    boolean goneForBlind = ProcessTree.end(mark);
    for (FileInputStream file : files) {
      file.close();
    }
    System.out.println("blind: gone " + goneForBlind + ", alive " + child.isAlive());
    System.out.println("seeing: gone " + ProcessTree.end(mark));
  }

  /** Whether there was a descriptor to take. */
  private static boolean takeAll(List<FileInputStream> files) {
    int before = files.size();
    try {
      while (true) {
        files.add(new FileInputStream("/dev/null"));
      }
    } catch (IOException e) { // that was the last one
      return files.size() > before;
    }
  }
}
