package org.qscan.engine.scan.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qscan.engine.ScanFailure;
import org.qscan.engine.Verdict;
import org.qscan.engine.Verdict.Reason;
import org.qscan.engine.config.Address;
import org.qscan.engine.scan.EndpointHealth;
import org.qscan.engine.scan.Finding;
import org.qscan.engine.scan.VerdictCache;
import org.qscan.engine.scan.VirusScanner;
import org.qscan.engine.testing.Mails;
import org.qscan.engine.testing.RealClamd;
import org.qscan.engine.testing.RealPrograms;

/** Debian's clamd, with signatures of our own. */
class RealClamdTest {

  private static final String EICAR = "QScan.Test.Eicar.UNOFFICIAL";
  private static final String MARK = "QScan.Test.Mark.UNOFFICIAL";

  @TempDir Path scratch;
  private Path views = Path.of("/");

  @BeforeEach
  void makeViews() throws Exception {
    views = Files.createDirectory(scratch.resolve("views"));
    Files.createDirectory(views.resolve("raw"));
    Files.writeString(views.resolve("raw/1.eml"), "Subject: x\n\nharmless\n");
    Files.writeString(views.resolve("2"), "harmless as well\n");
    Files.writeString(views.resolve("3"), "");
  }

  private static VirusScanner scanner(String transfer, String... addresses) {
    List<Address> places = Arrays.stream(addresses).map(Address::of).toList();
    return DaemonScanner.clamd(
        new DaemonSettings("clamd.address", places, transfer, false),
        Duration.ofSeconds(60),
        new VerdictCache(0));
  }

  private Verdict scan(VirusScanner scanner) throws ScanFailure {
    return scanner.scan(views, "real").verdict();
  }

  private static List<VirusScanner> allWays(RealClamd clamd) {
    return List.of(
        scanner("data", clamd.socket()),
        scanner("path", clamd.socket()),
        scanner("data", clamd.tcp()),
        scanner("path", clamd.tcp()));
  }

  @Test
  void itFindsWhatItsDatabaseHasAndNothingElse() throws Exception {
    try (RealClamd clamd = RealClamd.start(scratch)) {
      for (VirusScanner scanner : allWays(clamd)) {
        Files.writeString(views.resolve("2"), "harmless as well\n");
        assertThat(scan(scanner)).isEqualTo(new Verdict.Clean());
        Files.writeString(views.resolve("2"), Mails.eicar());
        assertThat(scan(scanner)).isEqualTo(new Verdict.Infected(List.of(EICAR)));
      }
      Files.writeString(views.resolve("3"), "before " + RealClamd.MARK + " after");
      for (VirusScanner scanner : allWays(clamd)) {
        assertThat(((Verdict.Infected) scan(scanner)).threats())
            .containsExactlyInAnyOrder(EICAR, MARK);
      }
    }
  }

