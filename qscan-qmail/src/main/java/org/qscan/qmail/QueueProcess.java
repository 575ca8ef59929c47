package org.qscan.qmail;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.qscan.engine.ScanFailure;
import org.qscan.engine.ScanSession;
import org.qscan.engine.process.Child;
import org.qscan.engine.process.Command;
import org.qscan.engine.process.Ending;

/**
 * Runs the real qmail-queue: it gets the message while it arrives, and has to wait for its
 * envelope.
 *
 * <p>Java cannot give a child a readable descriptor 1, so a shell opens an empty file for it, and
 * the end of the message is held back. qmail-queue looks at descriptor 1 only after the end of
 * descriptor 0 (qmail-queue.c), so whatever is in the file by then is the envelope:
 *
 * <ul>
 *   <li>to queue the message: write the envelope to the file, then end the message;
 *   <li>to refuse it: end the message. qmail-queue finds no envelope, removes its files, exits 54;
 *   <li>if we are killed: the same happens by itself.
 * </ul>
 *
 * <p><i>Not taken:</i> handing it our own descriptor 1. That would need no file and no shell, but
 * it fails open: if we were killed in the middle of a message, a truncated mail that was not
 * scanned would be queued with a valid envelope (tried).
 *
 * <p>The envelope is not written before the last octet of the message has left us. Otherwise, if we
 * were killed between the two, qmail-queue would find the end of an incomplete message and a
 * complete envelope.
 */
final class QueueProcess {

  /** This variable is set for the real qmail-queue, so that a loop back to QScan is noticed. */
  static final String LOOP = "QSCAN_QUEUE";

  /*
   * A constant: $0 is the program, $1 the envelope file. Standard error goes to the pipe that
   * would have been standard output.
   */
  private static final String START = LOOP + "=1; export " + LOOP + "; exec \"$0\" 2>&1 1<\"$1\"";

  private static final Duration CLEAN_UP = Duration.ofSeconds(10);

  private final Path program;
  private final Path envelopeFile;
  private final Duration timeout;
  private final Held message;
  private final Child child;

  private QueueProcess(
      Path program, Path envelopeFile, Duration timeout, Held message, Child child) {
    this.program = program;
    this.envelopeFile = envelopeFile;
    this.timeout = timeout;
    this.message = message;
    this.child = child;
  }

  /**
   * Starts it for the message of a session. Call this before the message is received.
   *
   * @param program {@code queue.program}
   * @param timeout {@code queue.timeout}
   * @param session the session whose message it follows
   */
  static QueueProcess start(Path program, Duration timeout, ScanSession session)
      throws ScanFailure {
    if (!Files.isExecutable(program) || Files.isDirectory(program)) {
      throw new ScanFailure("queue.program " + program + " is missing or not executable");
    }
    Path envelopeFile = session.directory().resolve("envelope");
    try {
      Files.createFile(envelopeFile);
    } catch (IOException e) {
      throw new ScanFailure("cannot create " + envelopeFile + " (is the disk full?)", e);
    }
    Held message = new Held(session.follow());
    List<String> argv =
        List.of("/bin/sh", "-c", START, program.toString(), envelopeFile.toString());
    Command command =
        new Command(argv, Command.INHERITED, "", timeout, Duration.ZERO, 0, Command.OUTPUT_LIMIT);
    return new QueueProcess(program, envelopeFile, timeout, message, Child.start(command, message));
  }

  /** Whether it still runs. If not, it has given the message up. */
  boolean isAlive() {
    return child.isAlive();
  }

  /**
   * Gives it the envelope, and waits for its answer.
   *
   * @param envelope a complete envelope
   * @return its exit code; 0 means that the message is queued
   * @throws ScanFailure if it gave no exit code
   */
  int commit(Envelope envelope) throws ScanFailure {
    if (!message.awaitDelivery(child, timeout)) {
      child.kill(); // the message cannot be in the queue, because there is no envelope
      throw new ScanFailure("queue.program " + program + " does not read the message");
    }
    if (!child.isAlive()) {
      return early();
    }
    try (OutputStream out = Files.newOutputStream(envelopeFile, StandardOpenOption.WRITE)) {
      copy(envelope.file(), out);
    } catch (IOException e) {
      abandon();
      throw new ScanFailure("cannot write " + envelopeFile + " (is the disk full?)", e);
    }
    // The end of the message is still held back: one that has ended now cannot have queued it.
    return child.isAlive() ? end() : early();
  }

  /** Copies a file. Files.copy would cost more: the JDK generates classes at run time for it. */
  private static void copy(Path from, OutputStream out) throws IOException {
    byte[] buffer = new byte[8192];
    try (InputStream in = Files.newInputStream(from)) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        out.write(buffer, 0, n);
      }
    }
  }

  /**
   * Withholds the envelope, and waits until qmail-queue has removed its files. If that takes long,
   * it is left alone: it will find the end of both inputs without us, and if it were killed, its
   * files would stay in its queue for more than a day.
   */
  void abandon() {
    message.release();
    child.outlived(CLEAN_UP);
  }

  /** The exit code of a qmail-queue that has ended before it got an envelope. */
  int early() throws ScanFailure {
    int code = end();
    if (code == 0) {
      throw new ScanFailure("queue.program " + program + " ended before it had the envelope");
    }
    return code;
  }

  private int end() throws ScanFailure {
    message.release();
    Ending ending = child.await(timeout);
    // 1, and 126 and above, are not exit codes of a qmail-queue but of shells and virtual machines.
    if (ending.how() == Ending.How.EXITED && ending.code() != 1 && ending.code() < 126) {
      return ending.code();
    }
    String said = new String(ending.output(), StandardCharsets.ISO_8859_1).strip();
    throw new ScanFailure(
        "queue.program " + program + " " + ending.inWords() + (said.isEmpty() ? "" : ": " + said));
  }

  /** The message, whose end is held back until it is released. */
  private static final class Held extends FilterInputStream {
    private final CountDownLatch delivered = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);

    Held(InputStream message) {
      super(message);
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int n = in.read(buffer, offset, length);
      if (n >= 0) {
        return n;
      }
      // The reader asks for more, so everything before is in the pipe already, or read from it.
      delivered.countDown();
      try {
        released.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted while holding back the end of the message");
      }
      return -1;
    }

    boolean awaitDelivery(Child child, Duration patience) {
      long deadline = System.nanoTime() + patience.toNanos();
      try {
        while (!delivered.await(50, TimeUnit.MILLISECONDS)) {
          if (!child.isAlive()) {
            return true; // its exit code will tell the result
          }
          if (System.nanoTime() - deadline > 0) {
            return false;
          }
        }
        return true;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }

    void release() {
      released.countDown();
    }
  }
}
