package org.qscan.engine.scan.program;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.ScanFailure;
import org.qscan.engine.scan.Canary;
import org.qscan.engine.scan.CanaryRules;
import org.qscan.engine.scan.CanaryWatch;
import org.qscan.engine.scan.Deadline;
import org.qscan.engine.scan.ScanCall;

/**
 * The canary of a scanner that is a program. It needs a run of its own, which costs as much as a
 * message. So there is one when the process begins to use the program, when the program, its
 * options or its virus data change, and every hour.
 *
 * <p>If each message has a process of its own, each one "begins to use" the program. So a note in
 * the work directory, which only its owner can write, records that a canary was found, for this
 * program with these options and data. It is valid for an hour.
 *
 * <p>Not taken: the canary among the files of each message. Then each run would find something, and
 * its exit status would say so, but it would not say any more that there was no error with the
 * other files. Whether a message is clean would depend on telling one line from another, which the
 * sender can write too.
 */
final class ProgramCanary {

  /** In the work directory; no name of a session. */
  static final String NOTES = ".canary";

  /** Runs the program. */
  interface CanaryRun {
    /**
     * Runs the program over a directory that holds the canary alone.
     *
     * @return null if it was found, else what the program said
     * @throws IOException if there was no answer that can be believed
     */
    @Nullable String over(Path directory, String session) throws IOException;
  }

  /**
   * What is known before a run.
   *
   * @param identity the program, its options and its data before the run
   * @param since as in {@link CanaryWatch#before}
   */
  record Proof(String identity, long since) {}

  private final CanaryRules rules;
  private final CanaryWatch watch;
  private final Path work;
  private final Path note;
  private final Duration timeout;
  private final Supplier<String> identity;
  private final CanaryRun run;
  private @Nullable String provenFor;

  /**
   * A canary of which nothing is known yet.
   *
   * @param name the name of the scanner
   * @param place the key and the path of the program, for sentences
   * @param work holds the sessions' directories
   * @param timeout the time for a run
   * @param identity the program, its options and its virus data as they are now
   */
  ProgramCanary(
      String name,
      String place,
      CanaryRules rules,
      Path work,
      Duration timeout,
      Supplier<String> identity,
      CanaryRun run) {
    this.rules = rules.hourly();
    // Never taken for hung: a run costs much, takes long under load, and is ended after its
    // timeout.
    this.watch =
        new CanaryWatch(
            place,
            "check that its virus data are whole, and that its options do not keep it from looking"
                + " at every file",
            this.rules,
            CanaryWatch.Hung.never());

    this.work = work;
    this.note = work.resolve(NOTES).resolve(name);
    this.timeout = timeout;
    this.identity = identity;
    this.run = run;
  }

  /** Whether a canary was found by this process, not more than an hour ago, and nothing changed. */
  boolean isProven() {
    return !rules.on() || (watch.isProven() && identity.get().equals(provenFor()));
  }

  /**
   * Call this before a run.
   *
   * @throws ScanFailure if the canary is not found
   */
  Proof before(String session) throws ScanFailure {
    if (!rules.on()) {
      return new Proof("", 0);
    }
    String now = identity.get();
    enter(now);
    long since = ask(() -> watch.before(trial(session, now), call()));
    watch.leave(); // one run serves all messages for an hour, so nobody needs to wait for others
    return new Proof(now, since);
  }

  /**
   * Call this after a run that found nothing.
   *
   * @throws ScanFailure if a canary was not found meanwhile, or if the program has changed
   *     meanwhile and does not find it now
   */
  void after(Proof proof, String session) throws ScanFailure {
    if (!rules.on()) {
      return;
    }
    ask(() -> {
      watch.after(proof.since(), trial(session, proof.identity()), call());
      return 0;
    });
    if (!identity.get().equals(proof.identity())) {
      before(session); // perhaps the data were changed while they were read
    }
  }

  /**
   * Shows a canary now, whatever is known already.
   *
   * @throws ScanFailure if the canary is not found
   */
  void now(String session, Duration atMost) throws ScanFailure {
    if (!rules.on()) {
      return;
    }
    String now = identity.get();
    ask(() -> {
      watch.now(trial(session, now), new ScanCall(Deadline.in(rules.ticker(), atMost)));
      return 0;
    });
  }

  private ScanCall call() {
    return new ScanCall(
        Deadline.in(
            rules.ticker(), timeout.multipliedBy(2))); // the run of another thread, and then ours
  }

  /** Tells the present identity of the program. If it has changed, a new canary is needed. */
  private synchronized void enter(String now) {
    if (now.equals(provenFor)) {
      return;
    }
    provenFor = now;
    watch.doubt(); // before another thread sees the line above
    long age = noted(now);
    if (age >= 0) {
      watch.trust(age);
    }
  }

  private synchronized @Nullable String provenFor() {
    return provenFor;
  }

  private CanaryWatch.Trial trial(String session, String now) {
    return () -> {
      String said;
      try (Canary canary = Canary.in(work.resolve(session), rules.groupReads())) {
        said = run.over(canary.directory(), session);
      }
      if (said == null) {
        synchronized (this) {
          provenFor = now;
        }
        noteDown(now, session);
      } else {
        forget();
      }
      return said;
    };
  }

  /** A call of the watch. */
  private interface WatchCall {
    long ask() throws IOException;
  }

  private long ask(WatchCall question) throws ScanFailure {
    try {
      return question.ask();
    } catch (IOException e) {
      String text = e.getMessage();
      throw new ScanFailure(text == null ? "the EICAR test file could not be shown: " + e : text);
    }
  }

  // --- what other processes know

  /**
   * How many nanoseconds ago a program with this identity found the canary, by the note of another
   * process; -1 if that is not known, or too long ago.
   */
  private long noted(String now) {
    try {
      String[] words = Files.readString(note, StandardCharsets.US_ASCII).split(" ", 3);
      long age = System.currentTimeMillis() - Long.parseLong(words[0]);
      boolean same = words.length > 1 && words[1].equals(print(now));
      return same && age >= 0 && age < rules.every().toMillis()
          ? TimeUnit.MILLISECONDS.toNanos(age)
          : -1;
    } catch (IOException | RuntimeException e) {
      return -1; // there is no valid note, so a canary is shown
    }
  }

  /** Writes the note. If that fails, the next process shows a canary of its own. */
  private void noteDown(String now, String session) {
    try {
      Path directory = work.resolve(NOTES);
      if (!Files.isDirectory(directory)) {
        Files.createDirectory(
            directory,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      }
      Path next =
          work.resolve(session).resolve("canary.note"); // removed with the session if we are killed
      Files.writeString(next, System.currentTimeMillis() + " " + print(now) + " \n");
      Files.move(next, note, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      // The next process shows a canary of its own.
    }
  }

  private void forget() {
    try {
      Files.deleteIfExists(note);
    } catch (IOException e) {
      // The note is valid for an hour at most.
    }
  }

  /** A short hash of a text that may be long. It has to guard only against accidents. */
  private static String print(String text) {
    long hash = text.length();
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
    }
    return Long.toHexString(hash);
  }
}
