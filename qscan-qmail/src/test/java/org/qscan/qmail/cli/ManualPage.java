package org.qscan.qmail.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The text of a manual page without its markup. */
final class ManualPage {

  private final List<String> lines;

  private ManualPage(List<String> lines) {
    this.lines = lines;
  }

  static ManualPage read(String name) throws IOException {
    return new ManualPage(Files.readAllLines(Path.of("src/main/man", name)));
  }

  /** The lines of a section. */
  ManualPage section(String title) {
    int start = lines.indexOf(".SH " + title);
    assertThat(start).as("section %s", title).isNotNegative();
    int end = start + 1;
    while (end < lines.size() && !lines.get(end).startsWith(".SH ")) {
      end++;
    }
    return new ManualPage(lines.subList(start + 1, end));
  }

  /** The tagged paragraphs: what stands after .B, and the text below it. */
  Map<String, String> entries() {
    Map<String, String> entries = new LinkedHashMap<>();
    for (int i = 0; i + 1 < lines.size(); i++) {
      if (lines.get(i).equals(".TP")) {
        List<String> text = new ArrayList<>();
        for (int j = i + 2; j < lines.size() && !ends(lines.get(j)); j++) {
          text.add(lines.get(j));
        }
        entries.put(
            plain(lines.get(i + 1)).replaceFirst("^\\.B ", ""), new ManualPage(text).text());
      }
    }
    return entries;
  }

  private static boolean ends(String line) {
    return line.equals(".TP") || line.equals(".PP") || line.startsWith(".SH ");
  }

  /** The lines as they stand in the page, but for escapes. */
  String lines() {
    return String.join("\n", lines.stream().map(ManualPage::plain).toList());
  }

  /** All words, a blank between each two. */
  String text() {
    StringBuilder text = new StringBuilder();
    for (String line : lines) {
      if (!line.equals(".br")) {
        text.append(plain(line)).append(' ');
      }
    }
    return text.toString().strip();
  }

  private static String plain(String line) {
    return line.replace("\\-", "-").replace("\\(aq", "'").replace("\\&", "").replace("\\e", "\\");
  }
}
