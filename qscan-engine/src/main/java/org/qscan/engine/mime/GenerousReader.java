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
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.extract.Insight;
import org.qscan.engine.extract.Limits;
import org.qscan.engine.rules.MimeRule;
import org.qscan.engine.rules.RuleTiers;
import org.qscan.engine.store.PartBytes;
import org.qscan.engine.store.PartStore;
import org.qscan.engine.store.Spend;

/**
 * Makes files of a message, as many as there are readings of it. It is no parser: it takes every
 * part that any line could be the boundary of, at every place where its body could begin, and
 * decodes all that looks encoded, whatever was declared. Where a decoder meets something that
 * readers take differently, and only there, it decodes each way. What was decoded is read again.
 */
final class GenerousReader {

  private static final int MOST_HITS = 100;

  /**
   * Something that was decoded.
   *
   * @param hints what the part that it was in says of it
   */
  private record Layer(PartBytes bytes, int depth, ContentHints hints) {}

  /** Guesses that wait; of more the weakest are forgotten. */
  private static final int MOST_GUESSES = 8000;

  /** Parts that may be made of guesses, for any message and for each so many octets of it. */
  private static final int GUESSED_PARTS = 100;

  private static final int OCTETS_FOR_A_GUESS = 256;

  /**
   * A rule that fired.
   *
   * @param file the name of the file that was read; empty: the message itself
   */
  record Fired(RuleHit hit, String file) {}

  private final Limits limits;
  private final RuleTiers tiers;
  private final DecodedParts decoded;
  private final Lines.Space space = new Lines.Space();
  private final List<Fired> fired = new ArrayList<>();
  private final Map<String, Insight.Label> labels = new HashMap<>();
  private final Set<MimeRule> ruled = EnumSet.noneOf(MimeRule.class);
  private final FileNames names = new FileNames();
  private final Deque<Layer> layers = new ArrayDeque<>();
  private PriorityQueue<Guess> guesses = new PriorityQueue<>();
  private long guessesSoFar;
  private boolean guessing;
  private boolean passedOver;
  private @Nullable PartBytes current; // what is being read; null: the message
  private BooleanSupplier givenUp = () -> false;
  private String reading = "";
  private ContentHints hints = ContentHints.UNKNOWN;
  private boolean segmented; // what is being read
  private @Nullable PartBytes segmentedPart; // which is read in spite of that
  private final Meter meter;

  /**
   * A reader of one message.
   *
   * @param account pays for all that it does
   */
  GenerousReader(PartStore store, Limits limits, RuleTiers tiers, Spend.Account account) {
    this.limits = limits;
    this.tiers = tiers;
    this.meter = new Meter(account);
    this.decoded = new DecodedParts(store, limits, () -> givenUp.getAsBoolean(), meter);
  }

  /** One that has an account of its own. */
  GenerousReader(PartStore store, Limits limits, RuleTiers tiers) {
    this(store, limits, tiers, new Spend().account("generous"));
  }

  /** Names of files that some reader could take for given. */
  Set<String> names() {
    return names.all();
  }

