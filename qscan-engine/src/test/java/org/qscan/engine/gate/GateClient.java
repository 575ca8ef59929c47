package org.qscan.engine.gate;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.qscan.engine.ScanFailure;
import org.qscan.engine.process.Child;
import org.qscan.engine.process.Command;
import org.qscan.engine.process.ProcessTree;

/** Another process at the gate. The first argument says what it does. */
public final class GateClient {

  private GateClient() {}

  /** Runs; see the methods that are named like the verbs. */
  public static void main(String[] args) throws Exception {
    Path directory = Path.of(args[1]);
    switch (args[0]) {
      case "hold" -> hold(directory, args);
      case "pass" -> pass(directory, args);
      case "rounds" -> rounds(directory, args);
      case "lock" -> lock(directory);
      case "clean" -> clean(directory);
      case "sessions" -> {
        Population population = new Population(WorkDirectory.open(directory, false));
        population.live(Integer.parseInt(args[2]), Duration.ofMillis(Long.parseLong(args[3])));
        population.complaints().forEach(System.out::println);
      }
      case "mode" -> {
        try (SessionLease lease = WorkDirectory.open(directory, true).enter()) {
          System.out.println(Files.getPosixFilePermissions(lease.directory()));
        }
      }
      default -> throw new IllegalArgumentException(args[0]);
    }
  }

  private static Gate gate(WorkDirectory work, int slots) {
    return new Gate(work, slots, ProcessTree::end);
  }

  /**
   * hold WORK SLOTS PATIENCE [PROGRAM]: enters, starts the program as a marked child, leaves at the
   * end of standard input.
   */
  private static void hold(Path directory, String[] args) throws Exception {
    WorkDirectory work = WorkDirectory.open(directory, false);
    try (SessionLease lease = work.enter()) {
      Duration patience = Duration.ofMillis(Long.parseLong(args[3]));
      try (Slot slot = gate(work, Integer.parseInt(args[2])).enter(lease, patience)) {
        Files.writeString(lease.directory().resolve("message"), slot.ticket().toString());
        if (args.length > 4) {
          Child.start(
              Command.confined(List.of(args[4]), lease.id(), Duration.ofMinutes(5)),
              Command.NO_INPUT);
        }
        System.out.println("in " + lease.id() + " " + System.currentTimeMillis());
        while (System.in.read() >= 0) {}
      } catch (ScanFailure e) {
        System.out.println("refused " + e.getMessage());
      }
    }
    System.out.println("out");
  }

  /** pass WORK SLOTS JOURNAL NAME: enters, notes its name, leaves. */
  private static void pass(Path directory, String[] args) throws Exception {
    WorkDirectory work = WorkDirectory.open(directory, false);
    try (SessionLease lease = work.enter();
        Slot slot = gate(work, Integer.parseInt(args[2])).enter(lease, Duration.ofMinutes(1))) {
      note(Path.of(args[3]), slot, args[4]);
    }
  }

  /** rounds WORK SLOTS THREADS ROUNDS JOURNAL: in and out again, noting it each time. */
  private static void rounds(Path directory, String[] args) throws Exception {
    WorkDirectory work = WorkDirectory.open(directory, false);
    int slots = Integer.parseInt(args[2]);
    int threads = Integer.parseInt(args[3]);
    rounds(work, slots, threads, Integer.parseInt(args[4]), Path.of(args[5]))
        .forEach(System.out::println);
  }

  static List<String> rounds(WorkDirectory work, int slots, int threads, int rounds, Path journal)
      throws InterruptedException {
    Gate gate = gate(work, slots);
    List<String> complaints = java.util.Collections.synchronizedList(new ArrayList<>());
    List<Thread> all = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      Thread thread =
          new Thread(() -> {
            for (int round = 0; round < rounds; round++) {
              try (SessionLease lease = work.enter();
                  Slot slot = gate.enter(lease, Duration.ofMinutes(1))) {
                note(journal, slot, "+");
                Thread.sleep(3);
                note(journal, slot, "-");
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
    return complaints;
  }

  /**
   * Appends to a file that all processes share: its order is the order of the events, for a note is
   * made while the slot is held. Asks for the slot so that nobody notes without.
   */
  @SuppressWarnings("UnusedVariable")
  static void note(Path journal, Slot slot, String text) throws IOException {
    Files.writeString(journal, text + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  /** lock WORK: takes the lock under which tickets are drawn, and keeps it. */
  private static void lock(Path directory) throws Exception {
    try (FileChannel channel =
        FileChannel.open(
            directory.resolve(WorkDirectory.GATE).resolve("draw.lock"),
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE)) {
      channel.lock();
      System.out.println("locked");
      while (System.in.read() >= 0) {}
    }
  }

  /** clean WORK: is the janitor, once; prints the ids of the dead. */
  private static void clean(Path directory) throws Exception {
    new Janitor(WorkDirectory.open(directory, false), ProcessTree::end)
        .clean()
        .forEach(System.out::println);
  }
}
