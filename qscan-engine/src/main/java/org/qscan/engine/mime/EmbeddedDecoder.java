package org.qscan.engine.mime;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Decodes what is embedded in markup, in a calendar or a card, and in a header field. */
final class EmbeddedDecoder {

  private static final Way HEADER = new Way("in a header field", LenientReading.HEADER_URI);
  private static final Way PIECES =
      new Way("in pieces in a header field", LenientReading.URI_IN_PIECES);
  private static final Way MARKUP = new Way("in markup", LenientReading.DATA_URI);
  private static final Way FOLDED_MARKUP = new Way("in markup, folded", LenientReading.DATA_URI);
  private static final Way FOLDED = new Way("folded", LenientReading.CALENDAR);

  private final PartMaker maker;
  private final Guesses guesses;

  EmbeddedDecoder(PartMaker maker, Guesses guesses) {
    this.maker = maker;
    this.guesses = guesses;
  }

  /**
   * Decodes what is embedded in a part.
   *
   * @param around what is known of all that is being read
   */
  void decode(Place place, ContentHints around, ByteSource in)
      throws IOException, OverLimitException {
    Part part = place.requiredPart();
    for (ByteRange field : part.uris()) {
      Markup.decode(in, field, false, maker.sink(place, HEADER));
    }
    for (String uri : part.joinedUris()) {
      byte[] octets = uri.getBytes(StandardCharsets.ISO_8859_1);
      try (ByteSource joined = ByteSource.of(octets)) {
        ByteRange all = new ByteRange(0, octets.length);
        Markup.decode(joined, all, false, maker.sink(place, PIECES));
      }
    }
    if (part.isNothingButBase64()) {
      return;
    }
    ByteRange range = new ByteRange(part.start(), part.end());
    if (place.hints().markup() || around.markup()) {
      markup(range, false, place, in, MARKUP);
    }
    if (place.hints().calendar() || around.calendar()) {
      markup(range, true, place, in, FOLDED_MARKUP); // in a property
      maker.spendOn(range);
      ICalendar.decode(in, range, maker.sink(place, FOLDED));
    }
  }

  private void markup(ByteRange range, boolean lines, Place place, ByteSource in, Way way)
      throws IOException, OverLimitException {
    if (Markup.decode(in, range, lines, maker.sink(place, way))) {
      Sink texts = maker.sink(place.guessed(), new Way(way.words() + ", between tags", way.row()));
      guesses.add(range, place, again -> Markup.texts(again, range, lines, texts));
    }
  }
}