  /** The rules that fired, in the order in which they did. */
  List<RuleHit> hits() {
    List<RuleHit> hits = new ArrayList<>();
    for (Fired one : fired) {
      hits.add(one.hit());
    }
    return List.copyOf(hits);
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
  void read(InputStream arriving, ByteSource.Opener whole, BooleanSupplier stop)
      throws IOException, OverLimitException {
    givenUp = stop;
    try (decoded) {
      readAll(arriving, whole);
    }
  }

  /** Reads a message that is in a file as well, to its end. */
  void read(InputStream arriving, Path file) throws IOException, OverLimitException {
    read(arriving, () -> ByteSource.of(file), () -> false);
  }

  private void readAll(InputStream arriving, ByteSource.Opener whole)
      throws IOException, OverLimitException {
    Outline outline = Outline.arriving(arriving, limits.parts(), space, meter);
    long size;
    try (ByteSource source = whole.open()) {
      size = source.size();
      meter.arrived(size);
      decode(outline, source, 0, ContentHints.UNKNOWN);
    }
    for (Layer layer = layers.poll(); layer != null; layer = layers.poll()) {
      read(layer);
    }
    if (!guesses.isEmpty()) {
      guess(whole, size);
    }
  }

  private void read(Layer layer) throws IOException, OverLimitException {
    if (layer.depth > limits.depth()) {
      throw new OverLimitException(
          "parts are nested deeper than extract.max-depth " + limits.depth());
    }
    reading = layer.bytes.name();
    current = layer.bytes;
    try (ByteSource source = ByteSource.of(layer.bytes)) {
      read(source, layer.depth, layer.hints);
    }
  }

  private void read(ByteSource source, int depth, ContentHints hints)
      throws IOException, OverLimitException {
    spend(source.size());
    decode(Outline.of(source.stream(), limits.parts(), space, meter), source, depth, hints);
  }

  /**
   * Tries what nobody declared, when all else has been read: as much of it as is in proportion to
   * the message. That there was more is no fact about the message, but about how it looks.
   */
  private void guess(ByteSource.Opener whole, long size) throws IOException, OverLimitException {
    guessing = true;
    meter.beginGuessing();
    decoded.allowOnly((int) Math.min(limits.parts(), GUESSED_PARTS + size / OCTETS_FOR_A_GUESS));
    try (ByteSource message = whole.open()) {
      while (hasMore()) {
        if (decoded.isFull() || meter.hasNoneForGuesses()) {
          passedOver = true;
          return;
        }
        try {
          next(message);
        } catch (OverLimitException e) {
          passedOver = true; // that one is too large or too deep; the next may not be
        }
      }
    }
  }

  private boolean hasMore() {
    return !guesses.isEmpty() || !layers.isEmpty();
  }

  /**
   * Makes the next guess: first what has not been decoded at all, then what came of it, then the
   * other ways to decode each.
   */
  private void next(ByteSource message) throws IOException, OverLimitException {
    Guess guess = guesses.peek();
    Layer layer = guess == null || guess.again() ? layers.poll() : null;
    if (layer != null) {
      read(layer);
      return;
    }
    guess = Objects.requireNonNull(guesses.poll());
    current = guess.within();
    if (current == null) {
      reading = "";
      guess.attempt().make(message);
      return;
    }
    reading = current.name();
    try (ByteSource source = ByteSource.of(current)) {
      guess.attempt().make(source);
    }
  }

  /** Something to be tried later, if there is enough left. */
  private void guess(Part.Evidence evidence, boolean again, Guess.Attempt attempt) {
    ContentHints known = hints;
    boolean inSegments = segmented;
    guesses.add(
        new Guess(
            evidence,
            again,
            guessesSoFar++,
            current,
            in -> {
              hints = known;
              segmented = inSegments;
              attempt.make(in);
            }));
    meter.hold(Meter.ENTRY_BYTES);
    if (guesses.size() > 2 * MOST_GUESSES) {
      PriorityQueue<Guess> strongest = new PriorityQueue<>();
      while (strongest.size() < MOST_GUESSES) {
        strongest.add(Objects.requireNonNull(guesses.poll()));
      }
      guesses = strongest;
      passedOver = true;
    }
  }

  private void guess(ByteRange range, Guess.Attempt attempt) {
    guess(new Part.Evidence(range, false), false, attempt);
  }

  /** Whether some of what only looks encoded was not decoded. */
  boolean hasPassedOver() {
    return passedOver;
  }

  private void decode(Outline outline, ByteSource in, int depth, ContentHints around)
      throws IOException, OverLimitException {
    outline.names().forEach(names::add);
    passedOver |= outline.hasPassedOver();
    boolean harder = false;
    // Tags cut the lines of a mail in segments, and no reader takes that for mail: what is joined
    // is mail.
    boolean retry = segmentedPart != null && current == segmentedPart;
    segmented = retry || isSegmented(in, depth, around);
    if (segmented && !guessing) {
      PartBytes part = current;
      guess(
          new ByteRange(0, in.size()),
          again -> {
            segmentedPart = part;
            read(again, depth, around);
          });
      return;
    }
    if (!segmented) {
      for (RuleHit hit : Linter.read(outline, depth == 0, meter)) {
        if (!guessing) { // nobody reads it so
          addHit(hit);
        }
        harder |= tiers.of(hit.rule()) != MimeRule.Tier.NOTE;
      }
    }
    if (depth > 0) {
      charsets(new ByteRange(0, in.size()), around, null, in, depth);
    }
    for (Part part : outline.parts()) {
      hints = part.hints();
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
        charsets(new ByteRange(start, part.end()), part.hints(), part, in, depth);
      }
      within(part, around, in, depth);
    }
  }

