package org.qscan.engine.mime;

import java.io.IOException;
import java.io.InputStream;
import org.qscan.engine.extract.Limits;
import org.qscan.engine.rules.MimeRule;
import org.qscan.engine.rules.RuleTiers;

/**
 * Reads one layer: the message, or something that was decoded. Each line that could be a boundary
 * begins a part, and each part is decoded in all ways.
 */
final class LayerReader {

  private static final Way SMIME = new Way("S/MIME", LenientReading.SMIME);

  private final Limits limits;
  private final RuleTiers tiers;
  private final Meter meter;
  private final PartMaker maker;
  private final Guesses guesses;
  private final FiredRules rules;
  private final Lines.Space space = new Lines.Space();
  private final Base64Decoder base64;
  private final QuotedPrintableDecoder quotedPrintable;
  private final MarkedDecoder marked;
  private final EmbeddedDecoder embedded;
  private final TextDecoder text;
  private final PackedDecoder packed;

  LayerReader(
      Limits limits,
      RuleTiers tiers,
      Meter meter,
      PartMaker maker,
      Guesses guesses,
      FiredRules rules) {
    this.limits = limits;
    this.tiers = tiers;
    this.meter = meter;
    this.maker = maker;
    this.guesses = guesses;
    this.rules = rules;
    this.base64 = new Base64Decoder(maker, guesses);
    this.quotedPrintable = new QuotedPrintableDecoder(maker, guesses, rules);
    this.marked = new MarkedDecoder(maker, guesses, base64);
    this.embedded = new EmbeddedDecoder(maker, guesses);
    this.text = new TextDecoder(maker);
    this.packed = new PackedDecoder(maker);
  }

  /** The parts of a message, while it arrives. */
  Outline outline(InputStream arriving) throws IOException, OverLimitException {
    return Outline.arriving(arriving, limits.parts(), space, meter);
  }

  /** Reads the message itself. */
  void read(Outline outline, ByteSource message) throws IOException, OverLimitException {
    decode(outline, message, Place.MESSAGE, ContentHints.UNKNOWN, false);
  }

  /** Reads a layer that was decoded. */
  void read(Layer layer) throws IOException, OverLimitException {
    if (layer.depth() > limits.depth()) {
      throw new OverLimitException(
          "parts are nested deeper than extract.max-depth " + limits.depth());
    }
    try (ByteSource source = ByteSource.of(layer.bytes())) {
      read(source, Place.of(layer), layer.hints(), false);
    }
  }

  private void read(ByteSource source, Place place, ContentHints around, boolean inSpiteOfSegments)
      throws IOException, OverLimitException {
    maker.spend(source.size());
    Outline outline = Outline.of(source.stream(), limits.parts(), space, meter);
    decode(outline, source, place, around, inSpiteOfSegments);
  }

  /**
   * Has the parts of an outline decoded.
   *
   * @param around what is known of all of it
   * @param inSpiteOfSegments whether it is read although tags cut its lines in segments: no reader
   *     takes that for mail, because what is joined is mail
   */
  private void decode(
      Outline outline, ByteSource in, Place place, ContentHints around, boolean inSpiteOfSegments)
      throws IOException, OverLimitException {
    outline.names().forEach(maker.names()::add);
    if (outline.hasPassedOver()) {
      guesses.passOver();
    }
    ByteRange all = new ByteRange(0, in.size());
    boolean cms = isCms(in, place);
    boolean segmented = inSpiteOfSegments || (cms && !around.mail());
    if (segmented && !guesses.haveBegun()) {
      guesses.add(all, place, again -> read(again, place.guessed(), around, true));
      return;
    }
    // Only the message itself, and parts that are declared to be messages, are read as mail by any
    // program.
    boolean mail = (place.depth() == 0 || around.mail()) && !cms && !segmented;
    boolean harder = mail && breaksRules(outline, place);
    if (place.depth() > 0) {
      text.decode(all, around, place, in);
      packed.decode(all, place, in);
    }
    int number = 0;
    for (Part part : outline.parts()) {
      decode(place.of(part, ++number), around, in, harder);
    }
    marked.join(outline, place, in);
  }

  private void decode(Place place, ContentHints around, ByteSource in, boolean harder)
      throws IOException, OverLimitException {
    Part part = place.requiredPart();
    boolean mail = place.depth() == 0 || part.isBehindBoundary() || !part.fields().isEmpty();
    if (place.depth() == 0 || part.isBehindBoundary() || around.mail()) {
      asItIs(
          place,
          in); // no program shows the rest of a text by itself because the text contains a header
    }
    base64.decode(place, in);
    if (mail) {
      quotedPrintable.decode(place, in, harder);
    }
    marked.decode(place, in, harder);
    if (mail) {
      text.decode(place, in);
      packed.decode(place, in);
    }
    embedded.decode(place, around, in);
  }

  /** Whether it is signed or compressed; what is in it is a message, and decoded. */
  private boolean isCms(ByteSource in, Place place) throws IOException, OverLimitException {
    return place.depth() > 0
        && Cms.decode(in, in.size(), maker.sink(place.with(ContentHints.MAIL), SMIME));
  }

  /**
   * Whether it breaks a rule of a tier that asks to look harder. No rule counts in a guess, because
   * no program reads a guess as mail.
   */
  private boolean breaksRules(Outline outline, Place place) throws OverLimitException {
    boolean harder = false;
    for (RuleHit hit : Linter.read(outline, place.depth() == 0, meter)) {
      if (!guesses.haveBegun()) {
        rules.add(hit, place);
      }
      harder |= tiers.of(hit.rule()) != MimeRule.Tier.NOTE;
    }
    return harder;
  }

  private void asItIs(Place place, ByteSource in) throws IOException, OverLimitException {
    Part part = place.requiredPart();
    if (part.isNothingButBase64()) {
      return;
    }
    for (ByteRange body : part.bodies()) {
      Way way = new Way("as it is", part.departure(body.start()));
      maker.copy(body, place, way, in);
    }
  }
}
