package org.qscan.engine.mime;

import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.Set;

/** Decodes text of a charset in which ASCII does not look like ASCII: declared, or by its looks. */
final class CharsetDecoder {

  private final PartMaker maker;

  CharsetDecoder(PartMaker maker) {
    this.maker = maker;
  }

  /** Decodes the bodies of a part, from each place where one could begin. */
  void decode(Place place, ByteSource in) throws IOException, OverLimitException {
    Part part = place.requiredPart();
    for (long start : part.starts()) {
      decode(new ByteRange(start, part.end()), part.hints(), place, in);
    }
  }

  /**
   * Decodes a range.
   *
   * @param said what is known of it
   */
  void decode(ByteRange range, ContentHints said, Place place, ByteSource in)
      throws IOException, OverLimitException {
    Set<String> charsets = new LinkedHashSet<>(said.charsets());
    String look = Charsets.look(in, range.start(), range.end());
    if (look != null) {
      charsets.add(look);
    }
    Place decoded = place.with(said.decoded());
    for (String charset : charsets) {
      Charsets.decode(in, range, charset, maker.begin(range));
      maker.end(decoded, "charset " + charset);
    }
  }
}
