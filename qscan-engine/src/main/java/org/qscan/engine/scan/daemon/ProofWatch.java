package org.qscan.engine.scan.daemon;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.plain.Calibration;
import org.qscan.engine.plain.PlainForm;
import org.qscan.engine.plain.Productions;
import org.qscan.engine.scan.Alarms;
import org.qscan.engine.scan.ProofReport;
import org.qscan.engine.time.Ticker;

/**
 * What one daemon, asked in one way (by path, or with the data), has proved, and whether that still
 * holds. A proof is about one process with one state of its data, so it ends
 *
 * <ul>
 *   <li>when the daemon tells of another version of itself or of its data,
 *   <li>when the connection over which it was made is closed: the process has ended, and the next
 *       one may have another configuration,
 *   <li>with any failure, or a canary that is not found,
 *   <li>after an hour, for not every change of its data has a number,
 *   <li>when something is found that it did not see.
 * </ul>
 *
 * <p>A message relies on a proof before its first octet is sent, and asks again after its answer,
 * behind the canary that confirms it; what was answered by a proof that does not hold any more is
 * not believed. For any thread; nothing here waits.
 */
final class ProofWatch {

  /** How long a proof holds. */
  static final Duration LIFE = Duration.ofHours(1);

  /** From the beginning of one calibration to that of the next. */
  static final Duration PAUSE = Duration.ofMinutes(1);

  /** Renewed so long before it ends, if mail still comes. */
  private static final Duration EARLY = Duration.ofMinutes(5);

  /** Who has had no plain mail for so long keeps no connection open. */
  private static final Duration QUIET = Duration.ofMinutes(10);

  /** The most productions that are asked for by mail, beside those of ordinary mail. */
  private static final int MOST_WANTED = 200;

  /** The connection over which the proof was made, by which the process is seen to live. */
  interface Witness {

    /**
     * Whether it is still open. Does not wait.
     *
     * @return false as soon as the daemon has closed it
     */
    boolean isOpen();

    /**
     * Asks for the version, so that the daemon does not close a connection that is idle. Does not
     * wait: the answer is that to the question before.
     *
     * @return the version, or null if there is no answer yet
     */
    @Nullable String look();

    void close();
  }

  /** Which plain messages are scanned with everything all the same: not to be foreseen. */
  interface Sample {
    boolean draw();
  }

  /**
   * A message relies on a proof.
   *
   * @param proof it was taken before the message was shown
   * @param number of the proof: each has another one
   * @param sampled whether the message is to be scanned with everything all the same
   */
  record Reliance(CalibrationProof proof, long number, boolean sampled) {}

  /**
   * What is to be tried.
   *
   * @param generation for {@link #proved} and {@link #failed}
   * @param productions those of ordinary mail, and of mail that was not covered
   * @param size of the largest such mail
   */
  record Task(long generation, Set<String> productions, int size) {}

  private final String name;
  private final Ticker ticker;
  private final Alarms alarms;
  private final Sample sample;
  private final Supplier<Set<String>> ordinary;
  private final Set<String> wantedProductions = new LinkedHashSet<>();
  private final List<Productions> distrusted = new ArrayList<>();
  private String distrustedVersion = "";
  private @Nullable CalibrationProof proof;
  private @Nullable Witness witness;
  private long madeAt;
  private long proofs; // how many were made
  private long generation;
  private boolean wanted;
  private boolean running;
  private boolean everTried;
  private long triedAt;
  private long askedAt;
  private int wantedSize = Calibration.SMALLEST_SIZE;
  private String why = "it was not calibrated yet";

  /**
   * Nothing is proved.
   *
   * @param name key and address of the daemon, and the way: the beginning of sentences
   * @param ordinary the productions that are always tried
   */
  ProofWatch(
      String name, Ticker ticker, Alarms alarms, Sample sample, Supplier<Set<String>> ordinary) {
    this.name = name;
    this.ordinary = ordinary;
    this.ticker = ticker;
    this.alarms = alarms;
    this.sample = sample;
  }

  /** What a message of this form may rely on; null if nothing: it is shown with its leaves. */
  synchronized @Nullable Reliance rely(PlainForm form) {
    askedAt = ticker.nanos();
    CalibrationProof current = current();
    if (current == null) {
      wanted = true;
      return null;
    }
    if (!current.covers(form)) {
      remember(current, form);
      return null;
    }
    for (Productions known : distrusted) {
      if (form.all().covers(known)) {
        return null;
      }
    }
    return new Reliance(current, proofs, sample.draw());
  }

  private @Nullable CalibrationProof current() {
    Witness open = witness;
    if (proof == null || open == null) {
      return null;
    }
    if (ticker.nanos() - madeAt > LIFE.toNanos()) {
      end("its calibration was more than an hour ago");
    } else if (!open.isOpen()) {
      end("it has closed the connection over which it was calibrated");
    }
    return proof;
  }

