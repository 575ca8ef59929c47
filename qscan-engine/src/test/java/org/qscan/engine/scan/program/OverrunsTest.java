package org.qscan.engine.scan.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qscan.engine.ScanFailure;
import org.qscan.engine.Verdict;
import org.qscan.engine.Verdict.Reason;
import org.qscan.engine.scan.Alarms;
import org.qscan.engine.scan.CanaryRules;
import org.qscan.engine.scan.Finding;
import org.qscan.engine.scan.VerdictCache;
import org.qscan.engine.testing.FakeProgram;
import org.qscan.engine.testing.JavaProgram;
import org.qscan.engine.testing.Mails;
import org.qscan.engine.time.Ticker;

/** A message for which the scanner runs on and on is over a limit, once and for a day. */
class OverrunsTest {

  private static final String SESSION = FakeProgram.session();
  private static final Duration TIMEOUT = Duration.ofSeconds(1);
  private static final String BODY = "From: a@example.org\nSubject: x\n\nspin\n";
  private static final Instant NOW = Instant.parse("2026-11-29T12:00:00Z");

  /** Runs on where a file says so; in whatever state it is, it finds the canary. */
  private static final String SPINS =
      """
      echo run >>"$HERE/runs"
      for directory; do :; done
      if grep -rq EICAR-STANDARD "$directory"; then
        echo ">>> Virus 'EICAR-AV-Test' found in file x"
        exit 3
      fi
      if grep -rq finds "$directory"; then echo ">>> Virus 'X' found in file x"; fi
      if grep -rq spin "$directory"; then while :; do :; done; fi
      exit 0
      """;

  /** Another process that remembers. */
  static final class Rememberer {
    public static void main(String[] arguments) {
      new Overruns(Path.of(arguments[0])).remember(Path.of(arguments[1]), "sweep");
      System.out.println("done");
    }
  }

  @TempDir Path scratch;
  private Path work = Path.of("/");
  private Path views = Path.of("/");
  private Path message = Path.of("/");
  private Path program = Path.of("/");

  @BeforeEach
  void prepare() throws IOException {
    work = Files.createDirectory(scratch.resolve("work"));
    views = Files.createDirectories(work.resolve(SESSION).resolve("views"));
    Files.createDirectory(views.resolve("raw"));
    message = views.resolve("raw/1.eml");
    program = FakeProgram.write(scratch, "scanner", SPINS);
    write(received(1) + BODY);
  }

  private void write(String mail) throws IOException {
    Files.write(message, Mails.octets(mail));
  }

  private static String received(int number) {
    return "Received: (qmail "
        + number
        + " invoked from network);\n\tby mx.example.org\nreceived: from b\n  by c; now\n";
  }

  private Overruns idle() {
    return new Overruns(work, InstantSource.system(), 0, 0.001);
  }

  private Overruns at(Instant now) {
    return new Overruns(work, InstantSource.fixed(now), 0, Overruns.SHARE);
  }

  private ProgramScanner sweep(Overruns overruns) {
    CanaryRules rules =
        new CanaryRules(true, true, Duration.ofDays(1), false, false, new Alarms(), Ticker.SYSTEM);
    return ProgramScanner.sweep(
            new ProgramSettings(program, List.of(), Map.of()), TIMEOUT, new VerdictCache(0))
        .with(overruns, rules, work);
  }

  private long runs() {
    return FakeProgram.lines(program, "runs").size();
  }

  @Test
  void aMessageThatTakesAllTheTimeOfAnIdleHostIsOverALimitAndTheNextAttemptCostsNothing()
      throws Exception {
    ProgramScanner scanner = sweep(idle());
    Finding first = scanner.scan(views, SESSION);
    assertThat(first.verdict()).isEqualTo(new Verdict.Unscannable(List.of(Reason.LIMIT)));
    assertThat(first.limits())
        .singleElement()
        .asString()
        .contains("sweep.program " + program, "scan.timeout (1000 ms)", "used a processor");
    long after = runs();
    write(received(2) + received(3) + BODY);
    Finding second = sweep(new Overruns(work)).scan(views, SESSION);
    assertThat(second.verdict()).isEqualTo(first.verdict());
    assertThat(second.limits()).singleElement().asString().contains("less than a day ago");
    assertThat(runs()).isEqualTo(after);
    write(received(1) + BODY.replace("spin", "clean"));
    assertThat(sweep(new Overruns(work)).scan(views, SESSION).verdict())
        .isEqualTo(new Verdict.Clean());
  }

  @Test
  void onABusyHostItIsToBeTriedAgainAndNothingIsRemembered() {
    Overruns busy = new Overruns(work, InstantSource.system(), 1000, 0.001);
    assertThatThrownBy(() -> sweep(busy).scan(views, SESSION))
        .isInstanceOf(ScanFailure.class)
        .hasMessageContaining("scan.timeout");
    assertThat(work.resolve(Overruns.NAME)).doesNotExist();
  }

