package org.qscan.engine.plain;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a message is <i>plain</i>: written in the few forms that all readers understand
 * in the same way. It is a grammar of what is known to be read alike, not a list of tricks: what is
 * not in it is odd. Some eighteen kinds of mail on which two good readers agree, and in which
 * ClamAV does not see what both see, are outside of it.
 *
 * <p>Plain does not mean that nothing is hidden, and it is not enough for trust: two readers must
 * have built the same tree as well, no rule may have fired, and the scanner's own limits must allow
 * the message. No verdict depends on it.
 *
 * <p>One pass over the octets, and a second one for lines that look like delimiters.
 */
public final class PlainGrammar {

  /** The largest message that is looked at, in octets. */
  public static final int LARGEST = 16 << 20;

  private static final int DEEPEST = 6;
  private static final int MOST_PARTS = 100;

  private static final Set<String> MULTIPARTS =
      Set.of("multipart/mixed", "multipart/alternative", "multipart/related", "multipart/report");

  private static final String MESSAGE = "message";

  private static final Set<String> TOP_TYPES =
      Set.of("text", "image", "audio", "video", "application", "message");

  /** ClamAV skips text of any other disposition (mbox.c, do_multipart). */
  private static final Set<String> DISPOSITIONS = Set.of("none", "inline", "attachment");

  private static final Set<String> MESSAGES =
      Set.of("message/delivery-status", "message/disposition-notification");

  private static final Set<String> FORMATS =
      Set.of(
          "application/ms-tnef",
          "application/vnd.ms-tnef",
          "application/pkcs7-mime",
          "application/x-pkcs7-mime",
          "application/applefile",
          "application/mac-binhex40",
          "application/x-mac-binhex40",
          "application/mac-binhex",
          "application/binhex",
          "application/x-binhex40",
          "application/macbinary",
          "application/x-macbinary");

  /** Lines that mail programs write in front of the first part, for readers of long ago. */
  private static final Set<String> PREAMBLES =
      Set.of(
          "This is a multi-part message in MIME format.",
          "This is a multi-part message in MIME format",
          "This is a multipart message in MIME format.",
          "This is a multipart message in MIME format",
          "This is a message with multiple parts in MIME format.",
          "This is a MIME-encapsulated message",
          "This is a MIME-encapsulated message.",
          "This is a multi part MIME message.",
          "This message is in MIME format.",
          "  This message is in MIME format.  The first part should be readable text,",
          "  while the remaining parts are likely unreadable without MIME-aware tools.",
          "> This message is in MIME format. Since your mail reader does not understand",
          "this format, some or all of this message may not be legible.");

  private static final int MOST_PREAMBLE_LINES = 2;

  private final OctetLines lines;
  private final Delimiters delimiters;
  private final LeafSink sink;
  private final List<String> path = new ArrayList<>();
  private int parts;
  private int containers;

  private PlainGrammar(OctetLines lines, LeafSink sink) {
    this.lines = lines;
    this.sink = sink;
    this.delimiters = new Delimiters(lines);
  }

  /**
   * Whether a message is plain.
   *
   * @param octets the message, from the first octet; is not kept
   * @param length how many of them it has
   */
  public static Plainness of(byte[] octets, int length) {
    return of(octets, length, LeafSink.NONE);
  }

  /**
   * Whether a message is plain.
   *
   * @param octets the message, from the first octet; is not kept
   * @param length how many of them it has
   * @param sink is told of its leaves
   */
  public static Plainness of(byte[] octets, int length, LeafSink sink) {
    if (length > LARGEST) {
      return Plainness.odd(Oddity.TOO_LARGE, 0);
    }
    try {
      PlainGrammar grammar = new PlainGrammar(OctetLines.of(octets, length), sink);
      Entity top = new Entity();
      grammar.message(0, top);
      grammar.delimiters.checkAllLines();
      return Plainness.plain(grammar.form(top, length));
    } catch (OddMessage e) {
      return e.plainness();
    }
  }

  private PlainForm form(Entity top, int size) {
    String lineEnds = lines.isCrlf() ? "lines CRLF" : "lines LF";
    lines.rewind();
    boolean receivedFirst = lines.advance() && lines.startsWith("Received: ");
    return FormReader.of(top, lineEnds, receivedFirst, size);
  }

