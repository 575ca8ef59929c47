package org.qscan.engine.gate;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.ScanFailure;
import org.qscan.engine.time.Ticker;

/**
 * Limits the scans at a time for all processes on the host together, first come first served. It
 * needs no server, only the processes that handle messages.
 *
 * <p><b>How.</b> A session that wants to scan draws a ticket: an empty file {@code
 * .gate/NUMBER.ID}, its number is one above the highest that is there. A ticket is called when
 * fewer than {@code gate.slots} tickets with lower numbers are there; the {@link Slot} ends with
 * the ticket's removal.
 *
 * <p><b>Never more than the limit.</b> A session that has made a ticket looks once more, and gives
 * it back unless it is the highest. If two sessions draw at the same time, the later one sees the
 * ticket of the other. So a ticket that counts never appears below one that is there, and the
 * number of tickets below a given one only falls. Of all tickets that are called at one time, look
 * at the highest: fewer than {@code gate.slots} tickets were below it when it was called, so the
 * same is true now. (The original counted directories and could exceed the limit.) Numbers are
 * drawn under a lock only to make this quick and fair. The limit does not depend on the lock,
 * because the lock is a file, and somebody may replace it.
 *
 * <p><b>Removed by somebody.</b> Each ticket is recorded in three places, and only one of them is a
 * directory that somebody may remove ({@link Tickets}). So {@code rm -r .gate .live} under running
 * scans, in whatever order and however often, gives no slot away twice.
 *
 * <p><b>A dead holder.</b> A ticket counts only while its session's lock is held. The sessions that
 * wait check the tickets that hold slots. If the owner of one is dead, they end what it left
 * running, and then remove the ticket. An owner that is only stopped or slow keeps its slot.
 *
 * <p><b>Waiting is polling</b>: the first ones in the queue look every {@link #POLL_MILLIS}
 * milliseconds. A watch on the directory (inotify) would wake every waiter for every ticket, and it
 * makes the start of a JVM slower. A blocking lock on the ticket ahead can wait for one holder
 * only, not for the one that ends first.
 */
public final class Gate {

  private static final int ATTEMPTS = 10;
  private static final int POLL_MILLIS = 20;
  private static final int PROBE_MILLIS = 250;
  private static final String DRAW = "draw.lock";

  /** The advice for the operator if no ticket can be drawn. */
  public static final String STOPPED = "another process holds .gate/" + DRAW + ": is it stopped?";

  /**
   * Threads of this process draw one after the other, because record locks hold between processes
   * only.
   */
  private static final String DRAWING = "drawing";

  private final WorkDirectory work;
  private final Tickets tickets;
  private final Path room;
  private final int slots;
  private final ProcessReaper reaper;
  private final Ticker ticker;

  /**
   * The gate of this work directory.
   *
   * @param work the directory that all share
   * @param slots how many sessions may scan at the same time, 1 or more
   * @param reaper ends the scanner that a dead holder of a slot has left running
   */
  public Gate(WorkDirectory work, int slots, ProcessReaper reaper) {
    this(work, slots, reaper, Ticker.SYSTEM);
  }

  /** The same gate with another time; for tests. */
  Gate(WorkDirectory work, int slots, ProcessReaper reaper, Ticker ticker) {
    this.ticker = ticker;
    this.work = work;
    this.tickets = work.tickets();
    this.room = work.path().resolve(WorkDirectory.GATE);
    this.slots = slots;
    this.reaper = reaper;
  }

  /** Like {@link #enter(SessionLease, Patience)}, with the whole patience left. */
  public Slot enter(SessionLease session, Duration patience) throws ScanFailure {
    return enter(session, Patience.of(patience));
  }

  /**
   * Waits for a slot.
   *
   * @param session the session that wants to scan
   * @param patience how long to wait at most
   * @throws ScanFailure if the patience is over, or the tickets cannot be written or read
   */
  public Slot enter(SessionLease session, Patience patience) throws ScanFailure {
    long deadline = ticker.nanos() + patience.left().toNanos();
    session.settle(); // a ticket is worth something only while its session's lock is held
    try {
      while (true) {
        Slot slot = draw(session, deadline);
        boolean called = false;
        try {
          called = await(session, slot, deadline, patience);
          if (called) {
            return slot;
          }
        } finally {
          if (!called) {
            slot.close();
          }
        }
      }
    } catch (IOException e) {
      throw new ScanFailure("cannot read or write the tickets in " + room, e);
    }
  }

  /**
   * Whether this session has a ticket, and so waits for a slot or has one.
   *
   * @throws ScanFailure if the tickets cannot be read
   */
  public boolean hasTicket(SessionLease session) throws ScanFailure {
    try {
      for (String ticket : all()) {
        if (Tickets.idOf(ticket).equals(session.id())) {
          return true;
        }
      }
      return false;
    } catch (IOException e) {
      throw cannotRead(e);
    }
  }

  private ScanFailure cannotRead(IOException e) {
    return new ScanFailure("cannot read the tickets in " + room, e);
  }

  /**
   * How full the gate is.
   *
   * @throws ScanFailure if the tickets cannot be read
   */
  public Occupancy occupancy() throws ScanFailure {
    try {
      int drawn = all().size();
      int taken = Math.min(drawn, slots);
      return new Occupancy(slots, taken, drawn - taken);
    } catch (IOException e) {
      throw cannotRead(e);
    }
  }

