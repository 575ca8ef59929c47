package org.qscan.engine.scan;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Knows whether a scanner finds the {@link Canary}, at one address and for one way of asking (by
 * path, or with the data). There are three rules:
 *
 * <ul>
 *   <li>A message is shown to the scanner only if it found the last canary, and if that canary is
 *       not older than {@link CanaryRules#longestAge()}.
 *   <li>With {@code canary=confirm}, an answer about a message counts only after the scanner has
 *       found a canary that was begun after the answer.
 *   <li>If a canary is not found, all answers that still wait for one are withdrawn.
 * </ul>
 *
 * <p>Usually one canary is under way at a time. A thread that needs it shows it in a connection of
 * its own, and the result serves all threads that were waiting when it began, as databases share
 * one {@code fsync}. If that thread fails (its connection breaks, its message is withdrawn),
 * another waiting thread takes over, because a failure to ask is no answer. If the scanner does not
 * answer, another thread shows a new canary after {@link Hung#after}: a canary that hangs delays
 * only the message whose thread shows it.
 *
 * <p>So several canaries may be under way, and their answers may arrive in any order. Of those that
 * were found, the one that was begun last counts. One that is not found also invalidates those that
 * are under way at that moment, because nobody knows whether the scanner looked at them before or
 * after it.
 *
 * <p>Any thread may use this class. Time is a parameter.
 */
public final class CanaryWatch {

  /** How often a waiting thread checks whether its message was withdrawn. */
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  /**
   * The time between the beginnings of two canaries while more messages may still need the next
   * one.
   */
  private static final long SPACING_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  /**
   * When another thread may show a canary while one has no answer yet.
   *
   * @param nanos the time since the canary without an answer was begun
   */
  public record Hung(long nanos) {
    public static Hung after(Duration time) {
      return new Hung(time.toNanos());
    }

    /** No other thread may: all wait until the canary has an answer or has failed. */
    public static Hung never() {
      return new Hung(Long.MAX_VALUE);
    }
  }

  /** Shows the scanner a canary. */
  public interface Trial {
    /**
     * Shows the canary once.
     *
     * @return null if the scanner found it, else what the scanner answered
     * @throws IOException if the scanner could not be asked
     */
    @Nullable String show() throws IOException;
  }

  private final String name;
  private final CanaryRules rules;
  private final String advice;
  private final Hung hung;
  private long begun;
  private long doubted; // those begun up to this one prove nothing of the scanner as it is now
  private long found;
  private long foundAt;
  private boolean isProven;
  private long underWay; // the last one begun, until it has an answer; 0: none
  private long underWaySince;
  private int waiting;
  private int active;
  private long lastBegan;
  private boolean anyBegan;
  private long losses;
  private String lost = "";

  /**
   * A watch over a scanner of which nothing is known yet.
   *
   * @param name the key and address of the scanner, and how it is asked; the operator's sentences
   *     begin with it
   * @param advice what the operator has to check if the canary is not found
   * @param hung when another thread may show a canary while one has no answer
   */
  public CanaryWatch(String name, String advice, CanaryRules rules, Hung hung) {
    this.name = name;
    this.advice = advice;
    this.rules = rules;
    this.hung = hung;
  }

  /**
   * Call this before a message is shown: it returns when the scanner has found a canary lately, and
   * shows one if necessary. After it has returned, the caller has to call {@link #leave} in the
   * end.
   *
   * @return the argument for {@link #after}
   * @throws CanaryLost if it was not found
   * @throws IOException if the scanner could not be asked, or the time is over
   */
  public long before(Trial trial, ScanCall call) throws IOException {
    if (!rules.on()) {
      return 0;
    }
    long since;
    long need;
    synchronized (this) {
      active++;
      since = losses;
      if (isProven && rules.ticker().nanos() - foundAt <= rules.longestAge().toNanos()) {
        return since;
      }
      need = isUnderWay() && begun > doubted ? begun : begun + 1;
    }
    boolean proven = false;
    try {
      await(need, since, trial, call);
      proven = true;
    } finally {
      if (!proven) {
        leave();
      }
    }
    return since;
  }

  /** The caller of {@link #before} is done, whatever the result. */
  public void leave() {
    if (rules.on()) {
      synchronized (this) {
        active--;
      }
    }
  }

  /**
   * Call this after the last answer about a message, before the answer is believed.
   *
   * @param since what {@link #before} returned
   * @throws CanaryLost if a canary was not found since then
   * @throws IOException if the scanner could not be asked, or the time is over
   */
  public void after(long since, Trial trial, ScanCall call) throws IOException {
    if (!rules.on()) {
      return;
    }
    long need;
    synchronized (this) {
      failIfLost(since);
      if (!rules.confirm()) {
        return;
      }
      need = begun + 1; // one that is under way was begun before the answer
    }
    await(need, since, trial, call);
  }

  /**
   * Shows a canary, whatever is known already: for a check of the scanner's health.
   *
   * @throws CanaryLost if it was not found
   * @throws IOException if the scanner could not be asked, or the time is over
   */
  public void now(Trial trial, ScanCall call) throws IOException {
    if (!rules.on()) {
      return;
    }
    long since;
    long need;
    synchronized (this) {
      since = losses;
      need = begun + 1;
    }
    await(need, since, trial, call);
  }

  /**
   * The connection broke, or the scanner was replaced. The next message needs a new canary; one
   * that is under way does not count, because it may have been shown to the scanner before.
   */
  public synchronized void doubt() {
    isProven = false;
    doubted = begun;
  }

  /** Whether the scanner has found a canary, and not too long ago. */
  public synchronized boolean isProven() {
    return isProven && rules.ticker().nanos() - foundAt <= rules.longestAge().toNanos();
  }

  /**
   * Another process has seen that the scanner found a canary.
   *
   * @param age how long ago, in nanoseconds, 0 or more
   */
  public synchronized void trust(long age) {
    foundAt = rules.ticker().nanos() - age;
    isProven = true;
  }

  private void await(long need, long since, Trial trial, ScanCall call) throws IOException {
    while (true) {
      long mine;
      synchronized (this) {
        while (true) {
          failIfLost(since);
          if (found >= need) {
            return;
          }
          if (call.isCancelled()) {
            throw new IOException("the scan was cancelled");
          }
          long early = isAnswerDue() ? LOOK_NANOS : early();
          if (early == 0) {
            mine = ++begun;
            underWay = mine;
            underWaySince = rules.ticker().nanos();
            break;
          }
          pause(early, call);
        }
      }
      show(mine, trial);
    }
  }

  /** Whether a canary is under way that may still be answered in good time. */
  private boolean isAnswerDue() {
    return isUnderWay() && rules.ticker().nanos() - underWaySince < hung.nanos();
  }

  /**
   * How many nanoseconds the next canary would be too early; 0 if it may begin. While other
   * messages are still being scanned, those that wait for a canary wait a moment longer, so that
   * one canary serves more of them. If all messages wait already, there is nothing to wait for. A
   * single message never waits.
   */
  private long early() {
    long now = rules.ticker().nanos();
    long passed = now - lastBegan;
    if (!anyBegan || waiting + 1 >= active || passed >= SPACING_NANOS) {
      lastBegan = now;
      anyBegan = true;
      return 0;
    }
    return SPACING_NANOS - passed;
  }

  /** Waits a moment. The caller holds the lock and calls this in a loop. */
  private void pause(long nanos, ScanCall call) throws IOException {
    waiting++;
    try {
      rules.ticker().awaitMonitor(this, Math.min(nanos, call.deadline().nanosLeft()));
    } catch (SocketTimeoutException e) {
      throw new SocketTimeoutException("no answer in time about the EICAR test file");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      waiting--;
    }
  }

  /** Whether a canary is under way. */
  synchronized boolean isUnderWay() {
    return underWay != 0;
  }

  /** How many threads wait for the canary of another one; for tests. */
  synchronized int waiting() {
    return waiting;
  }

  /** Shows a canary. No lock is held while the scanner is asked, or while the alarm is told. */
  private void show(long mine, Trial trial) throws IOException {
    long start = rules.ticker().nanos();
    boolean answered = false;
    String said = null;
    Settled settled;
    try {
      said = trial.show();
      answered = true;
    } finally {
      settled = settle(mine, start, answered, said);
    }
    if (said != null) {
      rules.alarms().begin(name, settled.number(), sentence(said));
    } else if (settled.proves()) {
      rules
          .alarms()
          .end(
              name,
              settled.number(),
              name + " finds the EICAR test file again: mail flows through it");
    }
  }

  /**
   * The result of a canary.
   *
   * @param number the number of this observation, for the alarms
   * @param proves whether the result holds for the scanner as it is now
   */
  private record Settled(long number, boolean proves) {}

  private synchronized Settled settle(
      long mine, long start, boolean answered, @Nullable String said) {
    if (underWay == mine) {
      underWay = 0;
    }
    boolean proves = answered && said == null && mine > doubted;
    if (answered && said == null) {
      found = Math.max(found, mine);
      if (proves && (!isProven || start - foundAt > 0)) {
        foundAt = start;
      }
      isProven |= proves;
    } else {
      isProven = false;
      if (said != null) {
        losses++;
        lost = sentence(said);
        doubted = begun;
      }
    }
    notifyAll();
    return new Settled(rules.alarms().number(), proves);
  }

  private void failIfLost(long since) throws CanaryLost {
    if (losses != since) {
      throw new CanaryLost(lost);
    }
  }

  private String sentence(String said) {
    return name
        + " did not find the EICAR test file, shown as "
        + Canary.NAME
        + ", so none of its answers is believed until it does; it said: "
        + (said.isEmpty() ? "nothing" : said)
        + "; "
        + advice;
  }
}
