package org.qscan.engine.scan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The alarms that the operator must hear of at once: a scanner does not find the canary. A listener
 * is told when an alarm begins and when it ends, not with every message. Any thread may use this
 * class.
 */
public final class Alarms {

  /** Passes alarms on, for example to a log. */
  public interface AlarmListener {
    /**
     * An alarm has begun or ended.
     *
     * @param begins true if the alarm begins, false if it is over
     * @param sentence what is wrong and what to check; at the end, that all is well again
     */
    void told(boolean begins, String sentence);
  }

  private final Map<String, String> current = new LinkedHashMap<>();
  private final Map<String, Long> latest = new HashMap<>();
  private final AtomicLong numbers = new AtomicLong();
  private AlarmListener listener = (begins, sentence) -> {};

  /** There is no alarm yet. */
  public Alarms() {}

  /**
   * Tells this listener of every alarm from now on, and at once of the alarms that last.
   *
   * @param other replaces the listener before it
   */
  public void listen(AlarmListener other) {
    List<String> open;
    synchronized (this) {
      listener = other;
      open = current();
    }
    open.forEach(sentence -> other.told(true, sentence));
  }

  /** The alarms that last, a sentence for each. */
  public synchronized List<String> current() {
    return new ArrayList<>(current.values());
  }

  /** The number for an observation that is made now. */
  long number() {
    return numbers.incrementAndGet();
  }

  /**
   * Begins an alarm about this scanner. The listener is told only if there was none before.
   *
   * @param number the number of the observation: threads may report in any order, and the latest
   *     observation counts
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

  /**
   * Ends the alarm about this scanner. The listener is told only if there was one. See {@link
   * #begin}.
   */
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
