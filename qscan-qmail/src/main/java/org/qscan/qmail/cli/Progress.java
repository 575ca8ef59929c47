package org.qscan.qmail.cli;

import java.io.PrintStream;
import org.jspecify.annotations.Nullable;

/**
 * A progress bar on standard error, if that is a terminal; otherwise nothing.
 *
 * <p><i>Not taken:</i> a library. The one that was here needed a terminal library with native code,
 * four hundred kilobytes for one bar.
 */
final class Progress implements AutoCloseable {

  private static final int WIDTH = 40;
  private static final String ERASE = "\r\033[K";

  private final @Nullable PrintStream terminal;
  private final long steps;
  private final long begin = System.nanoTime();
  private long done;

  private Progress(@Nullable PrintStream terminal, long steps) {
    this.terminal = terminal;
    this.steps = steps;
    draw();
  }

  /** A bar that is shown if standard error is a terminal. */
  static Progress of(long steps) {
    return new Progress(Terminal.isAt(2) ? System.err : null, steps);
  }

  static Progress on(PrintStream terminal, long steps) {
    return new Progress(terminal, steps);
  }

  /**
   * Prints a line, and counts a step. The bar makes room for the line, because standard output may
   * be the same terminal.
   *
   * @param print prints the line
   */
  void step(Runnable print) {
    if (terminal != null) {
      terminal.print(ERASE);
      terminal.flush();
    }
    print.run();
    done++;
    draw();
  }

  @Override
  public void close() {
    if (terminal != null) {
      terminal.println();
    }
  }

  private void draw() {
    if (terminal != null) {
      terminal.print(ERASE + bar(done, steps, (System.nanoTime() - begin) / 1_000_000_000));
      terminal.flush();
    }
  }

  /**
   * The bar; at most 79 columns as long as there are fewer than a hundred million steps.
   *
   * @param done steps done, 0 to {@code steps}
   * @param steps the number of all steps; if it is 0, all is done
   * @param seconds since the beginning
   */
  static String bar(long done, long steps, long seconds) {
    int full = steps == 0 ? WIDTH : (int) (done * WIDTH / steps);
    String rest = seconds % 60 < 10 ? ":0" : ":";
    return "scan ["
        + "=".repeat(full)
        + " ".repeat(WIDTH - full)
        + "] "
        + done
        + "/"
        + steps
        + " "
        + seconds / 60
        + rest
        + seconds % 60;
  }
}
