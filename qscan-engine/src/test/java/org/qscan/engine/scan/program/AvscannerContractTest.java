package org.qscan.engine.scan.program;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.qscan.engine.ScanFailure;
import org.qscan.engine.Verdict;
import org.qscan.engine.Verdict.Reason;
import org.qscan.engine.scan.VirusScanner;

class AvscannerContractTest extends ProgramContract {

  private static final String SUMMARY =
      """
      [15:14:33] End of Scan Summary:
      3 files scanned in 6 seconds.
      """;

  @Override
  protected VirusScanner scanner(ProgramSettings settings, Duration timeout) {
    return ProgramScanner.avscanner(settings, timeout);
  }

  @Override
  protected String name() {
    return "avscanner";
  }

  @Override
  protected String banner() {
    return """
    [15:14:27] Logger av configured for level: INFO

    [15:14:27] Archive scanning enabled: yes
    [15:14:27] Image scanning enabled: yes
    [15:14:27] Following symlinks: no
    [15:14:27] Scanning /work/views/raw/1.eml
    """;
  }

  @Override
  protected String found(String threat, String path) {
    return "[15:14:33] Detected \"" + path + "\" is infected with " + threat + " (On Demand)\n";
  }

  @Override
  protected String leftOut(@Nullable Reason reason, String path) {
    String why =
        reason == null
            ? "it could not be opened"
            : switch (reason) {
              case ENCRYPTED -> "it is password protected";
              case CORRUPT -> "it is corrupted";
              case LIMIT -> "it is a Zip Bomb";
              default -> throw new IllegalArgumentException(reason.text());
            };
    return "[15:14:33] Failed to scan " + path + " as " + why + "\n";
  }

  /** No public page shows what it says of what it takes for a bomb. */
  @Override
  protected boolean tells(Reason reason) {
    return reason != Reason.LIMIT;
  }

  @Override
  protected int foundCode() {
    return 24;
  }

  @Override
  protected int leftOutCode() {
    return 8;
  }

  /** It says nothing of the age of its data. */
  @Override
  protected @Nullable String old() {
    return null;
  }

  private Verdict judge(int code, String text) throws ScanFailure {
    return verdict(exits(code, text));
  }

  @ParameterizedTest
  @CsvSource({
    "0, true, false",
    "2, false, false",
    "8, false, true",
    "16, false, true",
    "24, false, false",
    "25, false, false",
    "36, false, false",
    "40, false, false",
    "41, false, false",
    "1, false, false",
    "3, false, false",
    "12, false, false",
    "20, false, false"
  })
  void onlyZeroIsCleanAndOnlyEightAndSixteenGoWithAReason(int code, boolean ok, boolean left)
      throws Exception {
    if (ok) {
      assertThat(judge(code, banner() + SUMMARY)).isEqualTo(new Verdict.Clean());
    } else {
      assertFails(exits(code, banner() + SUMMARY));
    }
    String encrypted = leftOut(Reason.ENCRYPTED, "/work/views/ripmime/2.zip/a");
    if (left) {
      assertThat(judge(code, encrypted + SUMMARY))
          .isEqualTo(new Verdict.Unscannable(List.of(Reason.ENCRYPTED)));
    } else {
      assertFails(exits(code, encrypted + SUMMARY));
    }
  }

  /** The run that a user showed in 2023; what came after its last line was not kept. */
  @Test
  void theSampleIsInfected() throws Exception {
    String sample =
        banner()
            + "[15:14:33] Detected \"/tmp/eicar.com\" is infected with EICAR-AV-Test (On Demand)\n"
            + "[15:14:33] End of Scan Summary:\n"
            + "[15:14:33] 1 file scanned in 6 seconds.\n";
    assertThat(judge(24, sample)).isEqualTo(new Verdict.Infected(List.of("EICAR-AV-Test")));
    assertFails(exits(0, sample));
  }

  @Test
  void ofTheSummaryOnlyWhatAUserHasShownIsKnown() throws Exception {
    assertThat(judge(0, SUMMARY)).isEqualTo(new Verdict.Clean());
    assertFails(exits(0, SUMMARY + "1 scan error encountered\n"));
    for (String unseen :
        List.of(
            "0 files out of 1 were infected.",
            "1 file out of 3 was infected.",
            "1 EICAR-AV-Test infection discovered.",
            "3 files scanned in less than a second",
            "2 scan errors encountered.")) {
      assertFails(exits(0, SUMMARY + unseen + "\n"))
          .hasMessageContaining("unknown line: " + unseen);
    }
  }

  /** As with our default options, and as Veeam runs it. */
  @Test
  void atTheLevelOfWarningsItIsSilentWhereAllIsClean() throws Exception {
    assertThat(judge(0, "")).isEqualTo(new Verdict.Clean());
    assertThat(judge(24, "WARN  " + found(FIRST, "/work/views/raw/1.eml").substring(11)))
        .isEqualTo(new Verdict.Infected(List.of(FIRST)));
    assertFails(exits(24, ""));
    assertFails(exits(16, ""));
  }

  @Test
  void aScanOfNoFilesIsNotAScan() {
    assertFails(exits(0, "[15:14:33] End of Scan Summary:\n0 files scanned in 6 seconds.\n"))
        .hasMessageContaining("0 files");
  }

  @ParameterizedTest
  @ValueSource(strings = {"WARN  ", "WARN ", "ERROR ", "[10:11:12] WARN ", ""})
  void aLevelMayStandBeforeTheWords(String prefix) throws Exception {
    assertThat(judge(24, prefix + "Detected \"/a/b\" is infected with EICAR-AV-Test\n"))
        .isEqualTo(new Verdict.Infected(List.of("EICAR-AV-Test")));
    assertThat(judge(16, prefix + "Failed to scan /a/b as it is password protected\n"))
        .isEqualTo(new Verdict.Unscannable(List.of(Reason.ENCRYPTED)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Failed to scan /a/b as it could not be opened",
        "Failed to scan /a/x as it is corrupted as it could not be read",
        "Failed to scan /a/b due to a sweep failure",
        "Failed to scan /a/b [unexpected (0x80040231)]",
        "Failed to send scan request to Sophos Threat Detector (Environment interruption)",
        "Failed to scan file: /a/b after 60 retries",
        "Scanning of /a/b was aborted",
        "Failed to scan /a/b as it is a Zip Bomb",
        "Failed to scan /a/b as it is not a supported file type",
        "INFO Scanning /a/b",
        "Reached total maximum number of reconnection attempts. Aborting scan.",
        "detected \"/a/b\" is infected with X",
        "Received SIGINT",
      })
  void whatIsLeftOutForAReasonOfOursIsUnknown(String line) {
    for (int code : new int[] {0, 8, 16, 24, 36}) {
      assertFails(exits(code, line + "\n"));
    }
  }

  @Test
  void aNameInAnArchiveCannotPassForAnotherThreat() throws Exception {
    assertThat(judge(24, found(FIRST, "/a/x\" is infected with Harmless (On Demand) y.exe")))
        .isEqualTo(new Verdict.Infected(List.of(FIRST)));
  }
}
