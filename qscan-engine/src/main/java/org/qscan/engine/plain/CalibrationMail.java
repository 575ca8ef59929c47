package org.qscan.engine.plain;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A mail with a mark in one of its leaves. A scanner that finds EICAR there, and nothing in the
 * mail's twin without it, reads whatever leads to this leaf.
 */
public final class CalibrationMail {

  /** What the twin has in place of the mark: as long as EICAR, and nothing to be found. */
  private static final String HARMLESS =
      "In this place stands what a scanner finds in the twin of this mail..";

  private final String name;
  private final String eol;
  private final CalibrationPart part;
  private final Productions granted;

  /**
   * One with LF.
   *
   * @param name for the operator
   * @param part with the mark in one of its leaves
   */
  CalibrationMail(String name, CalibrationPart part) {
    this(name, "\n", part);
  }

  CalibrationMail(String name, String eol, CalibrationPart part) {
    this.name = name;
    this.eol = eol;
    this.part = part;
    this.granted = grants();
  }

  /** The production for which it was made. */
  public String name() {
    return name;
  }

  /**
   * What a scanner has proved that finds the mark: what the grammar says of the leaf in which it
   * stands. Nothing if the mail is not plain.
   */
  public Productions granted() {
    return granted;
  }

  private Productions grants() {
    byte[] octets = twin();
    PlainForm read = PlainGrammar.of(octets, octets.length).form();
    return read == null ? Productions.NONE : read.leaves().get(part.marked());
  }

  /** The same mail in which there is nothing. */
  public byte[] twin() {
    return octets(HARMLESS.getBytes(StandardCharsets.US_ASCII));
  }

  /**
   * The mail.
   *
   * @param mark what a scanner finds
   * @return to be wiped by the caller
   */
  public byte[] octets(byte[] mark) {
    try (WipedBuffer to = new WipedBuffer()) {
      // In front of everything, as in every plain mail that a scanner is shown.
      to.add("Received: from a.example (a.example [192.0.2.1]) by b.example; ");
      to.add("Mon, 01 Sep 2025 12:00:00 +0000").add(eol);
      part.writeMessageHeader(to, eol);
      part.write(to, eol, mark, 0);
      return to.copy();
    }
  }

  /**
   * The mail with a longer text in front of its marked leaf. It is not made in memory.
   *
   * @param octets of the mail; not to be wiped before the stream is read
   * @param size how many octets it shall have, about
   */
  public static InputStream stretched(byte[] octets, int size) {
    byte[] filler = CalibrationPart.FILLER.getBytes(StandardCharsets.US_ASCII);
    int at = 0;
    while (!Arrays.equals(octets, at, at + filler.length, filler, 0, filler.length)) {
      at++; // it is there
    }
    InputStream more = new Repeated(filler, Math.max(0, size - octets.length) / filler.length);
    return new SequenceInputStream(
        new SequenceInputStream(new ByteArrayInputStream(octets, 0, at), more),
        new ByteArrayInputStream(octets, at, octets.length - at));
  }

  /** A line again and again. */
  private static final class Repeated extends InputStream {
    private final byte[] line;
    private long left;

    Repeated(byte[] line, long times) {
      this.line = line;
      this.left = times * line.length;
    }

    @Override
    public int read() {
      return left == 0 ? -1 : line[(int) ((line.length - left-- % line.length) % line.length)];
    }

    @Override
    public int read(byte[] to, int from, int length) {
      int n = (int) Math.min(length, left);
      for (int i = 0; i < n; i++) {
        to[from + i] = (byte) read();
      }
      return n == 0 && length > 0 ? -1 : n;
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
