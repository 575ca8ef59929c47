package org.qscan.engine.scan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What the operator must be told at once: a scanner that does not find the canary. Each is told
 * when it begins and when it ends, not with every message. For any thread.
 */
public final class Alarms {

  /** Who passes on what is told, to a log say. */
  public interface AlarmListener {
    /**
     * Told of an alarm.
     *
     * @param begins false: it is over
     * @param sentence what is wrong and what to check, or that it is well again
     */
    void told(boolean begins, String sentence);
  }

  private final Map<String, String> current = new LinkedHashMap<>();
  private final Map<String, Long> latest = new HashMap<>();
  private final AtomicLong numbers = new AtomicLong();
  private AlarmListener listener = (begins, sentence) -> {};

  /** None so far. */
  public Alarms() {}

  /**
   * From now on this one is told, and at once of what is wrong already.
   *
   * @param other in place of the one before
   */
  public void listen(AlarmListener other) {
    List<String> open;
    synchronized (this) {
      listener = other;
      open = current();
    }
    open.forEach(sentence -> other.told(true, sentence));
  }

  /** What is wrong now, a sentence each. */
  public synchronized List<String> current() {
    return new ArrayList<>(current.values());
  }

  /** The number of an observation that is made now. */
  long number() {
    return numbers.incrementAndGet();
  }

  /**
   * Something is wrong with this one; told only if it was not before.
   *
   * @param number of the observation: threads may come with theirs in any order, and the latest
   *     counts
   */
  void begin(String who, long number, String sentence) {
    AlarmListener told;
    synchronized (this) {
      if (!isLatest(who, number)) {
        return;
      }
      told = current.put(who, sentence) == null ? listener : null;
    }
    if (told != null) {
      told.told(true, sentence);
    }
  }

  /** Nothing is wrong with this one; told only if something was. See {@link #begin}. */
  void end(String who, long number, String sentence) {
    AlarmListener told;
    synchronized (this) {
      if (!isLatest(who, number)) {
        return;
      }
      told = current.remove(who) == null ? null : listener;
    }
    if (told != null) {
      told.told(false, sentence);
    }
  }

  private boolean isLatest(String who, long number) {
    Long before = latest.get(who);
    if (before != null && before > number) {
      return false;
    }
    latest.put(who, number);
    return true;
  }
}