  private boolean isSegmented(ByteSource in, int depth, ContentHints around)
      throws IOException, OverLimitException {
    if (depth == 0) {
      return false;
    }
    hints = ContentHints.UNKNOWN;
    return Cms.decode(in, in.size(), sink(depth, null, "S/MIME")) && !around.mail();
  }

  private void charsets(
      ByteRange range, ContentHints said, @Nullable Part part, ByteSource in, int depth)
      throws IOException, OverLimitException {
    Set<String> charsets = new LinkedHashSet<>(said.charsets());
    String look = Charsets.look(in, range.start(), range.end());
    if (look != null) {
      charsets.add(look);
    }
    ContentHints before = hints;
    hints =
        new ContentHints(
            Set.of(), said.markup(), said.calendar(), said.mail()); // its charset is decoded
    for (String charset : charsets) {
      begin(range);
      Charsets.decode(in, range, charset, decoded);
      end(depth, part, "charset " + charset);
    }
    hints = before;
  }

  /** Decodes what is embedded in markup, in a calendar or a card, and in a header field. */
  private void within(Part part, ContentHints around, ByteSource in, int depth)
      throws IOException, OverLimitException {
    for (ByteRange field : part.uris()) {
      Markup.decode(in, field, false, sink(depth, part, "in a header field"));
    }
    if (part.isPureBase64() && part.saysBase64()) {
      return;
    }
    ByteRange range = new ByteRange(part.start(), part.end());
    boolean calendar = hints.calendar() || around.calendar();
    if (hints.markup() || around.markup()) {
      markup(part, range, false, in, depth, "in markup");
    }
    if (calendar) {
      markup(part, range, true, in, depth, "in markup, folded"); // in a property
      spend(Meter.DECODING + Meter.SLOW_OCTET * range.length());
      ICalendar.decode(in, range, sink(depth, part, "folded"));
    }
  }

  private void markup(
      Part part, ByteRange range, boolean lines, ByteSource in, int depth, String how)
      throws IOException, OverLimitException {
    if (Markup.decode(in, range, lines, sink(depth, part, how))) {
      guess(
          range,
          again -> Markup.texts(again, range, lines, sink(depth, part, how + ", between tags")));
    }
  }

  private void addHit(RuleHit hit) {
    if (ruled.add(hit.rule()) || fired.size() < MOST_HITS) { // as in Part
      fired.add(new Fired(hit, reading));
    }
  }

  private void asItIs(Part part, ByteSource in) throws IOException, OverLimitException {
    if (part.isPureBase64() && part.saysBase64()) {
      return;
    }
    for (long start : part.starts()) {
      ByteRange range = new ByteRange(start, part.end());
      spend(Meter.DECODING + range.length());
      decoded.begin();
      in.seek(range.start(), range.end());
      for (int n = in.available(); n > 0; n = in.available()) {
        decoded.write(in.array(), in.position(), n);
        in.skip(n);
      }
      label(decoded.end(), part, "as it is");
    }
  }