  @Test
  void aScannerThatWaitsForSomethingElseIsToBeTriedAgain() {
    program =
        FakeProgram.write(scratch, "scanner", SPINS.replace("while :; do :; done", "sleep 60"));
    Overruns usual = new Overruns(work, InstantSource.system(), 0, Overruns.SHARE);
    assertThatThrownBy(() -> sweep(usual).scan(views, SESSION)).isInstanceOf(ScanFailure.class);
    assertThat(work.resolve(Overruns.NAME)).doesNotExist();
  }

  @Test
  void aScannerThatRunsOnWithTheCanaryAsWellIsNoFactOfAMessage() {
    program =
        FakeProgram.write(
            scratch,
            "scanner",
            "[ -e \"$HERE/broken\" ] && while :; do :; done\n"
                + "touch \"$HERE/broken\"\n"
                + SPINS);
    assertThatThrownBy(() -> sweep(idle()).scan(views, SESSION)).isInstanceOf(ScanFailure.class);
    assertThat(work.resolve(Overruns.NAME)).doesNotExist();
  }

  @Test
  void whatItFoundBeforeItRanOnIsNotForgotten() throws Exception {
    write(BODY + "finds\n");
    assertThatThrownBy(() -> sweep(idle()).scan(views, SESSION)).isInstanceOf(ScanFailure.class);
    assertThat(work.resolve(Overruns.NAME)).doesNotExist();
  }

  @Test
  void itIsTheMessagesOwnOnlyIfItHadAProcessorNearlyAllTheTime() {
    Duration had = Duration.ofSeconds(100);
    Overruns idle = at(NOW);
    assertThat(idle.isTheMessagesOwn(Duration.ofSeconds(95), had)).isTrue();
    assertThat(idle.isTheMessagesOwn(Duration.ofSeconds(79), had)).isFalse();
    Overruns busy = new Overruns(work, InstantSource.fixed(NOW), 500, Overruns.SHARE);
    assertThat(busy.isTheMessagesOwn(Duration.ofSeconds(100), had)).isFalse();
  }

  @Test
  void anotherProcessKnowsWhatOneRemembered() throws Exception {
    assertThat(new Overruns(work).isKnown(message, "sweep")).isFalse();
    try (JavaProgram other =
        JavaProgram.start(Rememberer.class, work.toString(), message.toString())) {
      assertThat(other.line()).isEqualTo("done");
    }
    Overruns here = new Overruns(work);
    assertThat(here.isKnown(message, "sweep")).isTrue();
    assertThat(here.isKnown(message, "sweep with other virus data")).isFalse();
    write(received(9) + BODY);
    assertThat(here.isKnown(message, "sweep")).isTrue();
    for (String other :
        List.of(BODY + "x", "X-Received: x\n" + BODY, " " + BODY, BODY.replace("Sub", "sub"))) {
      write(other);
      assertThat(here.isKnown(message, "sweep")).as(other).isFalse();
    }
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(work.resolve(Overruns.NAME))))
        .isEqualTo("rwx------");
  }

  @Test
  void itIsForgottenAfterADay() {
    at(NOW).remember(message, "sweep");
    assertThat(at(NOW.plus(Duration.ofHours(23))).isKnown(message, "sweep")).isTrue();
    assertThat(at(NOW.plus(Duration.ofHours(24))).isKnown(message, "sweep")).isFalse();
    assertThat(at(NOW.minus(Duration.ofHours(1))).isKnown(message, "sweep")).isFalse();
  }

  @Test
  void noMoreThanAThousandAreRememberedAndTheOldestGoFirst() throws Exception {
    at(NOW.minusSeconds(2)).remember(message, "the oldest");
    Path directory = work.resolve(Overruns.NAME);
    for (int i = 0; i < Overruns.MOST; i++) {
      Path file = Files.createFile(directory.resolve("0" + i));
      Files.setLastModifiedTime(file, FileTime.from(NOW.minusSeconds(1)));
    }
    Files.delete(directory.resolve("00"));
    at(NOW).remember(message, "the newest");
    assertThat(at(NOW).isKnown(message, "the newest")).isTrue();
    assertThat(at(NOW).isKnown(message, "the oldest")).isFalse();
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files.count()).isEqualTo(Overruns.MOST);
    }
  }

  @Test
  void aLinkInThePlaceOfTheDirectoryIsNotFollowed() throws Exception {
    Path elsewhere = Files.createDirectory(scratch.resolve("elsewhere"));
    at(NOW).remember(message, "sweep");
    try (Stream<Path> files = Files.list(work.resolve(Overruns.NAME))) {
      for (Path file : files.toList()) {
        Files.move(file, elsewhere.resolve(file.getFileName()));
      }
    }
    Files.delete(work.resolve(Overruns.NAME));
    Files.createSymbolicLink(work.resolve(Overruns.NAME), elsewhere);
    assertThat(at(NOW).isKnown(message, "sweep")).isFalse();
  }
}
