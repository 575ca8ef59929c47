package org.qscan.qmail.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.qscan.engine.Verdict.Reason;
import org.qscan.engine.config.Configuration;
import org.qscan.engine.config.Key;
import org.qscan.engine.rules.MimeRule;
import org.qscan.qmail.QueueExit;

/** What the manual pages and the sample say is what the program does. */
class DocumentationTest {

  private static final Path README = Path.of("../README.md");
  private static final Path PAGES = Path.of("src/main/man");
  private static final String KEY_ROW = "\\| `([a-z0-9]+\\.?[a-z0-9.-]*)` \\| `.*";
  private static final Path SAMPLE = Path.of("src/main/dist/etc/qscan.properties");

  private static final List<Key> KEYS = List.of(Key.values());

  private static Map<String, String> expected() {
    Map<String, String> expected = new LinkedHashMap<>();
    for (Key key : KEYS) {
      String value = key.defaultValue().isEmpty() ? "nothing" : key.defaultValue();
      expected.put(
          key.text(), key.purpose() + " Allowed: " + key.allowed() + ". Default: " + value);
    }
    return expected;
  }

  @Test
  void manualPageOfTheConfigurationHasEveryKey() throws IOException {
    ManualPage page = ManualPage.read("man5/qscan-config.5");
    assertThat(page.section("KEYS").entries()).containsExactlyEntriesOf(expected());
  }

  @Test
  void manualPageOfTheConfigurationHasEveryRuleWithItsTier() throws IOException {
    Map<String, String> expected = new LinkedHashMap<>();
    for (MimeRule rule : MimeRule.values()) {
      expected.put(rule.text(), rule.tier().text() + ": " + rule.meaning() + ".");
    }
    assertThat(ManualPage.read("man5/qscan-config.5").section("MIME RULES").entries())
        .containsExactlyEntriesOf(expected);
  }

  @Test
  void manualPageOfTheQueueHasEveryExitCode() throws IOException {
    Map<String, String> expected = new LinkedHashMap<>();
    for (QueueExit exit : QueueExit.values()) {
      expected.put(Integer.toString(exit.code()), exit.meaning());
    }
    assertThat(ManualPage.read("man8/qscan-queue.8").section("EXIT CODES").entries())
        .containsExactlyEntriesOf(expected);
  }

  @Test
  void manualPageOfTheCommandHasEveryExitCodeOfScanTheWorstFirst() throws IOException {
    Map<String, String> expected = new LinkedHashMap<>();
    for (ScanExit exit : ScanExit.values()) {
      expected.put(Integer.toString(exit.code()), exit.meaning());
    }
    assertThat(ManualPage.read("man8/qscan.8").section("EXIT CODES").entries())
        .containsExactlyEntriesOf(expected);
  }

  @Test
  void manualPageOfTheCommandHasEveryCommandAndOptionAndNoOther() throws IOException {
    Map<String, Set<String>> commands = new TreeMap<>();
    new Qscan(new Installation(Map.of(), null))
        .commandLine()
        .getSubcommands()
        .forEach((name, command) -> {
          Set<String> options = new TreeSet<>();
          command
              .getCommandSpec()
              .options()
              .forEach(option -> {
                if (!option.inherited() && !option.usageHelp() && !option.versionHelp()) {
                  options.add(option.longestName());
                }
              });
          commands.put(name, options);
        });
    ManualPage page = ManualPage.read("man8/qscan.8");
    assertThat(commands(page.section("SYNOPSIS"), "\\.br"))
        .as("SYNOPSIS")
        .containsExactlyEntriesOf(commands);
    assertThat(commands(page.section("COMMANDS"), "(?=\\.SS )"))
        .as("COMMANDS")
        .containsExactlyEntriesOf(commands);
  }

  /** The commands, one in each block, with the options of its head: a line .SS, or all of it. */
  private static Map<String, Set<String>> commands(ManualPage section, String separator) {
    Map<String, Set<String>> commands = new TreeMap<>();
    for (String block : section.lines().split(separator, -1)) {
      String head = block.startsWith(".SS ") ? block.substring(4, block.indexOf('\n')) : block;
      // What is left are the words: without macros, brackets, -c FILE and the program's own name.
      String words =
          head.replaceAll("(?m)^\\.\\w+ |[\\[\\]]|\\bqscan\\b", " ")
              .replaceAll("-c\\s+FILE", "")
              .strip();
      Set<String> options = new TreeSet<>();
      Pattern.compile("--[a-z-]+").matcher(words).results().forEach(o -> options.add(o.group()));
      commands.put(words.split("\\s+", 2)[0], options);
    }
    return commands;
  }

  @Test
  void manualPagesHaveEveryReason() throws IOException {
    List<String> reasons = new ArrayList<>();
    for (Reason reason : Reason.values()) {
      reasons.add(reason.text());
    }
    assertThat(ManualPage.read("man8/qscan-queue.8").section("REASONS").entries().keySet())
        .containsExactlyElementsOf(reasons);
    String sentence =
        onlyMatch(
            "A reason is one of ([^;.]*);",
            ManualPage.read("man8/qscan.8").section("COMMANDS").text());
    assertThat(List.of(sentence.replace(":\\fIRULE\\fP", "").split(", | and ", -1)))
        .containsExactlyElementsOf(reasons);
  }