  private Delimiters.DelimiterKind message(int depth, Entity entity) throws OddMessage {
    PlainHeader header = PlainHeader.read(lines, entity);
    if (header.fields() == 0) {
      throw lines.odd(Oddity.HEADER_LINE);
    }
    entity.uses("version " + header.version());
    return body(header, depth, entity);
  }

  /**
   * Reads what a header stands for.
   *
   * @return the delimiter behind it
   */
  private Delimiters.DelimiterKind body(PlainHeader header, int depth, Entity entity)
      throws OddMessage {
    parts++;
    if (parts > MOST_PARTS) {
      throw lines.odd(Oddity.PARTS);
    }
    String type = header.type();
    boolean inMultipart = !path.isEmpty() && !path.get(path.size() - 1).equals(MESSAGE);
    if (type.startsWith("message/") && !inMultipart) {
      throw lines.odd(Oddity.MESSAGE_TYPE);
    }
    boolean nests = type.startsWith("multipart/") || type.equals("message/rfc822");
    if (nests && depth == DEEPEST) {
      throw lines.odd(Oddity.DEPTH);
    }
    if (type.startsWith("multipart/")) {
      return multipart(header, depth + 1, entity);
    }
    if (type.equals("message/rfc822")) {
      entity.nests(MESSAGE);
      Entity enclosed = new Entity();
      entity.add(enclosed);
      path.add(MESSAGE);
      failIfMistakenForHeader();
      Delimiters.DelimiterKind kind = message(depth + 1, enclosed);
      path.remove(path.size() - 1);
      return kind;
    }
    return leaf(header, entity);
  }

  private Delimiters.DelimiterKind multipart(PlainHeader header, int depth, Entity entity)
      throws OddMessage {
    if (!MULTIPARTS.contains(header.type())) {
      throw lines.odd(Oddity.MULTIPART_TYPE);
    }
    entity.nests(header.type().substring("multipart/".length()));
    path.add(entity.kind());
    delimiters.open(header.boundary());
    Delimiters.DelimiterKind kind = preamble(entity);
    while (kind == Delimiters.DelimiterKind.PART) {
      Entity part = new Entity();
      entity.add(part);
      PlainHeader partHeader = PlainHeader.read(lines, part);
      if (partHeader.fields() == 0) {
        throw lines.odd(Oddity.NO_FIELDS); // ClamAV looks for them behind the empty line
      }
      partHeader.failIfFieldsRunOn();
      boolean later = entity.children().size() > 1;
      if (later && entity.kind().equals("related") && partHeader.type().startsWith("multipart/")) {
        throw lines.odd(Oddity.RELATED); // ClamAV takes it for the root, and forgets the first part
      }
      kind = body(partHeader, depth, part);
    }
    if (kind != Delimiters.DelimiterKind.LAST) {
      throw lines.odd(Oddity.MULTIPART_END);
    }
    delimiters.close();
    path.remove(path.size() - 1);
    return epilogue(entity);
  }

  private Delimiters.DelimiterKind preamble(Entity entity) throws OddMessage {
    int sentences = 0;
    while (true) {
      Delimiters.DelimiterKind kind = delimiters.advance();
      if (kind == Delimiters.DelimiterKind.PART) {
        return kind;
      }
      if (kind != Delimiters.DelimiterKind.NONE) {
        throw lines.odd(Oddity.MULTIPART_END);
      }
      if (!lines.isEmpty()) {
        sentences++;
        entity.uses("preamble");
        if (sentences > MOST_PREAMBLE_LINES || !isUsualPreamble()) {
          throw lines.odd(Oddity.PREAMBLE);
        }
      }
    }
  }

  private boolean isUsualPreamble() {
    for (String usual : PREAMBLES) {
      if (lines.size() == usual.length() && lines.startsWith(usual)) {
        return true;
      }
    }
    return false;
  }

  private Delimiters.DelimiterKind epilogue(Entity entity) throws OddMessage {
    while (true) {
      Delimiters.DelimiterKind kind = delimiters.advance();
      if (kind != Delimiters.DelimiterKind.NONE) {
        return kind;
      }
      if (!lines.isEmpty()) {
        throw lines.odd(Oddity.EPILOGUE);
      }
      entity.uses("epilogue");
    }
  }

