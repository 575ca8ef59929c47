package org.qscan.engine.plain;

import static org.qscan.engine.plain.CalibrationPart.leaf;
import static org.qscan.engine.plain.CalibrationPart.message;
import static org.qscan.engine.plain.CalibrationPart.multipart;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The mails by which a scanner is tried: what it finds in them is what it can be trusted with. Each
 * is made for one production, and has a marked leaf to which this production leads; it proves the
 * others that lead there as well.
 */
public final class Calibration {

  /** The smallest message by which the size is proved that a scanner takes. */
  public static final int SMALLEST_SIZE = 1 << 20;

  private static final String PLAIN = "text/plain";
  private static final String BASE64 = "base64";

  private Calibration() {}

  /**
   * The productions that ordinary mail has, in the order in which they matter: one mail proves many
   * of them, and what one before has proved needs none.
   */
  public static Set<String> ordinary() {
    return new LinkedHashSet<>(Arrays.asList(OrdinaryForms.productions()));
  }

  /** A mail that proves this production if EICAR is found in it; null if nobody knows how. */
  public static @Nullable CalibrationMail of(String production) {
    CalibrationMail mail;
    try {
      mail = mail(production);
    } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
      return null; // the names are the grammar's, and this one is not understood here
    }
    return mail != null && mail.granted().has(production) ? mail : null;
  }

  /**
   * One that can be {@linkplain CalibrationMail#stretched stretched} to any size: a scanner may
   * have limits of which it says nothing.
   */
  public static CalibrationMail elastic() {
    return new CalibrationMail("size", multipart("mixed", text(), zip()));
  }

  /** One that proves this production; null if nobody knows how. */
  private static @Nullable CalibrationMail mail(String production) {
    if (production.equals("lines CRLF")) {
      return new CalibrationMail(production, "\r\n", multipart("mixed", text(), zip()));
    }
    CalibrationPart part = part(production);
    return part == null ? null : new CalibrationMail(production, part);
  }

  private static @Nullable CalibrationPart part(String production) {
    int blank = production.indexOf(' ');
    String kind = blank < 0 ? production : production.substring(0, blank);
    String rest = production.substring(blank + 1);
    return switch (kind) {
      case "leaf" -> leafOf(rest.split(" ", -1));
      case "pair" -> pair(rest);
      case "place" -> place(rest.split(" ", -1));
      case "shape" -> shape(rest);
      case "path" -> path(rest);
      case "parts" -> flat(Integer.parseInt(rest));
      case "deepest" -> deep(Integer.parseInt(rest));
      case "behind" -> multipart("mixed", inFront(rest), zip());
      default -> using(production);
    };
  }

  private static CalibrationPart text() {
    return leaf(PLAIN, "");
  }

  private static CalibrationPart zip() {
    return leaf("application/zip", BASE64).mark();
  }

  /** {@code ENCODING LABEL DISPOSITION named}. */
  private static @Nullable CalibrationPart leafOf(String[] words) {
    if (words.length != 4) {
      return null;
    }
    String encoding = words[0].equals("none") ? "" : words[0];
    CalibrationPart part = leaf(typeOf(words[1]), encoding).mark();
    String disposition = words[2].equals("none") ? "" : words[2];
    part.disposed(disposition);
    if (words[3].equals("named")) {
      part.uses(disposition.isEmpty() ? "name in type plain" : "name in disposition plain");
    }
    boolean bare = words[0].equals("none") && words[1].equals("none") && disposition.isEmpty();
    return bare
        ? part
        : multipart("mixed", text(), part); // a part has some field, a message need not
  }

  private static String typeOf(String label) {
    return switch (label) {
      case "none" -> "";
      case "text/other" -> "text/calendar";
      case "application" -> "application/octet-stream";
      case "image" -> "image/png";
      case "audio" -> "audio/mpeg";
      case "video" -> "video/mp4";
      default -> label.indexOf('/') < 0 ? label + "/x-some" : label;
    };
  }

  /** {@code KIND: BEFORE -> ELEMENT}. */
  private static @Nullable CalibrationPart pair(String words) {
    int colon = words.indexOf(": ");
    int arrow = words.indexOf(" -> ");
    String kind = words.substring(0, colon);
    String before = words.substring(colon + 2, arrow);
    CalibrationPart marked = element(words.substring(arrow + 4), true);
    if (kind.equals("message")) {
      return multipart("mixed", text(), message(marked));
    }
    return before.equals("start")
        ? multipart(kind, marked, text())
        : multipart(kind, element(before, false), marked);
  }

  /**
   * A part as its neighbours see it: {@code ENCODING SORT}, {@code multipart/KIND}, {@code
   * message}.
   *
   * @param marked whether the mark is in it
   */
  private static CalibrationPart element(String words, boolean marked) {
    if (words.startsWith("multipart/")) {
      CalibrationPart html = leaf("text/html", "quoted-printable");
      return multipart(words.substring(10), text(), marked ? html.mark() : html);
    }
    if (words.equals("message")) {
      return message(marked ? text().mark() : text());
    }
    int blank = words.indexOf(' ');
    String encoding = words.substring(0, blank);
    CalibrationPart part =
        switch (words.substring(blank + 1)) {
          case "text" -> leaf(PLAIN, encoding);
          case "html" -> leaf("text/html", encoding);
          case "message" -> leaf("message/delivery-status", "");
          default -> leaf(marked ? "application/octet-stream" : "image/gif", encoding);
        };
    return marked ? part.mark() : part;
  }

  private static CalibrationPart sort(String word, boolean marked) {
    return switch (word) {
      case "text" -> element("7bit text", marked);
      case "html" -> element("quoted-printable html", marked);
      case "file" -> element("base64 file", marked);
      case "message" -> element("message", marked);
      default -> element("multipart/alternative", marked);
    };
  }

  /** {@code KIND first}, or {@code middle}, {@code last}, {@code only}. */
  private static CalibrationPart place(String[] words) {
    return switch (words[1]) {
      case "only" -> multipart(words[0], text().mark());
      case "first" -> multipart(words[0], text().mark(), text());
      case "middle" -> multipart(words[0], text(), text().mark(), text());
      default ->
          words[0].equals("message") ? message(text().mark()) : multipart(words[0], text(), zip());
    };
  }

  /** {@code KIND: SORT SORT ...}; the mark is in the last one. */
  private static CalibrationPart shape(String words) {
    int colon = words.indexOf(": ");
    String kind = words.substring(0, colon);
    String[] sorts = words.substring(colon + 2).split(" ", -1);
    CalibrationPart[] parts = new CalibrationPart[sorts.length];
    for (int i = 0; i < parts.length; i++) {
      parts[i] = sort(sorts[i], i == parts.length - 1);
    }
    return kind.equals("message")
        ? multipart("mixed", text(), message(parts[0]))
        : multipart(kind, parts);
  }

  /** {@code KIND>KIND}, the outermost first. */
  private static CalibrationPart path(String words) {
    CalibrationPart part = text().mark();
    if (words.equals("single")) {
      return part;
    }
    String[] kinds = words.split(">", -1);
    for (int i = kinds.length - 1; i >= 0; i--) {
      part = kinds[i].equals("message") ? message(part) : multipart(kinds[i], text(), part);
    }
    return part;
  }

  private static CalibrationPart flat(int count) {
    CalibrationPart[] parts = new CalibrationPart[count - 1];
    Arrays.fill(parts, text());
    parts[parts.length - 1] = zip();
    return multipart("mixed", parts);
  }

  private static CalibrationPart deep(int depth) {
    CalibrationPart part = zip();
    for (int i = 0; i < depth; i++) {
      part = multipart("mixed", text(), part);
    }
    return part;
  }

  /** What stands in front of the marked leaf: an element, or something that uses a production. */
  private static CalibrationPart inFront(String words) {
    if (words.equals("message") || words.startsWith("multipart/") || isLeafElement(words)) {
      return element(words, false);
    }
    return user(words, false);
  }

  private static boolean isLeafElement(String words) {
    return words.matches("(7bit|8bit|quoted-printable|base64) (text|html|file|message)");
  }

  private static CalibrationPart using(String production) {
    CalibrationPart part = user(production, true);
    boolean whole = isOfMessages(production) || part.isMultipart();
    return whole ? part : multipart("mixed", text(), part);
  }

  /** Whether only messages have it, and no other parts. */
  private static boolean isOfMessages(String production) {
    return production.startsWith("version ") || production.equals("fields: none");
  }

  /** A part that uses this production of a header or of a body. */
  private static CalibrationPart user(String production, boolean marked) {
    if (production.startsWith("boundary ")
        || production.equals("preamble")
        || production.equals("epilogue")) {
      CalibrationPart last = leaf("text/html", "quoted-printable");
      return multipart("mixed", text(), marked ? last.mark() : last).uses(production);
    }
    if (isOfMessages(production)) {
      CalibrationPart enclosed = text().uses(production);
      return marked ? enclosed.mark() : message(enclosed);
    }
    boolean file = production.startsWith("name in ") || production.contains("disposition");
    CalibrationPart part =
        file
            ? leaf(marked ? "application/zip" : "image/gif", BASE64)
            : leaf(PLAIN, production.startsWith("line ") ? "" : "quoted-printable");
    part.uses(production);
    return marked ? part.mark() : part;
  }
}
