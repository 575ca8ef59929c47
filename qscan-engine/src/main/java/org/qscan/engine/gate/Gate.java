package org.qscan.engine.gate;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.qscan.engine.ScanFailure;

/**
 * The limit on scans at a time, over all processes on the host, first come first served, with no
 * server and nothing to run but the messages' own processes.
 *
 * <p><b>How.</b> A session that wants to scan draws a ticket: an empty file {@code
 * .gate/NUMBER.ID}, its number one above all that are there. A ticket is called when fewer than
 * {@code gate.slots} tickets with lower numbers are there; the {@link Slot} ends with the ticket's
 * removal.
 *
 * <p><b>Never more than the limit.</b> Numbers are drawn under a lock, so no ticket ever appears
 * below another; the tickets below a given one only become fewer. Of all tickets called at one
 * time, look at the highest: fewer than {@code gate.slots} were below it when it was called, hence
 * now. (The original counted directories without a lock, and could overshoot.)
 *
 * <p><b>A dead holder.</b> A ticket is worth something only while its session's lock is held. Those
 * who wait look at the tickets that hold slots, and remove one whose owner is gone, once what it
 * left running is gone too. An owner that is merely stopped or slow keeps its slot.
 *
 * <p><b>Waiting is polling</b>, {@link #POLL_MILLIS} between looks for those in front. A watch on
 * the directory (inotify) would wake every waiter for every ticket, and costs a JVM start-up; a
 * blocking lock on the ticket ahead can wait for one holder only, not for whichever ends first.
 */
public final class Gate {

  private static final int POLL_MILLIS = 20;
  private static final int PROBE_MILLIS = 250;
  private static final String DRAW = "draw.lock";

  /** What is wrong where no ticket can be drawn. */
  public static final String STOPPED = "another process holds .gate/" + DRAW + ": is it stopped?";

  /** Threads of this process draw one by one: record locks do not see threads. */
  private static final String DRAWING = "drawing";

  private final WorkDirectory work;
  private final Path tickets;
  private final int slots;
  private final Family family;

  /**
   * The gate of this work directory.
   *
   * @param work the directory that all share
   * @param slots how many may scan at once, 1 or more
   * @param family ends the scanner that a dead holder of a slot has left running
   */
  public Gate(WorkDirectory work, int slots, Family family) {
    this.work = work;
    this.tickets = work.path().resolve(WorkDirectory.GATE);
    this.slots = slots;
    this.family = family;
  }

  /** Like {@link #enter(Tenure, Patience)}, with all of this left. */
  public Slot enter(Tenure session, Duration patience) throws ScanFailure {
    return enter(session, Patience.of(patience));
  }

  /**
   * Waits for a slot.
   *
   * @param session who wants to scan
   * @param patience how long to wait at most
   * @throws ScanFailure if the patience is over, or the tickets cannot be written or read
   */
  public Slot enter(Tenure session, Patience patience) throws ScanFailure {
    long deadline = System.nanoTime() + patience.left().toNanos();
    session.settle(); // a ticket is worth something only while its session's lock is held
    try {
      Slot slot = new Slot(draw(session, deadline));
      try {
        await(session, slot, deadline, patience);
        return slot;
      } catch (ScanFailure | IOException | RuntimeException | Error e) {
        slot.close();
        throw e;
      }
    } catch (IOException e) {
      throw new ScanFailure("cannot read or write the tickets in " + tickets, e);
    }
  }

  /**
   * Whether this session has a ticket, and so waits for a slot or has one.
   *
   * @throws ScanFailure if the tickets cannot be read
   */
  public boolean hasTicket(Tenure session) throws ScanFailure {
    try {
      return names().stream().anyMatch(ticket -> idOf(ticket).equals(session.id()));
    } catch (IOException e) {
      throw cannotRead(e);
    }
  }

  private ScanFailure cannotRead(IOException e) {
    return new ScanFailure("cannot read the tickets in " + tickets, e);
  }

  /**
   * How full it is.
   *
   * @throws ScanFailure if the tickets cannot be read
   */
  public Occupancy occupancy() throws ScanFailure {
    try {
      int drawn = names().size();
      int taken = Math.min(drawn, slots);
      return new Occupancy(slots, taken, drawn - taken);
    } catch (IOException e) {
      throw cannotRead(e);
    }
  }

