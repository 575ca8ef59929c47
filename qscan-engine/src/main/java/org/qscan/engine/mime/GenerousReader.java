package org.qscan.engine.mime;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.extract.Limits;

/**
 * Makes files of a message, as many as there are readings of it. It is no parser: it takes every
 * part that any line could be the boundary of, at every place where its body could begin, and
 * decodes all that looks encoded, whatever was declared. Where a decoder meets something that
 * readers take differently, and only there, it decodes each way. What was decoded is read again.
 */
final class GenerousReader {

  /** All decoding of a message, in its own size: what ordinary mail needs a few of. */
  private static final int MOST_WORK = 100;

  private static final int MOST_NAMES = 10_000;

  private static final long LEAST_WORK = 1 << 20;
  private static final int MOST_REMARKS = 100;

  /**
   * Something that was decoded.
   *
   * @param kind what the part in which it was said about it
   */
  private record Layer(Path file, int depth, Kind kind) {}

  private final Limits limits;
  private final Tiers tiers;
  private final Objects objects;
  private final Lines.Space space = new Lines.Space();
  private final List<Remark> remarks = new ArrayList<>();
  private final Set<Rule> ruled = EnumSet.noneOf(Rule.class);
  private final Set<String> names = new LinkedHashSet<>();
  private final Deque<Layer> layers = new ArrayDeque<>();
  private Kind kind = Kind.UNKNOWN;
  private volatile boolean cancelled;
  private long work;
  private long mostWork;

  GenerousReader(Path directory, Limits limits, Tiers tiers) {
    this.limits = limits;
    this.tiers = tiers;
    this.objects = new Objects(directory, limits, () -> cancelled);
  }

  /** Names of files that some reader could take for given. */
  Set<String> names() {
    return names;
  }

  /** The rules that fired, in the order in which they did. */
  List<Remark> remarks() {
    return remarks;
  }

  /** Octets that were decoded, for tests: they must not grow faster than the message. */
  long work() {
    return work;
  }

  /** Stops it, from another thread. */
  void cancel() {
    cancelled = true;
  }

  /**
   * Reads a message.
   *
   * @param arriving the message as it comes
   * @param file the same, complete once {@code arriving} has met its end
   */
  void read(InputStream arriving, Path file) throws IOException, OverLimitException {
    try (objects) {
      readAll(arriving, file);
    }
  }

  private void readAll(InputStream arriving, Path file) throws IOException, OverLimitException {
    Outline outline = Outline.of(arriving, limits.parts(), space);
    try (Octets octets = new Octets(file)) {
      mostWork = LEAST_WORK + MOST_WORK * octets.size();
      decode(outline, octets, 0, Kind.UNKNOWN);
    }
    for (Layer layer = layers.poll(); layer != null; layer = layers.poll()) {
      if (layer.depth > limits.depth()) {
        throw new OverLimitException(
            "parts are nested deeper than extract.max-depth " + limits.depth());
      }
      try (Octets octets = new Octets(layer.file)) {
        spend(octets.size());
        decode(Outline.of(octets.stream(), limits.parts(), space), octets, layer.depth, layer.kind);
      }
    }
  }

