package org.qscan.engine.gate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Sessions that are born and die all the time, and complain when something of theirs is missing.
 */
final class Population {

  private final WorkDirectory work;
  private final Gate gate;
  private final List<String> complaints = Collections.synchronizedList(new ArrayList<>());

  Population(WorkDirectory work) {
    this.work = work;
    this.gate = new Gate(work, 1000, id -> complaints.add(id + " was taken for dead"));
  }

  List<String> complaints() {
    return List.copyOf(complaints);
  }

  void live(int threads, Duration time) throws InterruptedException {
    long end = System.nanoTime() + time.toNanos();
    List<Thread> all = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      Thread thread =
          new Thread(() -> {
            while (System.nanoTime() < end) {
              try {
                one();
              } catch (Exception e) {
                complaints.add(e.toString());
              }
            }
          });
      thread.start();
      all.add(thread);
    }
    for (Thread thread : all) {
      thread.join();
    }
  }

  private void one() throws Exception {
    try (SessionLease lease = work.enter()) {
      Path message = Files.writeString(lease.directory().resolve("message"), lease.id());
      try (Slot slot = gate.enter(lease, Duration.ofMinutes(1))) {
        if (ThreadLocalRandom.current().nextBoolean()) {
          Thread.sleep(ThreadLocalRandom.current().nextInt(4));
        }
        complainUnlessThere(slot.ticket());
        complainUnlessThere(work.path().resolve(WorkDirectory.LIVE).resolve(lease.id()));
        complainUnlessThere(message);
      }
    }
  }

  private void complainUnlessThere(Path path) throws IOException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      complaints.add(path + " is gone");
    }
  }
}
