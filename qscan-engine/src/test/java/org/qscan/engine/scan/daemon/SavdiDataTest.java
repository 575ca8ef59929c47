package org.qscan.engine.scan.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qscan.engine.ScanFailure;
import org.qscan.engine.Verdict;
import org.qscan.engine.Verdict.Reason;
import org.qscan.engine.scan.Finding;
import org.qscan.engine.scan.VerdictCache;
import org.qscan.engine.testing.FakeSavdi;

/** How savdid gets the octets, and what happens where it does not want them. */
class SavdiDataTest {

  @TempDir Path scratch;
  private Path views = Path.of("/");
  private FakeSavdi daemon = FakeSavdi.answering("tcp:127.0.0.1:0", FakeSavdi.CLEAN);

  @BeforeEach
  void write() throws Exception {
    views = Files.createDirectories(scratch.resolve("a b%c/views"));
    Files.writeString(views.resolve("1.eml"), "SCANFILE /etc/passwd\r\nBYE\r\n");
  }

  @AfterEach
  void close() {
    daemon.close();
  }

  private Verdict scan(String transfer) throws ScanFailure {
    return finding(transfer).verdict();
  }

  private Finding finding(String transfer) throws ScanFailure {
    return DaemonScanner.savdi(
            new DaemonSettings("savdi.address", List.of(daemon.address()), transfer, true),
            Map.of(),
            Duration.ofSeconds(30),
            new VerdictCache(0))
        .scan(views, "x");
  }

  @Test
  void noLineOfAMailIsEverReadAsACommand() throws Exception {
    daemon.takesAtMost(5);
    assertThat(scan("data")).isEqualTo(new Verdict.Unscannable(List.of(Reason.LIMIT)));
    assertThat(daemon.commands())
        .contains("SCANDATA 27")
        .noneMatch(line -> line.contains("passwd"));
    assertThat(finding("data").limits())
        .singleElement()
        .asString()
        .contains("a part of 27 bytes", "maxscandata of savdid.conf");
    daemon.takesAtMost(27);
    assertThat(scan("data")).isEqualTo(new Verdict.Clean());
    assertThat(daemon.commands()).noneMatch(line -> line.contains("passwd"));
  }

  @Test
  void everyOctetArrivesAsItIs() throws Exception {
    byte[] data = new byte[3_000_001];
    new java.util.Random(7).nextBytes(data);
    Files.write(views.resolve("1.eml"), data);
    String sent = new String(data, java.nio.charset.StandardCharsets.ISO_8859_1);
    daemon.answers((subject, got) ->
        got.equals(sent) ? "VIRUS Same x\r\nDONE OK 0203 Virus\r\n\r\n" : FakeSavdi.CLEAN);
    assertThat(scan("data")).isEqualTo(new Verdict.Infected(List.of("Same")));
  }

  @Test
  void aPathIsSentWithPercentSigns() throws Exception {
    assertThat(scan("path")).isEqualTo(new Verdict.Clean());
    assertThat(daemon.commands())
        .anyMatch(line -> line.startsWith("SCANFILE /") && line.endsWith("/a%20b%25c/views/1.eml"))
        .noneMatch(line -> line.startsWith("SCANDATA"));
  }

  @Test
  void pathIsTakenByItselfOnlyForALocalSocketAndAWorkDirectoryThatItMayRead() throws Exception {
    assertThat(scan("auto")).isEqualTo(new Verdict.Clean());
    assertThat(daemon.commands()).noneMatch(line -> line.startsWith("SCANFILE"));

    daemon.close();
    daemon = FakeSavdi.answering("unix:" + scratch.resolve("s"), FakeSavdi.CLEAN);
    assertThat(scan("auto")).isEqualTo(new Verdict.Clean());
    assertThat(daemon.commands()).anyMatch(line -> line.startsWith("SCANFILE"));
  }

  @Test
  void dataAreSentWherePathsAreNotPermittedUnlessTheSiteWantsPaths() throws Exception {
    daemon.close();
    daemon =
        new FakeSavdi(
            "unix:" + scratch.resolve("s"),
            (subject, data) -> subject.contains("views") ? "REJ 5\r\n" : FakeSavdi.CLEAN);
    assertThat(scan("auto")).isEqualTo(new Verdict.Clean());
    assertThatThrownBy(() -> scan("path"))
        .isInstanceOf(ScanFailure.class)
        .hasMessageContaining("allowscanfile")
        .hasMessageContaining("savdi.transfer");
  }
}
