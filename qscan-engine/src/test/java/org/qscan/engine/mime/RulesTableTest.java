package org.qscan.engine.mime;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.qscan.engine.rules.MimeRule;

/** What {@code docs/rules.md} says of each rule, and how often each fires. */
class RulesTableTest {

  /** The cells of the rows of the table below this line. */
  private static List<List<String>> table(String heading) throws Exception {
    List<String> lines = Files.readAllLines(Path.of("docs/rules.md"));
    List<List<String>> rows = new ArrayList<>();
    int i = lines.indexOf(heading) + 1;
    while (!lines.get(i).startsWith("|---")) {
      i++;
    }
    for (i++; i < lines.size() && lines.get(i).startsWith("| "); i++) {
      rows.add(List.of(lines.get(i).substring(2).split(" \\|( |$)")));
    }
    return rows;
  }

  private static List<String> names(List<List<String>> rows) {
    List<String> names = new ArrayList<>();
    rows.forEach(row -> names.add(row.get(0)));
    return names;
  }

  @Test
  void eachRuleHasItsRowWithItsTierAndItsMeaning() throws Exception {
    List<List<String>> rows = table("## What each means");
    assertThat(names(rows)).isEqualTo(MimeRule.names());
    for (List<String> row : rows) {
      MimeRule rule = Objects.requireNonNull(MimeRule.of(row.get(0)));
      assertThat(row.subList(1, 3)).containsExactly(rule.tier().text(), rule.meaning());
      assertThat(row).hasSize(6).allMatch(cell -> !cell.isBlank());
    }
  }

  /** A rule that refuses although each reading is scanned would refuse for spelling alone. */
  @Test
  void noRuleRefusesOfWhichEachReadingIsScanned() throws Exception {
    for (List<String> row : table("## What each means")) {
      assertThat(row.get(4).startsWith("no")).as(row.get(0)).isEqualTo(row.get(1).equals("refuse"));
    }
  }

  @Test
  void eachRuleHasItsRateInEachClassOfMail() throws Exception {
    List<List<String>> rows = table("## How often each fires");
    assertThat(names(rows)).isEqualTo(MimeRule.names());
    assertThat(rows)
        .allSatisfy(row ->
            assertThat(row.subList(1, row.size()))
                .hasSize(7)
                .allMatch(c -> c.matches("\\d+(\\.\\d)?")));
  }
}
