package org.qscan.engine.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.qscan.engine.rules.MimeRule;

/** What the change log tells a site to set can be set. */
class ChangelogTest {

  /** A setting in a code span: {@code `unscannable.limit=defer`}. */
  private static final Pattern SETTING = Pattern.compile("`([a-z]+[a-z.-]*)=([^`]+)`");

  private static String unreleased() throws IOException {
    String all = Files.readString(Path.of("..", "CHANGELOG.md"));
    int end = all.indexOf("\n## ", all.indexOf("\n## ") + 1);
    return end < 0 ? all : all.substring(0, end);
  }

  @Test
  void everySettingThatBringsTheOldWayBackIsAllowed() throws Exception {
    List<String> settings = new ArrayList<>();
    Matcher matcher = SETTING.matcher(unreleased());
    while (matcher.find()) {
      String key = matcher.group(1);
      if (Key.of(key) == null) {
        continue; // of another program, or a word of the log
      }
      String value = matcher.group(2);
      settings.add(key);
      assertThatCode(() -> Configuration.defaults().set(key, value, "CHANGELOG"))
          .as(key + "=" + value)
          .doesNotThrowAnyException();
    }
    assertThat(settings)
        .contains(
            "unscannable.limit", "extract.max-depth", "mime.rules", "daemon.restart-patience");
  }

  @Test
  void theSectionForASiteThatUpgradesNamesOnlyKeysAndRulesThatExist() throws Exception {
    String all = unreleased();
    int begin = all.indexOf("### For a site that upgrades");
    String section = all.substring(begin, all.indexOf("\n### ", begin + 1));
    int rows = 0;
    for (String line : section.split("\n", -1)) {
      String[] cells = line.split("\\|", -1);
      if (cells.length != 6 || line.startsWith("|---") || line.startsWith("| mail")) {
        continue;
      }
      rows++;
      String old = cells[4].strip();
      assertThat(old.startsWith("-") || SETTING.matcher(old).find()).as(line).isTrue();
      Matcher matcher = SETTING.matcher(old);
      while (matcher.find()) {
        assertThat(Key.of(matcher.group(1))).as(line).isNotNull();
        if (matcher.group(1).equals("mime.rules")) {
          for (String pair : matcher.group(2).split(",", -1)) {
            assertThat(MimeRule.names()).contains(pair.substring(0, pair.indexOf(':')));
          }
        }
      }
    }
    assertThat(rows).isGreaterThan(15);
  }
}
