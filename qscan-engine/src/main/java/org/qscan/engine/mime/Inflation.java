package org.qscan.engine.mime;

import java.io.IOException;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Inflates what is written to it, up to the first octet that cannot be inflated. The receiver of
 * the octets pays for them, because little compressed data may become very much.
 */
final class Inflation implements AutoCloseable {

  private static final int BUFFER = 8192;

  private final Inflater inflater;
  private final Octets out;
  private final byte[] packed = new byte[BUFFER];
  private final byte[] octets = new byte[BUFFER];
  private int length;
  private boolean broken;
  private boolean some;

  /**
   * Begins.
   *
   * @param bare whether it has no header: RFC 1951, not 1950
   * @param out takes what comes of it
   */
  Inflation(boolean bare, Octets out) {
    this.inflater = new Inflater(bare);
    this.out = out;
  }

  /** Takes an octet of what is compressed. */
  void write(int octet) throws IOException, OverLimitException {
    packed[length++] = (byte) octet;
    if (length == BUFFER) {
      flush();
    }
  }

  /** Writes the rest. */
  void finish() throws IOException, OverLimitException {
    if (length < BUFFER) {
      packed[length++] = 0; // a decoder without a header wants one octet more
    }
    flush();
  }

  /** Whether anything came of it. */
  boolean hasSome() {
    return some;
  }

  private void flush() throws IOException, OverLimitException {
    inflater.setInput(packed, 0, length);
    length = 0;
    try {
      while (!broken) {
        int n = inflater.inflate(octets);
        if (n <= 0) {
          return;
        }
        some = true;
        for (int i = 0; i < n; i++) {
          out.write(octets[i]);
        }
      }
    } catch (DataFormatException e) {
      broken = true; // What came before it stands.
    }
  }

  @Override
  public void close() {
    inflater.end();
  }
}
