package org.qscan.qmail.daemon;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.process.Child;
import org.qscan.engine.process.Command;
import org.qscan.engine.store.Ledger;

/**
 * The log of a process that lives long: standard error, and one logger(1) for syslog. Lines wait in
 * a queue. If nobody reads the log and the queue is full, lines are dropped and counted, and mail
 * still flows. The memory for lines that wait is taken from the {@link Ledger} at the start, so
 * that mail that fills the memory does not cost lines of the log.
 */
final class DaemonLog implements AutoCloseable {

  private static final int LINES = 10_000;

  /** The share of the ledger: a sixteenth. */
  private static final int SHARE = 16;

  /** The bytes that a line needs beside its characters. */
  private static final int LINE = 120;

  private static final Path DEV_LOG = Path.of("/dev/log");
  private static final Path LOGGER = Path.of("/usr/bin/logger");
  private static final Duration AGAIN = Duration.ofSeconds(10);
  private static final int MAIL = 2 << 3; // the facility, RFC 5424

  private record Line(String priority, String text) {}

  /** Wakes a writer that waits for lines. */
  private static final Line END = new Line("", "");

  private final BlockingQueue<Line> lines = new ArrayBlockingQueue<>(LINES);
  private final AtomicLong dropped = new AtomicLong();
  private final AtomicLong held = new AtomicLong(); // bytes in this queue and in the logger's
  private final long most;
  private final OutputStream stderr;
  private final Thread writer = new Thread(this::write, "qscan-log");
  private volatile boolean syslog;
  private volatile boolean closed;
  private @Nullable LineStream loggerInput;
  private @Nullable Child logger;
  private long loggerStarted = System.nanoTime() - AGAIN.toNanos();

  DaemonLog(OutputStream stderr) {
    this(stderr, Ledger.ofThisProcess());
  }

  DaemonLog(OutputStream stderr, Ledger ledger) {
    this.stderr = stderr;
    this.most = ledger.most() / SHARE;
    ledger.force(most);
    writer.setDaemon(true);
    writer.start();
  }

  /** Whether lines go to syslog as well. */
  void syslog(boolean wanted) {
    syslog = wanted;
  }

  /**
   * Queues a line, which is written soon.
   *
   * @param priority of syslog: info, notice, warning or err
   * @param text the line, without a line end
   */
  void write(String priority, String text) {
    if (!hold(text)) {
      dropped.incrementAndGet();
    } else if (!lines.offer(new Line(priority, text))) {
      release(text.length());
      dropped.incrementAndGet();
    }
  }

  private boolean hold(String text) {
    if (held.addAndGet(LINE + text.length()) <= most) {
      return true;
    }
    release(text.length());
    return false;
  }

  private void release(int length) {
    held.addAndGet(-LINE - length);
  }

  /** Bytes that wait to be written. */
  long held() {
    return held.get();
  }

  /** Lines that were dropped since the start. */
  long dropped() {
    return dropped.get();
  }

  private void write() {
    long told = 0;
    try {
      while (!closed || !lines.isEmpty()) {
        told = writeNext(told);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Writes the next line. An error with one line must not end the log, because the others still
   * have to be written.
   */
  private long writeNext(long told) throws InterruptedException {
    Line line = lines.take();
    try {
      if (!line.equals(END)) {
        put(line);
      }
      long lost = dropped.get();
      if (lost != told && lines.isEmpty()) {
        put(
            new Line(
                "err", (lost - told) + " lines of the log were dropped, because nobody read it"));
        return lost;
      }
    } catch (RuntimeException | Error e) {
      dropped.incrementAndGet();
    } finally {
      if (!line.equals(END)) {
        release(line.text().length());
      }
    }
    return told;
  }

  private void put(Line line) {
    try {
      stderr.write(("qscan: " + line.text() + "\n").getBytes(StandardCharsets.ISO_8859_1));
      stderr.flush();
    } catch (IOException e) {
      // There is nobody to tell.
    }
    if (syslog && isLoggerThere() && loggerInput != null) {
      String text = "<" + (MAIL | severity(line.priority())) + ">" + line.text() + "\n";
      if (hold(text)) { // the queue for syslog is full, but standard error has the line
        loggerInput.add(text);
      }
    }
  }

  private static int severity(String priority) {
    return switch (priority) {
      case "err" -> 3;
      case "warning" -> 4;
      case "notice" -> 5;
      default -> 6;
    };
  }

  private boolean isLoggerThere() {
    if (logger != null && logger.isAlive()) {
      return true;
    }
    if (System.nanoTime() - loggerStarted < AGAIN.toNanos()
        || !Files.exists(DEV_LOG)
        || !Files.isExecutable(LOGGER)) {
      return false;
    }
    loggerStarted = System.nanoTime();
    if (loggerInput != null) {
      loggerInput.forget(); // what the logger that has died had not read
    }
    LineStream input = new LineStream();
    List<String> argv =
        List.of(LOGGER.toString(), "-t", "qscan", "-p", "mail.info", "--prio-prefix");
    Command command =
        new Command(argv, Command.OWN, "", AGAIN, Duration.ZERO, 0, Command.OUTPUT_LIMIT);
    loggerInput = input;
    logger = Child.start(command, input);
    return true;
  }

  /** Writes the lines that wait, but only for a short time. */
  @Override
  @SuppressWarnings("ReturnValueIgnored") // if it is full, the writer is not waiting
  public void close() {
    closed = true;
    lines.offer(END);
    try {
      writer.join(2000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (loggerInput != null && logger != null) {
      loggerInput.end();
      logger.outlived(Duration.ofSeconds(1));
    }
  }

  /** The lines as a stream, which the child's thread reads. */
  private final class LineStream extends InputStream {
    private final byte[] last = new byte[0];
    private final BlockingQueue<byte[]> queue = new ArrayBlockingQueue<>(LINES);
    private byte[] current = last;
    private int next;

    void add(String line) {
      if (!queue.offer(line.getBytes(StandardCharsets.ISO_8859_1))) {
        release(line.length());
      }
    }

    void forget() {
      for (byte[] line = queue.poll(); line != null; line = queue.poll()) {
        released(line);
      }
    }

    private void released(byte[] line) {
      if (line.length > 0) {
        release(line.length);
      }
    }

    void end() {
      queue.offer(last);
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] octets, int offset, int length) throws IOException {
      try {
        if (next == current.length) {
          current = queue.take();
          released(current);
          next = 0;
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return -1;
      }
      int n = Math.min(length, current.length - next);
      System.arraycopy(current, next, octets, offset, n);
      next += n;
      return n == 0 ? -1 : n;
    }
  }
}
