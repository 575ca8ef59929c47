package org.qscan.mailet;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.qscan.engine.config.Configuration;
import org.qscan.engine.config.Key;

/** The pages for operators against the program. */
class DocumentationTest {

  private static final Path README = Path.of("README.md");
  private static final Path MIGRATION = Path.of("../samples/migration");
  private static final Pattern ROW = Pattern.compile("\\| `(\\w+)`[^|]*\\|([^|]*)\\|.*");

  /** The rows of the table below a heading: parameter and default. */
  private static Map<String, String> table(String heading) throws Exception {
    String page = Files.readString(README);
    int start = page.indexOf("\n## " + heading + "\n");
    assertThat(start).as(heading).isNotNegative();
    int end = page.indexOf("\n\n", page.indexOf("\n|", start));
    Map<String, String> rows = new LinkedHashMap<>();
    for (String line : page.substring(start, end).split("\n", -1)) {
      Matcher row = ROW.matcher(line);
      if (row.matches()) {
        rows.put(row.group(1), row.group(2).strip());
      }
    }
    return rows;
  }

  @Test
  void thePageListsTheMailetsParametersAndNoOthers() throws Exception {
    Map<String, String> rows = table("The mailet's parameters");
    assertThat(rows.remove("config")).isNotNull();
    assertThat(rows.keySet()).isEqualTo(VirusScan.PARAMETERS);
    assertThat(rows)
        .containsEntry("onScanFailure", "`throw`")
        .containsEntry("header", "`false`")
        .containsEntry("ambiguityHeader", "`false`");
  }

  @Test
  void thePageListsTheHooksParametersAndNoOthers() throws Exception {
    Map<String, String> rows = table("The hook's parameters");
    assertThat(rows.remove("config")).isNotNull();
    assertThat(rows.keySet()).isEqualTo(VirusScanHook.PARAMETERS);
    assertThat(rows.get("infectedText")).isEqualTo("`" + VirusScanHook.INFECTED + "`");
    assertThat(rows.get("unscannableText")).isEqualTo("`" + VirusScanHook.UNSCANNABLE + "`");
    assertThat(rows.get("failedText")).isEqualTo("`" + VirusScanHook.FAILED + "`");
  }

  @Test
  void thePageNamesTheMetricsAndAttributes() throws Exception {
    assertThat(Files.readString(README))
        .contains(
            VirusScanMetrics.TOTAL,
            VirusScanMetrics.RUNNING,
            VirusScanMetrics.VERDICT + "clean",
            Verdicts.VERDICT.asString(),
            Verdicts.THREATS.asString(),
            Verdicts.REASON.asString(),
            Verdicts.ID.asString(),
            Verdicts.TIME.asString(),
            Verdicts.JAMES_INFECTED.asString());
  }

  @Test
  void theMigrationsFilesAreReadable() throws Exception {
    Configuration configuration = Configuration.read(MIGRATION.resolve("qscan.properties"));
    assertThat(configuration.text(Key.QUEUE_PROGRAM)).isEqualTo("/var/qmail/bin/qmail-queue");
    var gateway =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(MIGRATION.resolve("gateway.xml").toFile());
    assertThat(gateway.getDocumentElement().getAttribute("state")).isEqualTo("relay");
    assertThat(MIGRATION.resolve("run-james")).isExecutable();
  }
}
