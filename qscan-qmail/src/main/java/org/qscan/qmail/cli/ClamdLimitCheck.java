package org.qscan.qmail.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.config.Address;
import org.qscan.engine.config.Configuration;
import org.qscan.engine.config.Key;

/**
 * Checks whether clamd's limits let it scan all mail that the mail server accepts. clamd cannot be
 * asked for its limits, so {@code clamd.configuration} is read. Mail over a limit is refused for
 * good if {@code AlertExceedsMax} is on, and passes without being scanned if it is not.
 */
final class ClamdLimitCheck {

  private static final String WHAT = "clamd limits";
  private static final String CLAMD = "clamd";

  /**
   * How many files an ordinary archive may have: the pictures of a web site, sources, measurements
   * of a year.
   */
  private static final long FILES = 20_000;

  /**
   * How many levels ordinary mail may have: a message that was forwarded a hundred times, of which
   * clamd counts each, with a document in an archive in an archive. Tried with clamd 1.4.6, which
   * allows any number.
   */
  private static final long LEVELS = 110;

  /**
   * An option of clamd.conf.
   *
   * @param name its name in clamd.conf(5)
   * @param preset its default in clamd 1.4; none is larger in 0.103
   * @param streamOnly whether it counts only if clamd gets the data
   */
  private record Option(String name, long preset, boolean streamOnly) {}

  private static final List<Option> SIZES =
      List.of(
          new Option("StreamMaxLength", 100L << 20, true),
          new Option("MaxFileSize", 100L << 20, false),
          new Option("MaxScanSize", 400L << 20, false));

  private static final Option MAX_FILES = new Option("MaxFiles", 10_000, false);
  private static final Option MAX_RECURSION = new Option("MaxRecursion", 17, false);

  private final Path file;
  private final Map<String, String> settings;
  private final Findings findings;
  private boolean sound = true;

  private ClamdLimitCheck(Path file, Map<String, String> settings, Findings findings) {
    this.file = file;
    this.settings = settings;
    this.findings = findings;
  }

  static void run(Configuration configuration, Findings findings) {
    if (!configuration.list(Key.SCANNERS).contains(CLAMD)) {
      return;
    }
    MailSize accepted = MailSize.of(configuration);
    Path file = configuration.path(Key.CLAMD_CONFIGURATION);
    String byHand =
        "compare its StreamMaxLength, MaxFileSize, MaxScanSize, MaxFiles and MaxRecursion by hand: "
            + accepted.inWords();
    Map<String, String> settings;
    try {
      settings = read(file);
    } catch (NoSuchFileException e) {
      findings.note(
          WHAT,
          "are not known: "
              + file
              + " does not exist (clamd.configuration). If clamd runs on another host, "
              + byHand);
      return;
    } catch (IOException e) {
      findings.note(WHAT, "are not known: clamd.configuration cannot be read: " + e);
      return;
    }
    List<Address> addresses = configuration.addresses(Key.CLAMD_ADDRESS);
    if (!isOfOneOf(addresses, settings)) {
      findings.note(
          WHAT,
          "are not known: "
              + file
              + " (clamd.configuration) is of a clamd that listens elsewhere than clamd.address"
              + " says. Set clamd.configuration, or "
              + byHand);
      return;
    }
    boolean byData = !configuration.text(Key.CLAMD_TRANSFER).equals("path");
    new ClamdLimitCheck(file, settings, findings).compare(accepted, byData);
  }

  private static Map<String, String> read(Path file) throws IOException {
    Map<String, String> settings = new HashMap<>();
    for (String line : Files.readAllLines(file, StandardCharsets.ISO_8859_1)) {
      String[] words = line.strip().split("\\s+", 2);
      if (words.length == 2 && !words[0].startsWith("#")) {
        settings.put(words[0], unquoted(words[1]));
      }
    }
    return settings;
  }

  private static String unquoted(String value) {
    boolean quoted = value.length() > 1 && value.startsWith("\"") && value.endsWith("\"");
    return quoted ? value.substring(1, value.length() - 1) : value;
  }

  /**
   * Whether one of the addresses is clamd's. On today's Linux, /run and /var/run are the same
   * directory, so a socket there has two names.
   */
  private static boolean isOfOneOf(List<Address> addresses, Map<String, String> settings) {
    for (Address address : addresses) {
      Path path = address.path();
      if (path == null
          ? isHere(address.host())
              && Integer.toString(address.port()).equals(settings.get("TCPSocket"))
          : isSame(path, settings.get("LocalSocket"))) {
        return true;
      }
    }
    return false;
  }

  private static boolean isHere(String host) {
    return host.equals("localhost") || host.startsWith("127.") || host.equals("::1");
  }

  private static boolean isSame(Path path, @Nullable String other) {
    if (other == null) {
      return false;
    }
    try {
      return path.equals(Path.of(other)) || Files.isSameFile(path, Path.of(other));
    } catch (IOException | IllegalArgumentException e) {
      return false;
    }
  }

  private void compare(MailSize accepted, boolean byData) {
    for (Option option : SIZES) {
      if (byData || !option.streamOnly()) {
        long limit = limit(option);
        if (limit < accepted.bytes()) {
          fail(
              option,
              accepted.inWords(),
              "Set it to the size of the largest message that you accept, or write a smaller"
                  + " number into control/databytes.");
        }
      }
    }
    if (limit(MAX_FILES) < FILES) {
      fail(
          MAX_FILES,
          accepted.inWords() + ", and archives of up to " + FILES + " small files are ordinary",
          "Set it to " + FILES + " or more.");
    }
    if (limit(MAX_RECURSION) < LEVELS) {
      fail(
          MAX_RECURSION,
          accepted.inWords() + ", and a message that was forwarded a hundred times is ordinary",
          "Set it to " + LEVELS + " or more.");
    }
    if (sound) {
      findings.ok(WHAT, "of " + file + " let it look at all mail: " + accepted.inWords());
    }
  }

  private void fail(Option option, String accepted, String advice) {
    sound = false;
    String value = settings.get(option.name());
    findings.fail(
        WHAT,
        option.name()
            + " of "
            + file
            + " is "
            + (value == null ? option.preset() + " by default" : value)
            + ", but "
            + accepted
            + ". Mail over that limit is refused (unscannable.limit), or passes unscanned if"
            + " AlertExceedsMax is not on. "
            + advice);
  }

  /**
   * The limit in bytes. 0 means no limit, see clamd.conf(5); a value with which clamd would not
   * start counts as no limit, too.
   */
  private long limit(Option option) {
    String value = settings.get(option.name());
    if (value == null) {
      return option.preset();
    }
    String digits = value.replaceFirst("[KkMmGg]$", "");
    int shift =
        switch (value.substring(digits.length()).toUpperCase(Locale.ROOT)) {
          case "K" -> 10;
          case "M" -> 20;
          case "G" -> 30;
          default -> 0;
        };
    try {
      long number = Long.parseLong(digits) << shift;
      return number == 0 ? Long.MAX_VALUE : number;
    } catch (NumberFormatException e) {
      return Long.MAX_VALUE;
    }
  }
}