  /**
   * Waits until the ticket is called. False if somebody has removed it: then another one has to be
   * drawn, because tickets behind it may have been called in its place.
   */
  private boolean await(SessionLease session, Slot slot, long deadline, Patience patience)
      throws ScanFailure, IOException {
    String mine = slot.ticket().getFileName().toString();
    long probe = ticker.nanos();
    while (true) {
      failIfClosed(session);
      Set<String> all = inFiles();
      if (!all.contains(mine)) {
        return false; // other processes cannot see it any more
      }
      all.addAll(tickets.own());
      List<String> ahead = ahead(mine, all);
      if (ahead.size() < slots) {
        return true;
      }
      long now = ticker.nanos();
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
        mend();
        if (!removedDead(ahead)) {
          probe = now + TimeUnit.MILLISECONDS.toNanos(PROBE_MILLIS);
        }
        continue;
      }
      pause(Math.min(interval(ahead.size() - slots), (deadline - now) / 1_000_000 + 1));
    }
  }

  /**
   * The time until the next look. Sessions that could be called next look often, those far behind
   * seldom.
   */
  private long interval(int waitingBefore) {
    return Math.min(10 * POLL_MILLIS, POLL_MILLIS * (1L + waitingBefore / slots));
  }

  /**
   * Removes the tickets of dead owners that hold slots, so that the next ones move up. A slot is
   * free only when its owner's scanner has ended as well, because the limit counts scanners.
   */
  private boolean removedDead(List<String> ahead) throws IOException {
    boolean removed = false;
    for (String ticket : ahead.subList(0, slots)) {
      if (!work.isAlive(Tickets.idOf(ticket)) && reaper.end(Tickets.idOf(ticket))) {
        removed |= tickets.bury(ticket);
      }
    }
    return removed;
  }

  private static void failIfClosed(SessionLease session) throws ScanFailure {
    if (session.isGivenUp()) {
      throw new ScanFailure("the session was closed while it waited for a slot");
    }
  }

  private Slot draw(SessionLease session, long deadline) throws IOException, ScanFailure {
    while (!WorkDirectory.take(DRAWING)) {
      failIfClosed(session);
      if (ticker.nanos() - deadline >= 0) {
        throw new ScanFailure("gate.patience was over while other threads drew their tickets");
      }
      pause(1);
    }
    try {
      for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        Slot drawn = drawOnce(session, deadline);
        if (drawn != null) {
          return drawn;
        }
      }
      throw new ScanFailure("somebody removes .gate again and again in " + work.path());
    } finally {
      WorkDirectory.giveBack(DRAWING);
    }
  }

  /**
   * Draws a ticket. Null if the lock or a directory was removed meanwhile; it has been made again
   * then.
   */
  private @Nullable Slot drawOnce(SessionLease session, long deadline)
      throws IOException, ScanFailure {
    Path file = room.resolve(DRAW);
    Object before = identity(file);
    try (FileChannel channel =
        FileChannel.open(
            file,
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS),
            WorkDirectory.OURS_ALONE)) {
      if (before == null) {
        return null; // the directory is there again
      }
      lock(channel, session, deadline);
      // An open file keeps its inode. If the name has the same inode before and after, it is the
      // open file.
      return before.equals(identity(file)) ? create(all(), session) : null;
    } catch (NoSuchFileException e) {
      work.restore();
      return null;
    }
  }

  /**
   * Makes the ticket. Null if the lock that we hold was removed, so that somebody else may draw
   * under another one.
   */
  private @Nullable Slot create(Set<String> all, SessionLease session) throws IOException {
    long number = 1;
    for (String ticket : all) {
      number = Math.max(number, Tickets.numberOf(ticket) + 1);
    }
    String ticket = Tickets.name(number, session.id());
    Slot slot = tickets.make(ticket);
    boolean drawn = false;
    try {
      drawn = tickets.isHighest(ticket, number);
      return drawn ? slot : null;
    } finally {
      if (!drawn) {
        slot.close();
      }
    }
  }

  /** What tells a file from another one of the same name; null if there is no file. */
  private static @Nullable Object identity(Path file) throws IOException {
    try {
      return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
          .fileKey();
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  /**
   * Not the blocking lock(): a stopped process in the middle of its draw must not hold us for ever.
   */
  private void lock(FileChannel channel, SessionLease session, long deadline)
      throws IOException, ScanFailure {
    FileLock lock = channel.tryLock();
    while (lock == null) {
      failIfClosed(session);
      if (ticker.nanos() - deadline >= 0) {
        throw new ScanFailure(STOPPED);
      }
      pause(2);
      lock = channel.tryLock();
    }
  }

  private void pause(long millis) throws ScanFailure {
    try {
      ticker.sleep(TimeUnit.MILLISECONDS.toNanos(millis));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ScanFailure("interrupted while waiting for a slot");
    }
  }

  /** The tickets below this one, lowest first. */
  private static List<String> ahead(String mine, Set<String> all) {
    List<String> ahead = new ArrayList<>();
    for (String ticket : all) {
      if (ticket.compareTo(mine) < 0) {
        ahead.add(ticket);
      }
    }
    Collections.sort(ahead);
    return ahead;
  }

  /** All tickets, wherever they are recorded. */
  private Set<String> all() throws IOException, ScanFailure {
    Set<String> all = inFiles();
    all.addAll(tickets.own());
    return all;
  }

  private Set<String> inFiles() throws IOException, ScanFailure {
    try {
      return tickets.inFiles();
    } catch (NoSuchFileException e) {
      work.restore();
      return tickets.inAnyFile(); // even if it was removed once more
    }
  }

  private void mend() throws IOException, ScanFailure {
    work.restore();
    try {
      tickets.mend();
    } catch (NoSuchFileException e) {
      // It was removed once more; the next look makes it again.
    }
  }
}
