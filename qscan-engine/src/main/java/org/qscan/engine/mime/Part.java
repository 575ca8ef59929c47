package org.qscan.engine.mime;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.extract.Insight;
import org.qscan.engine.rules.MimeRule;

/**
 * The lines between two lines that look like boundaries. A part knows its header, if it has one,
 * all places where its body could begin, and the ranges in it that look encoded, whatever the
 * header says.
 */
final class Part {

  /** Places where a body could begin: behind the header, behind what looks like its end, ... */
  static final int MOST_STARTS = 6;

  private static final int LONGEST_PREAMBLE = 400;

  /** A delimiter, an empty header and the shortest malware, in base64. */
  private static final int SHORTEST_ENCODED_PART = 80;

  private static final int MOST_RESTARTS = 4;
  private static final int FEWEST_CHARACTERS = 24;
  private static final int MOST_PADS = 8;
  private static final int FEWEST_ESCAPES = 3;
  private static final int FEWEST_SOFT_BREAKS = 2;
  private static final int MOST_FOR_AN_ESCAPE = 10_000;
  private static final int LONGEST_LINE = 200;

  private static final int MOST_HITS = 20;
  private static final int FEWEST_IN_LINE = 4;

  private final long start;
  private final boolean behindBoundary;
  private final boolean trusted;
  private final List<RuleHit> hits = new ArrayList<>();
  private final Set<MimeRule> ruled = EnumSet.noneOf(MimeRule.class);
  private final List<Field> fields = new ArrayList<>();
  private final List<ByteRange> uris = new ArrayList<>();
  private final List<String> joinedUris = new ArrayList<>();
  private final List<Long> starts = new ArrayList<>();
  private final List<Long> lateStarts = new ArrayList<>();
  private final List<Long> lateEnds = new ArrayList<>();
  private final List<Integer> startBlocks = new ArrayList<>(); // how many headers lie before each
  private final List<Long> restarts = new ArrayList<>();
  private final List<Base64Run> runs = new ArrayList<>();
  private final Set<String> charsets = new LinkedHashSet<>();
  private final List<Quoted> uuencoded = new ArrayList<>();
  private final List<YencBlock> yencoded = new ArrayList<>();
  private final List<ByteRange> binhexed = new ArrayList<>();
  private final List<ByteRange> armoured = new ArrayList<>();
  private long end;
  private long solidEnd;
  private boolean saysPlain;
  private boolean saysInexactly;
  private boolean saysKnown;
  private boolean saysUnknown; // and so any of the others
  private boolean saysBase64;
  private boolean saysQuotedPrintable;
  private boolean saysUuencode;
  private boolean flowed;
  private boolean deletesBlanks;
  private boolean known; // its first line begins like base64 of a file
  private boolean markup;
  private boolean divided;
  private boolean armourBegun;
  private boolean uuencodedLines;
  private boolean calendar;
  private boolean mail;
  private boolean clean = true;
  private long escapes;
  private long needless; // escapes of what text is written without, but for quoted headers
  private long needlessBeforeSaid; // in front of the first header that says quoted-printable
  private boolean inField; // a quoted one: s=20230601 of a signature is no escape
  private int softBreaks;
  private long escapesBefore; // the last header that begins in the body, and so on
  private long charactersBefore;
  private int runsBefore;
  private int blocks;
  private int base64From = Integer.MAX_VALUE; // the first header that names it
  private int quotedPrintableFrom = Integer.MAX_VALUE;
  private long bodyLine;
  private long dirtyLine;
  private String dirtyText = "";
  private long behindDirty;
  private long foreignLine;
  private long padLine;
  private String padText = "";
  private long innerPadLine;
  private long alphabet;
  private long others;
  private long whites;
  private Insight.@Nullable Label declared;

  /**
   * Lines of base64 that nobody announced.
   *
   * @param whole all of them
   * @param sections the same, without the empty lines in between; at least one, but not all if
   *     there are many
   */
  record Base64Run(Evidence whole, List<Evidence> sections) {

    /** How many there are. */
    int size() {
      return 1 + sections.size();
    }
  }

  /**
   * A range that may be base64, though nobody says so.
   *
   * @param known whether it begins as base64 of a file of some known type does
   */
  record Evidence(ByteRange range, boolean known) {}

