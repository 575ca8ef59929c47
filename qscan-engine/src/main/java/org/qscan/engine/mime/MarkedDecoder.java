package org.qscan.engine.mime;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Decodes the formats that lines of their own begin and end within any text: uuencode and its kin,
 * yEnc, BinHex.
 */
final class MarkedDecoder {

  private final PartMaker maker;
  private final Guesses guesses;
  private final Base64Decoder base64;

  /**
   * For one message.
   *
   * @param base64 decodes what {@code uuencode -m} wrote
   */
  MarkedDecoder(PartMaker maker, Guesses guesses, Base64Decoder base64) {
    this.maker = maker;
    this.guesses = guesses;
    this.base64 = base64;
  }

  /**
   * Decodes what is marked in a part.
   *
   * @param harder whether all of it may be uuencoded, though nobody says so
   */
  void decode(Place place, ByteSource in, boolean harder) throws IOException, OverLimitException {
    Part part = place.requiredPart();
    List<Part.Quoted> uuencoded = new ArrayList<>(part.uuencoded());
    if (part.saysUuencode() || harder) {
      for (long start : part.starts()) {
        uuencoded.add(new Part.Quoted(new ByteRange(start, part.end()), 0, false, false));
      }
    }
    for (Part.Quoted quoted : uuencoded) {
      if (quoted.begun() || part.saysUuencode()) {
        uuencode(quoted, place, in);
        if (quoted.base64()) {
          base64.decode(quoted.range(), place, in);
        }
      } else {
        guesses.add(quoted.range(), place, again -> uuencode(quoted, place, again));
      }
    }
    for (ByteRange range : part.yencoded()) {
      Yenc.decode(in, range, maker.begin(range));
      maker.end(place, "yEnc");
    }
    for (ByteRange range : part.binhexed()) {
      maker.spendOn(range);
      BinHex.decode(in, range, maker.sink(place, "BinHex"));
    }
  }

  private void uuencode(Part.Quoted quoted, Place place, ByteSource in)
      throws IOException, OverLimitException {
    boolean small = uuencode(Uuencode.USUAL, quoted.range(), place, in);
    boolean flowed = place.requiredPart().isFlowed();
    for (Uuencode reading : Uuencode.others(quoted.prefix(), small, flowed)) {
      uuencode(reading, quoted.range(), place, in);
    }
  }

  private boolean uuencode(Uuencode reading, ByteRange range, Place place, ByteSource in)
      throws IOException, OverLimitException {
    boolean small = reading.decode(in, range, maker.begin(range));
    maker.end(place, "uuencode");
    return small;
  }
}
