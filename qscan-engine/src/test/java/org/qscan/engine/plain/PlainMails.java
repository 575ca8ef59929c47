package org.qscan.engine.plain;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.qscan.engine.testing.RealClamd;

/**
 * Mails from all over the grammar: nested multiparts and messages, each encoding beside each other
 * one, both line ends, and a mark in one of the leaves.
 */
public final class PlainMails {

  /** What is looked for in the leaves; the real clamd of the tests knows it. */
  public static final String MARK = RealClamd.MARK;

  private static final String[] MULTIPARTS = {"mixed", "alternative", "related", "report"};
  private static final String[] CHARSETS = {"us-ascii", "utf-8", "ISO-8859-1", "windows-1252"};
  private static final String[] BOUNDARIES = {"b", "----=_Part_", "=_", "_000_", "Apple-Mail=_"};
  private static final String[] WORDS = {"Hello", "world", "see", "file", "=", "3+4", "a.b", "--"};

  private final Random random;
  private final boolean crlf;
  private final StringBuilder mail = new StringBuilder();
  private int leaves;
  private int marked; // the leaf that has the mark
  private int boundaries;
  private boolean container;

  private PlainMails(long seed) {
    random = new Random(seed);
    crlf = Math.floorMod(seed, 3L) == 0;
  }

  /** A mail; the same for the same seed. */
  public static String of(long seed) {
    PlainMails counting = new PlainMails(seed);
    counting.marked = -1;
    counting.write();
    PlainMails mails = new PlainMails(seed);
    mails.marked = (int) Math.floorMod(seed, (long) counting.leaves);
    mails.write();
    String text = mails.mail.toString();
    return mails.crlf ? text.replace("\n", "\r\n") : text;
  }

  private void write() {
    line(
        "Received: from a.example (a.example [192.0.2.1]) by b.example; 1 Nov 2026 00:00:00 -0000");
    message(0);
  }

  private void line(String text) {
    mail.append(text).append('\n');
  }

  private boolean oneOf(int number) {
    return random.nextInt(number) == 0;
  }

  private String any(String... words) {
    return words[random.nextInt(words.length)];
  }

  private void message(int depth) {
    line("From: =?utf-8?Q?J=C3=BCrgen?= <a@example.org>");
    line("To: b@example.net,");
    line("\tc@example.net");
    line("Subject: a mail");
    line("MIME-Version: 1.0");
    entity(depth, false, true);
  }

  private void entity(int depth, boolean inMultipart, boolean mayNest) {
    if (mayNest && depth < 4 && leaves < 20 && oneOf(3)) {
      multipart(depth);
    } else if (inMultipart && depth < 4 && oneOf(8)) {
      line("Content-Type: message/rfc822");
      line("");
      message(depth + 1);
    } else {
      leaf(inMultipart);
    }
  }

  private void multipart(int depth) {
    String boundary = any(BOUNDARIES) + "x" + boundaries++ + "-";
    String kind = any(MULTIPARTS);
    line("Content-Type: multipart/" + kind + ";");
    line(" boundary=\"" + boundary + "\"");
    if (oneOf(3)) {
      line("Content-Transfer-Encoding: " + any("7bit", "8bit"));
    }
    line("");
    if (oneOf(3)) {
      line("This is a multi-part message in MIME format.");
    }
    int parts = 1 + random.nextInt(4);
    for (int i = 0; i < parts; i++) {
      line("--" + boundary);
      entity(depth + 1, true, i == 0 || !kind.equals("related"));
      if (oneOf(3)) {
        line("");
      }
    }
    line("--" + boundary + "--");
    if (oneOf(2)) {
      line("");
    }
  }

  private void leaf(boolean needsField) {
    boolean file = !container && oneOf(4);
    container |= file;
    String content = content();
    if (file) {
      line("Content-Type: application/octet-stream; name=\"a file.bin\"");
      line("Content-Disposition: attachment; filename=\"a file.bin\"");
    } else if (needsField || !oneOf(5)) {
      line("Content-Type: text/" + any("plain", "html") + "; charset=" + any(CHARSETS));
    }
    switch (random.nextInt(4)) {
      case 0 -> base64(content);
      case 1 -> {
        if (file && !crlf) { // Mime4j decodes that with CR LF, which is another file
          base64(content);
        } else {
          quotedPrintable(content);
        }
      }
      case 2 -> {
        line("Content-Transfer-Encoding: 8bit");
        line("");
        line(content);
      }
      default -> {
        line("");
        line(content);
      }
    }
  }

  private String content() {
    List<String> lines = new ArrayList<>();
    int count = random.nextInt(6);
    for (int i = 0; i < count; i++) {
      StringBuilder text = new StringBuilder("w");
      for (int k = random.nextInt(12); k > 0; k--) {
        text.append(' ').append(any(WORDS));
      }
      lines.add(text.toString());
    }
    if (leaves++ == marked) {
      lines.add(random.nextInt(lines.size() + 1), MARK);
    }
    return String.join("\n", lines);
  }

  private void base64(String content) {
    int length = 4 * (1 + random.nextInt(19));
    line("Content-Transfer-Encoding: " + any("base64", "BASE64"));
    line("");
    byte[] octets = content.getBytes(StandardCharsets.ISO_8859_1);
    String text = Base64.getMimeEncoder(length, new byte[] {'\n'}).encodeToString(octets);
    if (!text.isEmpty()) {
      line(text);
    }
  }

  private void quotedPrintable(String content) {
    line("Content-Transfer-Encoding: quoted-printable");
    line("");
    for (String text : content.split("\n", -1)) {
      StringBuilder encoded = new StringBuilder();
      int column = 0;
      for (int i = 0; i < text.length(); i++) {
        String next = text.charAt(i) == '=' ? "=3D" : text.substring(i, i + 1);
        if (column + next.length() > 70) {
          encoded.append("=\n");
          column = 0;
        }
        encoded.append(next);
        column += next.length();
      }
      line(encoded.toString());
    }
  }
}
