package org.qscan.engine.process;

import java.time.Duration;

/**
 * How a child ended, and what it had printed until then.
 *
 * @param how the kind of end
 * @param code the exit code for {@link How#EXITED}, the signal's number for {@link How#SIGNALLED},
 *     else -1
 * @param output standard output and standard error together, cut at the command's limit
 * @param strays the number of processes that the child had left behind, and that were killed
 * @param cpu for {@link How#TIMED_OUT}: the CPU time of the child and of its descendants that still
 *     ran; else zero
 */
@SuppressWarnings("ArrayRecordComponent") // read once, compared never
public record Ending(How how, int code, byte[] output, int strays, Duration cpu) {

  /** An ending without a CPU time. */
  public Ending(How how, int code, byte[] output, int strays) {
    this(how, code, output, strays, Duration.ZERO);
  }

  /** The kinds of end. */
  public enum How {
    /** It gave an exit code. */
    EXITED,
    /** It was ended by a signal that we did not send. */
    SIGNALLED,
    /** It lived longer than allowed and was killed with all its descendants. */
    TIMED_OUT,
    /** We were interrupted while waiting for it, and killed it with all its descendants. */
    INTERRUPTED,
    /**
     * It ended, but not all of its output could be read: another process may still hold it open.
     */
    OUTPUT_OPEN,
    /** It printed more than allowed and was killed with all its descendants. */
    FLOODED,
    /** It could not be started. */
    NOT_STARTED
  }

  /** Whether the child exited of itself with this code. */
  public boolean exited(int wanted) {
    return how == How.EXITED && code == wanted;
  }

  /** The end in words, for an error message or the log. */
  public String inWords() {
    return switch (how) {
      case EXITED ->
          (code == 126 || code == 127 ? "could not be executed, " : "ended with ")
              + "exit code "
              + code;
      case SIGNALLED -> "died of signal " + code;
      case TIMED_OUT -> "did not end in time and was killed";
      case INTERRUPTED -> "was killed because we were told to stop";
      case OUTPUT_OPEN -> "ended, but not all of its output could be read";
      case FLOODED -> "printed more than " + output.length + " bytes and was killed";
      case NOT_STARTED -> "could not be started: too many processes, or no memory?";
    };
  }
}
