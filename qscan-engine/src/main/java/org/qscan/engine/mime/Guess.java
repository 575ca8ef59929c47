package org.qscan.engine.mime;

import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.store.PartBytes;

/**
 * Content that no header declares as encoded, and that only looks so. No known program would decode
 * it. A virus in it counts, but it is not a part of the message. So guesses are tried after
 * everything that is declared, the strongest first, and have their own account. When that is spent,
 * the other guesses are not tried.
 *
 * @param evidence what is decoded
 * @param again whether the same range was decoded in the usual way already
 * @param number its number, in the order in which guesses were found
 * @param within the part that it stands in; null: the message itself
 * @param attempt decodes it
 */
record Guess(
    Part.Evidence evidence, boolean again, long number, @Nullable PartBytes within, Attempt attempt)
    implements Comparable<Guess> {

  /** Decodes a guess in one way. */
  @FunctionalInterface
  interface Attempt {
    void make(ByteSource in) throws IOException, OverLimitException;
  }

  /**
   * The order of guesses: first those that begin like a known file, then long ones before short
   * ones.
   */
  static final Comparator<Part.Evidence> STRONGEST =
      (one, other) ->
          one.known() == other.known()
              ? Long.compare(other.range().length(), one.range().length())
              : Boolean.compare(other.known(), one.known());

  /** Decodes each range once before any range is decoded twice. */
  private static final Comparator<Guess> ORDER =
      (one, other) -> {
        int again = Boolean.compare(one.again(), other.again());
        int strength = again == 0 ? STRONGEST.compare(one.evidence(), other.evidence()) : again;
        return strength == 0 ? Long.compare(one.number(), other.number()) : strength;
      };

  /**
   * The beginnings of base64 of files that can contain malware: archives, programs, documents, the
   * EICAR test file, headers of mail.
   */
  static final int KNOWN_LENGTH = 4;

  private static final List<String> KNOWN =
      List.of(
          "UEsD", "TVqQ", "TVpQ", "TVoA", "JVBE", "0M8R", "WDVP", "UmFy", "H4sI", "N3q8", "e1xy",
          "Q29u", "f0VM", "PCFE", "PGh0", "AAEA", "TVND", "Qlpo", "/Td6", "VUVz", "VFZx", "VFZw",
          "V0RW"); // the last four: encoded twice

  @Override
  public int compareTo(Guess other) {
    return ORDER.compare(this, other);
  }

  /**
   * The fewest characters of base64 that are a guess if they do not begin like a known file.
   * Shorter ones are names, keys or hashes.
   */
  static final int FEWEST = 200;

  /** The shortest line. Shorter ones are words. */
  static final int SHORTEST_LINE = 40;

  /** Whether these characters begin base64 of a file of some known type. */
  static boolean isKnown(CharSequence characters) {
    for (String known : KNOWN) {
      if (known.contentEquals(characters)) {
        return true;
      }
    }
    return false;
  }

  /** Whether a line begins what OpenPGP or PEM encode, whose lines look like base64 of a file. */
  static boolean beginsArmour(Lines line) {
    return line.beginsWith("-----begin ");
  }

  /** Whether a line begins as base64 of a file of some known type does. */
  static boolean isKnown(Lines line) {
    int from = line.indent();
    while (line.at(from) == '>' || line.at(from) == '|' || line.at(from) == ' ') {
      from++;
    }
    for (String known : KNOWN) {
      int i = 0;
      while (i < known.length() && line.at(from + i) == known.charAt(i)) {
        i++;
      }
      if (i == known.length()) {
        return true;
      }
    }
    return false;
  }

  /** Whether a range contains anything but the digits of a hash, which are not a file. */
  static boolean isMoreThanDigits(ByteSource in, ByteRange range) throws IOException {
    in.seek(range.start(), range.end());
    boolean small = false;
    boolean large = false;
    for (int octet = in.read(); octet >= 0; octet = in.read()) {
      if (Character.digit(octet, 16) < 0 && octet > ' ' && octet != '>' && octet != '|') {
        return true;
      }
      small |= octet >= 'a';
      large |= octet >= 'A' && octet <= 'F';
      if (small && large) {
        return true;
      }
    }
    return false;
  }
}
