package org.qscan.engine.mime;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.extract.Insight;
import org.qscan.engine.extract.Limits;
import org.qscan.engine.extract.Piece;
import org.qscan.engine.extract.Spend;
import org.qscan.engine.extract.View;

/**
 * Makes files of a message, as many as there are readings of it. It is no parser: it takes every
 * part that any line could be the boundary of, at every place where its body could begin, and
 * decodes all that looks encoded, whatever was declared. Where a decoder meets something that
 * readers take differently, and only there, it decodes each way. What was decoded is read again.
 */
final class GenerousReader {

  private static final int MOST_NAMES = 10_000;

  private static final int MOST_REMARKS = 100;

  /**
   * Something that was decoded.
   *
   * @param kind what the part in which it was said about it
   */
  private record Layer(Piece piece, int depth, Kind kind) {}

  /**
   * A rule that fired.
   *
   * @param file the name of the file that was read; empty: the message itself
   */
  record Fired(Remark remark, String file) {}

  private final Limits limits;
  private final Tiers tiers;
  private final Objects objects;
  private final Lines.Space space = new Lines.Space();
  private final List<Fired> fired = new ArrayList<>();
  private final Map<String, Insight.Label> labels = new HashMap<>();
  private final Set<Rule> ruled = EnumSet.noneOf(Rule.class);
  private final Set<String> names = new LinkedHashSet<>();
  private int nameText;
  private final Deque<Layer> layers = new ArrayDeque<>();
  private BooleanSupplier givenUp = () -> false;
  private String reading = "";
  private Kind kind = Kind.UNKNOWN;
  private boolean segmented; // what is being read
  private final Meter meter;

  /**
   * A reader of one message.
   *
   * @param account pays for all that it does
   */
  GenerousReader(View view, Limits limits, Tiers tiers, Spend.Account account) {
    this.limits = limits;
    this.tiers = tiers;
    this.meter = new Meter(account);
    this.objects = new Objects(view, limits, () -> givenUp.getAsBoolean(), meter);
  }

  /** One that has an account of its own. */
  GenerousReader(View view, Limits limits, Tiers tiers) {
    this(view, limits, tiers, new Spend().account("generous"));
  }

  /** Names of files that some reader could take for given. */
  Set<String> names() {
    return names;
  }

  /** The rules that fired, in the order in which they did. */
  List<Remark> remarks() {
    return fired.stream().map(Fired::remark).toList();
  }

  /** The same, with the file that was read. */
  List<Fired> fired() {
    return fired;
  }

  /** What the header of the part says of each file that was made of one. */
  Map<String, Insight.Label> labels() {
    return labels;
  }

  /** Units of work so far, for tests: they must not grow faster than the message. */
  long work() {
    return meter.paid();
  }

  /** Units that the message has. */
  long mostWork() {
    return meter.allowed();
  }

  /**
   * Reads a message.
   *
   * @param arriving the message as it comes
   * @param whole the same, once {@code arriving} has met its end
   * @param stop whether it is to stop; asked often
   */
  void read(InputStream arriving, Octets.Opener whole, BooleanSupplier stop)
      throws IOException, OverLimitException {
    givenUp = stop;
    try (objects) {
      readAll(arriving, whole);
    }
  }

  /** Reads a message that is in a file as well, to its end. */
  void read(InputStream arriving, Path file) throws IOException, OverLimitException {
    read(arriving, () -> Octets.of(file), () -> false);
  }

  private void readAll(InputStream arriving, Octets.Opener whole)
      throws IOException, OverLimitException {
    Outline outline = Outline.arriving(arriving, limits.parts(), space, meter);
    try (Octets octets = whole.open()) {
      meter.arrived(octets.size());
      decode(outline, octets, 0, Kind.UNKNOWN);
    }
    for (Layer layer = layers.poll(); layer != null; layer = layers.poll()) {
      if (layer.depth > limits.depth()) {
        throw new OverLimitException(
            "parts are nested deeper than extract.max-depth " + limits.depth());
      }
      reading = layer.piece.name();
      try (Octets octets = Octets.of(layer.piece)) {
        spend(octets.size());
        decode(
            Outline.of(octets.stream(), limits.parts(), space, meter),
            octets,
            layer.depth,
            layer.kind);
      }
    }
  }