  private void await(Tenure session, Slot slot, long deadline, Patience patience)
      throws ScanFailure, IOException {
    long mine = numberOf(slot.ticket().getFileName().toString());
    long probe = System.nanoTime();
    while (true) {
      failIfClosed(session);
      List<String> ahead = ahead(mine);
      if (ahead.size() < slots) {
        return;
      }
      long now = System.nanoTime();
      if (now - deadline >= 0) {
        throw new ScanFailure(
            "no free slot within "
                + patience
                + ": "
                + slots
                + " of gate.slots are taken and "
                + (ahead.size() - slots)
                + " messages wait before this one");
      }
      if (now - probe >= 0) {
        if (!removedDead(ahead)) {
          probe = now + TimeUnit.MILLISECONDS.toNanos(PROBE_MILLIS);
        }
        continue;
      }
      pause(Math.min(interval(ahead.size() - slots), (deadline - now) / 1_000_000 + 1));
    }
  }

  /** Those that could be called next look often, those far behind seldom. */
  private long interval(int waitingBefore) {
    return Math.min(10 * POLL_MILLIS, POLL_MILLIS * (1L + waitingBefore / slots));
  }

  /**
   * Removes the dead among those that hold slots, so that the next ones move up. A slot is free
   * only when its holder's scanner has ended as well: that is what the limit is about.
   */
  private boolean removedDead(List<String> ahead) throws IOException {
    boolean removed = false;
    for (String ticket : ahead.subList(0, slots)) {
      if (!work.isAlive(idOf(ticket)) && family.end(idOf(ticket))) {
        removed |= Files.deleteIfExists(tickets.resolve(ticket));
      }
    }
    return removed;
  }

  private static void failIfClosed(Tenure session) throws ScanFailure {
    if (session.isGivenUp()) {
      throw new ScanFailure("the session was closed while it waited for a slot");
    }
  }

  private Path draw(Tenure session, long deadline) throws IOException, ScanFailure {
    while (!WorkDirectory.take(DRAWING)) {
      failIfClosed(session);
      if (System.nanoTime() - deadline >= 0) {
        throw new ScanFailure("out of patience while other threads drew their tickets");
      }
      pause(1);
    }
    try (FileChannel channel =
        FileChannel.open(
            tickets.resolve(DRAW),
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS),
            WorkDirectory.OURS_ALONE)) {
      lock(channel, session, deadline);
      long highest = 0;
      for (String ticket : names()) {
        highest = Math.max(highest, numberOf(ticket));
      }
      return Files.createFile(
          tickets.resolve(ticketName(highest + 1, session.id())), WorkDirectory.OURS_ALONE);
    } finally {
      WorkDirectory.giveBack(DRAWING);
    }
  }

  /**
   * Not the blocking lock(): a stopped process in the middle of its draw must not hold us for ever.
   */
  private static void lock(FileChannel channel, Tenure session, long deadline)
      throws IOException, ScanFailure {
    FileLock lock = channel.tryLock();
    while (lock == null) {
      failIfClosed(session);
      if (System.nanoTime() - deadline >= 0) {
        throw new ScanFailure(STOPPED);
      }
      pause(2);
      lock = channel.tryLock();
    }
  }

  private static void pause(long millis) throws ScanFailure {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ScanFailure("interrupted while waiting for a slot");
    }
  }

  /** The tickets below this number, lowest first. */
  private List<String> ahead(long number) throws IOException {
    List<String> ahead = new ArrayList<>();
    for (String ticket : names()) {
      if (numberOf(ticket) < number) {
        ahead.add(ticket);
      }
    }
    Collections.sort(ahead);
    return ahead;
  }

  private List<String> names() throws IOException {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(tickets)) {
      for (Path entry : entries) {
        String name = entry.getFileName().toString();
        if (!idOf(name).isEmpty()) {
          names.add(name);
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return names;
  }

  private static final int DIGITS = 18;

  private static String ticketName(long number, String id) {
    String digits = Long.toString(number);
    return "0".repeat(DIGITS - digits.length()) + digits + "." + id;
  }

  private static long numberOf(String ticket) {
    return Long.parseLong(ticket.substring(0, DIGITS));
  }

  /** The session a ticket belongs to; empty if the name is no ticket's. */
  static String idOf(String ticket) {
    if (ticket.length() <= DIGITS + 1 || ticket.charAt(DIGITS) != '.') {
      return "";
    }
    for (int i = 0; i < DIGITS; i++) {
      if (ticket.charAt(i) < '0' || ticket.charAt(i) > '9') {
        return "";
      }
    }
    String id = ticket.substring(DIGITS + 1);
    return WorkDirectory.isId(id) ? id : "";
  }
}
