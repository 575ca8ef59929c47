package org.qscan.engine.batch;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * A queue in which senders take turns: next is one of the sender who holds least at this time, and
 * of several such senders the one who has waited longest for a turn. So the fifty messages of one
 * sender wait for each other, and a message of another sender waits for one of them at most. Within
 * a sender the lowest rank is first, and of equal ranks who came first.
 *
 * <p>A sender costs an entry as long as something of his waits, so there are never more senders
 * than messages. Not for several threads at a time.
 *
 * @param <T> what waits
 */
public final class FairQueue<T> {

  private record Entry<T>(T item, long rank, long number) {}

  private static final class Lane<T> {
    private final PriorityQueue<Entry<T>> waiting =
        new PriorityQueue<>(
            Comparator.<Entry<T>>comparingLong(Entry::rank).thenComparingLong(Entry::number));
    private long turn; // lower: longer ago
  }

  private final Map<String, Lane<T>> lanes = new LinkedHashMap<>();
  private long numbers;
  private int size;

  /** Adds one that comes behind those of the same sender with a rank as low as its own. */
  public void add(String sender, long rank, T item) {
    Lane<T> lane = lanes.get(sender);
    if (lane == null) {
      lane = new Lane<>();
      lane.turn = numbers; // not 0: who goes and comes again must not be first for ever
      lanes.put(sender, lane);
    }
    lane.waiting.add(new Entry<>(item, rank, numbers++));
    size++;
  }

  /**
   * The next one, which stays; null if none waits.
   *
   * @param holds how much each sender has at this time, in whatever unit
   */
  public @Nullable T peek(ToIntFunction<String> holds) {
    Map.Entry<String, Lane<T>> next = next(holds);
    Entry<T> first = next == null ? null : next.getValue().waiting.peek();
    return first == null ? null : first.item;
  }

  /** The next one, which is taken out; null if none waits. */
  public @Nullable T poll(ToIntFunction<String> holds) {
    Map.Entry<String, Lane<T>> next = next(holds);
    if (next == null) {
      return null;
    }
    Lane<T> lane = next.getValue();
    Entry<T> first = lane.waiting.poll();
    lane.turn = numbers++;
    removeIfEmpty(next.getKey(), lane);
    size -= first == null ? 0 : 1;
    return first == null ? null : first.item;
  }

  private Map.@Nullable Entry<String, Lane<T>> next(ToIntFunction<String> holds) {
    Map.Entry<String, Lane<T>> best = null;
    int least = 0;
    for (Map.Entry<String, Lane<T>> one : lanes.entrySet()) {
      int held = holds.applyAsInt(one.getKey());
      if (best == null
          || held < least
          || (held == least && one.getValue().turn < best.getValue().turn)) {
        best = one;
        least = held;
      }
    }
    return best;
  }

  /** Takes it out, wherever it stands; false if it does not wait here. */
  public boolean remove(String sender, T item) {
    Lane<T> lane = lanes.get(sender);
    if (lane == null || !lane.waiting.removeIf(sameAs(item))) {
      return false;
    }
    removeIfEmpty(sender, lane);
    size--;
    return true;
  }

  private static <T> Predicate<Entry<T>> sameAs(T item) {
    return entry -> entry.item.equals(item);
  }

  private void removeIfEmpty(String sender, Lane<T> lane) {
    if (lane.waiting.isEmpty()) {
      lanes.remove(sender);
    }
  }

  /** Takes all out, in no order. */
  public List<T> drain() {
    List<T> all = new ArrayList<>();
    for (Lane<T> lane : lanes.values()) {
      lane.waiting.forEach(entry -> all.add(entry.item));
    }
    lanes.clear();
    size = 0;
    return all;
  }

  /** How many wait. */
  public int size() {
    return size;
  }

  /** Whether none waits. */
  public boolean isEmpty() {
    return size == 0;
  }
}
