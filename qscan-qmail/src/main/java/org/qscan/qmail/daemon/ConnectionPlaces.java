package org.qscan.qmail.daemon;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides which connections have a place among {@code daemon.max-connections}, and which wait for
 * one. While there is room, everybody gets a place, and one user may have all of them. When there
 * is no room, the user with the most places has to give one to a user with few, and loses the
 * connection that makes the least progress. So no user can keep others out, and none loses a place
 * to a user who has as many.
 *
 * <p>For the server's thread alone.
 *
 * @param <G> the type of what holds a place
 */
final class ConnectionPlaces<G extends ConnectionPlaces.Guest> {

  /** What holds a place, or waits for one. */
  interface Guest {
    /** To whom the place is charged. This does not change. */
    String holder();

    /** Whether it never has to give way, and may always ask others to do so. */
    boolean isExempt();

    /**
     * How much of a burden it is. Of the connections of one holder, the one with the highest value
     * gives way first.
     *
     * @param now of {@link System#nanoTime}
     * @return NaN if it never gives way
     */
    double burden(long now);
  }

  /** How long a message may always take to arrive, however full qscand is. */
  private static final Duration LEAST = Duration.ofMinutes(5);

  private final Map<String, Set<G>> held = new HashMap<>();
  private final Set<G> waiting = new LinkedHashSet<>();
  private int taken;

  /** Asks for a place. {@link #next} gives the places away. */
  void ask(G guest) {
    waiting.add(guest);
  }

  /** Removes a connection, whether it has a place or waits for one. */
  void leave(G guest) {
    waiting.remove(guest);
    Set<G> all = held.get(guest.holder());
    if (all != null && all.remove(guest)) {
      taken--;
      if (all.isEmpty()) {
        held.remove(guest.holder());
      }
    }
  }

  int taken() {
    return taken;
  }

  int waiting() {
    return waiting.size();
  }

  /** Whether one holder has all places that are taken, and nobody else waits. */
  boolean isOfOne() {
    return held.size() <= 1 && waiting.stream().allMatch(one -> held.containsKey(one.holder()));
  }

  /**
   * Gives the next place away: of those that wait, to the one whose holder has the fewest places,
   * and among these to the one that came first.
   *
   * @param limit places that there are
   * @return null if there is no place, or nobody waits
   */
  @Nullable G next(int limit) {
    if (taken >= limit) {
      return null;
    }
    G next = poorest();
    if (next != null) {
      waiting.remove(next);
      held.computeIfAbsent(next.holder(), holder -> new LinkedHashSet<>()).add(next);
      taken++;
    }
    return next;
  }

  private @Nullable G poorest() {
    G best = null;
    int least = Integer.MAX_VALUE;
    for (G guest : waiting) {
      int has = guest.isExempt() ? -1 : count(guest.holder());
      if (has < least) {
        least = has;
        best = guest;
      }
    }
    return best;
  }

  private int count(String holder) {
    Set<G> all = held.get(holder);
    return all == null ? 0 : all.size();
  }

  /**
   * The connection that has to give way if there is no place and another one waits.
   *
   * @param limit places that there are
   * @param share how many places one holder may have while others wait
   * @param now of {@link System#nanoTime}
   * @return null if there is a place, nobody waits, or nobody holds more than those who wait
   */
  @Nullable G toGiveWay(int limit, int share, long now) {
    G first = taken < limit ? null : poorest();
    if (first == null) {
      return null;
    }
    int has = first.isExempt() ? 0 : count(first.holder());
    if (has >= share) {
      return null;
    }
    int most = has + 1; // what the waiting holder would have then
    Set<G> richest = null;
    for (Set<G> all : held.values()) {
      if (all.size() > most && !all.iterator().next().isExempt()) {
        most = all.size();
        richest = all;
      }
    }
    return richest == null ? null : heaviest(richest, now);
  }

  /**
   * If more than this many wait, one that has to leave: the first of the holder with the most of
   * them.
   */
  @Nullable G tooMany(int room) {
    if (waiting.size() <= room) {
      return null;
    }
    Map<String, List<G>> byHolder = new HashMap<>();
    List<G> most = new ArrayList<>();
    for (G guest : waiting) {
      List<G> all = byHolder.computeIfAbsent(guest.holder(), holder -> new ArrayList<>());
      all.add(guest);
      most = all.size() > most.size() ? all : most;
    }
    return most.isEmpty() ? null : most.get(0);
  }

  private @Nullable G heaviest(Set<G> all, long now) {
    G heaviest = null;
    double most = Double.NEGATIVE_INFINITY;
    for (G guest : all) {
      double burden = guest.burden(now);
      if (burden > most) { // not NaN
        most = burden;
        heaviest = guest;
      }
    }
    return heaviest;
  }

  /**
   * How long a message may take to arrive: as configured while half of the places are free, and
   * less and less as more are taken, unless one holder is alone.
   *
   * @param most {@code daemon.receive-timeout}
   * @param limit places that there are
   */
  Duration mayTake(Duration most, int limit) {
    long free = Math.max(0, limit - taken);
    if (2 * free >= limit || most.compareTo(LEAST) <= 0 || isOfOne()) {
      return most;
    }
    Duration left = most.multipliedBy(2 * free).dividedBy(limit);
    return left.compareTo(LEAST) < 0 ? LEAST : left;
  }
}
