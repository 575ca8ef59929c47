package org.qscan.engine.plain;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The header of a message or of a part: only fields and their continuations, and what they say. */
final class PlainHeader {

  /** The five of RFC 2045. */
  enum PlainEncoding {
    SEVEN_BIT("7bit"),
    EIGHT_BIT("8bit"),
    BINARY("binary"),
    QUOTED_PRINTABLE("quoted-printable"),
    BASE64("base64");

    private final String word;

    PlainEncoding(String word) {
      this.word = word;
    }

    /** As RFC 2045 writes it. */
    String word() {
      return word;
    }
  }

  private static final int MANY_FIELDS = 100;
  private static final int MANY_OCTETS = 16 << 10;
  private static final int LONG_BOUNDARY = 60;

  private static final int MOST_FIELDS = 200;
  private static final int MOST_OCTETS = 64 << 10;
  private static final int LONGEST_CONTENT_FIELD = 900;
  private static final int LONGEST_BOUNDARY = 70;
  private static final String BOUNDARY = "boundary";

  /** Others that begin like these may be what a lenient reader takes for one of them. */
  private static final Set<String> KNOWN =
      Set.of(
          "content-type",
          "content-transfer-encoding",
          "content-disposition",
          "content-id",
          "content-description",
          "content-language",
          "content-location",
          "content-base",
          "content-class",
          "content-length",
          "content-md5",
          "content-duration",
          "content-features",
          "content-identifier",
          "content-return",
          "content-translation-type");

  private final OctetLines lines;
  private final Entity entity;
  private final StringBuilder seen = new StringBuilder(); // the Content fields, each with a colon
  private final StringBuilder value = new StringBuilder();
  private final StringBuilder order = new StringBuilder(); // of the three that say how to decode
  private String name = ""; // of the field that is being read, if it is a Content field
  private int fields;
  private int octets;
  private boolean hasField;
  private boolean runsOn; // the last line ends with a semicolon
  private boolean someRunOn; // a field does
  private boolean eightBit;
  private @Nullable ContentValue type;
  private @Nullable ContentValue disposition;
  private PlainEncoding encoding = PlainEncoding.SEVEN_BIT;
  private boolean saysEncoding;
  private String boundary = "";
  private String version = "none";

  private PlainHeader(OctetLines lines, Entity entity) {
    this.lines = lines;
    this.entity = entity;
  }

  /**
   * Reads one, to the empty line behind it.
   *
   * @param entity whose header it is; is told what the header uses
   * @throws OddMessage if anything in it is odd
   */
  static PlainHeader read(OctetLines lines, Entity entity) throws OddMessage {
    PlainHeader header = new PlainHeader(lines, entity);
    while (true) {
      if (!lines.advance()) {
        throw lines.odd(Oddity.HEADER_END);
      }
      if (lines.isEmpty()) {
        header.endField();
        header.conclude();
        header.tell();
        return header;
      }
      header.line();
    }
  }

  private void line() throws OddMessage {
    octets += lines.size();
    lines.tellLength(entity);
    if (octets > MOST_OCTETS) {
      throw lines.odd(Oddity.HEADER_SIZE);
    }
    boolean blank = true;
    for (int i = 0; i < lines.size(); i++) {
      int octet = lines.at(i);
      if ((octet < ' ' && octet != '\t') || octet == 127) {
        throw lines.odd(Oddity.HEADER_LINE);
      }
      blank &= octet == ' ' || octet == '\t';
      eightBit |= octet > 127;
    }
    if (blank) {
      throw lines.odd(Oddity.HEADER_LINE);
    }
    if (lines.at(0) == ' ' || lines.at(0) == '\t') {
      if (!hasField) {
        throw lines.odd(Oddity.HEADER_LINE);
      }
      addValue(0, true);
      runsOn = lines.endsWithSemicolon();
    } else {
      endField();
      someRunOn |= runsOn;
      runsOn = lines.endsWithSemicolon();
      beginField();
    }
  }

  private void beginField() throws OddMessage {
    int colon = 0;
    while (lines.at(colon) > ' ' && lines.at(colon) < 127 && lines.at(colon) != ':') {
      colon++;
    }
    if (colon == 0 || lines.at(colon) != ':' || !isLetterOrDigit(lines.at(0))) {
      throw lines.odd(Oddity.HEADER_LINE);
    }
    hasField = true;
    fields++;
    if (fields > MOST_FIELDS) {
      throw lines.odd(Oddity.HEADER_SIZE);
    }
    if (lines.hasInAnyCaseAt(0, "mime-version:")) {
      version = version(colon + 1);
    }
    if (!lines.hasInAnyCaseAt(0, "content")) {
      return;
    }
    StringBuilder text = new StringBuilder(colon);
    for (int i = 0; i < colon; i++) {
      text.append((char) OctetLines.lower(lines.at(i)));
    }
    name = text.toString();
    if (!KNOWN.contains(name) || seen.indexOf(":" + name + ":") >= 0) {
      throw lines.odd(Oddity.CONTENT_FIELD);
    }
    seen.append(':').append(name).append(':');
    if (lines.at(colon + 1) != ' ') {
      entity.uses(lines.at(colon + 1) == '\t' ? "tab behind colon" : "no blank behind colon");
    }
    addValue(colon + 1, false);
  }