  /** The next calibration tries what this message would have needed. */
  private void remember(CalibrationProof current, PlainForm form) {
    if (form.size() > wantedSize) {
      wantedSize = Integer.highestOneBit(form.size() - 1) << 1;
      wanted = true;
    }
    for (String production : form.all().without(current.granted()).names()) {
      if (wantedProductions.size() < MOST_WANTED) {
        wantedProductions.add(production);
      }
    }
  }

  /** Whether what was relied on still holds. */
  synchronized boolean holds(Reliance reliance) {
    return current() != null && reliance.number() == proofs;
  }

  /** It has said this of itself and of its data, just now. */
  synchronized void saw(String version) {
    CalibrationProof current = proof;
    if (current != null && !current.version().equals(version)) {
      end("its version was " + current.version() + " and is now " + version);
      wanted = true;
    }
  }

  /** Of this daemon nothing is sure any more, not even of one that is being calibrated. */
  synchronized void end(String reason) {
    generation++;
    if (proof != null) {
      why = reason;
    }
    proof = null;
    Witness closed = witness;
    witness = null;
    if (closed != null) {
      closed.close();
    }
  }

  /**
   * Something was found that a message did not show by itself: the proof ends, and messages with
   * all of these productions are not covered any more as long as the version is the same.
   */
  void revoke(Reliance reliance, PlainForm form, List<String> threats) {
    String sentence =
        name
            + " found "
            + String.join(", ", threats)
            + " in a part of a plain message, and had not found it in the message itself, whose form"
            + " it had proved; what it proved does not count any more until it is calibrated anew,"
            + " and mail of this form is shown as message and parts. Please report this, with the"
            + " message";
    long number = alarms.number();
    synchronized (this) {
      distrusted.add(form.all());
      distrustedVersion = reliance.proof().version();
      end("it did not find in a message what it found in a part of it");
      wanted = true;
    }
    alarms.begin(alarm(), number, sentence);
  }

  private String alarm() {
    return name + " plain";
  }

  /** Whether it should be calibrated now. */
  synchronized boolean isDue() {
    long now = ticker.nanos();
    if (running || (everTried && now - triedAt < PAUSE.toNanos())) {
      return false;
    }
    boolean old = proof != null && now - madeAt > LIFE.minus(EARLY).toNanos();
    return wanted || old;
  }

  /** A calibration begins. What is proved already holds meanwhile. */
  synchronized Task begin() {
    Set<String> productions = new LinkedHashSet<>(ordinary.get());
    productions.addAll(wantedProductions);
    running = true;
    wanted = false;
    everTried = true;
    triedAt = ticker.nanos();
    return new Task(generation, productions, wantedSize);
  }

  /**
   * It was calibrated.
   *
   * @param over the connection over which it was; is closed here
   */
  void proved(Task task, CalibrationProof made, Witness over) {
    long number = alarms.number();
    boolean ends;
    synchronized (this) {
      running = false;
      if (generation != task.generation()) {
        over.close();
        wanted = true; // it was doubted meanwhile
        return;
      }
      Witness before = witness;
      if (before != null) {
        before.close();
      }
      if (!made.version().equals(distrustedVersion)) {
        distrusted.clear();
      }
      proof = made;
      proofs++;
      witness = over;
      madeAt = ticker.nanos();
      askedAt = madeAt;
      ends = distrusted.isEmpty();
    }
    if (ends) {
      alarms.end(alarm(), number, name + " was calibrated anew: plain mail is shown to it once");
    }
  }

  /** It could not be calibrated. */
  synchronized void failed(String reason) {
    running = false;
    if (proof == null) {
      why = reason;
    }
  }

  /** Now and then: keeps the connection in use, and sees whether it is needed. */
  synchronized void lookAfter() {
    Witness open = witness;
    if (open == null || current() == null) {
      return;
    }
    if (ticker.nanos() - askedAt > QUIET.toNanos()) {
      end("no plain mail came for ten minutes");
      return;
    }
    String version = open.look();
    if (version != null) {
      saw(version);
    }
  }

  /** Whether anything is proved. */
  synchronized boolean isProved() {
    return current() != null;
  }

  /** Whether anybody has asked for it: an address may be asked in the other way only. */
  synchronized boolean isKnown() {
    return wanted || everTried;
  }

  /** How a message of this form is shown, a sentence. */
  synchronized String plan(PlainForm form) {
    CalibrationProof current = current();
    if (current == null) {
      return name + ": as message and parts, because nothing is proved: " + why;
    }
    if (current.covers(form)) {
      return name + ": once, as it came";
    }
    List<String> names = new ArrayList<>(form.all().without(current.granted()).names());
    if (!form.receivedFirst()) {
      names.add("a message that does not begin with a Received field");
    }
    if (form.size() > current.size()) {
      names.add("a message of more than " + current.size() + " octets");
    }
    if (names.isEmpty()) {
      names.add("all of its productions together");
    }
    return name + ": as message and parts, because this is not proved: " + String.join("; ", names);
  }

  synchronized ProofReport report() {
    CalibrationProof current = current();
    return current == null
        ? new ProofReport(name, 0, null, List.of(), why)
        : new ProofReport(name, current.granted().size(), current.made(), current.missing(), "");
  }
}
