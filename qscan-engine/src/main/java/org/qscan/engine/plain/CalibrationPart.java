package org.qscan.engine.plain;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A part of a calibration mail: a leaf, a multipart, or an enclosed message. Its header says what
 * it is in the usual way, until {@link #uses} makes it use some other production.
 */
final class CalibrationPart {

  static final String FILLER = "Some text that means nothing.\n";
  private static final byte[] ACCENTS =
      "Caf\u00e9, gar\u00e7on.\n".getBytes(StandardCharsets.UTF_8);
  private static final int LONG_LINE = 400;
  private static final int LONGEST_LINE = 990;
  private static final int MANY_FIELDS = 185;
  private static final int LARGE_FIELDS = 95;
  private static final int LARGE_FIELD = 600;

  private String type; // empty: no Content-Type
  private String encoding; // empty: no Content-Transfer-Encoding
  private String disposition = "";
  private String charset = "";
  private String nameInType = ""; // from the parameter's name on
  private String nameInDisposition = "";
  private final List<CalibrationPart> parts;
  private final List<String> fields = new ArrayList<>(); // others
  private List<String> order = List.of("type", "transfer-encoding", "disposition");
  private final List<String> forms = new ArrayList<>(); // productions without a field of their own
  private String boundary = "=_a";
  private String version = "1.0";
  private boolean marked;

  private CalibrationPart(String type, String encoding, List<CalibrationPart> parts) {
    this.type = type;
    this.encoding = encoding;
    this.parts = parts;
  }

  /** A leaf in which there is nothing; empty words: without such a field. */
  static CalibrationPart leaf(String type, String encoding) {
    return new CalibrationPart(type, encoding, List.of());
  }

  static CalibrationPart multipart(String subtype, CalibrationPart... parts) {
    return new CalibrationPart("multipart/" + subtype, "", Arrays.asList(parts));
  }

  /** An enclosed message. */
  static CalibrationPart message(CalibrationPart part) {
    return new CalibrationPart("message/rfc822", "", List.of(part));
  }

  /** The mark is in it, as it is if it is a text that can be read, else in an archive. */
  CalibrationPart mark() {
    marked = true;
    return this;
  }

  CalibrationPart disposed(String how) {
    disposition = how;
    return this;
  }

  boolean isMultipart() {
    return type.startsWith("multipart/");
  }

  private boolean isLeaf() {
    return parts.isEmpty();
  }

  private boolean isText() {
    return type.isEmpty() || type.startsWith("text/") || type.startsWith("message/");
  }

  private boolean isEncoded() {
    return encoding.equals("base64") || encoding.equals("quoted-printable");
  }

  /** Makes it use a production of its header or its body, as {@link Productions} calls it. */
  CalibrationPart uses(String production) {
    if (production.startsWith("charset ")) {
      charset = charset(production.substring(8));
    } else if (production.startsWith("name in type ")) {
      nameInType = name("name", production.substring(13));
    } else if (production.startsWith("name in disposition ")) {
      disposition = disposition.isEmpty() ? "attachment" : disposition;
      nameInDisposition = name("filename", production.substring(20));
    } else if (production.startsWith("fields: ")) {
      order(production.substring(8));
    } else if (production.startsWith("version ")) {
      version = production.substring(8);
    } else if (production.startsWith("boundary has ")) {
      boundary = "a" + production.substring(13) + "b";
    } else if (production.equals("boundary long")) {
      boundary = "a_long_delimit_".repeat(4) + "er";
    } else if (production.equals("boundary begins with dashes")) {
      boundary = "----=_a";
    } else if (production.equals("boundary bare")) {
      boundary = "a";
      forms.add(production);
    } else {
      prepare(production);
      forms.add(production);
    }
    return this;
  }

  private void prepare(String production) {
    switch (production) {
      case "folded content-type" -> charset = charset.isEmpty() && isText() ? "utf-8" : charset;
      case "folded content-disposition" -> {
        disposition = "attachment";
        nameInDisposition = name("filename", "plain");
      }
      case "capitals in disposition" -> disposition = "attachment";
      case "line 500" -> fields.add("X-Long: " + "x".repeat(LONG_LINE));
      case "line 998" -> fields.add("X-Long: " + "x".repeat(LONGEST_LINE - 8));
      case "header 8-bit" -> fields.add("X-Note: Caf\u00c3\u00a9");
      case "fields 200" -> {
        for (int i = 0; i < MANY_FIELDS; i++) {
          fields.add("X-Field-" + i + ": x");
        }
      }
      case "header 64 KiB" -> {
        for (int i = 0; i < LARGE_FIELDS; i++) {
          fields.add("X-Large-" + i + ": " + "y".repeat(LARGE_FIELD));
        }
      }
      default -> {
        if (production.startsWith("folded content-")) {
          fields.add("C" + production.substring(8) + ": a\n b");
        }
      }
    }
  }

  private static String charset(String word) {
    return switch (word) {
      case "none" -> "";
      case "iso-8859" -> "iso-8859-1";
      case "windows-125x" -> "windows-1252";
      default -> word;
    };
  }

  private static String name(String parameter, String form) {
    return switch (form) {
      case "encoded word" -> parameter + "=\"=?utf-8?Q?a.zip?=\"";
      case "RFC 2231" -> parameter + "*=utf-8''a.zip";
      case "RFC 2231 in pieces" -> parameter + "*0=a; " + parameter + "*1=.zip";
      default -> parameter + "=\"a.zip\"";
    };
  }

  private void order(String words) {
    order = words.equals("none") ? List.of() : List.of(words.split(" ", -1));
    if (!order.contains("type")) {
      type = "";
    }
    if (!order.contains("transfer-encoding")) {
      encoding = "";
    } else if (encoding.isEmpty()) {
      encoding = isLeaf() && !isMessage() ? "quoted-printable" : "7bit";
    }
    if (order.contains("disposition") && disposition.isEmpty()) {
      disposition = "attachment";
    }
  }

  private boolean isMessage() {
    return type.startsWith("message/");
  }

  /** How many leaves stand before the marked one; -1 if there is none. */
  int marked() {
    List<CalibrationPart> leaves = new ArrayList<>();
    collect(leaves);
    for (int i = 0; i < leaves.size(); i++) {
      if (leaves.get(i).marked) {
        return i;
      }
    }
    return -1;
  }

  private void collect(List<CalibrationPart> leaves) {
    if (isLeaf()) {
      leaves.add(this);
    }
    parts.forEach(part -> part.collect(leaves));
  }

  /** The fields of a message, but for those of its content. */
  void writeMessageHeader(WipedBuffer to, String eol) {
    to.add("From: a@example.org").add(eol);
    to.add("To: b@example.net").add(eol);
    to.add("Subject: a trial of the virus scanner").add(eol);
    to.add("Date: Mon, 01 Sep 2025 12:00:00 +0000").add(eol);
    to.add("Message-ID: <trial@example.org>").add(eol);
    switch (version) {
      case "none" -> {}
      case "1.0 and more" -> to.add("MIME-Version: 1.0 (a program)").add(eol);
      case "other" -> to.add("MIME-Version: 2.0").add(eol);
      case "twice" -> to.add("MIME-Version: 1.0").add(eol).add("MIME-Version: 1.0").add(eol);
      default -> to.add("MIME-Version: 1.0").add(eol);
    }
  }

  /**
   * Writes it with its header.
   *
   * @param mark what the marked leaf has in it
   * @param number of the multipart that is written next: no two have one boundary
   */
  int write(WipedBuffer to, String eol, byte[] mark, int number) {
    for (String field : order) {
      switch (field) {
        case "type" -> writeType(to, eol, number);
        case "transfer-encoding" -> writeEncoding(to, eol);
        default -> writeDisposition(to, eol);
      }
    }
    for (String field : fields) {
      to.add(field.replace("\n", eol)).add(eol);
    }
    to.add(eol);
    if (isLeaf()) {
      writeLeaf(to, eol, mark);
      return number;
    }
    if (!isMultipart()) {
      parts.get(0).writeMessageHeader(to, eol);
      return parts.get(0).write(to, eol, mark, number);
    }
    int next = number + 1;
    if (forms.contains("preamble")) {
      to.add("This is a multi-part message in MIME format.").add(eol);
    }
    for (CalibrationPart part : parts) {
      to.add("--").add(boundary(number)).add(eol);
      next = part.write(to, eol, mark, next);
    }
    to.add("--").add(boundary(number)).add("--").add(eol);
    if (forms.contains("epilogue")) {
      to.add(eol);
    }
    return next;
  }

  /** None is the beginning of another. */
  private String boundary(int number) {
    return boundary + number + "z";
  }

  private String colon() {
    if (forms.contains("tab behind colon")) {
      return ":\t";
    }
    return forms.contains("no blank behind colon") ? ":" : ": ";
  }

  private static String capitals(String word, boolean wanted) {
    return wanted ? Character.toUpperCase(word.charAt(0)) + word.substring(1) : word;
  }

  private void writeType(WipedBuffer to, String eol, int number) {
    if (type.isEmpty()) {
      return;
    }
    String fold = ";" + (forms.contains("folded content-type") ? eol + "\t" : " ");
    to.add("Content-Type").add(colon()).add(capitals(type, forms.contains("capitals in type")));
    if (isMultipart()) {
      String quote = forms.contains("boundary bare") ? "" : "\"";
      to.add(fold).add("boundary=").add(quote).add(boundary(number)).add(quote);
    } else {
      to.add(charset.isEmpty() ? "" : fold + "charset=" + charset);
      to.add(nameInType.isEmpty() ? "" : fold + nameInType);
      boolean bare = charset.isEmpty() && nameInType.isEmpty();
      to.add(bare && forms.contains("folded content-type") ? fold + "x-a=b" : "");
    }
    to.add(eol);
  }

  private void writeEncoding(WipedBuffer to, String eol) {
    if (!encoding.isEmpty()) {
      to.add("Content-Transfer-Encoding").add(colon());
      to.add(
          forms.contains("capitals in encoding")
              ? encoding.replace('b', 'B').replace('q', 'Q')
              : encoding);
      to.add(eol);
    }
  }

  private void writeDisposition(WipedBuffer to, String eol) {
    if (!disposition.isEmpty()) {
      String fold = ";" + (forms.contains("folded content-disposition") ? eol + "\t" : " ");
      to.add("Content-Disposition").add(colon());
      to.add(capitals(disposition, forms.contains("capitals in disposition")));
      to.add(nameInDisposition.isEmpty() ? "" : fold + nameInDisposition).add(eol);
    }
  }

  private void writeLeaf(WipedBuffer to, String eol, byte[] mark) {
    try (WipedBuffer content = new WipedBuffer()) {
      if (!marked) {
        writeFiller(content);
      } else if (isText() || !isEncoded()) {
        content.add(mark).add("\n");
      } else {
        CalibrationContent.zip(mark, content);
      }
      if (encoding.equals("8bit")) {
        content.add(ACCENTS);
      }
      switch (encoding) {
        case "base64" -> CalibrationContent.base64(content, to, eol);
        case "quoted-printable" -> CalibrationContent.quotedPrintable(content, to, isText(), eol);
        default -> CalibrationContent.asItIs(content, to, eol);
      }
      if (!isEncoded()) {
        to.add(forms.contains("line 500") ? "x".repeat(LONG_LINE) + eol : "");
        to.add(forms.contains("line 998") ? "x".repeat(LONGEST_LINE) + eol : "");
      }
    }
  }

  private void writeFiller(WipedBuffer content) {
    if (!isText()) {
      if (isEncoded()) {
        CalibrationContent.picture(content);
      } else {
        content.add("GIF89a\n");
      }
    } else if (type.equals("text/html")) {
      content.add("<html><body><p>").add(FILLER).add("</p></body></html>\n");
    } else {
      content.add(FILLER);
    }
  }
}
