package org.qscan.engine.mime;

import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Decodes the base64 of a part: declared base64 at once, and text that only looks like base64
 * later.
 */
final class Base64Decoder {

  private final PartMaker maker;
  private final Guesses guesses;

  Base64Decoder(PartMaker maker, Guesses guesses) {
    this.maker = maker;
    this.guesses = guesses;
  }

  /** Decodes the declared base64 of a part, and notes what else may be base64. */
  void decode(Place place, ByteSource in) throws IOException, OverLimitException {
    Part part = place.requiredPart();
    Set<ByteRange> declared = declared(part);
    Set<Part.Evidence> looks = new LinkedHashSet<>();
    for (Part.Base64Run run : part.runs()) {
      looks.add(run.whole());
      looks.addAll(run.sections());
    }
    looks.removeIf(evidence -> declared.contains(evidence.range()));
    for (ByteRange range : declared) {
      if (part.saysUnknown()) {
        guessOthers(range, place, in);
      } else if (part.saysBase64()) {
        decode(range, place, in);
      } else {
        guess(new Part.Evidence(range, false), place);
      }
    }
    if (part.saysBase64()) {
      for (ByteRange late : part.lateBodies()) {
        guessOthers(late, place, in);
      }
    }
    for (Part.Evidence evidence : looks) {
      guess(evidence, place);
    }
  }

  private static Set<ByteRange> declared(Part part) {
    Set<ByteRange> declared = new LinkedHashSet<>();
    if (part.saysBase64() || part.isDense()) {
      long first = Long.MAX_VALUE;
      for (long start : part.starts()) {
        if (!part.saysBase64() || part.mayBeBase64(start)) {
          declared.add(new ByteRange(start, part.solidEnd()));
          first = Math.min(first, start);
        }
      }
      for (long start : part.restarts()) {
        if (start > first) {
          declared.add(new ByteRange(start, part.solidEnd()));
        }
      }
    }
    return declared;
  }

  /** Decodes a declared range, in each way that gives another result. */
  void decode(ByteRange range, Place place, ByteSource in) throws IOException, OverLimitException {
    Base64Reading.Base64Deviations ambiguity = decode(Base64Reading.USUAL, range, place, in);
    if (place.departs(range.start())) {
      guessOthers(ambiguity, new Part.Evidence(range, false), range, place);
    } else {
      otherwise(ambiguity, range, place, in);
    }
    if (ambiguity.innerPad() >= 0) {
      // A file may begin there. That a reader begins there and also departs in another way is a
      // guess: if each line is padded, this would decode a large file once more for each line.
      ByteRange behind = new ByteRange(ambiguity.innerPad(), range.end());
      Part.Evidence evidence = new Part.Evidence(behind, false);
      guessOthers(decode(Base64Reading.USUAL, behind, place, in), evidence, behind, place);
    }
  }

  /** Decodes a range that is declared as base64 by something other than its header. */
  void decode(ByteRange range, Place place, Way way, ByteSource in)
      throws IOException, OverLimitException {
    Base64Reading.Base64Deviations ambiguity =
        Base64Reading.USUAL.decode(in, range, maker.begin(range));
    maker.end(place, way);
    otherwise(ambiguity, range, place, in);
  }

  private void otherwise(
      Base64Reading.Base64Deviations ambiguity, ByteRange range, Place place, ByteSource in)
      throws IOException, OverLimitException {
    for (Base64Reading other : ambiguity.others()) {
      decode(other, range, place, in);
    }
  }

  private Base64Reading.Base64Deviations decode(
      Base64Reading by, ByteRange range, Place place, ByteSource in)
      throws IOException, OverLimitException {
    Base64Reading.Base64Deviations ambiguity = by.decode(in, range, maker.begin(range));
    maker.end(place, way(by, range, place.requiredPart()));
    return ambiguity;
  }

  /**
   * Decodes in the usual way, and leaves the other ways for later. This is for text that may be
   * base64 because its encoding has an unknown name, which usually is only a wrong label, or
   * because a reader may know a boundary that we do not know.
   */
  private void guessOthers(ByteRange range, Place place, ByteSource in)
      throws IOException, OverLimitException {
    Part.Evidence evidence = new Part.Evidence(range, false);
    long innerPad = guess(evidence, range, place, in);
    if (innerPad >= 0) {
      guess(new Part.Evidence(new ByteRange(innerPad, range.end()), false), place);
    }
  }

  private static Way way(Base64Reading by, ByteRange range, Part part) {
    return by.equals(Base64Reading.USUAL)
        ? new Way("base64", part.departureEncoded(range.start()))
        : new Way("base64, read otherwise", by.row());
  }

  private void guess(Part.Evidence evidence, Place place) {
    guesses.add(
        evidence,
        false,
        place,
        in -> {
          ByteRange range = evidence.range();
          if (!Guess.isMoreThanDigits(in, range)) {
            return;
          }
          long innerPad = guess(evidence, range, place.guessed(), in);
          if (innerPad >= 0) {
            guess(evidence, new ByteRange(innerPad, range.end()), place.guessed(), in);
          }
        });
  }

  /** Decodes a guess in the usual way, and leaves the other ways for later. */
  private long guess(Part.Evidence evidence, ByteRange range, Place place, ByteSource in)
      throws IOException, OverLimitException {
    Base64Reading.Base64Deviations ambiguity = decode(Base64Reading.USUAL, range, place, in);
    guessOthers(ambiguity, evidence, range, place);
    return ambiguity.innerPad();
  }

  private void guessOthers(
      Base64Reading.Base64Deviations ambiguity,
      Part.Evidence evidence,
      ByteRange range,
      Place place) {
    for (Base64Reading other : ambiguity.others()) {
      guesses.add(evidence, true, place, again -> decode(other, range, place.guessed(), again));
    }
  }
}
