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
 * The canary of a scanner that is a program. A run of its own costs as much as a message, so there
 * is one when the process begins to use the program, when the program, its options or its virus
 * data change, and every hour.
 *
 * <p>Where each message has a process of its own, "begins to use" would be each time. So that a
 * canary was found is written down in the work directory, which only its owner can write: for this
 * program, these options and these data, and for an hour.
 *
 * <p>Not taken: the canary among the files of each message. Each run would then find something, its
 * exit status would say that, and no longer that there was no error with the others; and whether a
 * message is clean would hang on telling one line from another, which the sender can write too.
 */
final class ProgramCanary {

  /** In the work directory; no name of a session. */
  static final String NOTES = ".canary";

  /** Runs the program. */
  interface CanaryRun {
    /**
     * Over a directory that holds the canary alone.
     *
     * @return null if it was found, else what was said
     * @throws IOException if no answer came of it that can be believed
     */
    @Nullable String over(Path directory, String session) throws IOException;
  }

  /**
   * What is to be believed of a run.
   *
   * @param identity of the program before it
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
   * Nothing is known.
   *
   * @param name of the scanner
   * @param place key and path of the program, for sentences
   * @param work holds the sessions' directories
   * @param timeout for a run
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
    this.watch =
        new CanaryWatch(
            place,
            "check that its virus data are whole, and that its options do not keep it from looking"
                + " at every file",
            this.rules,
            CanaryWatch.Hung.never()); // a run costs much, takes long under load, and is ended

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
   * Before a run.
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
    watch.leave(); // a run of its own serves all who come, for an hour: nobody is waited for
    return new Proof(now, since);
  }

  /**
   * After a run that found nothing.
   *
   * @throws ScanFailure if a canary was not found meanwhile, or is not found by what the program
   *     has become meanwhile
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
      before(session); // data were changed while they were read, perhaps
    }
  }

  /**
   * At once, whatever is known.
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
        Deadline.in(rules.ticker(), timeout.multipliedBy(2))); // somebody else's run, then ours
  }

  /** Another program than before, or other data: what was proved is not proved of this. */
  private synchronized void enter(String now) {
    if (now.equals(provenFor)) {
      return;
    }
    provenFor = now;
    watch.doubt(); // before anybody else sees the line above
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

  /** What is asked of the watch. */
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

  /** How long ago, in nanoseconds, one like this found it; -1 if that is not known, or too long. */
  private long noted(String now) {
    try {
      String[] words = Files.readString(note, StandardCharsets.US_ASCII).split(" ", 3);
      long age = System.currentTimeMillis() - Long.parseLong(words[0]);
      boolean same = words.length > 1 && words[1].equals(print(now));
      return same && age >= 0 && age < rules.every().toMillis()
          ? TimeUnit.MILLISECONDS.toNanos(age)
          : -1;
    } catch (IOException | RuntimeException e) {
      return -1; // none, or nonsense: a canary will tell
    }
  }

  /** Where it cannot be written, the next process shows a canary of its own. */
  private void noteDown(String now, String session) {
    try {
      Path directory = work.resolve(NOTES);
      if (!Files.isDirectory(directory)) {
        Files.createDirectory(
            directory,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      }
      Path next = work.resolve(session).resolve("canary.note"); // goes with the session, if we die
      Files.writeString(next, System.currentTimeMillis() + " " + print(now) + " \n");
      Files.move(next, note, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      // See above.
    }
  }

  private void forget() {
    try {
      Files.deleteIfExists(note);
    } catch (IOException e) {
      // It is for an hour at most.
    }
  }

  /** A short form of what may be long; accidents are what it guards against. */
  private static String print(String text) {
    long hash = text.length();
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
    }
    return Long.toHexString(hash);
  }
}
