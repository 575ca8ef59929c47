package org.qscan.engine;

import java.util.List;

/**
 * The line that each message has in the log: {@code key=value} pairs, with the same keys from every
 * front end. A value is in double quotes if it needs them. Text from outside is escaped: it
 * contains no control character, no octet above 126 and no quote. No value is longer than {@link
 * #LONGEST}.
 *
 * @param front {@code qmail}, {@code james-hook} or {@code james-mailet}
 * @param verdict {@code clean}, {@code infected}, {@code unscannable} or {@code failed}
 * @param threats the threats found
 * @param reason why it is unscannable, why it failed, or why the answer is not the usual one
 * @param answer the exit code or reply
 * @param facts what was seen
 * @param client the address of the sending host
 * @param sender the envelope sender
 * @param recipients how many recipients
 */
public record LogLine(
    String front,
    String verdict,
    List<String> threats,
    String reason,
    String answer,
    Facts facts,
    String client,
    String sender,
    long recipients) {

  /** The longest value, in characters before escaping. */
  public static final int LONGEST = 200;

  private static final int LONGEST_REASON = 500;

  /** Returns the line, without a line separator. */
  @Override
  public String toString() {
    StringBuilder line = new StringBuilder(400);
    add(line, "id", facts.id());
    add(line, "front", front);
    add(line, "verdict", verdict);
    add(line, "threat", String.join(",", threats));
    if (!facts.seen().isEmpty()) {
      add(line, "seen", String.join(",", facts.seen()));
    }
    add(line, "reason", reason, LONGEST_REASON);
    add(line, "exit", answer);
    add(line, "size", Long.toString(facts.size()));
    add(line, "parts", Integer.toString(facts.parts()));
    add(line, "wait_ms", Long.toString(facts.timings().waiting().toMillis()));
    add(line, "scan_ms", Long.toString(facts.timings().scan().toMillis()));
    add(line, "total_ms", Long.toString(facts.timings().total().toMillis()));
    if (facts.batch() > 1) {
      add(line, "batch", Integer.toString(facts.batch()));
    }
    add(line, "client", client);
    add(line, "from", sender);
    add(line, "rcpts", Long.toString(recipients));
    if (!facts.names().isEmpty()) {
      add(line, "names", String.join("/", facts.names()));
    }
    if (!facts.notes().isEmpty()) {
      add(line, "notes", String.join("; ", facts.notes()), LONGEST_REASON);
    }
    return line.toString();
  }

  private static void add(StringBuilder line, String key, String value) {
    add(line, key, value, LONGEST);
  }

  private static void add(StringBuilder line, String key, String value, int longest) {
    line.append(line.length() == 0 ? "" : " ").append(key).append('=');
    if (value.isEmpty()) {
      line.append('-');
      return;
    }
    String escaped = escape(value, longest);
    boolean plain = escaped.indexOf(' ') < 0 && escaped.indexOf('=') < 0;
    line.append(plain ? "" : "\"").append(escaped).append(plain ? "" : "\"");
  }

  /**
   * Makes a value from outside harmless: printable ASCII stays, except the quote and the backslash.
   * Everything else becomes {@code \xHH} or {@code \} + {@code uHHHH}.
   *
   * @param value from outside
   * @param longest the number of characters after which "..." replaces the rest
   */
  public static String escape(String value, int longest) {
    StringBuilder out = new StringBuilder(Math.min(value.length(), longest) + 8);
    for (int i = 0; i < value.length() && i < longest; i++) {
      char c = value.charAt(i);
      if (c >= ' ' && c <= '~' && c != '"' && c != '\\') {
        out.append(c);
      } else if (c < 256) {
        out.append("\\x");
        hex(out, c, 2);
      } else {
        out.append("\\u");
        hex(out, c, 4);
      }
    }
    return value.length() > longest ? out.append("...").toString() : out.toString();
  }

  private static void hex(StringBuilder out, int value, int digits) {
    for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) {
      out.append("0123456789abcdef".charAt(value >> shift & 15));
    }
  }
}