  private void decode(Outline outline, Octets in, int depth, Kind around)
      throws IOException, OverLimitException {
    outline.names().forEach(this::addName);
    boolean harder = false;
    // Lines of a mail in segments are cut by tags, and nobody reads it so: what is joined is mail.
    segmented = isSegmented(in, depth, around);
    if (!segmented) {
      for (Remark remark : Linter.read(outline, depth == 0, meter)) {
        remark(remark);
        harder |= tiers.of(remark.rule()) != Rule.Tier.NOTE;
      }
    }
    if (depth > 0) {
      charsets(new Stretch(0, in.size()), around, null, in, depth);
    }
    for (Part part : outline.parts()) {
      kind = part.kind();
      boolean mail = depth == 0 || part.isBehindBoundary() || !part.fields().isEmpty();
      if (mail) {
        asItIs(part, in);
      }
      base64(part, in, depth);
      if (mail) {
        quotedPrintable(part, in, depth, harder);
      }
      others(part, in, depth, harder);
      for (long start : mail ? part.starts() : List.<Long>of()) {
        charsets(new Stretch(start, part.end()), part.kind(), part, in, depth);
      }
      within(part, around, in, depth);
    }
  }

  private boolean isSegmented(Octets in, int depth, Kind around)
      throws IOException, OverLimitException {
    if (depth == 0) {
      return false;
    }
    kind = Kind.UNKNOWN;
    return Cms.decode(in, in.size(), sink(depth, null, "S/MIME")) && !around.mail();
  }

  private void addName(String name) {
    if (names.size() < MOST_NAMES && nameText < Outline.MOST_NAME_TEXT && names.add(name)) {
      nameText += name.length();
    }
  }

  private void charsets(Stretch stretch, Kind said, @Nullable Part part, Octets in, int depth)
      throws IOException, OverLimitException {
    Set<String> charsets = new LinkedHashSet<>(said.charsets());
    String look = Charsets.look(in, stretch.start(), stretch.end());
    if (look != null) {
      charsets.add(look);
    }
    Kind before = kind;
    kind =
        new Kind(
            Set.of(), said.markup(), said.folded(), said.mail()); // it is of no charset any more
    for (String charset : charsets) {
      begin(stretch);
      Charsets.decode(in, stretch, charset, objects);
      end(depth, part, "charset " + charset);
    }
    kind = before;
  }

  /** What a document, a calendar or a card has in itself, and what a header field brings along. */
  private void within(Part part, Kind around, Octets in, int depth)
      throws IOException, OverLimitException {
    for (Stretch field : part.uris()) {
      Markup.decode(in, field, false, sink(depth, part, "in a header field"));
    }
    if (part.isPureBase64() && part.saysBase64()) {
      return;
    }
    Stretch stretch = new Stretch(part.start(), part.end());
    boolean folded = kind.folded() || around.folded();
    if (kind.markup() || around.markup()) {
      Markup.decode(in, stretch, false, sink(depth, part, "in markup"));
    }
    if (folded) {
      Markup.decode(in, stretch, true, sink(depth, part, "in markup, folded")); // in a property
      spend(Meter.DECODING + Meter.SLOW_OCTET * stretch.length());
      Folded.decode(in, stretch, sink(depth, part, "folded"));
    }
  }

  private void remark(Remark remark) {
    if (ruled.add(remark.rule()) || fired.size() < MOST_REMARKS) { // as in Part
      fired.add(new Fired(remark, reading));
    }
  }

  private void asItIs(Part part, Octets in) throws IOException, OverLimitException {
    if (part.isPureBase64() && part.saysBase64()) {
      return;
    }
    for (long start : part.starts()) {
      Stretch stretch = new Stretch(start, part.end());
      spend(Meter.DECODING + stretch.length());
      objects.begin();
      in.seek(stretch.start(), stretch.end());
      for (int n = in.available(); n > 0; n = in.available()) {
        objects.write(in.array(), in.position(), n);
        in.skip(n);
      }
      label(objects.end(), part, "as it is");
    }
  }

  private void base64(Part part, Octets in, int depth) throws IOException, OverLimitException {
    Set<Stretch> stretches = new LinkedHashSet<>();
    if (part.saysBase64() || part.isDense()) {
      for (long start : part.starts()) {
        stretches.add(new Stretch(start, part.solidEnd()));
      }
      for (long start : part.restarts()) {
        stretches.add(new Stretch(start, part.solidEnd()));
      }
    }
    for (Part.Run run : part.runs()) {
      stretches.add(run.stretch());
      stretches.addAll(run.pieces());
    }
    for (Stretch stretch : stretches) {
      long innerPad = base64(stretch, part, in, depth);
      if (innerPad >= 0) {
        base64(new Stretch(innerPad, stretch.end()), part, in, depth);
      }
    }
  }

