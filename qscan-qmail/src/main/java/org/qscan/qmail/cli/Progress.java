package org.qscan.qmail.cli;

import java.io.PrintStream;
import java.time.Duration;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarConsumer;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** A progress bar on standard error where that is a terminal, else nothing. */
final class Progress implements AutoCloseable {

  private static final int WIDTH = 79;
  private static final int REDRAW_MILLIS = 200;
  private static final String ERASE = "\r\033[K";

  private final Object screen = new Object();
  private final @Nullable PrintStream terminal;
  private final @Nullable ProgressBar bar;

  private Progress(@Nullable PrintStream terminal, long steps) {
    this.terminal = terminal;
    this.bar =
        terminal == null
            ? null
            : new ProgressBarBuilder()
                .setTaskName("scan")
                .setInitialMax(steps)
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(REDRAW_MILLIS)
                .startsFrom(0, Duration.ZERO)
                .setConsumer(new Line(terminal))
                .build();
  }

  /** Shown where standard error is a terminal. */
  static Progress of(long steps) {
    return new Progress(Terminal.isAt(2) ? System.err : null, steps);
  }

  static Progress on(PrintStream terminal, long steps) {
    return new Progress(terminal, steps);
  }

  /**
   * Prints a line where standard output may be the same terminal, and counts a step.
   *
   * @param print prints the line
   */
  void step(Runnable print) {
    synchronized (screen) {
      if (terminal != null) {
        terminal.print(ERASE);
        terminal.flush();
      }
      print.run();
    }
    if (bar != null) {
      bar.step();
    }
  }

  @Override
  public void close() {
    if (bar != null && terminal != null) {
      bar.close();
      terminal.println(); // a bar that is closed before it was first drawn does not close its line
    }
  }

  /** The bar's own consumers ask jline for the terminal's width: native code, and a warning. */
  private final class Line implements ProgressBarConsumer {
    private final PrintStream out;

    Line(PrintStream out) {
      this.out = out;
    }

    @Override
    public int getMaxRenderedLength() {
      return WIDTH;
    }

    @Override
    public void accept(String rendered) {
      synchronized (screen) {
        out.print(ERASE + rendered);
        out.flush();
      }
    }

    @Override
    public void close() {}
  }
}