  private void base64(Part part, ByteSource in, int depth) throws IOException, OverLimitException {
    Set<ByteRange> declared = new LinkedHashSet<>();
    if (part.saysBase64() || part.isDense()) {
      for (long start : part.starts()) {
        declared.add(new ByteRange(start, part.solidEnd()));
      }
      for (long start : part.restarts()) {
        declared.add(new ByteRange(start, part.solidEnd()));
      }
    }
    Set<Part.Evidence> looks = new LinkedHashSet<>();
    for (Part.Run run : part.runs()) {
      looks.add(run.whole());
      looks.addAll(run.sections());
    }
    looks.removeIf(evidence -> declared.contains(evidence.range()));
    for (ByteRange range : declared) {
      if (part.saysBase64()) {
        base64(range, part, in, depth);
      } else {
        guessBase64(new Part.Evidence(range, false), part, depth);
      }
    }
    for (Part.Evidence evidence : looks) {
      guessBase64(evidence, part, depth);
    }
  }

  private void base64(ByteRange range, Part part, ByteSource in, int depth)
      throws IOException, OverLimitException {
    Base64Reading.Ambiguity ambiguity =
        base64(Base64Reading.USUAL, range, part, in, depth, "base64");
    otherwise(ambiguity, range, part, in, depth);
    if (ambiguity.innerPad() >= 0) {
      ByteRange behind = new ByteRange(ambiguity.innerPad(), range.end());
      otherwise(
          base64(Base64Reading.USUAL, behind, part, in, depth, "base64"), behind, part, in, depth);
    }
  }

  private void otherwise(
      Base64Reading.Ambiguity ambiguity, ByteRange range, Part part, ByteSource in, int depth)
      throws IOException, OverLimitException {
    for (Base64Reading other : ambiguity.others()) {
      base64(other, range, part, in, depth, "base64, read otherwise");
    }
  }

  private Base64Reading.Ambiguity base64(
      Base64Reading by, ByteRange range, Part part, ByteSource in, int depth, String how)
      throws IOException, OverLimitException {
    begin(range);
    Base64Reading.Ambiguity ambiguity = by.decode(in, range, decoded);
    end(depth, part, how);
    return ambiguity;
  }

  private void guessBase64(Part.Evidence evidence, Part part, int depth) {
    guess(
        evidence,
        false,
        in -> {
          ByteRange range = evidence.range();
          if (!Guess.isMoreThanDigits(in, range)) {
            return;
          }
          long innerPad = guessBase64(evidence, range, part, in, depth);
          if (innerPad >= 0) {
            guessBase64(evidence, new ByteRange(innerPad, range.end()), part, in, depth);
          }
        });
  }

  /** Decodes it in the usual way, and leaves the other ways for later. */
  private long guessBase64(
      Part.Evidence evidence, ByteRange range, Part part, ByteSource in, int depth)
      throws IOException, OverLimitException {
    Base64Reading.Ambiguity ambiguity =
        base64(Base64Reading.USUAL, range, part, in, depth, "base64");
    for (Base64Reading other : ambiguity.others()) {
      guess(
          evidence,
          true,
          again -> base64(other, range, part, again, depth, "base64, read otherwise"));
    }
    return ambiguity.innerPad();
  }

  private void quotedPrintable(Part part, ByteSource in, int depth, boolean harder)
      throws IOException, OverLimitException {
    if (!part.looksQuotedPrintable()) {
      return;
    }
    for (long start : part.starts()) {
      ByteRange range = new ByteRange(start, part.end());
      if (!part.saysQuotedPrintable()) {
        guess(range, again -> guessQuotedPrintable(range, part, again, depth, harder));
        continue;
      }
      QuotedPrintableReading.Ambiguity ambiguity =
          quotedPrintable(QuotedPrintableReading.USUAL, range, part, in, depth, "");
      boolean declared =
          part.isTrusted() && !segmented && !guessing && part.declaresQuotedPrintable(start);
      if (declared && ambiguity.malformed()) {
        MimeRule rule =
            part.isText(start) ? MimeRule.TEXT_MALFORMED : MimeRule.QUOTED_PRINTABLE_MALFORMED;
        addHit(new RuleHit(rule, part.bodyLine(), ""));
      }
      for (QuotedPrintableReading other : ambiguity.others()) {
        quotedPrintable(other, range, part, in, depth, ", read otherwise");
      }
    }
  }

