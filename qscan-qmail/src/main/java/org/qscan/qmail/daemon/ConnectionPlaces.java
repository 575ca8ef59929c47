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
 * Who has a place among {@code daemon.max-connections}, and who waits for one. While there is room,
 * everybody gets a place; one user may have all of them. When there is no room, whoever holds most
 * makes room for those who hold few, and loses the connection that brings least. So nobody is kept
 * out by somebody else, and nobody loses a place to a user who has as many himself.
 *
 * <p>For the server's thread alone.
 *
 * @param <G> what holds a place
 */
final class ConnectionPlaces<G extends ConnectionPlaces.Guest> {

  /** What holds a place, or waits for one. */
  interface Guest {
    /** To whom it is charged; does not change. */
    String holder();

    /** Whether it is never asked to give way, and may always ask others to. */
    boolean isExempt();

    /**
     * Of those of one holder, the one with most of this gives way first.
     *
     * @param now of {@link System#nanoTime}
     * @return NaN: never
     */
    double burden(long now);
  }

  /** A message may always take this long to arrive, however full qscand is. */
  private static final Duration LEAST = Duration.ofMinutes(5);

  private final Map<String, Set<G>> held = new HashMap<>();
  private final Set<G> waiting = new LinkedHashSet<>();
  private int taken;

  /** Asks for a place; {@link #next} hands them out. */
  void ask(G guest) {
    waiting.add(guest);
  }

  /** It goes, from its place or from where it waits. */
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

  /** Whether all places are one holder's, and nobody else waits. */
  boolean isOfOne() {
    return held.size() <= 1 && waiting.stream().allMatch(one -> held.containsKey(one.holder()));
  }

  /**
   * The next to have a place, which it has from now on: of those who wait the one whose holder has
   * fewest, and of these who came first.
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
   * Who is to give way, now that there is no place and somebody waits.
   *
   * @param limit places that there are
   * @param share places that one holder may have while others wait
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
    int most = has + 1; // he would have as many then
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
   * Of more than this many who wait, one who is to go: the first of the holder with most of them.
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
   * How long a message may take to arrive: while half of the places are free as long as configured,
   * and less and less as they are taken; but not for one who is alone.
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
