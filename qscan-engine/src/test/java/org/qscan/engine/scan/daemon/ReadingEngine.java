package org.qscan.engine.scan.daemon;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipInputStream;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.plain.PlainForm;
import org.qscan.engine.plain.PlainGrammar;
import org.qscan.engine.testing.FakeClamd;
import org.qscan.engine.testing.Mails;

/**
 * Finds EICAR in files, in a zip, and in the leaves of plain mail; but it may be blind for one
 * production of the grammar, as real scanners are.
 */
final class ReadingEngine implements FakeClamd.Engine {

  static final String NAME = "Eicar-Signature";

  private static final Pattern BOUNDARY = Pattern.compile("boundary=\"?([^\";\r\n]+)");

  private volatile String blind = "";
  private volatile boolean everything;

  /** From now on it sees nothing in leaves to which this production leads; empty: it sees all. */
  void isBlindFor(String production) {
    blind = production;
  }

  /** From now on it finds something in each mail. */
  void findsEverything() {
    everything = true;
  }

  @Override
  public String scan(String subject, String data) throws IOException {
    boolean mail = data.startsWith("Received: ");
    boolean found = mail ? everything || inMail(data) : hasEicar(data);
    return subject + (found ? ": " + NAME + " FOUND" : ": OK");
  }

  private boolean inMail(String mail) throws IOException {
    byte[] octets = mail.getBytes(StandardCharsets.ISO_8859_1);
    PlainForm form = PlainGrammar.of(octets, octets.length).form();
    List<String> leaves = new ArrayList<>();
    read(mail.replace("\r\n", "\n"), leaves);
    for (int i = 0; i < leaves.size(); i++) {
      boolean seen = form == null || !form.leaves().get(i).names().contains(blind);
      if (seen && hasEicar(leaves.get(i))) {
        return true;
      }
    }
    return false;
  }

  private static boolean hasEicar(String content) throws IOException {
    if (content.contains(Mails.eicar())) {
      return true;
    }
    try (ZipInputStream zip =
        new ZipInputStream(
            new ByteArrayInputStream(content.getBytes(StandardCharsets.ISO_8859_1)))) {
      return zip.getNextEntry() != null
          && new String(zip.readAllBytes(), StandardCharsets.ISO_8859_1).contains(Mails.eicar());
    }
  }

  /** The leaves of a mail, decoded. */
  static List<String> leaves(String mail) {
    List<String> leaves = new ArrayList<>();
    read(mail.replace("\r\n", "\n"), leaves);
    return leaves;
  }

  private static void read(String entity, List<String> leaves) {
    int end = entity.startsWith("\n") ? 0 : entity.indexOf("\n\n") + 1;
    String header = entity.substring(0, end).replaceAll("\n[ \t]+", " ");
    String body = entity.substring(end + 1);
    String type = field(header, "content-type");
    String lower = type.toLowerCase(Locale.ROOT);
    if (lower.startsWith("message/rfc822")) {
      read(body, leaves);
    } else if (lower.startsWith("multipart/")) {
      Matcher boundary = BOUNDARY.matcher(type);
      String b = boundary.find() ? boundary.group(1) : "";
      List<String> lines = Arrays.asList(body.split("\n", -1));
      @Nullable StringBuilder part = null;
      for (String line : lines) {
        boolean last = line.equals("--" + b + "--");
        if (last || line.equals("--" + b)) {
          if (part != null) {
            read(part.toString(), leaves);
          }
          part = new StringBuilder();
          if (last) {
            return;
          }
        } else if (part != null) {
          part.append(line).append('\n');
        }
      }
    } else {
      String encoding = field(header, "content-transfer-encoding").toLowerCase(Locale.ROOT);
      leaves.add(
          switch (encoding) {
            case "base64" ->
                new String(Base64.getMimeDecoder().decode(body), StandardCharsets.ISO_8859_1);
            case "quoted-printable" -> quotedPrintable(body);
            default -> body;
          });
    }
  }

  private static String field(String header, String name) {
    for (String line : header.split("\n", -1)) {
      int colon = line.indexOf(':');
      if (colon > 0 && line.substring(0, colon).equalsIgnoreCase(name)) {
        return line.substring(colon + 1).strip();
      }
    }
    return "";
  }

  private static String quotedPrintable(String body) {
    StringBuilder text = new StringBuilder();
    String joined = body.replace("=\n", "");
    for (int i = 0; i < joined.length(); i++) {
      if (joined.charAt(i) == '=') {
        text.append((char) Integer.parseInt(joined.substring(i + 1, i + 3), 16));
        i += 2;
      } else {
        text.append(joined.charAt(i));
      }
    }
    return text.toString();
  }
}
