package org.qscan.engine.scan;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the operator must be told at once: a scanner that does not find the canary. Each is told
 * when it begins and when it ends, not with every message. For any thread.
 */
public final class Alarms {

  /** Who passes on what is told, to a log say. */
  public interface Listener {
    /**
     * Told of an alarm.
     *
     * @param begins false: it is over
     * @param sentence what is wrong and what to check, or that it is well again
     */
    void told(boolean begins, String sentence);
  }

  private final Map<String, String> current = new LinkedHashMap<>();
  private Listener listener = (begins, sentence) -> {};

  /** None so far. */
  public Alarms() {}

  /**
   * From now on this one is told, and at once of what is wrong already.
   *
   * @param other in place of the one before
   */
  public void listen(Listener other) {
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

  /** Something is wrong with this one; told only if it was not before. */
  void begin(String who, String sentence) {
    Listener told;
    synchronized (this) {
      told = current.put(who, sentence) == null ? listener : null;
    }
    if (told != null) {
      told.told(true, sentence);
    }
  }

  /** Nothing is wrong with this one; told only if something was. */
  void end(String who, String sentence) {
    Listener told;
    synchronized (this) {
      told = current.remove(who) == null ? null : listener;
    }
    if (told != null) {
      told.told(false, sentence);
    }
  }
}
