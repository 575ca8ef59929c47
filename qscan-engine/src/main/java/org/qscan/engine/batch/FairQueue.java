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
 * A queue in which senders take turns: the next item belongs to the sender who holds least at this
 * time, and among several such senders, to the one who has waited longest for a turn. So fifty
 * messages of one sender wait for each other, and a message of another sender waits for one of them
 * at most. Among the items of one sender, the lowest rank is first, and among equal ranks, the one
 * that came first.
 *
 * <p>If the costs are known, senders who hold the same amount take turns by cost: an item counts as
 * if it had come later by its cost, and the first one by that time is next. Otherwise, many senders
 * with one costly message each would delay everybody else as well. This is start-time fair
 * queueing, with the clock as the virtual time.
 *
 * <p>A sender needs an entry only as long as an item of his waits, so there are never more senders
 * than messages. This class is not safe for several threads at a time.
 *
 * @param <T> the type of the items
 */
public final class FairQueue<T> {

  private record QueuedItem<T>(T item, long rank, long cost, long number) {}

  private static final class Lane<T> {
    private final PriorityQueue<QueuedItem<T>> waiting =
        new PriorityQueue<>(
            Comparator.<QueuedItem<T>>comparingLong(QueuedItem::rank)
                .thenComparingLong(QueuedItem::number));
    private long turn; // lower: longer ago
    private long paid = Long.MIN_VALUE / 2; // until when the items that were taken count

    /** The time by which its first item would be done if each sender had his share all the time. */
    long due() {
      QueuedItem<T> first = waiting.peek();
      return first == null || first.cost == 0 ? 0 : Math.max(first.rank, paid + first.cost);
    }
  }

  private final Map<String, Lane<T>> lanes = new LinkedHashMap<>();
  private long numbers;
  private int size;

  /** Adds an item behind those of the same sender whose rank is as low or lower. */
  public void add(String sender, long rank, T item) {
    add(sender, rank, 0, item);
  }

  /**
   * Adds an item whose cost is known.
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
      lane.turn = numbers; // not 0: a sender who leaves and comes again must not be first for ever
      lanes.put(sender, lane);
    }
    lane.waiting.add(new QueuedItem<>(item, rank, cost, numbers++));
    size++;
  }

  /**
   * The next item, which stays in the queue; null if none waits.
   *
   * @param holds tells how much each sender holds at this time, in any unit
   */
  public @Nullable T peek(ToIntFunction<String> holds) {
    Map.Entry<String, Lane<T>> next = next(holds);
    QueuedItem<T> first = next == null ? null : next.getValue().waiting.peek();
    return first == null ? null : first.item;
  }

  /** Takes the next item out of the queue; null if none waits. */
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

  /** Takes this item out of the queue, at whatever place. False if it is not in the queue. */
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

  /** Takes all items out, in no particular order. */
  public List<T> drain() {
    List<T> all = new ArrayList<>();
    for (Lane<T> lane : lanes.values()) {
      lane.waiting.forEach(entry -> all.add(entry.item));
    }
    lanes.clear();
    size = 0;
    return all;
  }

  /** How many items wait. */
  public int size() {
    return size;
  }

  /** Whether no item waits. */
  public boolean isEmpty() {
    return size == 0;
  }

  /** Each sender with his items, first to last, for a debugger. */
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
