package org.qscan.qmail.daemon;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Finds frames in octets that come in pieces of any size; holds no more than a small frame. */
final class FrameReader {

  /** Where frames go. */
  interface Sink {
    /**
     * A piece of the message; to be taken whole, now.
     *
     * @throws IOException if it cannot be kept
     */
    void message(ByteBuffer octets) throws ProtocolException, IOException;

    /** Any other frame, whole. */
    void frame(char type, byte[] octets) throws ProtocolException;
  }

  private final ByteBuffer header = ByteBuffer.allocate(Frame.HEADER);
  private ByteBuffer control = ByteBuffer.allocate(0);
  private char type;
  private int messageLeft;

  /** Takes all of these octets. */
  void take(ByteBuffer octets, Sink sink) throws ProtocolException, IOException {
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

  private void begin(Sink sink) throws ProtocolException {
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

  private void endIfWhole(Sink sink) throws ProtocolException {
    if (!control.hasRemaining()) {
      header.clear();
      sink.frame(type, control.array());
    }
  }
}
