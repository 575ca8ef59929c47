package org.qscan.qmail.daemon;

import java.nio.ByteBuffer;

/**
 * Finds frames in octets that arrive in pieces of any size. It keeps no more than a small frame.
 * After an error, it is not known where the next frame begins, so a reader that has failed accepts
 * nothing more.
 */
final class FrameReader {

  /** Takes the frames. */
  interface FrameSink {
    /** Takes a piece of the message. It must take all of it during the call. */
    void message(ByteBuffer octets);

    /**
     * Takes any other frame, as a whole. The next frame can be found even if there is an error in
     * this one.
     */
    void frame(char type, byte[] octets);
  }

  private final ByteBuffer header = ByteBuffer.allocate(Frame.HEADER);
  private static final ByteBuffer NONE = ByteBuffer.allocate(0);

  private ByteBuffer control = NONE;
  private char type;
  private int messageLeft;
  private boolean failed;

  /**
   * Takes all of these octets.
   *
   * @throws ProtocolException if they contain something that is not a frame, or if this reader has
   *     failed before
   */
  void take(ByteBuffer octets, FrameSink sink) throws ProtocolException {
    if (failed) {
      throw new ProtocolException("no frame can be found behind an error");
    }
    failed = true; // unless this method reaches its end
    find(octets, sink);
    failed = false;
  }

  private void find(ByteBuffer octets, FrameSink sink) throws ProtocolException {
    while (octets.hasRemaining()) {
      if (messageLeft > 0) {
        int n = Math.min(messageLeft, octets.remaining());
        sink.message(octets.slice(octets.position(), n));
        octets.position(octets.position() + n);
        messageLeft -= n;
      } else if (header.hasRemaining()) {
        header.put(octets.get());
        if (!header.hasRemaining()) {
          begin(sink);
        }
      } else {
        control.put(octets.get());
        endIfWhole(sink);
      }
    }
  }

  private void begin(FrameSink sink) throws ProtocolException {
    type = (char) (header.get(0) & 0xff);
    int length = header.getInt(1);
    if (type == Frame.MESSAGE && length > 0 && length <= Frame.LONGEST) {
      messageLeft = length;
      header.clear();
    } else if (type != Frame.MESSAGE && length >= 0 && length <= Frame.LONGEST_CONTROL) {
      control = ByteBuffer.allocate(length);
      endIfWhole(sink);
    } else {
      throw new ProtocolException("a frame of type " + (int) type + " and length " + length);
    }
  }

  private void endIfWhole(FrameSink sink) {
    if (!control.hasRemaining()) {
      header.clear();
      byte[] whole = control.array();
      control = NONE; // there are thousands of connections
      sink.frame(type, whole);
    }
  }
}
