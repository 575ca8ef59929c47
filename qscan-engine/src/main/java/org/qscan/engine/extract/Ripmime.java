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

  private static final int SIGXFSZ = 25;

  /** Printed when the disk is full, by the decoders alone; the exit code is 0 all the same. */
  private static final String NO_ROOM = "Could only write";

  /** The shortest life a message may need to arrive in: as long as qmail-queue's own alarm. */
  private static final Duration DAY = Duration.ofHours(24);

  private final Path program;
  private final Duration timeout;
  private final Limits limits;

  /**
   * ripMIME at this path.
   *
   * @param program the program
   * @param timeout bounds its CPU time as well, for the case that nobody is left to kill it
   * @param limits bounds the size of each file it writes
   */
  public Ripmime(Path program, Duration timeout, Limits limits) {
    this.program = program;
    this.timeout = timeout;
    this.limits = limits;
  }

  @Override
  public String name() {
    return "ripmime";
  }

  @Override
  public Work start(Message message, Path directory, String session) throws IOException {
    List<String> argv =
        List.of(
            program.toString(),
            "-i",
            "-",
            "-d",
            directory.toString(),
            "--paranoid",
            "--unique-names");
    Command command =
        Command.confined(argv, session, DAY).withCpuLimit(timeout).withFileLimit(limits.bytes());
    return new Running(Child.start(command, message.follow()));
  }

  private final class Running implements Work {
    private final Child child;

    Running(Child child) {
      this.child = child;
    }

    @Override
    public Extraction finish(Duration patience) {
      Ending ending = child.await(patience);
      String how = "ripmime.program " + program + " " + ending.inWords() + said(ending);
      if (ending.exited(0)) {
        return how.contains(NO_ROOM) ? Extraction.noRoom(how) : Extraction.done(List.of());
      }
      return ending.how() == Ending.How.SIGNALLED && ending.code() == SIGXFSZ
          ? Extraction.overLimit("ripmime made a file larger than extract.max-bytes", List.of())
          : Extraction.failed(how);
    }

    @Override
    public void cancel() {
      child.kill();
    }

    private String said(Ending ending) {
      String text = new String(ending.output(), StandardCharsets.ISO_8859_1).strip();
      return text.isEmpty() ? "" : ": " + text.substring(0, Math.min(text.length(), 200));
    }
  }
}
