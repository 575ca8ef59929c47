package org.qscan.engine.extract;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.qscan.engine.process.Child;
import org.qscan.engine.process.Command;
import org.qscan.engine.process.Ending;
import org.qscan.engine.store.Effort;
import org.qscan.engine.store.MessageStore;
import org.qscan.engine.store.PartStore;

/**
 * Runs ripMIME as a child, which reads the message while it arrives.
 *
 * <p>Its exit code is 0 for nearly everything, a full disk included (observed with Debian's
 * 1.4.0.10), so 0 means only that it did not crash. {@code --paranoid} is always set: without it, a
 * file name from the sender keeps its newlines.
 */
public final class Ripmime implements Extractor {

  /**
   * What ripMIME prints when it could not write a decoded part; its exit code is 0 nevertheless
   * (ripMIME 1.4.0, mime.c).
   */
  private static final String DISK_FULL = "Could only write";

  private static final int BUFFER = 16384;
  private static final int SIGXCPU = 24;
  private static final int SIGXFSZ = 25;
  private static final Duration LOOK_EVERY = Duration.ofMillis(100);

  /**
   * The CPU time that every message has; each octet adds to it. Together 0.5 s and 2 s a megabyte.
   */
  private static final Duration CPU = Duration.ofMillis(500);

  private static final long NANOS_AN_OCTET = 2000;

  /**
   * The part of this time that a message has at first if its {@link Effort} is bounded: a tenth,
   * which is 50 ms and 0.2 s a megabyte. Ordinary mail takes 5 ms and 20 ms a megabyte.
   */
  private static final int FIRST = 10;

  private static final Duration LOOK_OFTEN = Duration.ofMillis(20);

  private final Path program;
  private final Duration cpuTime;
  private final Limits limits;

  /**
   * ripMIME at this path.
   *
   * @param program the program
   * @param cpuTime the most CPU time it may use for a message; less for a small one, see {@link
   *     #cpuTime(long)}
   * @param limits bounds the size of each file it writes
   */
  public Ripmime(Path program, Duration cpuTime, Limits limits) {
    this.program = program;
    this.cpuTime = cpuTime;
    this.limits = limits;
  }

  @Override
  public String name() {
    return "ripmime";
  }

  /** ripMIME leaves out without any message what did not fit on the disk. */
  @Override
  public boolean tellsOfFullDisk() {
    return false;
  }

  @Override
  public Work start(MessageStore message, PartStore store, String session) throws IOException {
    if (message.isWhole() && wouldOnlyHurt(message)) {
      return new NotAsked();
    }
    List<String> argv =
        List.of(
            program.toString(),
            "-i",
            "-",
            "-d",
            store.directory().toString(),
            "--paranoid",
            "--unique-names");
    Command command =
        Command.confined(argv, session, Duration.ZERO) // a message may take hours to arrive
            .withCpuLimit(message.isWhole() ? cpuTime(message.size()) : cpuTime)
            .withFileLimit(limits.bytes());
    FieldsLook look = new FieldsLook(message.follow());
    return new RipmimeRun(Child.start(command, look), look, message);
  }

  /**
   * Whether the message is complete and would cost ripMIME too much. This check costs less than a
   * child that has to be killed at once.
   */
  private static boolean wouldOnlyHurt(MessageStore message) throws IOException {
    FieldsLook look = new FieldsLook(message.follow());
    byte[] buffer = new byte[BUFFER];
    try (look) {
      while (look.read(buffer, 0, buffer.length) >= 0) {
        // Reading is enough: the stream checks what it reads.
      }
    } catch (IOException e) {
      if (!look.isTooMuch()) {
        throw e;
      }
    }
    return look.isTooMuch();
  }

  private static Extraction notAsked() {
    return Extraction.tooCostly(
        "ripmime was not run: header fields of this message have so many semicolons that it"
            + " would need more CPU time than it may use for a message of this size");
  }

  /** Takes the place of a child that was not started. */
  private static final class NotAsked implements Work {
    @Override
    public Extraction finish(Duration patience) {
      return notAsked();
    }

    @Override
    public Duration took() {
      return Duration.ZERO;
    }