  private QuotedPrintableReading.Ambiguity quotedPrintable(
      QuotedPrintableReading by, ByteRange range, Part part, ByteSource in, int depth, String how)
      throws IOException, OverLimitException {
    begin(range);
    QuotedPrintableReading.Ambiguity ambiguity = by.decode(in, range, decoded);
    end(depth, part, "quoted-printable" + how);
    return ambiguity;
  }

  /** This is text, as a rule, with an escape in an address: one reading of it is enough. */
  private void guessQuotedPrintable(
      ByteRange range, Part part, ByteSource in, int depth, boolean harder)
      throws IOException, OverLimitException {
    QuotedPrintableReading.Ambiguity ambiguity =
        quotedPrintable(QuotedPrintableReading.USUAL, range, part, in, depth, "");
    if (!harder) {
      return;
    }
    for (QuotedPrintableReading other : ambiguity.others()) {
      guess(
          new Part.Evidence(range, false),
          true,
          again -> quotedPrintable(other, range, part, again, depth, ", read otherwise"));
    }
  }

  private void others(Part part, ByteSource in, int depth, boolean harder)
      throws IOException, OverLimitException {
    List<Part.Quoted> uuencoded = new ArrayList<>(part.uuencoded());
    if (part.saysUuencode() || harder) {
      for (long start : part.starts()) {
        uuencoded.add(new Part.Quoted(new ByteRange(start, part.end()), 0, false, false));
      }
    }
    for (Part.Quoted quoted : uuencoded) {
      if (quoted.begun() || part.saysUuencode()) {
        uuencode(quoted, part, in, depth);
        if (quoted.base64()) {
          base64(quoted.range(), part, in, depth);
        }
      } else {
        guess(quoted.range(), again -> uuencode(quoted, part, again, depth));
      }
    }
    for (ByteRange range : part.yencoded()) {
      begin(range);
      Yenc.decode(in, range, decoded);
      end(depth, part, "yEnc");
    }
    for (ByteRange range : part.binhexed()) {
      spend(Meter.DECODING + Meter.SLOW_OCTET * range.length());
      BinHex.decode(in, range, sink(depth, part, "BinHex"));
    }
  }

  private void uuencode(Part.Quoted quoted, Part part, ByteSource in, int depth)
      throws IOException, OverLimitException {
    boolean small = uuencode(Uuencode.USUAL, quoted.range(), part, in, depth);
    for (Uuencode reading : Uuencode.others(quoted.prefix(), small, part.isFlowed())) {
      uuencode(reading, quoted.range(), part, in, depth);
    }
  }

  private boolean uuencode(Uuencode reading, ByteRange range, Part part, ByteSource in, int depth)
      throws IOException, OverLimitException {
    begin(range);
    boolean small = reading.decode(in, range, decoded);
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
        names.add(name);
      }

      @Override
      public void begin() throws IOException {
        decoded.begin();
      }

      @Override
      public void write(int octet) throws IOException, OverLimitException {
        decoded.write(octet);
      }

      @Override
      public void end() throws IOException, OverLimitException {
        spend(Meter.DECODING);
        GenerousReader.this.end(depth, part, how);
      }
    };
  }

  private void begin(ByteRange range) throws IOException, OverLimitException {
    spend(Meter.DECODING + Meter.SLOW_OCTET * range.length());
    decoded.begin();
  }

  private void end(int depth, @Nullable Part part, String how)
      throws IOException, OverLimitException {
    PartBytes made = decoded.end();
    label(made, part, how);
    if (made != null) {
      layers.add(new Layer(made, depth + 1, hints));
    }
  }

  private void label(@Nullable PartBytes made, @Nullable Part part, String how) {
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
