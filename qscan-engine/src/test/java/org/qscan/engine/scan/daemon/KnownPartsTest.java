package org.qscan.engine.scan.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qscan.engine.ScanFailure;
import org.qscan.engine.Verdict;
import org.qscan.engine.scan.IgnoredThreats;
import org.qscan.engine.scan.Panel;
import org.qscan.engine.scan.ScanInput;
import org.qscan.engine.scan.VerdictCache;
import org.qscan.engine.scan.VirusScanner;
import org.qscan.engine.testing.FakeClamd;
import org.qscan.engine.testing.FakeSavdi;

/** Daemons are not asked again for parts that they have judged, and only for these. */
class KnownPartsTest {

  private static final Verdict CLEAN = new Verdict.Clean();
  private static final Verdict X = new Verdict.Infected(List.of("X"));

  @TempDir Path scratch;
  private Path views = Path.of("/");
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final VerdictCache cache = new VerdictCache(100);
  private final List<AutoCloseable> daemons = new ArrayList<>();
  private String part = "OK";

  @BeforeEach
  void makeAMessage() throws Exception {
    views = Files.createDirectories(scratch.resolve("views"));
    Files.createDirectory(views.resolve("raw"));
    Files.createDirectory(views.resolve("mime4j"));
    message("raw", "part");
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable daemon : daemons) {
      daemon.close();
    }
  }

  private void message(String raw, String content) throws Exception {
    Files.writeString(views.resolve("raw/1.eml"), raw);
    Files.writeString(views.resolve("mime4j/2"), content);
  }

  private FakeClamd clamd() {
    FakeClamd clamd =
        new FakeClamd(
            "unix:" + scratch.resolve("clamd" + daemons.size()),
            (subject, data) -> {
              asked.add(data);
              return subject + ": " + (data.startsWith("raw") ? "OK" : part);
            });
    daemons.add(clamd);
    return clamd;
  }

  private DaemonScanner scanner(FakeClamd... daemons) {
    return DaemonScanner.clamd(
        new DaemonSettings(
            "clamd.address",
            List.of(daemons).stream().map(FakeClamd::address).toList(),
            "data",
            false),
        Duration.ofSeconds(30),
        cache);
  }

  private Verdict scan(VirusScanner scanner) throws ScanFailure {
    return scanner.scan(views, "session").verdict();
  }

  @Test
  void aCleanPartIsNotShownAgainAndTheRawMessageAlwaysIs() throws Exception {
    DaemonScanner scanner = scanner(clamd());
    assertThat(scan(scanner)).isEqualTo(CLEAN);
    message("raw, another", "part");
    assertThat(scan(scanner)).isEqualTo(CLEAN);
    assertThat(scan(scanner)).isEqualTo(CLEAN);
    assertThat(asked).containsExactly("part", "raw", "raw, another", "raw, another");
    assertThat(scanner.cacheFigures()).isEqualTo(new VerdictCache.Figures(1, 3, 2));
    assertThat(scanner.knownThreats(ScanInput.in(views))).isEmpty();
  }

  @Test
  void anInfectedPartIsKnownWithoutAQuestion() throws Exception {
    DaemonScanner scanner = scanner(clamd());
    part = "X FOUND";
    assertThat(scanner.knownThreats(ScanInput.in(views))).isEmpty();
    assertThat(scan(scanner)).isEqualTo(X);
    part = "OK";
    message("raw, another", "part");
    assertThat(scanner.knownThreats(ScanInput.in(views))).containsExactly("X");
    assertThat(scan(scanner)).isEqualTo(X);
    message("raw", "other");
    assertThat(scanner.knownThreats(ScanInput.in(views))).isEmpty();
    assertThat(scan(scanner)).isEqualTo(CLEAN);
  }

  @Test
  void newVirusDataDropAll() throws Exception {
    FakeClamd clamd = clamd();
    DaemonScanner scanner = scanner(clamd);
    scan(scanner);
    clamd.is("ClamAV 1.4.6/27501/Sat Nov 21 08:32:11 2026");
    part = "X FOUND";
    assertThat(scan(scanner)).isEqualTo(X);
    clamd.is("ClamAV 1.4.7/27501/Sat Nov 21 08:32:11 2026");
    part = "OK";
    assertThat(scan(scanner)).isEqualTo(CLEAN);
  }

  @Test
  void virusDataThatChangeDuringAScanLeaveNothingBehind() throws Exception {
    FakeClamd clamd = clamd();
    DaemonScanner scanner = scanner(clamd);
    clamd.answers((subject, data) -> {
      clamd.is("ClamAV 1.4.6/27501/Sat Nov 21 08:32:11 2026");
      return subject + ": OK";
    });
    assertThat(scan(scanner)).isEqualTo(CLEAN);
    assertThat(scanner.cacheFigures().entries()).isZero();
  }

  @Test
  void withoutAKnownStateOfTheDataNothingIsKept() throws Exception {
    DaemonScanner scanner = scanner(clamd().is("ClamAV 1.4.6"));
    scan(scanner);
    scan(scanner);
    assertThat(asked).containsExactly("part", "raw", "part", "raw");
  }

  @Test
  void whatIsUnknownOrUnscannableIsNeverKept() throws Exception {
    DaemonScanner scanner = scanner(clamd());
    part = "Can't allocate memory ERROR";
    assertThat(catchThrowable(() -> scan(scanner))).isInstanceOf(ScanFailure.class);
    part = "Heuristics.Encrypted.Zip FOUND";
    assertThat(scan(scanner)).isInstanceOf(Verdict.Unscannable.class);
    assertThat(scanner.cacheFigures().entries()).isZero();
    part = "X FOUND";
    assertThat(scan(scanner)).isEqualTo(X);
  }

  @Test
  void aScanThatBreaksOffLeavesNothingBehind() throws Exception {
    FakeClamd clamd = clamd();
    DaemonScanner scanner = scanner(clamd);
    clamd.answers((subject, data) -> data.startsWith("raw") ? "" : subject + ": OK");
    assertThat(catchThrowable(() -> scan(scanner))).isInstanceOf(ScanFailure.class);
    assertThat(scanner.cacheFigures().entries()).isZero();
  }

  @Test
  void whatOneDaemonSaidIsNotTheOthersWord() throws Exception {
    FakeClamd first = clamd();
    FakeClamd second = clamd();
    DaemonScanner scanner = scanner(first, second);
    scan(scanner);
    first.close();
    part = "X FOUND";
    assertThat(scan(scanner)).isEqualTo(X);
  }

  @Test
  void ignoredThreatsAreLeftOutOfWhatIsKnown() throws Exception {
    DaemonScanner scanner = scanner(clamd());
    part = "X FOUND";
    scan(scanner);
    List<String> notes = new ArrayList<>();
    assertThat(panel(scanner, "Y").known(ScanInput.in(views), notes)).isNotNull();
    assertThat(notes).containsExactly("clamd: known by its content");
    assertThat(panel(scanner, "X").known(ScanInput.in(views), new ArrayList<>())).isNull();
  }

  private static Panel panel(VirusScanner scanner, String ignored) {
    return new Panel(
        List.of(scanner),
        true,
        new IgnoredThreats(List.of(ignored)),
        Duration.ofDays(1),
        Duration.ofSeconds(30));
  }

  @Test
  void savdidIsNotAskedAgainEither() throws Exception {
    FakeSavdi savdi =
        new FakeSavdi(
            "unix:" + scratch.resolve("savdi"),
            (subject, data) -> {
              asked.add(data);
              return FakeSavdi.CLEAN;
            });
    daemons.add(savdi);
    DaemonScanner scanner =
        DaemonScanner.savdi(
            new DaemonSettings("savdi.address", List.of(savdi.address()), "data", false),
            Map.of(),
            Duration.ofSeconds(30),
            cache);
    assertThat(scan(scanner)).isEqualTo(CLEAN);
    assertThat(scan(scanner)).isEqualTo(CLEAN);
    assertThat(asked).containsExactly("part", "raw", "raw");
  }
}
