package org.qscan.engine.mime;

import java.io.IOException;

/**
 * Decodes OpenPGP and TNEF. These formats are recognised by their first octets, and some scanners
 * cannot extract the files in them.
 */
final class PackedDecoder {

  private static final Way OPENPGP = new Way("OpenPGP", LenientReading.OPENPGP);
  private static final Way TNEF = new Way("TNEF", LenientReading.TNEF);

  private final PartMaker maker;

  PackedDecoder(PartMaker maker) {
    this.maker = maker;
  }

  /** Decodes the bodies of a part, from each place where one could begin. */
  void decode(Place place, ByteSource in) throws IOException, OverLimitException {
    Part part = place.requiredPart();
    for (ByteRange body : part.bodies()) {
      decode(body, place, in);
    }
  }

  /** Decodes a range. */
  void decode(ByteRange range, Place place, ByteSource in) throws IOException, OverLimitException {
    OpenPgp.decode(in, range, maker.sink(place, OPENPGP));
    Tnef.decode(in, range, maker.sink(place, TNEF));
  }
}