  /**
   * Lines that may be uuencoded.
   *
   * @param prefix how many octets stood before the word that began them
   * @param begun whether a line of the format's own begins them
   * @param base64 whether that line says that they are base64 (uuencode -m)
   */
  record Quoted(ByteRange range, int prefix, boolean begun, boolean base64) {}

  /**
   * A part that begins here.
   *
   * @param behindBoundary whether a line that looks like a boundary stands before it
   * @param trusted whether it is the message itself, or its boundary was declared
   */
  Part(long start, boolean behindBoundary, boolean trusted) {
    this.trusted = trusted;
    this.start = start;
    this.end = start;
    this.solidEnd = start;
    this.behindBoundary = behindBoundary;
  }

  long start() {
    return start;
  }

  long end() {
    return end;
  }

  /** Behind the last line that is not blank. */
  long solidEnd() {
    return solidEnd;
  }

  void end(long end) {
    this.end = Math.max(start, end);
    this.solidEnd = Math.min(solidEnd, this.end);
  }

  void solid(long end) {
    solidEnd = end;
  }

  /** Whether a line that looks like a boundary stands before it. */
  boolean isBehindBoundary() {
    return behindBoundary;
  }

  /** Whether its header is really a header, and not text that looks like one. */
  boolean isTrusted() {
    return trusted;
  }

  /** The rules that the lines of its header break. */
  List<RuleHit> hits() {
    return hits;
  }

  void addHit(MimeRule rule, Lines line) {
    if (ruled.add(rule) || hits.size() < MOST_HITS) { // many of one must not hide another
      hits.add(new RuleHit(rule, line.number(), line.text()));
    }
  }

  /** How many headers begin in its body. */
  int blocks() {
    return blocks;
  }

  void beginBlock(long at) {
    blocks++;
    escapesBefore = escapes;
    charactersBefore = alphabet + others;
    runsBefore = runs.size() + uuencoded.size();
    if (lateEnds.size() < lateStarts.size()) {
      lateEnds.add(at);
    }
  }

  /**
   * The first line of base64 with other characters in it, if a line without them follows; 0 if
   * there is none.
   */
  long foreignLine() {
    return foreignLine;
  }

  String foreignText() {
    return dirtyText;
  }

  /** The first line of base64 with padding before the end of the data; 0 if there is none. */
  long innerPadLine() {
    return innerPadLine;
  }

  String innerPadText() {
    return padText;
  }

  /**
   * Whether nearly all of it is base64, whatever its header says. Prose has more blanks, and HTML
   * more brackets.
   */
  boolean isDense() {
    long all = alphabet + others + whites;
    boolean wholly = clean && fields.isEmpty(); // as when something is encoded twice
    if (known || wholly) {
      return all > FEWEST_CHARACTERS && whites * 40 <= all && others * 8 <= all;
    }
    if (markup && others > MOST_PADS) {
      return false; // a page around a picture: it has its own decoder
    }
    return !armourBegun && all > Guess.FEWEST && (whites + others) * 40 <= all;
  }

  /**
   * The name and the type that its header declares, as a strict reader takes them. What lenient
   * readers could take for its name is among the names of {@link Outline}.
   *
   * @param how how it was read
   */
  Insight.Label label(String how) {
    if (declared == null) {
      declared = declared();
    }
    return new Insight.Label(declared.name(), declared.type(), how);
  }

  /**
   * The label from the header, which is read only once, because a part may have a long header and
   * many files may be made of it.
   */
  private Insight.Label declared() {
    String name = null;
    String type = null;
    for (Field field : fields) {
      if (field.block() == 0 && field.is("Content-Type")) {
        ContentType known = ContentType.of(field.value());
        type = type == null ? known.type() : type;
        name = name == null ? known.parameter("name") : name;
      } else if (field.block() == 0 && field.is("Content-Disposition")) {
        String given = ContentType.of(field.value()).parameter("filename");
        name = given == null ? name : given;
      }
    }
    return new Insight.Label(name, type, "");
  }

  /** What looks like a header that matters, in its order. */
  List<Field> fields() {
    return fields;
  }

  /**
   * Adds a field of its header.
   *
   * @param meter pays for what it means to others
   */
  void add(Field field, Meter meter) throws OverLimitException {
    fields.add(field);
    if (isEncoding(field)) {
      encoding(field);
    }
    type(field.text().toLowerCase(Locale.ROOT), meter);
  }