  private Delimiters.DelimiterKind leaf(PlainHeader header, Entity entity) throws OddMessage {
    String type = header.type();
    boolean isMessage = type.startsWith("message/");
    if (isMessage && !MESSAGES.contains(type)) {
      throw lines.odd(Oddity.MESSAGE_TYPE);
    }
    if (FORMATS.contains(type)) {
      throw lines.odd(Oddity.FORMAT);
    }
    if (!isUsualCharset(header.parameter("charset"))) {
      throw lines.odd(Oddity.CHARSET);
    }
    if (header.parameter("delsp") != null) {
      throw lines.odd(Oddity.FLOWED);
    }
    int from = lines.number();
    LeafContent content = new LeafContent(isMessage || type.startsWith("text/"));
    if (!TOP_TYPES.contains(type.substring(0, type.indexOf('/')))) {
      throw lines.odd(Oddity.TOP_TYPE);
    }
    if (!DISPOSITIONS.contains(header.disposition())) {
      throw lines.odd(Oddity.DISPOSITION);
    }
    boolean alone = path.isEmpty() || path.get(path.size() - 1).equals(MESSAGE);
    if (!alone) {
      failIfMistakenForHeader();
    }
    int begins = lines.end();
    sink.begin(header.leaf(String.join(">", path)));
    PlainBody body = new PlainBody(lines, content, entity, sink, alone);
    Delimiters.DelimiterKind kind = body.read(header.encoding(), delimiters);
    sink.end(content.isExact(), begins, lines.start());
    Oddity oddity = content.oddity();
    if (oddity != null) {
      throw new OddMessage(oddity, from);
    }
    boolean verbatim = header.encoding() != PlainHeader.PlainEncoding.BASE64;
    if (verbatim && body.hasBlankLinesTogether() && content.isExact()) {
      throw new OddMessage(Oddity.BLANK_LINES, from);
    }
    containers += content.isContainer() ? 1 : 0;
    if (containers > 1) {
      throw new OddMessage(Oddity.CONTAINERS, from);
    }
    tell(header, entity);
    return kind;
  }

  /** What a leaf is to readers that treat types, dispositions and names in different ways. */
  private static void tell(PlainHeader header, Entity entity) {
    String type = header.type();
    boolean isText = type.startsWith("text/");
    boolean isMessage = type.startsWith("message/");
    String label = header.saysType() ? type : "none";
    if (isText && !type.equals("text/plain") && !type.equals("text/html")) {
      label = "text/other";
    } else if (!isText && !isMessage) {
      label = type.substring(0, type.indexOf('/'));
    }
    String production =
        "leaf "
            + header.encodingWord()
            + ' '
            + label
            + ' '
            + header.disposition()
            + (header.isNamed() ? " named" : " unnamed");
    String sort =
        type.equals("text/html") ? "html" : isText ? "text" : isMessage ? "message" : "file";
    entity.isLeaf(production, header.encoding().word(), sort);
    if (isText) {
      entity.uses("charset " + charsetClass(header.parameter("charset")));
    }
  }

  private static String charsetClass(@Nullable String charset) {
    if (charset == null) {
      return "none";
    }
    String name = charset.toLowerCase(Locale.ROOT);
    return name.startsWith("iso-") ? "iso-8859" : name.startsWith("win") ? "windows-125x" : name;
  }

  /**
   * ClamAV reads on in a header if the line behind the empty one begins in such a way (mbox.c,
   * "Ignoring fake end of headers").
   */
  private void failIfMistakenForHeader() throws OddMessage {
    if (lines.nextHasInAnyCase("content", 0)
        || lines.nextHasInAnyCase("filename=", 0)
        || lines.nextHasInAnyCase("base64", Integer.MAX_VALUE)) {
      throw lines.odd(Oddity.FIRST_LINE);
    }
  }

  private static boolean isUsualCharset(@Nullable String charset) {
    if (charset == null) {
      return true;
    }
    String name = charset.toLowerCase(Locale.ROOT);
    if (name.equals("us-ascii") || name.equals("utf-8")) {
      return true;
    }
    if (name.startsWith("windows-125")) {
      return name.length() == 12 && name.charAt(11) >= '0' && name.charAt(11) <= '8';
    }
    if (!name.startsWith("iso-8859-")) {
      return false;
    }
    String number = name.substring(9);
    for (int i = 1; i <= 16; i++) {
      if (number.equals(Integer.toString(i))) {
        return true;
      }
    }
    return false;
  }
}