  private void decode(Outline outline, Octets in, int depth, Kind around)
      throws IOException, OverLimitException {
    if (names.size() < MOST_NAMES) {
      names.addAll(outline.names());
    }
    boolean harder = false;
    for (Remark remark : Linter.read(outline, depth == 0)) {
      remark(remark);
      harder |= tiers.of(remark.rule()) != Rule.Tier.NOTE;
    }
    if (depth > 0) {
      charsets(new Stretch(0, in.size()), around, in, depth);
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
        charsets(new Stretch(start, part.end()), part.kind(), in, depth);
      }
      within(part, around, in, depth);
    }
  }

  private void charsets(Stretch stretch, Kind said, Octets in, int depth)
      throws IOException, OverLimitException {
    Set<String> charsets = new LinkedHashSet<>(said.charsets());
    String look = Charsets.look(in, stretch.start(), stretch.end());
    if (look != null) {
      charsets.add(look);
    }
    Kind before = kind;
    kind = new Kind(Set.of(), said.markup(), said.folded()); // it is of no charset any more
    for (String charset : charsets) {
      begin(stretch);
      Charsets.decode(in, stretch, charset, objects);
      end(depth);
    }
    kind = before;
  }

  /** What a document, a calendar or a card has in itself. */
  private void within(Part part, Kind around, Octets in, int depth)
      throws IOException, OverLimitException {
    if (part.isPureBase64() && part.saysBase64()) {
      return;
    }
    Stretch stretch = new Stretch(part.start(), part.end());
    if (kind.markup() || around.markup()) {
      spend(stretch.length());
      Markup.decode(in, stretch, sink(depth));
    }
    if (kind.folded() || around.folded()) {
      spend(stretch.length());
      Folded.decode(in, stretch, sink(depth));
    }
  }

  private void remark(Remark remark) {
    if (ruled.add(remark.rule()) || remarks.size() < MOST_REMARKS) { // as in Part
      remarks.add(remark);
    }
  }

  private void asItIs(Part part, Octets in) throws IOException, OverLimitException {
    if (part.isPureBase64() && part.saysBase64()) {
      return;
    }
    for (long start : part.starts()) {
      Stretch stretch = new Stretch(start, part.end());
      spend(stretch.length());
      objects.begin();
      in.seek(stretch.start(), stretch.end());
      for (int n = in.available(); n > 0; n = in.available()) {
        objects.write(in.array(), in.position(), n);
        in.skip(n);
      }
      objects.end();
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
      long innerPad = base64(stretch, in, depth);
      if (innerPad >= 0) {
        base64(new Stretch(innerPad, stretch.end()), in, depth);
      }
    }
  }

  private long base64(Stretch stretch, Octets in, int depth)
      throws IOException, OverLimitException {
    begin(stretch);
    Base64Reading.Ambiguity ambiguity = Base64Reading.USUAL.decode(in, stretch, objects);
    end(depth);
    for (Base64Reading reading : ambiguity.others()) {
      begin(stretch);
      reading.decode(in, stretch, objects);
      end(depth);
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
      end(depth);
      if (!part.saysQuotedPrintable() && !harder) {
        continue; // text, as a rule, in which an address has an escape
      }
      if (part.saysQuotedPrintable() && part.isTrusted() && ambiguity.malformed()) {
        Rule rule = part.isText() ? Rule.TEXT_MALFORMED : Rule.QUOTED_PRINTABLE_MALFORMED;
        remark(new Remark(rule, part.bodyLine(), ""));
      }
      for (QuotedPrintableReading reading : ambiguity.others()) {
        begin(stretch);
        reading.decode(in, stretch, objects);
        end(depth);
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
      end(depth);
    }
    for (Stretch stretch : part.binhexed()) {
      spend(stretch.length());
      BinHex.decode(in, stretch, sink(depth));
    }
  }

  private void uuencode(Part.Quoted quoted, Part part, Octets in, int depth)
      throws IOException, OverLimitException {
    boolean small = uuencode(Uuencode.USUAL, quoted.stretch(), in, depth);
    for (Uuencode reading : Uuencode.others(quoted.prefix(), small, part.isFlowed())) {
      uuencode(reading, quoted.stretch(), in, depth);
    }
  }

  private boolean uuencode(Uuencode reading, Stretch stretch, Octets in, int depth)
      throws IOException, OverLimitException {
    begin(stretch);
    boolean small = reading.decode(in, stretch, objects);
    end(depth);
    return small;
  }

  private Sink sink(int depth) {
    return new Sink() {
      @Override
      public void name(String name) {
        names.add(name);
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
        GenerousReader.this.end(depth);
      }
    };
  }

  private void begin(Stretch stretch) throws IOException, OverLimitException {
    spend(stretch.length());
    objects.begin();
  }

  private void end(int depth) throws IOException, OverLimitException {
    @Nullable Path file = objects.end();
    if (file != null) {
      layers.add(new Layer(file, depth + 1, kind));
    }
  }

  private void spend(long octets) throws IOException, OverLimitException {
    if (cancelled) {
      throw new IOException("given up");
    }
    work += octets;
    if (work > mostWork) {
      throw new OverLimitException(
          "to read it in every way is more than " + MOST_WORK + " times its size");
    }
  }
}
