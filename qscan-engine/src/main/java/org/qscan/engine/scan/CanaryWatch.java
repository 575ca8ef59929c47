package org.qscan.engine.scan;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Whether a scanner, at one address and asked in one way (by path, or with the data), finds the
 * {@link Canary}. There are three rules:
 *
 * <ul>
 *   <li>It is shown no message before it has found a canary, nor when the last one found is older
 *       than {@link CanaryRules#longestAge()}, nor when the last one was not found.
 *   <li>With {@code canary=confirm} what it says of a message counts only once a canary that was
 *       begun after the answer was found.
 *   <li>A canary that is not found takes back all answers that still wait.
 * </ul>
 *
 * <p>One canary at a time, shown by the thread of one of those who need it, in its own connection;
 * it serves all who were waiting when it began, as databases share one {@code fsync}. Where the one
 * who shows it fails (its connection breaks, its message is withdrawn), another one of those who
 * wait takes over: a failure to ask is no answer. Where the one who shows it is kept waiting for an
 * answer, another one shows a new canary beside it after {@link Hung#after}: one that hangs holds
 * up the message that shows it, and nobody else.
 *
 * <p>So several may be under way, and answers may come in another order than the canaries were
 * begun. The latest that was begun and found counts; one that is not found also spoils those that
 * are under way at that moment, for nobody knows whether they were looked at before or after it.
 *
 * <p>For any thread. Time is a parameter.
 */
public final class CanaryWatch {

  /** How often one who waits looks whether its message was withdrawn. */
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  /** From the beginning of one canary to that of the next, while others may still come. */
  private static final long SPACING_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  /**
   * When somebody else may show a canary while one has no answer yet.
   *
   * @param nanos after its beginning
   */
  public record Hung(long nanos) {
    public static Hung after(Duration time) {
      return new Hung(time.toNanos());
    }

    /** Nobody may: each waits until the one before has an answer or has failed. */
    public static Hung never() {
      return new Hung(Long.MAX_VALUE);
    }
  }

  /** Shows the canary. */
  public interface Trial {
    /**
     * Shows it once.
     *
     * @return null if it was found, else what was said in place of that
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
   * Of which nothing is known.
   *
   * @param name key and address of the scanner, and how it is asked: the beginning of sentences
   * @param advice what to check where the canary is not found
   * @param hung when one that has no answer yet is left to itself
   */
  public CanaryWatch(String name, String advice, CanaryRules rules, Hung hung) {
    this.name = name;
    this.advice = advice;
    this.rules = rules;
    this.hung = hung;
  }

  /**
   * Before a message is shown: sees to it that a canary has been found lately. Whoever returns from
   * this calls {@link #leave} in the end.
   *
   * @return for {@link #after}
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

  /** Whoever has returned from {@link #before} is done, whatever came of it. */
  public void leave() {
    if (rules.on()) {
      synchronized (this) {
        active--;
      }
    }
  }

  /**
   * After the last answer about a message, before it is believed.
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
   * Shows a canary, whatever is known: for those who want to know how the scanner is.
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
   * The connection broke, or the scanner is another one now: before the next message, a canary. One
   * that is under way does not count, for it may have been shown to the scanner that was.
   */
  public synchronized void doubt() {
    isProven = false;
    doubted = begun;
  }

  /** Whether a canary was found, and not too long ago. */
  public synchronized boolean isProven() {
    return isProven && rules.ticker().nanos() - foundAt <= rules.longestAge().toNanos();
  }

  /**
   * Another process has seen a canary found, so many nanoseconds ago.
   *
   * @param age 0 or more
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
            throw new IOException("the scan was broken off");
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

  /** Whether one is under way that may still be answered in good time. */
  private boolean isAnswerDue() {
    return isUnderWay() && rules.ticker().nanos() - underWaySince < hung.nanos();
  }

  /**
   * How many nanoseconds the next canary is too early; 0: it may begin. While some are still at
   * their scan, those who wait wait a moment for them, so that one canary does for more; where all
   * wait nobody would come. One message by itself never waits.
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

  /** Its caller loops, and holds the lock. */
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

  /** Whether somebody shows a canary now. */
  synchronized boolean isUnderWay() {
    return underWay != 0;
  }

  /** How many wait for somebody else's canary: for tests. */
  synchronized int waiting() {
    return waiting;
  }

  /** Holds no lock while it asks, nor while it tells. */
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
   * What came of a canary.
   *
   * @param number of this observation, for the alarms
   * @param proves whether it tells how the scanner is now
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
