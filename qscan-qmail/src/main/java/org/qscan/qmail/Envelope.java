package org.qscan.qmail;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The envelope: {@code F} sender NUL ({@code T} recipient NUL)* NUL. Only its last NUL commits a
 * message. A client that gives up closes the pipe without this NUL.
 *
 * <p>The grammar is checked here although qmail-queue checks it too, because qmail-queue leaves
 * files in its queue for a day and a half if it finds an error (exit codes 11 and 91, measured).
 * What the addresses contain does not matter here: they are passed on octet for octet.
 *
 * @param state how far it got
 * @param sender the sender, one char for each octet, at most {@link #LONGEST_ADDRESS} of them
 * @param recipients recipients read
 * @param file the file with the octets that were checked; the whole envelope if {@code state} is
 *     COMPLETE
 */
public record Envelope(EnvelopeState state, String sender, long recipients, Path file) {

  /** The longest address that qmail-queue takes: its ADDR is 1003 and counts the NUL. */
  public static final int LONGEST_ADDRESS = 1002;

  /** How much of an envelope was read, or what is wrong with it. */
  public enum EnvelopeState {
    /** It was not read. */
    UNREAD("the envelope was not read"),
    /** It was read to its last NUL. */
    COMPLETE("the envelope is complete"),
    /** It ended before the last NUL. */
    BROKEN_OFF("the envelope ended too early: the client gave up"),
    /** An address is too long. */
    ADDRESS_TOO_LONG("an address in the envelope is too long"),
    /** There is another octet in place of F, T or NUL. */
    MALFORMED("the envelope does not have the form that qmail-queue takes"),
    /** It is correct so far, but longer than what qscan-client reads before the verdict. */
    UNFINISHED("the envelope was not read to its end");

    private final String inWords;

    EnvelopeState(String inWords) {
      this.inWords = inWords;
    }

    /** The state in words, for the log. */
    public String inWords() {
      return inWords;
    }
  }

  /** An envelope that was not read. */
  public static Envelope unread() {
    return new Envelope(EnvelopeState.UNREAD, "", 0, Path.of(""));
  }

  /**
   * An envelope that another process has read and checked.
   *
   * @param state how far it got
   * @param sender the sender, one char for each octet
   * @param recipients the number of recipients that were read
   */
  public static Envelope reported(EnvelopeState state, String sender, long recipients) {
    return new Envelope(state, sender, recipients, Path.of(""));
  }

  /** Whether all of it was read. */
  public boolean isComplete() {
    return state == EnvelopeState.COMPLETE;
  }

  /**
   * Reads an envelope up to its last NUL and not one octet further, into a file: an envelope may be
   * larger than memory.
   *
   * @param in descriptor 1 of a qmail-queue, or a similar stream
   * @param file is created
   * @throws IOException if the file cannot be written; a read error counts as the end of the
   *     envelope
   */
  static Envelope read(InputStream in, Path file) throws IOException {
    EnvelopeParser reader = new EnvelopeParser();
    try (OutputStream out = Files.newOutputStream(file)) {
      byte[] buffer = new byte[8192];
      while (reader.state == EnvelopeState.UNREAD) {
        int n = readSome(in, buffer);
        if (n < 0) {
          reader.state = EnvelopeState.BROKEN_OFF;
          break;
        }
        out.write(buffer, 0, reader.take(buffer, n));
      }
    }
    String sender = new String(reader.sender, 0, reader.senderLength, StandardCharsets.ISO_8859_1);
    return new Envelope(reader.state, sender, reader.recipients, file);
  }

  private static int readSome(InputStream in, byte[] buffer) {
    try {
      return in.read(buffer);
    } catch (IOException e) {
      return -1;
    }
  }

  /** Checks the grammar, one octet at a time. */
  private static final class EnvelopeParser {
    private enum Expect {
      F,
      SENDER,
      T_OR_END,
      RECIPIENT
    }

    private EnvelopeState state = EnvelopeState.UNREAD;
    private Expect expect = Expect.F;
    private final byte[] sender = new byte[LONGEST_ADDRESS];
    private int senderLength;
    private int length;
    private long recipients;

    /**
     * Takes octets until they end or a final state is reached. Returns how many of them were
     * correct.
     */
    int take(byte[] octets, int n) {
      for (int i = 0; i < n; i++) {
        take(octets[i]);
        if (state != EnvelopeState.UNREAD) {
          return state == EnvelopeState.COMPLETE ? i + 1 : i;
        }
      }
      return n;
    }

    private void take(byte octet) {
      switch (expect) {
        case F -> begin(octet == 'F', Expect.SENDER);
        case T_OR_END -> {
          if (octet == 0) {
            state = EnvelopeState.COMPLETE;
          } else {
            begin(octet == 'T', Expect.RECIPIENT);
          }
        }
        case SENDER, RECIPIENT -> address(octet);
      }
    }

    private void begin(boolean good, Expect next) {
      if (good) {
        expect = next;
        length = 0;
      } else {
        state = EnvelopeState.MALFORMED;
      }
    }

    private void address(byte octet) {
      if (octet == 0) {
        recipients += expect == Expect.RECIPIENT ? 1 : 0;
        expect = Expect.T_OR_END;
      } else if (length == LONGEST_ADDRESS) {
        state = EnvelopeState.ADDRESS_TOO_LONG;
      } else {
        if (expect == Expect.SENDER) {
          sender[senderLength++] = octet;
        }
        length++;
      }
    }
  }
}
