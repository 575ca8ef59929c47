package org.qscan.engine;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.extract.Views;

/**
 * Receives a message, and passes its octets on to all followers as they arrive. If this fails, the
 * exception tells the cause: the message cannot be read, or this host cannot store it.
 */
final class Reception {

  private static final int BUFFER = 65536;

  private final Views views;
  private final Path directory;

  /**
   * The reception of one message.
   *
   * @param directory the directory of its session
   */
  Reception(Views views, Path directory) {
    this.views = views;
    this.directory = directory;
  }

  /** Reads the message to its end. */
  void read(InputStream message) throws ScanFailure {
    begin();
    byte[] buffer = new byte[BUFFER];
    while (true) {
      int n;
      try {
        n = message.read(buffer);
      } catch (IOException e) {
        throw new ScanFailure("cannot read the message", e);
      }
      if (n < 0) {
        return;
      }
      try {
        views.message().append(buffer, 0, n);
      } catch (IOException e) {
        throw cannotWrite(e);
      }
    }
  }

  /** Takes a message that is in memory already. */
  void take(byte[] message, int length) throws ScanFailure {
    try {
      views.message().appendAll(message, length);
    } catch (IOException e) {
      throw cannotWrite(e);
    }
    begin();
  }

  /** Lets the message write itself. */
  void drain(ScanSession.Source message) throws ScanFailure {
    begin();
    Intake intake = new Intake();
    try {
      OutputStream out = new BufferedOutputStream(intake, BUFFER);
      message.writeTo(out);
      out.flush();
    } catch (IOException | RuntimeException e) {
      IOException disk = intake.failure;
      throw disk == null ? new ScanFailure("cannot read the message", e) : cannotWrite(disk);
    }
    if (intake.failure != null) {
      throw cannotWrite(intake.failure); // whoever wrote has not passed it on
    }
  }

  private void begin() throws ScanFailure {
    try {
      views.begin();
    } catch (IOException e) {
      throw new ScanFailure("cannot begin to take the message apart in " + directory, e);
    }
  }

  private ScanFailure cannotWrite(IOException e) {
    return new ScanFailure(
        "cannot write "
            + views.message().file()
            + (e instanceof ClosedByInterruptException
                ? ", interrupted while receiving"
                : " (is the disk full?)"),
        e);
  }

  /**
   * Stores the message. It remembers its own failure, so that this is not taken for a failure of
   * the source.
   */
  private final class Intake extends OutputStream {
    private @Nullable IOException failure;

    @Override
    public void write(int octet) throws IOException {
      write(new byte[] {(byte) octet}, 0, 1);
    }

    @Override
    public void write(byte[] octets, int offset, int length) throws IOException {
      try {
        views.message().append(octets, offset, length);
      } catch (IOException e) {
        failure = e;
        throw e;
      }
    }
  }
}
