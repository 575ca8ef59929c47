package org.qscan.engine.scan.daemon;

import java.net.ProtocolException;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.Verdict.Reason;
import org.qscan.engine.scan.Tally;

/**
 * The answer to one scan by SSSP, line by line up to its {@code DONE}. Lines were split before
 * anything in them is decoded: a name with an encoded line end in it forges nothing.
 */
final class SsspAnswer {

  /**
   * Said besides, in other modes of output and by newer daemons; {@code TYPE D0}, {@code FILE x}.
   */
  private static final String[] BESIDES = {"FILE ", "TYPE ", "TFT ", "SANDBOX "};

  private final Set<String> threats = new LinkedHashSet<>();
  private final Tally told = new Tally();
  private boolean virusEvent;
  private boolean foundCode;
  private boolean stale;
  private boolean cleanEnd;
  private boolean done;

  /** Whether the answer is whole. */
  boolean isDone() {
    return done;
  }

  /**
   * The next line.
   *
   * @param line without its end
   * @throws ProtocolException if it is none of those that we know
   */
  void add(String line) throws ProtocolException {
    if (line.startsWith("VIRUS ")) {
      threats.add(decode(word(line, 6)));
    } else if (line.startsWith("EVENT ")) {
      virusEvent |= line.startsWith("EVENT VIRUS ");
    } else if (line.startsWith("OK ")) {
      code(true, word(line, 3));
    } else if (line.startsWith("FAIL ")) {
      code(false, word(line, 5));
    } else if (line.startsWith("DONE OK ")) {
      end(true, word(line, 8));
    } else if (line.startsWith("DONE FAIL ")) {
      end(false, word(line, 10));
    } else if (!isBesides(line)) {
      throw new ProtocolException("sends an unknown line: " + line);
    }
  }

  private static boolean isBesides(String line) {
    for (String beginning : BESIDES) {
      if (line.startsWith(beginning)) {
        return true;
      }
    }
    return false;
  }

  private void end(boolean ok, String code) {
    done = true;
    cleanEnd = ok && SsspCode.meaning(true, code) == SsspCode.CodeMeaning.CLEAN;
    code(ok, code);
  }

  private void code(boolean ok, String code) {
    switch (SsspCode.meaning(ok, code)) {
      case CLEAN -> {}
      case FOUND -> foundCode = true;
      case STALE -> stale = true;
      case ENCRYPTED -> told.reason(Reason.ENCRYPTED);
      case CORRUPT -> told.reason(Reason.CORRUPT);
      case LIMIT -> told.limit(SsspCode.inWords(ok, code));
      case UNKNOWN -> told.gap(SsspCode.inWords(ok, code));
    }
  }

  /**
   * Adds a whole answer to what is known of the message.
   *
   * @param endpoint for the sentences
   * @throws ProtocolException if the answer contradicts itself
   */
  void addTo(Tally tally, String endpoint) throws ProtocolException {
    String contradiction = contradiction();
    if (contradiction != null) {
      throw new ProtocolException("contradicts itself: " + contradiction);
    }
    if (stale) {
      told.reason(Reason.STALE_DATA);
      tally.note("savdi: " + endpoint + " says that its virus data are out of date");
    }
    for (String threat : threats) {
      tally.threat(threat);
    }
    told.addTo(tally, endpoint + ": ");
  }

  private @Nullable String contradiction() {
    if (threats.isEmpty()) {
      if (foundCode) {
        return "a virus is present, but none was named";
      }
      return virusEvent ? "the event of a virus, but no virus" : null;
    }
    return cleanEnd ? "a virus was named, but the end is DONE OK 0000" : null;
  }

  private static String word(String line, int from) {
    int end = line.indexOf(' ', from);
    return end < 0 ? line.substring(from) : line.substring(from, end);
  }

  private static String decode(String word) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < word.length(); i++) {
      int high = i + 2 < word.length() ? Character.digit(word.charAt(i + 1), 16) : -1;
      int low = i + 2 < word.length() ? Character.digit(word.charAt(i + 2), 16) : -1;
      if (word.charAt(i) == '%' && high >= 0 && low >= 0) {
        text.append((char) (high * 16 + low));
        i += 2;
      } else {
        text.append(word.charAt(i));
      }
    }
    return text.length() == 0 ? "a virus without a name" : text.toString();
  }
}