  @Test
  void manualPageOfTheCommandHasEveryNameOfTheStatus() throws IOException {
    Path daemon = Path.of("src/main/java/org/qscan/qmail/daemon");
    String sources =
        Files.readString(daemon.resolve("Report.java"))
            + Files.readString(daemon.resolve("Server.java"))
            + Files.readString(daemon.resolve("Statistics.java"));
    String page = ManualPage.read("man8/qscan.8").section("COMMANDS").text();
    List<String> names =
        Pattern.compile("(?:add|put)\\(\"([a-z_]+[a-z])\"")
            .matcher(sources)
            .results()
            .map(result -> result.group(1))
            .toList();
    assertThat(names).contains("uptime_s", "gate_slots", "log_dropped");
    for (String name : names) {
      assertThat(page).contains(name);
    }
  }

  @Test
  void manualPagesReferToManualPagesThatExist() throws IOException {
    for (Path page : pages()) {
      Matcher reference =
          Pattern.compile("(qscan[a-z-]*) \\((\\d)\\)")
              .matcher(Files.readString(page).replace("\\-", "-"));
      while (reference.find()) {
        assertThat(PAGES.resolve("man" + reference.group(2)))
            .as("%s", page)
            .isDirectoryContaining("glob:**" + reference.group(1) + "." + reference.group(2));
      }
    }
  }

  private static List<Path> pages() throws IOException {
    try (Stream<Path> all = Files.walk(PAGES)) {
      return all.filter(Files::isRegularFile).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("pages")
  void manualPageIsWithoutWarnings(Path page) throws Exception {
    Path groff = RealPrograms.require("groff");
    Process process =
        new ProcessBuilder(groff.toString(), "-man", "-ww", "-Tutf8", "-z", page.toString())
            .redirectErrorStream(true)
            .start();
    assertThat(process.getInputStream()).isEmpty();
    assertThat(process.waitFor()).isZero();
  }

  @Test
  void sampleHasEveryKeyWithItsDefaultUnderItsPurpose() throws IOException {
    List<String> settings = new ArrayList<>();
    List<String> purposes = new ArrayList<>();
    StringBuilder comment = new StringBuilder();
    for (String line : Files.readAllLines(SAMPLE)) {
      if (line.startsWith("# ")) {
        comment.append(comment.length() == 0 ? "" : " ").append(line.substring(2));
      } else if (line.startsWith("#") && line.contains("=")) {
        settings.add(line);
        purposes.add(comment.toString());
      } else {
        comment.setLength(0);
      }
    }
    assertThat(settings)
        .containsExactlyElementsOf(
            KEYS.stream().map(key -> "#" + key.text() + "=" + key.defaultValue()).toList());
    assertThat(purposes).containsExactlyElementsOf(KEYS.stream().map(Key::purpose).toList());
  }

  @Test
  void readmeHasTheEightKeysThatASiteSetsWithTheirDefaults() throws IOException {
    List<String> rows =
        Files.readString(README).lines().filter(line -> line.matches(KEY_ROW)).toList();
    assertThat(rows).hasSize(8);
    for (String row : rows) {
      assertThat(KEYS)
          .as(row)
          .anySatisfy(key ->
              assertThat(row)
                  .startsWith("| `" + key.text() + "` | `" + key.defaultValue() + "` |"));
    }
  }

  @Test
  void theAddressSpaceThatJavaNeedsIsTheSameNumberEverywhere() throws IOException {
    String launcher = Files.readString(Path.of("src/main/dist/lib-launch"));
    long needed = Long.parseLong(onlyMatch("(?m)^NEEDED_KIB=(\\d+)$", launcher));
    assertThat(onlyMatch("(\\d+) KiB", Files.readString(README))).isEqualTo("" + needed);
    assertThat(onlyMatch("`-m (\\d+)`", Files.readString(README))).isEqualTo("" + needed * 1024);
    String page = ManualPage.read("man8/qscan-queue.8").section("NOTES").text();
    assertThat(onlyMatch("(\\d+) KiB", page)).isEqualTo("" + needed);
    String files = onlyMatch("(?m)^NEEDED_FILES=(\\d+)$", launcher);
    assertThat(onlyMatch("(\\d+) descriptors", page)).isEqualTo(files);
  }

  private static String onlyMatch(String regex, String text) {
    List<String> found =
        Pattern.compile(regex).matcher(text).results().map(result -> result.group(1)).toList();
    assertThat(found).as(regex).hasSize(1);
    return found.get(0);
  }

  @Test
  void sampleIsAConfigurationAsItIsAndWithEveryKeyUncommented(@TempDir Path directory)
      throws Exception {
    assertThat(Configuration.read(SAMPLE).describe())
        .isEqualTo(Configuration.defaults().describe());
    Path all = directory.resolve("all");
    Files.writeString(all, Files.readString(SAMPLE).replaceAll("(?m)^#(?=[a-z])", ""));
    Configuration configuration = Configuration.read(all);
    for (Key key : KEYS) {
      assertThat(configuration.source(key)).startsWith(all + ":");
      assertThat(configuration.text(key)).isEqualTo(key.defaultValue());
    }
  }
}
