package org.qscan.engine.mime;

import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Decodes text in a charset in which ASCII does not look like ASCII, whether it is declared or only
 * looks so, and text with line ends that a reader removes.
 */
final class TextDecoder {

  private static final Way FLOWED = new Way("flowed", LenientReading.FLOWED);

  private final PartMaker maker;

  TextDecoder(PartMaker maker) {
    this.maker = maker;
  }

  /** Decodes the bodies of a part, from each place where one could begin. */
  void decode(Place place, ByteSource in) throws IOException, OverLimitException {
    Part part = place.requiredPart();
    for (ByteRange body : part.bodies()) {
      decode(body, part.hints(), place, in);
    }
  }

  /**
   * Decodes a range.
   *
   * @param hints what is known of it
   */
  void decode(ByteRange range, ContentHints hints, Place place, ByteSource in)
      throws IOException, OverLimitException {
    Set<String> charsets = new LinkedHashSet<>(hints.charsets());
    String look = Charsets.look(in, range.start(), range.end());
    if (look != null) {
      charsets.add(look);
    }
    if (hints.deletesBlanks()) {
      flowed(range, place, in);
    }
    Place decoded = place.with(hints.decoded());
    for (String charset : charsets) {
      Charsets.decode(in, range, charset, maker.begin(range));
      boolean said = hints.charsets().contains(charset);
      maker.end(decoded, new Way("charset " + charset, said ? null : LenientReading.CHARSET_LOOK));
    }
  }

  /** Kept only if there is something to join: else it is there as it is. */
  private void flowed(ByteRange range, Place place, ByteSource in)
      throws IOException, OverLimitException {
    FlowedText.FlowedMarks seen = FlowedText.decode(in, range, false, maker.begin(range));
    if (seen.joined()) {
      maker.end(place.with(ContentHints.UNKNOWN), FLOWED);
    }
    if (seen.joined() && seen.quoted()) {
      FlowedText.decode(in, range, true, maker.begin(range));
      maker.end(place.with(ContentHints.UNKNOWN), FLOWED);
    }
  }
}