  @Test
  void clamdscanIsOfTheSameOpinionOnEveryFile() throws Exception {
    Path clamdscan = RealPrograms.require("clamdscan");
    Files.writeString(views.resolve("2"), Mails.eicar());
    Files.write(views.resolve("4"), ClamdProbes.nested());
    Files.write(views.resolve("5"), ClamdProbes.encrypted());
    Files.write(views.resolve("6"), new byte[3_000_000]);
    Files.writeString(views.resolve("7"), "x".repeat(500_000) + RealClamd.MARK);
    try (RealClamd clamd = RealClamd.start(scratch)) {
      Process process =
          new ProcessBuilder(
                  clamdscan.toString(),
                  "-c",
                  clamd.configuration().toString(),
                  "--no-summary",
                  "--stdout",
                  "--fdpass",
                  views.toString())
              .start();
      List<String> theirs = new ArrayList<>();
      for (String line :
          new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1)
              .split("\n", -1)) {
        if (line.endsWith(" FOUND")) {
          theirs.add(line.substring(line.lastIndexOf(": ") + 2, line.length() - 6));
        }
      }
      assertThat(process.waitFor()).isEqualTo(1);
      for (VirusScanner scanner : allWays(clamd)) {
        assertThat(((Verdict.Infected) scan(scanner)).threats())
            .containsExactlyInAnyOrderElementsOf(theirs);
      }
    }
  }

  @Test
  void aMessageOfAThousandPartsIsAnsweredForToTheLast() throws Exception {
    for (int i = 0; i < 1000; i++) {
      Files.writeString(views.resolve("part" + i), "part " + i);
    }
    try (RealClamd clamd = RealClamd.start(scratch)) {
      for (VirusScanner scanner : allWays(clamd)) {
        assertThat(scan(scanner)).isEqualTo(new Verdict.Clean());
      }
      Files.writeString(views.resolve("part999"), RealClamd.MARK);
      for (VirusScanner scanner : allWays(clamd)) {
        assertThat(scan(scanner)).isEqualTo(new Verdict.Infected(List.of(MARK)));
      }
    }
  }

  @Test
  void itsDefaultsSayOkOfWhatWasNotLookedAtAndHealthSaysSo() throws Exception {
    try (RealClamd clamd = RealClamd.start(scratch)) {
      EndpointHealth health = scanner("data", clamd.socket()).health("real").get(0);
      assertThat(health.failure()).isNull();
      assertThat(health.version()).startsWith("ClamAV ");
      assertThat(health.warnings())
          .hasSize(2)
          .anyMatch(warning -> warning.contains("AlertEncrypted"))
          .anyMatch(warning -> warning.contains("AlertExceedsMax"));
    }
  }

  @Test
  void withItsAlertsOnWhatItDidNotLookAtIsUnscannable() throws Exception {
    try (RealClamd clamd =
        RealClamd.start(
            scratch,
            "AlertEncrypted yes",
            "AlertExceedsMax yes",
            "MaxFileSize 1M",
            "MaxFiles 20")) {
      for (VirusScanner scanner : allWays(clamd)) {
        assertThat(scanner.health("real").get(0).warnings()).isEmpty();
        Files.write(views.resolve("2"), ClamdProbes.encrypted());
        assertThat(scan(scanner)).isEqualTo(new Verdict.Unscannable(List.of(Reason.ENCRYPTED)));
        Files.write(views.resolve("2"), ClamdProbes.nested());
        assertThat(scan(scanner)).isEqualTo(new Verdict.Unscannable(List.of(Reason.LIMIT)));
        Files.write(views.resolve("2"), Mails.octets("harmless".repeat(200_000)));
        assertThat(scan(scanner)).isEqualTo(new Verdict.Unscannable(List.of(Reason.LIMIT)));
        Files.write(views.resolve("2"), zipOf(40));
        assertThat(scan(scanner)).isEqualTo(new Verdict.Unscannable(List.of(Reason.LIMIT)));
      }
    }
  }

  private static byte[] zipOf(int files) throws IOException {
    ByteArrayOutputStream archive = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(archive)) {
      for (int i = 0; i < files; i++) {
        zip.putNextEntry(new ZipEntry(i + ".txt"));
        zip.write(Mails.octets("text " + i));
      }
    }
    return archive.toByteArray();
  }

  @Test
  void whatIsLongerThanItsStreamLimitIsOverALimitByDataAndScannedByPath() throws Exception {
    Files.write(views.resolve("2"), Mails.octets("harmless".repeat(1_000_000)));
    try (RealClamd clamd = RealClamd.start(scratch, "StreamMaxLength 1M")) {
      for (String address : List.of(clamd.socket(), clamd.tcp())) {
        Finding finding = scanner("data", address).scan(views, "real");
        assertThat(finding.verdict()).isEqualTo(new Verdict.Unscannable(List.of(Reason.LIMIT)));
        assertThat(finding.limits())
            .singleElement()
            .asString()
            .startsWith(address)
            .contains("a part of 8000000 bytes")
            .contains("StreamMaxLength of clamd.conf");
        assertThat(scan(scanner("path", address))).isEqualTo(new Verdict.Clean());
      }
    }
  }

  @Test
  void whatIsFoundInOtherPartsCountsWhereSomeAreLongerThanTheStreamLimit() throws Exception {
    for (int i = 0; i < 5; i++) {
      Files.write(views.resolve("a" + i), Mails.octets("harmless".repeat(200_000)));
      Files.writeString(views.resolve("b" + i), "text");
    }
    Files.writeString(views.resolve("z"), RealClamd.MARK);
    try (RealClamd clamd = RealClamd.start(scratch, "StreamMaxLength 1M")) {
      for (String address : List.of(clamd.socket(), clamd.tcp())) {
        assertThat(scan(scanner("data", address))).isEqualTo(new Verdict.Infected(List.of(MARK)));
      }
    }
  }

  @Test
  void whileOneIsAwayTheOtherScansAndWhereAllAreAwayNothingIsClean() throws Exception {
    VirusScanner scanner;
    try (RealClamd first = RealClamd.start(scratch);
        RealClamd second = RealClamd.start(scratch)) {
      scanner = scanner("data", first.socket(), second.tcp());
      assertThat(scan(scanner)).isEqualTo(new Verdict.Clean());
      first.stop();
      for (int i = 0; i < 5; i++) {
        assertThat(scan(scanner)).isEqualTo(new Verdict.Clean());
      }
    }
    assertThatThrownBy(() -> scan(scanner)).isInstanceOf(ScanFailure.class);
  }

  @Test
  void theSampleForItsConfigurationLeavesNothingToWarnOf() throws Exception {
    String[] sample =
        Files.readAllLines(Path.of("../samples/scanners/clamd.conf")).stream()
            .filter(line -> !line.startsWith("#") && !line.startsWith("LocalSocket"))
            .toArray(String[]::new);
    try (RealClamd clamd = RealClamd.start(scratch, sample)) {
      assertThat(scanner("data", clamd.socket()).health("real").get(0).warnings()).isEmpty();
      assertThat(scan(scanner("data", clamd.socket()))).isEqualTo(new Verdict.Clean());
    }
  }
}
