package org.qscan.engine.mime;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Decodes the formats that have their own first and last lines within any text: uuencode and its
 * relatives, yEnc, BinHex, and OpenPGP's armour.
 */
final class MarkedDecoder {

  private static final Way YENC = new Way("yEnc", LenientReading.YENC);
  private static final Way YENC_JOINED = new Way("yEnc, joined", LenientReading.YENC_JOINED);
  private static final Way BINHEX = new Way("BinHex", LenientReading.BINHEX);
  private static final Way CONTINUED =
      new Way("uuencode, joined", LenientReading.UUENCODE_CONTINUED);
  private static final byte[] BEGIN_BASE64 =
      "begin-base64 644 a\n".getBytes(StandardCharsets.US_ASCII);
  private static final Way ARMOUR = new Way("OpenPGP, armoured", LenientReading.OPENPGP_ARMOUR);
  private static final Way MARKED_BASE64 =
      new Way("base64 behind a line that begins it", LenientReading.UUENCODE_BASE64);

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
    if (part.saysUuencode() || (harder && part.mayBeUuencoded())) {
      for (ByteRange body : part.bodies()) {
        uuencoded.add(new Part.Quoted(body, 0, false, false));
      }
    }
    for (Part.Quoted quoted : uuencoded) {
      if (quoted.begun() || part.saysUuencode()) {
        uuencode(quoted, place, in);
        if (quoted.base64()) {
          base64.decode(quoted.range(), place, MARKED_BASE64, in);
        }
      } else {
        guesses.add(quoted.range(), place, again -> uuencode(quoted, place.guessed(), again));
      }
    }
    for (YencBlock block : part.yencoded()) {
      Yenc.decode(in, block.range(), maker.begin(block.range()));
      maker.end(place, YENC);
    }
    for (ByteRange range : part.binhexed()) {
      maker.spendOn(range);
      BinHex.decode(in, range, maker.sink(place, BINHEX));
    }
    for (ByteRange range : part.armoured()) {
      maker.spendOn(range);
      Armour.decode(in, range, maker.sink(place, ARMOUR));
    }
  }

  /** Decodes what is in several pieces, in several parts perhaps. */
  void join(Outline outline, Place place, ByteSource in) throws IOException, OverLimitException {
    for (List<YencBlock> pieces : outline.joined()) {
      DecodedParts out = maker.begin(new ByteRange(0, 0));
      for (YencBlock piece : pieces) {
        maker.spendOn(piece.range());
        Yenc.decode(in, piece.range(), out);
      }
      maker.end(place, YENC_JOINED);
    }
    for (Continuation file : outline.continued()) {
      int number = 1 + outline.parts().indexOf(file.part());
      for (List<ByteRange> ranges : file.orders()) {
        if (file.first().base64()) {
          joinBase64(ranges, place.of(file.part(), number), in);
        } else {
          join(ranges, file, place.of(file.part(), number), in);
        }
      }
    }
  }

  /** Writes the lines as they would stand in one part, where they are decoded as others are. */
  private void joinBase64(List<ByteRange> ranges, Place place, ByteSource in)
      throws IOException, OverLimitException {
    DecodedParts out = maker.begin(new ByteRange(0, 0));
    out.write(BEGIN_BASE64, 0, BEGIN_BASE64.length);
    for (ByteRange range : ranges) {
      maker.spendOn(range);
      in.seek(range.start(), range.end());
      for (int octet = in.read(); octet >= 0; octet = in.read()) {
        out.write(octet);
      }
      out.write('\n');
    }
    maker.end(place.with(ContentHints.UNKNOWN), CONTINUED);
  }

  private void join(List<ByteRange> ranges, Continuation file, Place place, ByteSource in)
      throws IOException, OverLimitException {
    Uuencode.Seen seen = join(Uuencode.USUAL, ranges, place, in);
    for (Uuencode reading : Uuencode.others(file.first().prefix(), seen, file.part().isFlowed())) {
      join(reading, ranges, place, in);
    }
  }

  private Uuencode.Seen join(Uuencode reading, List<ByteRange> ranges, Place place, ByteSource in)
      throws IOException, OverLimitException {
    DecodedParts out = maker.begin(new ByteRange(0, 0));
    boolean small = false;
    boolean excess = false;
    for (ByteRange range : ranges) {
      maker.spendOn(range);
      Uuencode.Seen seen = reading.decode(in, range, out);
      small |= seen.small();
      excess |= seen.excess();
    }
    maker.end(place, CONTINUED);
    return new Uuencode.Seen(small, excess);
  }

  private void uuencode(Part.Quoted quoted, Place place, ByteSource in)
      throws IOException, OverLimitException {
    Uuencode.Seen seen = uuencode(Uuencode.USUAL, quoted.range(), place, in);
    Part part = place.requiredPart();
    boolean announced = quoted.begun() || (part.saysUuencode() && !part.saysUnknown());
    for (Uuencode reading :
        Uuencode.others(quoted.prefix(), announced ? seen : seen.guessed(), part.isFlowed())) {
      uuencode(reading, quoted.range(), place, in);
    }
  }

  private Uuencode.Seen uuencode(Uuencode reading, ByteRange range, Place place, ByteSource in)
      throws IOException, OverLimitException {
    Uuencode.Seen seen = reading.decode(in, range, maker.begin(range));
    maker.end(place, new Way("uuencode", reading.row()));
    return seen;
  }
}
