package org.qscan.qmail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The documents below a directory, and what they refer to. */
final class Documents {

  private static final Pattern FENCE = Pattern.compile("(?ms)^ *```.*?^ *```$");
  private static final Pattern CODE = Pattern.compile("`([^`\n]+)`");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
  private static final Pattern INSTALLED =
      Pattern.compile("/(?:opt|usr/local)/qscan(/[\\w./-]*\\w)?");

  private Documents() {}

  /** All of them, but what a build has copied. */
  static List<Path> below(Path directory) throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      return all.filter(file -> file.toString().endsWith(".md"))
          .filter(file -> !directory.relativize(file).toString().matches("(.*/)?(target|test)/.*"))
          .sorted()
          .toList();
    }
  }

  /** What stands between backticks outside of fenced blocks. */
  static List<String> code(String text) {
    return groups(CODE, FENCE.matcher(text).replaceAll(""));
  }

  /** The fenced blocks. */
  static List<String> blocks(String text) {
    List<String> blocks = new ArrayList<>();
    FENCE.matcher(text).results().forEach(block -> blocks.add(block.group()));
    return blocks;
  }

  /** The places below the directory of the installation that a document names, "" for itself. */
  static Set<String> installed(String text) {
    Set<String> places = new TreeSet<>();
    Matcher matcher = INSTALLED.matcher(text);
    while (matcher.find()) {
      places.add(matcher.group());
    }
    return places;
  }

  /** The links of a document that lead nowhere, among those to files and headings. */
  static List<String> broken(Path document) throws IOException {
    List<String> broken = new ArrayList<>();
    for (String link : groups(LINK, FENCE.matcher(Files.readString(document)).replaceAll(""))) {
      if (link.startsWith("http:") || link.startsWith("https:")) {
        continue;
      }
      String[] parts = link.split("#", 2);
      Path target = parts[0].isEmpty() ? document : document.resolveSibling(parts[0]).normalize();
      if (!Files.exists(target)) {
        broken.add(link);
      } else if (parts.length == 2 && !anchors(target).contains(parts[1])) {
        broken.add(link);
      }
    }
    return broken;
  }

  private static Set<String> anchors(Path document) throws IOException {
    Set<String> anchors = new TreeSet<>();
    for (String line : Files.readAllLines(document)) {
      if (line.startsWith("#")) {
        anchors.add(
            line.replaceFirst("^#+ ", "")
                .toLowerCase(java.util.Locale.ROOT)
                .replaceAll("[^a-z0-9 _-]", "")
                .replace(' ', '-'));
      }
    }
    return anchors;
  }

  private static List<String> groups(Pattern pattern, String text) {
    return pattern.matcher(text).results().map(result -> result.group(1)).toList();
  }
}