  private void type(String text, Meter meter) throws OverLimitException {
    Charsets.collect(text, charsets, meter);
    flowed |= text.contains("flowed");
    deletesBlanks |= text.contains("delsp");
    markup |= text.contains("/html") || text.contains("xhtml") || text.contains(".htm");
    markup |= text.contains("svg") || text.contains("uri-list");
    mail |= text.contains("message/") || text.contains(".eml");
    calendar |= text.contains("calendar") || text.contains("vcard");
    calendar |= text.contains(".ics") || text.contains(".vcf");
  }

  /** Whether it says that lines may go on in the next. */
  boolean isFlowed() {
    return flowed;
  }

  /** What its header says that it is, and what it looks like. */
  ContentHints hints() {
    return new ContentHints(charsets, markup, calendar, mail, deletesBlanks);
  }

  /** Header fields that have a {@code data:} URI, whatever field that is. */
  List<ByteRange> uris() {
    return uris;
  }

  void addUris(ByteRange field) {
    uris.add(field);
  }

  /** URIs with a file in them that stand in pieces in header fields, put together. */
  List<String> joinedUris() {
    return joinedUris;
  }

  boolean isMarkup() {
    return markup;
  }

  /** Tells that a line in it could be a boundary that no header declares. */
  void looksDivided() {
    divided = true;
  }

  /** Whether a line in it could be a boundary that no header declares. */
  boolean isDivided() {
    return divided;
  }

  /** Tells that a line in it is like a full line of uuencode. */
  void looksUuencoded() {
    uuencodedLines = true;
  }

  /** Whether a line in it is like a full line of uuencode. */
  boolean mayBeUuencoded() {
    return uuencodedLines;
  }

  void looksLikeMarkup() {
    markup = true;
  }

  void looksLikeCalendar() {
    calendar = true;
  }

  /** Notes every transfer encoding that some reader could find in the value. */
  private void encoding(Field field) {
    String value = field.value();
    String all = letters(value, 200);
    if (TransferEncoding.isPlain(value)) {
      saysPlain = true;
      return;
    }
    boolean quoted = all.contains("quot") || all.contains("print") || all.contains("qp");
    boolean base64 = all.contains("64");
    boolean uu = all.contains("uu");
    boolean other = !quoted && !base64 && !uu;
    if (!saysQuotedPrintable) {
      needlessBeforeSaid = needless;
    }
    saysQuotedPrintable |= quoted || other;
    saysBase64 |= base64 || other;
    saysUuencode |= uu || other;
    saysInexactly |= !TransferEncoding.isExact(value);
    base64From = base64 || other ? Math.min(base64From, field.block()) : base64From;
    quotedPrintableFrom =
        quoted || other ? Math.min(quotedPrintableFrom, field.block()) : quotedPrintableFrom;
    saysKnown |= !other;
    saysUnknown |= other;
  }

  /** Whether some reader could take it for a transfer encoding. */
  private static boolean isEncoding(Field field) {
    String name = letters(field.name().isEmpty() ? field.text() : field.name(), 40);
    return name.contains("encod") || name.contains("transf");
  }

  /** The letters and digits of a text's beginning, in lower case. */
  static String letters(String text, int most) {
    StringBuilder letters = new StringBuilder();
    for (int i = 0; i < text.length() && letters.length() < most; i++) {
      if (Character.isLetterOrDigit(text.charAt(i)) && text.charAt(i) < 128) {
        letters.append(text.charAt(i));
      }
    }
    return letters.toString().toLowerCase(Locale.ROOT);
  }

  /** The places where its body may begin; the first is the most likely one. */
  List<Long> starts() {
    return starts;
  }

  /**
   * Bodies behind more headers than begin one by themselves: each ends where the next header
   * begins, so that many of them are not read many times. A reader that has a boundary which we do
   * not know sees them so.
   */
  List<ByteRange> lateBodies() {
    List<ByteRange> bodies = new ArrayList<>();
    for (int i = 0; i < lateStarts.size(); i++) {
      long lateEnd = i < lateEnds.size() ? lateEnds.get(i) : end;
      bodies.add(new ByteRange(lateStarts.get(i), lateEnd));
    }
    return bodies;
  }

  /** From each place where its body may begin. */
  List<ByteRange> bodies() {
    List<ByteRange> bodies = new ArrayList<>();
    for (long start : starts) {
      bodies.add(new ByteRange(start, end));
    }
    bodies.addAll(lateBodies());
    return bodies;
  }

