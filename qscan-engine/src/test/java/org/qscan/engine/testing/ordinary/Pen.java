package org.qscan.engine.testing.ordinary;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes one mail: its language, what it carries, and what is by chance in it, from a seed that is
 * always the same. Mails are strings of octets (ISO 8859-1), with the line ends that qmail's queue
 * has.
 */
final class Pen {

  private static final String HEX = "0123456789abcdef";

  final Language language;

  /** What the mail carries: a harmless file, or in its twin the EICAR test file. */
  final String carried;

  private final boolean twin;
  private final Random chance;

  Pen(Language language, String carried, boolean twin, long seed) {
    this.language = language;
    this.carried = carried;
    this.twin = twin;
    this.chance = new Random(seed);
  }

  /** The text of a mail that carries nothing else; in its twin that is what it says. */
  String text() {
    return twin ? carried : language.text();
  }

  /** A line of a report; in its twin that is what the mail carries. */
  String line() {
    return twin ? carried : "all is well";
  }

  String hex(int digits) {
    StringBuilder hex = new StringBuilder(digits);
    for (int i = 0; i < digits; i++) {
      hex.append(HEX.charAt(chance.nextInt(16)));
    }
    return hex.toString();
  }

  String upper(int digits) {
    return hex(digits).toUpperCase(Locale.ROOT);
  }

  String decimal(int digits) {
    StringBuilder text = new StringBuilder(digits);
    for (int i = 0; i < digits; i++) {
      text.append((char) ('1' + chance.nextInt(9)));
    }
    return text.toString();
  }

