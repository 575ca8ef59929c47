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
 * <p>Where it is known what things cost, senders who hold as much as each other take turns by that:
 * first is what came first, if what costs much had come later by as much as it costs. Many senders
 * of one costly message each would be a queue for everybody else, too. This is start-time fair
 * queueing with the clock for the virtual time.
 *
 * <p>A sender costs an entry as long as something of his waits, so there are never more senders
 * than messages. Not for several threads at a time.
 *
 * @param <T> what waits
 */
public final class FairQueue<T> {

  private record QueuedItem<T>(T item, long rank, long cost, long number) {}

  private static final class Lane<T> {
    private final PriorityQueue<QueuedItem<T>> waiting =
        new PriorityQueue<>(
            Comparator.<QueuedItem<T>>comparingLong(QueuedItem::rank)
                .thenComparingLong(QueuedItem::number));
    private long turn; // lower: longer ago
    private long paid = Long.MIN_VALUE / 2; // until when, by what was taken

    /** When its first would be through, if each sender had all of his share. */
    long due() {
      QueuedItem<T> first = waiting.peek();
      return first == null || first.cost == 0 ? 0 : Math.max(first.rank, paid + first.cost);
    }
  }

  private final Map<String, Lane<T>> lanes = new LinkedHashMap<>();
  private long numbers;
  private int size;

  /** Adds one that comes behind those of the same sender with a rank as low as its own. */
  public void add(String sender, long rank, T item) {
    add(sender, rank, 0, item);
  }

  /**
   * Adds one of which it is known what it costs.
   *
   * @param came when it came
   * @param cost in the same unit, and more than 0
   */
  public void addAt(long came, long cost, String sender, T item) {
    add(sender, came + cost, cost, item);
  }

  private void add(String sender, long rank, long cost, T item) {
    Lane<T> lane = lanes.get(sender);
    if (lane == null) {
      lane = new Lane<>();
      lane.turn = numbers; // not 0: who goes and comes again must not be first for ever
      lanes.put(sender, lane);
    }
    lane.waiting.add(new QueuedItem<>(item, rank, cost, numbers++));
    size++;
  }

  /**
   * The next one, which stays; null if none waits.
   *
   * @param holds how much each sender has at this time, in whatever unit
   */
  public @Nullable T peek(ToIntFunction<String> holds) {
    Map.Entry<String, Lane<T>> next = next(holds);
    QueuedItem<T> first = next == null ? null : next.getValue().waiting.peek();
    return first == null ? null : first.item;
  }

  /** The next one, which is taken out; null if none waits. */
  public @Nullable T poll(ToIntFunction<String> holds) {
    Map.Entry<String, Lane<T>> next = next(holds);
    if (next == null) {
      return null;
    }
    Lane<T> lane = next.getValue();
    lane.paid = lane.due();
    QueuedItem<T> first = lane.waiting.poll();
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
          || (held == least && isBefore(one.getValue(), best.getValue()))) {
        best = one;
        least = held;
      }
    }
    return best;
  }

  private static <T> boolean isBefore(Lane<T> one, Lane<T> other) {
    long before = other.due() - one.due();
    return before > 0 || (before == 0 && one.turn < other.turn);
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

  private static <T> Predicate<QueuedItem<T>> sameAs(T item) {
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

  /** Each sender with what waits of his, first to last, for a debugger. */
  @Override
  public String toString() {
    Map<String, List<T>> all = new LinkedHashMap<>();
    for (Map.Entry<String, Lane<T>> one : lanes.entrySet()) {
      PriorityQueue<QueuedItem<T>> copy = new PriorityQueue<>(one.getValue().waiting);
      List<T> items = new ArrayList<>();
      for (QueuedItem<T> next = copy.poll(); next != null; next = copy.poll()) {
        items.add(next.item);
      }
      all.put(one.getKey(), items);
    }
    return all.toString();
  }
}
