package org.qscan.qmail.daemon;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.qscan.qmail.Decision.Fate;
import org.qscan.qmail.Envelope;

/**
 * The protocol between qscan-client and qscand, as ARCHITECTURE.md explains it. A frame has a type,
 * the length of its content in 4 octets, and the content. Numbers are big-endian. {@code frame.h}
 * is the counterpart in C.
 */
final class Frame {

  static final int HEADER = 5;

  /** The most octets after the header, in any frame. */
  static final int LONGEST = 65536;

  /** The most octets after the header in a frame that is not a piece of the message. */
  static final int LONGEST_CONTROL = 9 + Envelope.LONGEST_ADDRESS;

  static final int VERSION = 1;
  static final char HELLO = 'H';
  static final char MESSAGE = 'M';
  static final char END = 'E';
  static final char ENVELOPE = 'V';
  static final char ANSWER = 'A';
  static final char OUTCOME = 'X';

  /** Sent by the operator's command in place of HELLO. The answer is a REPORT. */
  static final char STATUS = 'S';

  static final char REPORT = 'R';

  private static final byte[] NAME = {'q', 's', 'c', 'a', 'n', VERSION};
  private static final int LONGEST_TEXT = 255;

  private Frame() {}

  /**
   * What the client sends first.
   *
   * @param address the address of the sending host, or empty; it comes from outside
   */
  record Hello(String address) {
    static Hello read(byte[] octets) throws ProtocolException {
      if (octets.length < NAME.length || !Arrays.equals(octets, 0, 5, NAME, 0, 5)) {
        throw new ProtocolException("the caller is not qscan-client");
      }
      if (octets[5] != VERSION) {
        throw new ProtocolException(
            "qscan-client speaks version "
                + octets[5]
                + " of the protocol, and qscand "
                + VERSION
                + ": install both from one release");
      }
      return new Hello(text(octets, NAME.length));
    }
  }

  /**
   * What the client sends last.
   *
   * @param code its exit code
   * @param envelope the state of the envelope
   * @param recipients the number of recipients
   * @param reason why, if it is not the code that we answered
   */
  record ClientResult(int code, Envelope.EnvelopeState envelope, long recipients, String reason) {
    static ClientResult read(byte[] octets) throws ProtocolException {
      atLeast(10, octets);
      return new ClientResult(
          octets[0] & 0xff, state(octets[1]), number(octets, 2), text(octets, 10));
    }
  }

  static long end(byte[] octets) throws ProtocolException {
    atLeast(8, octets);
    return number(octets, 0);
  }

  static Envelope envelope(byte[] octets) throws ProtocolException {
    atLeast(9, octets);
    return Envelope.reported(state(octets[0]), text(octets, 9), number(octets, 1));
  }

  static ByteBuffer hello() {
    return frame(HELLO, NAME.length).put(NAME).flip();
  }

  static ByteBuffer answer(Fate fate, int code, long size, String text) {
    byte[] said = text.getBytes(StandardCharsets.ISO_8859_1);
    int length = Math.min(said.length, LONGEST_TEXT);
    char letter =
        switch (fate) {
          case QUEUE -> 'Q';
          case DISCARD -> 'D';
          case REFUSE -> 'R';
          case DEFER -> 'T';
        };
    return frame(ANSWER, 10 + length)
        .put((byte) letter)
        .put((byte) code)
        .putLong(size)
        .put(said, 0, length)
        .flip();
  }

  static ByteBuffer status() {
    return frame(STATUS, 0).flip();
  }

  static ByteBuffer report(String text) {
    byte[] said = text.getBytes(StandardCharsets.ISO_8859_1);
    return frame(REPORT, said.length).put(said).flip();
  }

  private static ByteBuffer frame(char type, int length) {
    return ByteBuffer.allocate(HEADER + length).put((byte) type).putInt(length);
  }

  private static void atLeast(int length, byte[] octets) throws ProtocolException {
    if (octets.length < length) {
      throw new ProtocolException("a frame of " + octets.length + " octets is too short");
    }
  }

  private static Envelope.EnvelopeState state(byte number) throws ProtocolException {
    return switch (number) {
      case 0 -> Envelope.EnvelopeState.UNREAD;
      case 1 -> Envelope.EnvelopeState.COMPLETE;
      case 2 -> Envelope.EnvelopeState.BROKEN_OFF;
      case 3 -> Envelope.EnvelopeState.ADDRESS_TOO_LONG;
      case 4 -> Envelope.EnvelopeState.MALFORMED;
      case 5 -> Envelope.EnvelopeState.UNFINISHED;
      default -> throw new ProtocolException("an envelope of state " + number);
    };
  }

  private static long number(byte[] octets, int offset) {
    return ByteBuffer.wrap(octets).getLong(offset);
  }

  private static String text(byte[] octets, int offset) {
    return new String(octets, offset, octets.length - offset, StandardCharsets.ISO_8859_1);
  }
}