  /** The departure by which a body begins here; null: there is none. */
  @Nullable LenientReading departure(long at) {
    if (!trusted) {
      return LenientReading.BOUNDARY_UNDECLARED;
    }
    int index = starts.indexOf(at);
    if (index < 0 && lateStarts.contains(at)) {
      return LenientReading.BODY_LATE;
    }
    return index > 0 ? LenientReading.BODY_ELSEWHERE : null;
  }

  /** The same of a body that is decoded as its header says. */
  @Nullable LenientReading departureEncoded(long at) {
    LenientReading departure = departure(at);
    if (departure == null && saysUnknown()) {
      return LenientReading.ENCODING_UNKNOWN;
    }
    if (departure == null && saysInexactly) {
      return LenientReading.ENCODING_NAME;
    }
    return departure == null && !starts.contains(at) ? LenientReading.BASE64_RESTARTED : departure;
  }

  /** The number of the first line of its body. */
  long bodyLine() {
    return bodyLine;
  }

  /**
   * Its body may begin here.
   *
   * @return whether that is another one, behind more of them than begin one by themselves
   */
  boolean couldStart(long at, long line) {
    bodyLine = bodyLine == 0 ? line : bodyLine;
    if (starts.contains(at)) {
      return false;
    }
    if (starts.size() < MOST_STARTS) {
      starts.add(at);
      startBlocks.add(blocks);
      return false;
    }
    if (lateEnds.size() < lateStarts.size()) {
      lateEnds.add(at); // there was no header in between
    }
    return lateStarts.add(at);
  }

  /**
   * Whether the header that ends at this start says itself that what follows is quoted-printable,
   * or in an encoding that nobody knows. A part of type message/rfc822 has the header of the
   * enclosed message as well: what that says is said of the enclosed body, and whoever decodes the
   * enclosed header by it is no reader.
   *
   * @param start one of {@link #starts}; of a later one nothing is known
   */
  boolean declaresQuotedPrintable(long start) {
    int block = blockOf(start);
    for (Field field : fields) {
      if (field.block() == block && isEncoding(field) && !TransferEncoding.isPlain(field.value())) {
        return true;
      }
    }
    return false;
  }

  /**
   * Whether a header before this start says base64. What the header of an enclosed message says is
   * said of its body: nobody decodes that header by it.
   *
   * @param start one of {@link #starts}; of another one nothing is known, and so it may
   */
  boolean mayBeBase64(long start) {
    return isBehind(base64From, start);
  }

  /** The same of quoted-printable. */
  boolean mayBeQuotedPrintable(long start) {
    return isBehind(quotedPrintableFrom, start);
  }

  private boolean isBehind(int block, long start) {
    int index = starts.indexOf(start);
    return index < 0 || startBlocks.get(index) >= block;
  }

  /**
   * Whether what follows this start is, or would be taken for, text: by the last type that is
   * declared before it. A message without a type of its own is text (RFC 2045).
   *
   * @param start one of {@link #starts}
   */
  boolean isText(long start) {
    int block = start == Long.MAX_VALUE ? Integer.MAX_VALUE : blockOf(start);
    boolean text = true;
    for (Field field : fields) {
      if (field.block() <= block && field.is("Content-Type")) {
        ContentType type = ContentType.of(field.value());
        text = type.isText() || (field.block() < block && type.isMessage());
      }
    }
    return text;
  }

  private int blockOf(long start) {
    int index = starts.indexOf(start);
    return index < 0 ? Integer.MAX_VALUE : startBlocks.get(index);
  }

  /** Where encoded data may begin anew, behind what is not such data. */
  List<Long> restarts() {
    return restarts;
  }

  void couldRestart(long at) {
    if (restarts.size() < MOST_RESTARTS && !starts.contains(at)) {
      restarts.add(at);
    }
  }

  /** Ranges of lines of base64. */
  List<Base64Run> runs() {
    return runs;
  }

  boolean add(Base64Run run, long characters) {
    return characters >= FEWEST_CHARACTERS && runs.add(run);
  }

  List<Quoted> uuencoded() {
    return uuencoded;
  }

  List<YencBlock> yencoded() {
    return yencoded;
  }

  List<ByteRange> binhexed() {
    return binhexed;
  }

  /** Between the lines that begin and end a message of OpenPGP. */
  List<ByteRange> armoured() {
    return armoured;
  }

  boolean saysBase64() {
    return saysBase64;
  }

