package org.qscan.engine.mime;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.extract.Limits;
import org.qscan.engine.testing.Mails;

/**
 * Any octets as a mail, for a fuzzer ({@code samples/fuzz}) and for {@code MailFuzzTest}, which
 * tries what the fuzzer has found once. Needs nothing of the fuzzer's.
 *
 * <p>What must hold: the reader ends, by itself or by a limit that it says, with no exception but
 * that one; its work and what it makes stay within the bounds; and something encoded that is put
 * between two empty lines anywhere in the mail is among what it makes, decoded.
 */
final class MailFuzz {

  private static final Limits LIMITS = new Limits(300, 8, 1 << 22);

  /** The first octets of an input say what is put where; the rest is the mail. */
  static final int CHOICES = 4;

  /** What is put into it: no decoder would make it of anything else. */
  private static final String PLANTED =
      "PK\u0003\u0004planted\u00ff\r\n.\n--x=41=\r\n\0\u0090>From begin 644 x\n=y\u0080\u00a0end";

  private static @Nullable Path directory;

  private MailFuzz() {}

  /**
   * Tries an input; Jazzer calls it by this name.
   *
   * @throws IllegalStateException if something does not hold
   */
  public static void fuzzerTestOneInput(byte[] input) throws IOException {
    byte[] choices = Arrays.copyOf(input, CHOICES);
    byte[] mail = Arrays.copyOfRange(input, Math.min(CHOICES, input.length), input.length);
    Plant plant = Plant.of(choices[0]);
    byte[] all = plant.into(mail, choices);
    Reading reading = Reading.of(all, directory(), LIMITS);
    check(reading.reader().work() <= reading.reader().mostWork(), "too much work");
    check(reading.bytes() <= LIMITS.bytes() + (1 << 16), "too many octets");
    check(reading.parts().size() <= LIMITS.parts() + 1, "too many parts");
    boolean guessed = plant.isGuess() && reading.reader().hasPassedOver();
    check(reading.overLimit() || guessed || plant.isIn(reading), plant + " is not found");
  }

  private static void check(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalStateException(otherwise);
    }
  }

  /** In memory, where there is such a place: a fuzzer writes much. */
  private static Path directory() throws IOException {
    Path known = directory;
    if (known == null) {
      Path memory = Path.of("/dev/shm");
      known =
          Files.isWritable(memory)
              ? Files.createTempDirectory(memory, "qscan-fuzz")
              : Files.createTempDirectory("qscan-fuzz");
      known.toFile().deleteOnExit();
      directory = known;
    }
    return known;
  }

  /** What is put into a mail. */
  private enum Plant {
    NOTHING,
    BASE64,
    QUOTED_PRINTABLE,
    UUENCODE,
    YENC,
    BINHEX,
    BASE64_IN_BASE64;

    static Plant of(byte choice) {
      return values()[(choice & 0xff) % values().length];
    }

    /** At a place, and in lines of a length, that the fuzzer chooses. */
    byte[] into(byte[] mail, byte[] choices) {
      int share = (choices[1] & 0xff) << 8 | (choices[2] & 0xff);
      int place = (int) (((long) mail.length * share) >> 16);
      String text = text(choices[3] & 0x7f);
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      all.write(mail, 0, place);
      if (!text.isEmpty()) {
        all.writeBytes(Mails.octets("\n\n" + text + "\n\n"));
      }
      all.write(mail, place, mail.length - place);
      return all.toByteArray();
    }

    private String text(int width) {
      return switch (this) {
        case NOTHING -> "";
        case BASE64 -> lines(Mails.base64(PLANTED), width);
        case QUOTED_PRINTABLE -> Evasions.quotedPrintable(PLANTED);
        case UUENCODE -> "begin 644 a\n" + Evasions.uuencode(PLANTED) + "end";
        case YENC -> Evasions.yenc(PLANTED);
        case BINHEX -> Evasions.binhex(PLANTED);
        case BASE64_IN_BASE64 -> lines(Mails.base64(Mails.base64(PLANTED)), width);
      };
    }

    /** Of a multiple of four characters, so that each can be read by itself. */
    private static String lines(String base64, int width) {
      int length = Math.max(1, width / 4) * 4;
      String all = base64.replace("\n", "");
      StringBuilder lines = new StringBuilder();
      for (int at = 0; at < all.length(); at += length) {
        lines.append(all, at, Math.min(all.length(), at + length)).append('\n');
      }
      return lines.toString();
    }

    /** Whether no program would decode it unless it is told to: of many, not all are tried. */
    boolean isGuess() {
      return this == BASE64 || this == BASE64_IN_BASE64 || this == QUOTED_PRINTABLE;
    }

    boolean isIn(Reading reading) {
      for (byte[] part : reading.parts()) {
        String text = new String(part, StandardCharsets.ISO_8859_1);
        boolean found =
            this == QUOTED_PRINTABLE ? text.contains(PLANTED) : text.startsWith(PLANTED);
        if (found) {
          return true;
        }
      }
      return this == NOTHING;
    }
  }
}