  private String version(int from) {
    if (!version.equals("none")) {
      return "twice";
    }
    int at = from;
    while (lines.at(at) == ' ') {
      at++;
    }
    if (!lines.hasAt(at, "1.0")) {
      return "other";
    }
    return lines.size() == at + 3 ? "1.0" : "1.0 and more";
  }

  private static boolean isLetterOrDigit(int octet) {
    int lower = OctetLines.lower(octet);
    return (lower >= 'a' && lower <= 'z') || (octet >= '0' && octet <= '9');
  }

  private void addValue(int from, boolean folded) throws OddMessage {
    if (name.isEmpty()) {
      return;
    }
    if (folded) {
      value.append(ContentValue.FOLD);
      entity.uses("folded " + name);
    }
    for (int i = from; i < lines.size(); i++) {
      value.append((char) lines.at(i));
    }
    if (name.length() + value.length() > LONGEST_CONTENT_FIELD) {
      throw lines.odd(Oddity.CONTENT_FIELD);
    }
  }

  /** What the field says that ends here. */
  private void endField() throws OddMessage {
    if (name.isEmpty()) {
      return;
    }
    String text = value.toString();
    if (name.equals("content-type")
        || name.equals("content-disposition")
        || name.equals("content-transfer-encoding")) {
      order.append(order.length() == 0 ? "" : " ").append(name, 8, name.length());
    }
    switch (name) {
      case "content-type" -> type = parameters(text, true, "name");
      case "content-disposition" -> disposition = parameters(text, false, "filename");
      case "content-transfer-encoding" -> encoding = encoding(text);
      default -> {}
    }
    name = "";
    value.setLength(0);
  }

  private ContentValue parameters(String text, boolean slash, String file) throws OddMessage {
    ContentValue read = ContentValue.of(text, slash);
    if (read == null) {
      throw lines.odd(Oddity.PARAMETERS);
    }
    if (!read.hasOneForm(file)) {
      throw lines.odd(Oddity.NAMES);
    }
    String form = read.formOf(file);
    if (!form.isEmpty()) {
      entity.uses("name in " + (slash ? "type " : "disposition ") + form);
    }
    if (hasCapitals(text, 0, read.end())) {
      entity.uses("capitals in " + (slash ? "type" : "disposition"));
    }
    if (slash) {
      readBoundary(read, text);
    }
    return read;
  }

  private void readBoundary(ContentValue read, String text) throws OddMessage {
    String given = read.parameter(BOUNDARY);
    int times = 0;
    for (int i = 0; i + BOUNDARY.length() <= text.length(); i++) {
      times += text.regionMatches(true, i, BOUNDARY, 0, BOUNDARY.length()) ? 1 : 0;
    }
    boolean isMultipart = read.type().startsWith("multipart/");
    if (times != (isMultipart ? 1 : 0)) {
      throw lines.odd(Oddity.BOUNDARY);
    }
    if (!isMultipart) {
      return;
    }
    if (given == null || !isUsual(given) || text.contains("=?")) { // ClamAV decodes such words
      throw lines.odd(Oddity.BOUNDARY);
    }
    boundary = given;
    tellBoundary(text);
  }

  private static boolean hasCapitals(String text, int from, int to) {
    for (int i = from; i < to; i++) {
      if (text.charAt(i) >= 'A' && text.charAt(i) <= 'Z') {
        return true;
      }
    }
    return false;
  }

  private void tellBoundary(String text) {
    entity.uses(text.contains('"' + boundary + '"') ? "boundary quoted" : "boundary bare");
    if (boundary.length() > LONG_BOUNDARY) {
      entity.uses("boundary long");
    }
    if (boundary.startsWith("--")) {
      entity.uses("boundary begins with dashes");
    }
    for (int i = 0; i < boundary.length(); i++) {
      char c = boundary.charAt(i);
      if (!isLetterOrDigit(c)) {
        entity.uses("boundary has " + c);
      }
    }
  }

  private static boolean isUsual(String given) {
    boolean other = false;
    for (int i = 0; i < given.length(); i++) {
      char c = given.charAt(i);
      if (!isLetterOrDigit(c) && "'_+./:=?,-".indexOf(c) < 0) {
        return false;
      }
      other |= c != '-';
    }
    return other && given.length() <= LONGEST_BOUNDARY && !given.endsWith("--");
  }

