package org.qscan.engine.mime;

import java.io.IOException;
import org.qscan.engine.rules.MimeRule;

/** Decodes a part that is quoted-printable: at once where that is declared, later by its looks. */
final class QuotedPrintableDecoder {

  private final PartMaker maker;
  private final Guesses guesses;
  private final FiredRules rules;

  QuotedPrintableDecoder(PartMaker maker, Guesses guesses, FiredRules rules) {
    this.maker = maker;
    this.guesses = guesses;
    this.rules = rules;
  }

  /**
   * Decodes a part, or notes that it may be quoted-printable.
   *
   * @param harder whether a guess is tried in each way that differs
   */
  void decode(Place place, ByteSource in, boolean harder) throws IOException, OverLimitException {
    Part part = place.requiredPart();
    if (!part.looksQuotedPrintable()) {
      return;
    }
    for (ByteRange range : part.bodies()) {
      if (part.saysQuotedPrintable() && part.mayBeQuotedPrintable(range.start())) {
        decode(range, place, in);
      } else if (part.isLikeQuotedPrintableBeforeItIsSaid()) {
        guesses.add(range, place, again -> guess(range, place.guessed(), again, harder));
      }
    }
  }

  private void decode(ByteRange range, Place place, ByteSource in)
      throws IOException, OverLimitException {
    Part part = place.requiredPart();
    QuotedPrintableReading.QuotedPrintableDeviations ambiguity =
        decode(QuotedPrintableReading.USUAL, range, place, in);
    boolean declared =
        part.isTrusted() && !guesses.haveBegun() && part.declaresQuotedPrintable(range.start());
    if (declared && ambiguity.malformed()) {
      MimeRule rule =
          part.isText(range.start())
              ? MimeRule.TEXT_MALFORMED
              : MimeRule.QUOTED_PRINTABLE_MALFORMED;
      rules.add(new RuleHit(rule, part.bodyLine(), ""), place);
    }
    for (QuotedPrintableReading other : ambiguity.others()) {
      if (part.saysUnknown() || place.departs(range.start())) {
        guessAgain(other, range, place);
      } else {
        decode(other, range, place, in);
      }
    }
  }

  private void guessAgain(QuotedPrintableReading other, ByteRange range, Place place) {
    guesses.add(
        new Part.Evidence(range, false),
        true,
        place,
        again -> decode(other, range, place.guessed(), again));
  }

  private QuotedPrintableReading.QuotedPrintableDeviations decode(
      QuotedPrintableReading by, ByteRange range, Place place, ByteSource in)
      throws IOException, OverLimitException {
    QuotedPrintableReading.QuotedPrintableDeviations ambiguity =
        by.decode(in, range, maker.begin(range));
    maker.end(place, way(by, range, place.requiredPart()));
    return ambiguity;
  }

  private static Way way(QuotedPrintableReading by, ByteRange range, Part part) {
    return by.equals(QuotedPrintableReading.USUAL)
        ? new Way("quoted-printable", part.departureEncoded(range.start()))
        : new Way("quoted-printable, read otherwise", by.row());
  }

  /** This is text, as a rule, with an escape in an address: one reading of it is enough. */
  private void guess(ByteRange range, Place place, ByteSource in, boolean harder)
      throws IOException, OverLimitException {
    QuotedPrintableReading.QuotedPrintableDeviations ambiguity =
        decode(QuotedPrintableReading.USUAL, range, place, in);
    if (!harder) {
      return;
    }
    for (QuotedPrintableReading other : ambiguity.others()) {
      guessAgain(other, range, place);
    }
  }
}
