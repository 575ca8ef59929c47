package org.qscan.engine.extract;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.qscan.engine.process.Child;
import org.qscan.engine.process.Command;
import org.qscan.engine.process.Ending;

/**
 * ripMIME as a child, reading the message while it arrives.
 *
 * <p>Its exit code is 0 for nearly everything, a full disk included (observed with Debian's
 * 1.4.0.10), so 0 says only that it did not crash. {@code --paranoid} always: without it a file
 * name of the sender's keeps its newlines.
 */
public final class Ripmime implements Extractor {

  /**
   * What it prints, and exits 0, when a decoded part could not be written (ripMIME 1.4.0, mime.c).
   */
  private static final String DISK_FULL = "Could only write";

  private static final int SIGXFSZ = 25;

  private final Path program;
  private final Duration cpuTime;
  private final Limits limits;

  /**
   * ripMIME at this path.
   *
   * @param program the program
   * @param cpuTime the CPU time it may use: some headers of a megabyte keep it busy for minutes
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

  /** It leaves out without a word what did not fit. */
  @Override
  public boolean tellsOfFullDisk() {
    return false;
  }

  @Override
  public Work start(Message message, View view, String session) throws IOException {
    List<String> argv =
        List.of(
            program.toString(),
            "-i",
            "-",
            "-d",
            view.directory().toString(),
            "--paranoid",
            "--unique-names");
    Command command =
        Command.confined(argv, session, Duration.ZERO) // a message may take hours to arrive
            .withCpuLimit(cpuTime)
            .withFileLimit(limits.bytes());
    return new Running(Child.start(command, message.follow()));
  }

  private final class Running implements Work {
    private final Child child;
    private final long started = System.nanoTime();
    private Duration took = Duration.ZERO;

    Running(Child child) {
      this.child = child;
    }

    @Override
    public Duration took() {
      return took;
    }

    @Override
    public Extraction finish(Duration patience) {
      Ending ending = child.await(patience);
      took = Duration.ofNanos(System.nanoTime() - started);
      String what = "ripmime.program " + program + " " + inWords(ending) + said(ending);
      if (ending.how() == Ending.How.NOT_STARTED || ending.exited(126) || ending.exited(127)) {
        return Extraction.unable(what);
      }
      if (ending.how() == Ending.How.SIGNALLED && ending.code() == SIGXFSZ) {
        return Extraction.overLimit("ripmime made a file larger than extract.max-bytes", List.of());
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