  private long base64(Stretch stretch, Part part, Octets in, int depth)
      throws IOException, OverLimitException {
    begin(stretch);
    Base64Reading.Ambiguity ambiguity = Base64Reading.USUAL.decode(in, stretch, objects);
    end(depth, part, "base64");
    for (Base64Reading reading : ambiguity.others()) {
      begin(stretch);
      reading.decode(in, stretch, objects);
      end(depth, part, "base64, read otherwise");
    }
    return ambiguity.innerPad();
  }

  private void quotedPrintable(Part part, Octets in, int depth, boolean harder)
      throws IOException, OverLimitException {
    if (!part.looksQuotedPrintable()) {
      return;
    }
    for (long start : part.starts()) {
      Stretch stretch = new Stretch(start, part.end());
      begin(stretch);
      QuotedPrintableReading.Ambiguity ambiguity =
          QuotedPrintableReading.USUAL.decode(in, stretch, objects);
      end(depth, part, "quoted-printable");
      if (!part.saysQuotedPrintable() && !harder) {
        continue; // text, as a rule, in which an address has an escape
      }
      if (part.saysQuotedPrintable() && part.isTrusted() && !segmented && ambiguity.malformed()) {
        Rule rule = part.isText() ? Rule.TEXT_MALFORMED : Rule.QUOTED_PRINTABLE_MALFORMED;
        remark(new Remark(rule, part.bodyLine(), ""));
      }
      for (QuotedPrintableReading reading : ambiguity.others()) {
        begin(stretch);
        reading.decode(in, stretch, objects);
        end(depth, part, "quoted-printable, read otherwise");
      }
    }
  }

  private void others(Part part, Octets in, int depth, boolean harder)
      throws IOException, OverLimitException {
    List<Part.Quoted> uuencoded = new ArrayList<>(part.uuencoded());
    if (part.saysUuencode() || harder) {
      for (long start : part.starts()) {
        uuencoded.add(new Part.Quoted(new Stretch(start, part.end()), 0));
      }
    }
    for (Part.Quoted quoted : uuencoded) {
      uuencode(quoted, part, in, depth);
    }
    for (Stretch stretch : part.yencoded()) {
      begin(stretch);
      Yenc.decode(in, stretch, objects);
      end(depth, part, "yEnc");
    }
    for (Stretch stretch : part.binhexed()) {
      spend(Meter.DECODING + Meter.SLOW_OCTET * stretch.length());
      BinHex.decode(in, stretch, sink(depth, part, "BinHex"));
    }
  }

  private void uuencode(Part.Quoted quoted, Part part, Octets in, int depth)
      throws IOException, OverLimitException {
    boolean small = uuencode(Uuencode.USUAL, quoted.stretch(), part, in, depth);
    for (Uuencode reading : Uuencode.others(quoted.prefix(), small, part.isFlowed())) {
      uuencode(reading, quoted.stretch(), part, in, depth);
    }
  }

  private boolean uuencode(Uuencode reading, Stretch stretch, Part part, Octets in, int depth)
      throws IOException, OverLimitException {
    begin(stretch);
    boolean small = reading.decode(in, stretch, objects);
    end(depth, part, "uuencode");
    return small;
  }

  private Sink sink(int depth, @Nullable Part part, String how) {
    return new Sink() {
      @Override
      public void pay(long units) throws OverLimitException {
        meter.pay(units);
      }

      @Override
      public void name(String name) {
        addName(name);
      }

      @Override
      public void begin() throws IOException {
        objects.begin();
      }

      @Override
      public void write(int octet) throws IOException, OverLimitException {
        objects.write(octet);
      }

      @Override
      public void end() throws IOException, OverLimitException {
        spend(Meter.DECODING);
        GenerousReader.this.end(depth, part, how);
      }
    };
  }

  private void begin(Stretch stretch) throws IOException, OverLimitException {
    spend(Meter.DECODING + Meter.SLOW_OCTET * stretch.length());
    objects.begin();
  }

  private void end(int depth, @Nullable Part part, String how)
      throws IOException, OverLimitException {
    Piece made = objects.end();
    label(made, part, how);
    if (made != null) {
      layers.add(new Layer(made, depth + 1, kind));
    }
  }

  private void label(@Nullable Piece made, @Nullable Part part, String how) {
    if (made != null && part != null) {
      labels.put(made.name(), part.label(how));
    }
  }

  private void spend(long units) throws IOException, OverLimitException {
    if (givenUp.getAsBoolean()) {
      throw new IOException("given up");
    }
    meter.pay(units);
  }
}
