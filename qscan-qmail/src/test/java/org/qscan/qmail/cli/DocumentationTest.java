package org.qscan.qmail.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.qscan.engine.config.Configuration;
import org.qscan.engine.config.Key;
import org.qscan.engine.mime.Rule;
import org.qscan.qmail.QueueExit;

/** What the manual pages and the sample say is what the program does. */
class DocumentationTest {

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
    for (Rule rule : Rule.values()) {
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
  void manualPageOfTheCommandHasEveryCommandAndOption() throws IOException {
    String text = ManualPage.read("man8/qscan.8").section("COMMANDS").text();
    new Qscan(Map.of(), null)
        .commandLine()
        .getSubcommands()
        .forEach((name, command) -> {
          assertThat(text).contains(".SS " + name);
          command
              .getCommandSpec()
              .options()
              .forEach(option -> {
                if (!option.inherited() && !option.usageHelp() && !option.versionHelp()) {
                  assertThat(text).contains(option.longestName());
                }
              });
        });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "man8/qscan.8",
        "man8/qscan-queue.8",
        "man8/qscan-client.8",
        "man8/qscand.8",
        "man8/qscan-socket.8",
        "man5/qscan-config.5"
      })
  void manualPageIsWithoutWarnings(String name) throws Exception {
    Path groff = RealPrograms.require("groff");
    Process process =
        new ProcessBuilder(groff.toString(), "-man", "-ww", "-Tutf8", "-z", "src/main/man/" + name)
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
  void readmeHasEveryKeyWithItsDefault() throws IOException {
    String readme = Files.readString(Path.of("../README.md"));
    List<String> expected = new ArrayList<>();
    for (Key key : KEYS) {
      expected.add("| `" + key.text() + "` | " + inReadme(key.defaultValue()) + " |");
    }
    assertThat(readme.lines().filter(line -> line.matches("\\| `[a-z0-9.-]+` \\| .*")))
        .containsExactlyElementsOf(expected);
  }

  private static String inReadme(String value) {
    return value.isEmpty() ? "" : "`" + value + "`";
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