  boolean saysQuotedPrintable() {
    return saysQuotedPrintable;
  }

  boolean saysUuencode() {
    return saysUuencode;
  }

  /** Whether it names only an unknown encoding, which may be any of the known ones. */
  boolean saysUnknown() {
    return saysUnknown && !saysKnown;
  }

  /** Whether any reader can only read base64 in it. */
  boolean isNothingButBase64() {
    return clean && saysBase64 && !saysPlain;
  }

  /** Counts the escapes of a line, and checks whether the line is anything but base64. */
  void count(Lines line) {
    escapes += line.escapes();
    boolean solid = line.others() == 0 && line.whites() == 0;
    inField = !solid && (line.indent() > 0 ? inField : HeaderFields.begins(line));
    if (!inField) {
      needless += line.needlessEscapes();
    }
    if (line.endsWithEquals() && line.others() > 0) {
      softBreaks++;
    }
    clean &= line.others() == 0 && line.whites() == 0;
    alphabet += line.alphabet();
    others += line.others() + line.pads();
    whites += line.whites();
    armourBegun |= line.first() == '-' && Guess.beginsArmour(line);
    known |= alphabet == line.alphabet() && Guess.isKnown(line);
    pad(line);
    if (line.others() > 0 && line.whites() == 0 && line.alphabet() >= FEWEST_IN_LINE) {
      if (dirtyLine == 0) {
        dirtyLine = line.number();
        dirtyText = line.text();
      }
    } else if (padLine == 0 // behind that it is a footer, or "base64 that continues after its end"
        && line.others() == 0
        && line.whites() == 0
        && line.alphabet() >= FEWEST_IN_LINE
        && dirtyLine > 0) {
      behindDirty += line.alphabet(); // a word is a footer's, not data
      foreignLine = behindDirty >= FEWEST_CHARACTERS ? dirtyLine : foreignLine;
    }
  }

  private void pad(Lines line) {
    boolean data = line.others() == 0 && line.whites() == 0 && line.alphabet() >= FEWEST_IN_LINE;
    if (!data || innerPadLine > 0) {
      return;
    }
    if (padLine > 0) {
      innerPadLine = padLine;
    } else if (line.pads() > 0) {
      padLine = line.number();
      padText = line.text();
      innerPadLine = line.endsWithEquals() ? 0 : padLine;
    }
  }

  /** Whether it may be quoted-printable, whether the header says so or not. */
  boolean looksQuotedPrintable() {
    return saysQuotedPrintable || isLikeQuotedPrintable();
  }

  /**
   * Whether it may be quoted-printable, whatever it says: escapes of letters or of control
   * characters, or soft line breaks in what is no text. Text about mail has other escapes.
   */
  boolean isLikeQuotedPrintable() {
    long all = alphabet + others + whites;
    boolean text = fields.isEmpty() || isText(Long.MAX_VALUE);
    return (needless >= FEWEST_ESCAPES && needless * MOST_FOR_AN_ESCAPE >= all)
        || (!text && softBreaks >= FEWEST_SOFT_BREAKS && (long) softBreaks * LONGEST_LINE >= all);
  }

  /**
   * Whether what stands in front of the header that says quoted-printable may be it as well. Of an
   * enclosed message that says it, this is the text above it, and as a rule its escapes are all
   * behind it.
   */
  boolean isLikeQuotedPrintableBeforeItIsSaid() {
    return isLikeQuotedPrintable()
        && (!saysQuotedPrintable || needlessBeforeSaid >= FEWEST_ESCAPES);
  }

  /**
   * Whether the body behind a header can be what stands in front of the first part, and nothing
   * encoded.
   *
   * @param block which header: that of the part is 0. An enclosed message has one of its own
   */
  boolean isLikeAPreamble(int block) {
    return isPlain(block, LONGEST_PREAMBLE);
  }

  /** Whether the body behind a header, of which nothing is left, has no room for a part. */
  boolean isTooShortForAPart(int block) {
    return isPlain(block, SHORTEST_ENCODED_PART - 1);
  }

  private boolean isPlain(int block, int most) {
    boolean last = block == blocks;
    return escapes == (last ? escapesBefore : 0)
        && runs.size() + uuencoded.size() == (last ? runsBefore : 0)
        && alphabet + others - (last ? charactersBefore : 0) <= most;
  }

  /** Whether the body consists of lines of base64 only. */
  boolean isPureBase64() {
    return clean;
  }
}