    @Override
    public void cancel() {
      // There is no child to end.
    }
  }

  /** The CPU time for a message of so many octets. */
  Duration cpuTime(long size) {
    Duration forSize = CPU.plusNanos(NANOS_AN_OCTET * size);
    return forSize.compareTo(cpuTime) < 0 ? forSize : cpuTime;
  }

  private final class RipmimeRun implements Work {
    private final Child child;
    private final FieldsLook look;
    private final MessageStore message;
    private final long started = System.nanoTime();
    private Duration took = Duration.ZERO;
    private long deadline;

    RipmimeRun(Child child, FieldsLook look, MessageStore message) {
      this.child = child;
      this.look = look;
      this.message = message;
    }

    @Override
    public Duration took() {
      return took;
    }

    @Override
    public Extraction finish(Duration patience) {
      Duration most = cpuTime(message.size());
      boolean tooLong = usesMoreThan(most, patience);
      Ending ending = child.await(tooLong ? Duration.ZERO : left(patience));
      took = Duration.ofNanos(System.nanoTime() - started);
      if (look.isTooMuch()) {
        return notAsked();
      }
      if (tooLong || (ending.how() == Ending.How.SIGNALLED && ending.code() == SIGXCPU)) {
        return Extraction.tooCostly(
            "ripmime used more CPU time than it may use for a message of this size ("
                + most.toMillis()
                + " ms; extract.cpu-time is the most for any message) and was killed");
      }
      String what = "ripmime.program " + program + " " + inWords(ending) + said(ending);
      if (ending.how() == Ending.How.NOT_STARTED || ending.exited(126) || ending.exited(127)) {
        return Extraction.unable(what);
      }
      if (ending.how() == Ending.How.SIGNALLED && ending.code() == SIGXFSZ) {
        return Extraction.overLimit(
            "ripmime made a file larger than extract.max-bytes " + limits.bytes(), List.of());
      }
      if (new String(ending.output(), StandardCharsets.ISO_8859_1).contains(DISK_FULL)) {
        return Extraction.unable(what + " (is the disk full?)");
      }
      if (!ending.exited(0)) {
        return Extraction.failed(what);
      }
      return child.hasReadAll()
          ? Extraction.done(List.of())
          : Extraction.failed(what + ", but did not read the whole message");
    }

    /**
     * Waits for the end, within the patience, and checks the CPU time meanwhile. The kernel's own
     * limit is in whole seconds, and it was set when the size of the message was not known yet.
     */
    private boolean usesMoreThan(Duration most, Duration patience) {
      deadline = System.nanoTime() + patience.toNanos();
      Effort effort = message.effort();
      Duration every = effort.isBounded() ? LOOK_OFTEN : LOOK_EVERY;
      while (!left(patience).isZero()) {
        Duration wait = left(patience).compareTo(every) < 0 ? left(patience) : every;
        if (look.isTooMuch()) {
          child.kill(); // it waits for the rest of the message, or is still working
          return false;
        }
        if (child.outlived(wait)) {
          return false;
        }
        if (Thread.currentThread().isInterrupted()) {
          return false; // the next wait sees the interrupt
        }
        Duration used = child.cpuTime();
        if (effort.isBounded() && used.compareTo(most.dividedBy(FIRST)) > 0) {
          effort.spend();
        }
        if (effort.isSpent() || used.compareTo(most) > 0) {
          return true;
        }
      }
      return false;
    }

    private Duration left(Duration patience) {
      long left = Math.min(patience.toNanos(), deadline - System.nanoTime());
      return Duration.ofNanos(Math.max(0, left));
    }

    @Override
    public void cancel() {
      child.kill();
    }

    private String inWords(Ending ending) {
      return ending.how() == Ending.How.TIMED_OUT
          ? "did not end within extract.timeout and was killed"
          : ending.inWords();
    }

    private String said(Ending ending) {
      String text = new String(ending.output(), StandardCharsets.ISO_8859_1).strip();
      return text.isEmpty() ? "" : ": " + text.substring(0, Math.min(text.length(), 200));
    }
  }
}