  String letters(int length) {
    StringBuilder text = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      text.append((char) ((chance.nextBoolean() ? 'a' : 'A') + chance.nextInt(26)));
    }
    return text.toString();
  }

  String uuid() {
    return upper(8) + "-" + upper(4) + "-4" + upper(3) + "-A" + upper(3) + "-" + upper(12);
  }

  /** Octets without a meaning. */
  String noise(int length) {
    byte[] octets = new byte[length];
    chance.nextBytes(octets);
    return new String(octets, StandardCharsets.ISO_8859_1);
  }

  int number(int from, int to) {
    return from + chance.nextInt(to - from);
  }

  /** The header that a server's hands and any program write. */
  String head(String subject, String more) {
    return "Received: from mail.example.net (192.0.2."
        + number(1, 255)
        + ") by mx.example.org with SMTP; 14 Oct 2026 08:"
        + number(10, 60)
        + ":07 -0000\nFrom: "
        + word("Pat Muster")
        + " <pat@example.net>\nTo: <lee@example.org>\nSubject: "
        + subject
        + "\nDate: Wed, 14 Oct 2026 10:12:"
        + number(10, 60)
        + " +0200\nMessage-ID: <"
        + hex(16)
        + "@mail.example.net>\n"
        + more;
  }

  String head(String more) {
    return head(subject(), more);
  }

  String subject() {
    return word(language.subject());
  }

  /** An encoded word (RFC 2047) where it has to be one; Q for Latin scripts, else B. */
  String word(String text) {
    return word(text, language.charset());
  }

  String word(String text, String charset) {
    if (text.chars().allMatch(c -> c < 127)) {
      return text;
    }
    StringBuilder words = new StringBuilder();
    boolean latin = charset.startsWith("iso-8859-1") || charset.startsWith("windows-1252");
    for (int i = 0; i < text.length(); i += 12) {
      byte[] octets =
          text.substring(i, Math.min(i + 12, text.length())).getBytes(Charset.forName(charset));
      words.append(i == 0 ? "" : "\n ").append("=?").append(charset);
      if (latin) {
        words.append("?Q?");
        for (byte octet : octets) {
          boolean plain = Character.isLetterOrDigit(octet) && octet > 0;
          words.append(
              octet == ' '
                  ? "_"
                  : plain
                      ? String.valueOf((char) octet)
                      : String.format(Locale.ROOT, "=%02X", octet & 255));
        }
      } else {
        words.append("?B?").append(Base64.getEncoder().encodeToString(octets));
      }
      words.append("?=");
    }
    return words.toString();
  }

  /** A text in the charset of its language. */
  String octets(String text) {
    return in(text, language.java());
  }

  static String in(String text, Charset charset) {
    return new String(text.getBytes(charset), StandardCharsets.ISO_8859_1);
  }

  static String utf8(String text) {
    return in(text, StandardCharsets.UTF_8);
  }

  /** Base64 in lines of 76. */
  static String base64(String octets) {
    return base64(octets, 76);
  }

  static String base64(String octets, int width) {
    return Base64.getMimeEncoder(width, new byte[] {'\n'})
            .encodeToString(octets.getBytes(StandardCharsets.ISO_8859_1))
        + "\n";
  }

  /** Quoted-printable with soft line ends. */
  static String quotedPrintable(String octets) {
    StringBuilder out = new StringBuilder();
    int column = 0;
    for (int i = 0; i < octets.length(); i++) {
      char c = octets.charAt(i);
      if (c == '\n') {
        out.append('\n');
        column = 0;
        continue;
      }
      boolean lastBlank = c == ' ' && i + 1 < octets.length() && octets.charAt(i + 1) == '\n';
      boolean plain = (c >= ' ' && c < 127 && c != '=') && !lastBlank;
      String one = plain ? String.valueOf(c) : String.format(Locale.ROOT, "=%02X", (int) c);
      if (column + one.length() > 75) {
        out.append("=\n");
        column = 0;
      }
      out.append(one);
      column += one.length();
    }
    return out.toString();
  }

  /**
   * A body of text with its fields.
   *
   * @param type {@code plain} or {@code html}
   * @param encoding as this program declares it
   */
  String textPart(String type, String text, String encoding) {
    String octets = octets(text) + "\n";
    String declared =
        "Content-Type: text/"
            + type
            + "; charset=\""
            + language.charset()
            + "\"\nContent-Transfer-Encoding: "
            + encoding
            + "\n\n";
    return declared
        + switch (encoding.toLowerCase(Locale.ROOT)) {
          case "quoted-printable" -> quotedPrintable(octets);
          case "base64" -> base64(octets);
          default -> octets;
        };
  }

  /** The encoding that programs choose for this language where they choose. */
  String usual() {
    return switch (language) {
      case ENGLISH, JAPANESE -> "7bit";
      case GERMAN, FRENCH, POLISH -> "quoted-printable";
      case GREEK, HEBREW, KOREAN -> "8bit";
      default -> "base64";
    };
  }

  /** HTML as editors of mail programs write it, with links that are followed and a style sheet. */
  String html(String text) {
    StringBuilder html = new StringBuilder();
    html.append("<html><head><meta http-equiv=\"Content-Type\" content=\"text/html; charset=")
        .append(language.charset())
        .append("\">\n<style>\np.MsoNormal, li.MsoNormal {margin:0cm; font-size:11.0pt;}\n")
        .append("@media only screen and (max-width:480px){.x{width:100%!important}}\n</style>")
        .append("</head>\n<body lang=\"DE\" link=\"#0563C1\">\n");
    for (String line : text.split("\n", -1)) {
      html.append("<p class=\"MsoNormal\"><span style=\"font-size:10.0pt\">")
          .append(line.isEmpty() ? "&nbsp;" : line)
          .append("</span></p>\n");
    }
    html.append("<a href=\"https://www.example.com/track/click?u=")
        .append(hex(25))
        .append("&amp;id=")
        .append(hex(10))
        .append("&amp;e=")
        .append(letters(40))
        .append("\">www.example.com</a>\n</body></html>");
    return html.toString();
  }

  /** A multipart of these. */
  static String parts(String boundary, String... parts) {
    StringBuilder all = new StringBuilder();
    for (String part : parts) {
      all.append("--")
          .append(boundary)
          .append('\n')
          .append(part)
          .append(part.endsWith("\n") ? "" : "\n");
    }
    return all.append("--").append(boundary).append("--\n").toString();
  }

  /** A small picture. */
  String png() {
    return "\u0089PNG\r\n\u001a\n\0\0\0\rIHDR" + noise(number(400, 1200));
  }

  /** A zip archive, its entries not packed. */
  static String zip(String name, String content) {
    byte[] octets = content.getBytes(StandardCharsets.ISO_8859_1);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      ZipEntry entry = new ZipEntry(name);
      entry.setTimeLocal(LocalDateTime.of(2026, 10, 14, 0, 0));
      entry.setMethod(ZipEntry.STORED);
      entry.setSize(octets.length);
      CRC32 sum = new CRC32();
      sum.update(octets);
      entry.setCrc(sum.getValue());
      zip.putNextEntry(entry);
      zip.write(octets);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toString(StandardCharsets.ISO_8859_1);
  }

  static String gzip(String content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(content.getBytes(StandardCharsets.ISO_8859_1));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toString(StandardCharsets.ISO_8859_1);
  }

  /** A CMS SignedData (RFC 5652) around this content, with noise for the signature. */
  String signedData(String content) {
    String oidSigned = octetsOf("06092a864886f70d010702");
    String oidData = octetsOf("06092a864886f70d010701");
    String sha256 = octetsOf("0609608648016503040201");
    String inner = oidData + (content.isEmpty() ? "" : der(0xa0, der(0x04, content)));
    String signed =
        "\u0002\u0001\u0001"
            + der(0x31, der(0x30, sha256 + "\u0005\0"))
            + der(0x30, inner)
            + der(0xa0, der(0x30, noise(700)))
            + der(0x31, der(0x30, "\u0002\u0001\u0001" + der(0x04, noise(256))));
    return der(0x30, oidSigned + der(0xa0, der(0x30, signed)));
  }

  private static String octetsOf(String hex) {
    return new String(HexFormat.of().parseHex(hex), StandardCharsets.ISO_8859_1);
  }

  private static String der(int tag, String content) {
    int n = content.length();
    String length =
        n < 128
            ? String.valueOf((char) n)
            : n < 256
                ? "\u0081" + (char) n
                : n < 65536
                    ? "\u0082" + (char) (n >> 8) + (char) (n & 255)
                    : "\u0083" + (char) (n >> 16) + (char) (n >> 8 & 255) + (char) (n & 255);
    return (char) tag + length + content;
  }

  /** ASCII armour of OpenPGP. */
  String armour(String kind) {
    return "-----BEGIN PGP "
        + kind
        + "-----\n\n"
        + base64(noise(400), 64)
        + "="
        + letters(4)
        + "\n-----END PGP "
        + kind
        + "-----\n";
  }
}