  private PlainEncoding encoding(String text) throws OddMessage {
    String word = text.startsWith(" ") ? text.substring(1) : text;
    saysEncoding = true;
    if (hasCapitals(word, 0, word.length())) {
      entity.uses("capitals in encoding");
    }
    if (word.equalsIgnoreCase("7bit")) {
      return PlainEncoding.SEVEN_BIT;
    } else if (word.equalsIgnoreCase("8bit")) {
      return PlainEncoding.EIGHT_BIT;
    } else if (word.equalsIgnoreCase("binary")) {
      return PlainEncoding.BINARY;
    } else if (word.equalsIgnoreCase("quoted-printable")) {
      return PlainEncoding.QUOTED_PRINTABLE;
    } else if (word.equalsIgnoreCase("base64")) {
      return PlainEncoding.BASE64;
    }
    throw lines.odd(Oddity.ENCODING);
  }

  /** What two fields say together. */
  private void conclude() throws OddMessage {
    String inType = parameter("name");
    String inDisposition = disposition == null ? null : disposition.parameter("filename");
    if (inType != null
        && inDisposition != null
        && !isEncoded(inType)
        && !isEncoded(inDisposition)
        && !inType.equals(inDisposition)) {
      throw lines.odd(Oddity.NAMES);
    }
    if (encoding == PlainEncoding.BINARY) {
      throw lines.odd(Oddity.BINARY);
    }
    boolean structured = type().startsWith("multipart/") || type().startsWith("message/");
    if (structured
        && (encoding == PlainEncoding.BASE64 || encoding == PlainEncoding.QUOTED_PRINTABLE)) {
      throw lines.odd(Oddity.ENCODED_MULTIPART);
    }
  }

  /** Such names are compared when readers have decoded them. */
  private static boolean isEncoded(String name) {
    return name.contains("=?");
  }

  /** What of it is not the same to every reader. */
  private void tell() {
    entity.uses("fields: " + (order.length() == 0 ? "none" : order));
    if (fields > MANY_FIELDS) {
      entity.uses("fields 200");
    }
    if (octets > MANY_OCTETS) {
      entity.uses("header 64 KiB");
    }
    if (eightBit) {
      entity.uses("header 8-bit");
    }
  }

  /**
   * In the header of a part, ClamAV takes the line behind a semicolon for its continuation, if it
   * has an equals sign (mbox.c, next_is_folded_header).
   *
   * @throws OddMessage if a field ends with one
   */
  void failIfFieldsRunOn() throws OddMessage {
    if (someRunOn || runsOn) {
      throw lines.odd(Oddity.FIELD_END);
    }
  }

  /** Fields in it. */
  int fields() {
    return fields;
  }

  /** Type and subtype in lower case; {@code text/plain} where nothing says otherwise. */
  String type() {
    return type == null ? "text/plain" : type.type();
  }

  /** A parameter of the type, without quotes; null if there is none. */
  @Nullable String parameter(String parameter) {
    return type == null ? null : type.parameter(parameter);
  }

  /** The boundary of a multipart, else empty. */
  String boundary() {
    return boundary;
  }

  PlainEncoding encoding() {
    return encoding;
  }

  /** The same in its word, or {@code none}. */
  String encodingWord() {
    return saysEncoding ? encoding.word() : "none";
  }

  /** Whether there is a Content-Type. */
  boolean saysType() {
    return type != null;
  }

  /** What it says to do with it, in lower case; {@code none} if nothing. */
  String disposition() {
    return disposition == null ? "none" : disposition.type();
  }

  /** Whether it gives a name. */
  boolean isNamed() {
    return (type != null && !type.formOf("name").isEmpty())
        || (disposition != null && !disposition.formOf("filename").isEmpty());
  }

  /** What it says of a leaf. */
  LeafSink.PlainLeaf leaf(String path) {
    String inDisposition = disposition == null ? null : disposition.parameter("filename");
    String name = inDisposition == null ? parameter("name") : inDisposition;
    boolean isPlain = name != null && !isEncoded(name) && oneForm();
    return new LeafSink.PlainLeaf(path, type(), isPlain ? name : null, isNamed());
  }

  /** Whether a name that stands there is not also there as RFC 2231 extends it. */
  private boolean oneForm() {
    String inType = type == null ? "" : type.formOf("name");
    String inDisposition = disposition == null ? "" : disposition.formOf("filename");
    return (inType.isEmpty() || inType.equals("plain"))
        && (inDisposition.isEmpty() || inDisposition.equals("plain"));
  }

  /** What it says of the version of MIME. */
  String version() {
    return version;
  }
}
