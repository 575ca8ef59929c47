package org.qscan.engine.scan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.qscan.engine.ScanFailure;
import org.qscan.engine.Verdict;
import org.qscan.engine.Verdict.Reason;
import org.qscan.engine.testing.FakeScanner;
import org.qscan.engine.testing.ManualTicker;

/** Several scanners: what their answers come to. */
class PanelTest {

  private static final Path DIRECTORY = Path.of("/");
  private static final Duration WEEK = Duration.ofDays(7);

  private final List<String> notes = new ArrayList<>();

  private static Panel panel(boolean all, List<String> ignored, VirusScanner... scanners) {
    return new Panel(
        List.of(scanners), all, new IgnoredThreats(ignored), WEEK, Duration.ofSeconds(30));
  }

  private String judge(Panel panel) {
    try {
      return panel
          .scan(DIRECTORY, "x", notes)
          .verdict()
          .match(clean -> "clean", infected -> "infected", unscannable -> "unscannable");
    } catch (ScanFailure e) {
      return "failure";
    }
  }

  private static VirusScanner scanner(String answer) {
    return switch (answer) {
      case "clean" -> FakeScanner.clean();
      case "infected" -> FakeScanner.infected("A/B");
      case "unscannable" -> FakeScanner.unscannable(Reason.ENCRYPTED);
      default -> FakeScanner.broken("is broken");
    };
  }

  /** The table of the class comment and of the manual, for two scanners in either order. */
  @ParameterizedTest
  @CsvSource({
    "clean,       clean,       clean,       clean",
    "clean,       unscannable, unscannable, unscannable",
    "clean,       infected,    infected,    infected",
    "clean,       failure,     failure,     clean",
    "unscannable, unscannable, unscannable, unscannable",
    "unscannable, infected,    infected,    infected",
    "unscannable, failure,     failure,     unscannable",
    "infected,    infected,    infected,    infected",
    "infected,    failure,     infected,    infected",
    "failure,     failure,     failure,     failure",
  })
  void theTruthTableHolds(String one, String other, String all, String any) {
    assertThat(judge(panel(true, List.of(), scanner(one), scanner(other)))).isEqualTo(all);
    assertThat(judge(panel(true, List.of(), scanner(other), scanner(one)))).isEqualTo(all);
    assertThat(judge(panel(false, List.of(), scanner(one), scanner(other)))).isEqualTo(any);
    assertThat(judge(panel(false, List.of(), scanner(other), scanner(one)))).isEqualTo(any);
  }

  @Test
  void theyRunSideBySide() {
    CountDownLatch all = new CountDownLatch(3);
    VirusScanner waitsForTheOthers =
        FakeScanner.answering(() -> {
          all.countDown();
          try {
            if (!all.await(120, TimeUnit.SECONDS)) {
              throw new ScanFailure("alone");
            }
          } catch (InterruptedException e) {
            throw new ScanFailure("interrupted");
          }
          return new Verdict.Clean();
        });
    assertThat(
            judge(panel(true, List.of(), waitsForTheOthers, waitsForTheOthers, waitsForTheOthers)))
        .isEqualTo("clean");
  }

  /** A scanner keeps its own time. Where it does not, no message waits for it. */
  @Test
  void oneThatNeverAnswersIsBrokenOffWhenTheTimeIsOver() {
    ManualTicker time = new ManualTicker();
    CountDownLatch cancelled = new CountDownLatch(1);
    VirusScanner never =
        new VirusScanner() {
          @Override
          public String name() {
            return "never";
          }

          @Override
          public Finding scan(Path directory, String session) throws ScanFailure {
            try {
              while (!cancelled.await(1, TimeUnit.MILLISECONDS)) {
                time.advance(Duration.ofSeconds(1));
              }
            } catch (InterruptedException e) {
              throw new ScanFailure("interrupted", e);
            }
            throw new ScanFailure("never was broken off");
          }

          @Override
          public void cancel(String session) {
            cancelled.countDown();
          }
        };
    Panel panel =
        new Panel(
            List.of(FakeScanner.clean(), never),
            true,
            new IgnoredThreats(List.of()),
            WEEK,
            Duration.ofSeconds(30),
            time);
    assertThat(judge(panel)).isEqualTo("failure");
    assertThat(cancelled.getCount()).isZero();
    assertThat(notes).anyMatch(note -> note.startsWith("never "));
  }

  @Test
  void aBugInOneScannerIsAFailureOfThatScanner() {
    VirusScanner buggy =
        FakeScanner.answering(() -> {
          throw new IllegalStateException("a bug");
        });
    assertThat(judge(panel(true, List.of(), buggy, FakeScanner.clean()))).isEqualTo("failure");
    assertThat(judge(panel(false, List.of(), FakeScanner.clean(), buggy))).isEqualTo("clean");
    assertThat(judge(panel(true, List.of(), buggy, FakeScanner.infected("A"))))
        .isEqualTo("infected");
    assertThat(notes).anyMatch(note -> note.contains("a bug"));
  }

  // ignore.threats

  @ParameterizedTest
  @ValueSource(strings = {"PUA.Win.Tool-1", "PUA.*", "*", "*Tool*", "PUA.???.Tool-?", "*-1"})
  void anIgnoredThreatIsNotedAndNotAThreat(String pattern) {
    assertThat(judge(panel(true, List.of("X", pattern), FakeScanner.infected("PUA.Win.Tool-1"))))
        .isEqualTo("clean");
    assertThat(notes).contains("ignore.threats: PUA.Win.Tool-1 was found and ignored");
  }

  @ParameterizedTest
  @ValueSource(strings = {"PUA", "pua.win.tool-1", "PUA.Win.Tool-1?", "?UA", "Tool", "PUA.*x", ""})
  void whatAPatternDoesNotMatchIsAThreat(String pattern) {
    assertThat(judge(panel(true, List.of(pattern), FakeScanner.infected("PUA.Win.Tool-1"))))
        .isEqualTo("infected");
  }

  @Test
  void aSecondThreatStillRefuses() throws Exception {
    Panel one = panel(true, List.of("A*"), FakeScanner.infected("A1", "B", "A2"));
    assertThat(one.scan(DIRECTORY, "x", notes).threats()).containsExactly("B");
    Panel two = panel(true, List.of("A*"), FakeScanner.infected("A1"), FakeScanner.infected("C"));
    assertThat(two.scan(DIRECTORY, "x", notes).threats()).containsExactly("C");
  }

  @Test
  void whatAnIgnoredThreatHadOutweighedCountsAgain() {
    VirusScanner encrypted =
        new FixedScanner(
            "x", new Finding(List.of("A"), List.of(Reason.ENCRYPTED), List.of(), List.of()), null);
    assertThat(judge(panel(true, List.of("A"), encrypted))).isEqualTo("unscannable");
    VirusScanner gap =
        new FixedScanner(
            "x", new Finding(List.of("A"), List.of(), List.of("could not open"), List.of()), null);
    assertThat(judge(panel(true, List.of("A"), gap))).isEqualTo("failure");
    assertThat(judge(panel(true, List.of("B"), gap))).isEqualTo("infected");
    assertThat(notes).contains("could not open");
  }

  @Test
  void aHostileNameTakesNoLongTime() {
    String name = "a".repeat(100_000);
    assertThat(IgnoredThreats.matches("a*a*a*a*a*a*a*b", name)).isFalse();
  }

  // data.max-age

  @Test
  void oldVirusDataAreNotedWithEveryMessageAndMailFlows() {
    Instant old = Instant.now().minus(Duration.ofDays(8));
    Panel panel = panel(true, List.of(), FixedScanner.clean(old));
    for (int i = 0; i < 2; i++) {
      notes.clear();
      assertThat(judge(panel)).isEqualTo("clean");
      assertThat(notes).hasSize(1);
      assertThat(notes.get(0)).contains("older than data.max-age=7d");
    }
    assertThat(panel.health("x"))
        .hasSize(1)
        .allMatch(health -> health.sentence().contains("reports nothing"));
  }

  @Test
  void virusDataOfTheFutureAreNotedAndMailFlows() {
    Instant future = Instant.now().plus(Duration.ofDays(2));
    assertThat(judge(panel(true, List.of(), FixedScanner.clean(future)))).isEqualTo("clean");
    assertThat(notes).hasSize(1);
    assertThat(notes.get(0)).contains("date in the future", future.toString(), "data.max-age");
    notes.clear();
    Instant elsewhere = Instant.now().plus(Duration.ofHours(14)); // there it is tomorrow already
    assertThat(judge(panel(true, List.of(), FixedScanner.clean(elsewhere)))).isEqualTo("clean");
    assertThat(notes).isEmpty();
  }

  @Test
  void freshVirusDataAreNotNoted() {
    Instant fresh = Instant.now().minus(Duration.ofDays(6));
    assertThat(judge(panel(true, List.of(), FixedScanner.clean(fresh)))).isEqualTo("clean");
    assertThat(judge(panel(true, List.of(), FixedScanner.clean(null)))).isEqualTo("clean");
    assertThat(notes).isEmpty();
  }

  @Test
  void newVirusDataAreNotedOnce() {
    DataAge age = new DataAge(WEEK);
    Instant before = Instant.now().minus(Duration.ofDays(2));
    Instant after = Instant.now().minus(Duration.ofDays(1));
    age.note(FixedScanner.clean(before), notes);
    age.note(FixedScanner.clean(before), notes);
    assertThat(notes).isEmpty();
    age.note(FixedScanner.clean(after), notes);
    age.note(FixedScanner.clean(after), notes);
    assertThat(notes).containsExactly("fixed: new virus data, of " + after);
  }

  @Test
  void healthFailsWhereDataAreTooOldAndWarnsWhereOneAddressOfTwoIsAway() {
    Instant now = Instant.parse("2026-11-22T00:00:00Z");
    EndpointHealth fresh =
        new EndpointHealth("a", "1.0", now.minus(Duration.ofDays(1)), List.of("do this"), null);
    EndpointHealth old =
        new EndpointHealth("a", "1.0", now.minus(Duration.ofDays(8)), List.of(), null);
    EndpointHealth away = EndpointHealth.failed("b", "key b is away");
    assertThat(levels(now, fresh)).containsExactly("GOOD", "WARNING");
    assertThat(levels(now, old)).containsExactly("FAILED");
    assertThat(levels(now, away)).containsExactly("FAILED");
    assertThat(levels(now, fresh, away)).containsExactly("GOOD", "WARNING", "WARNING");
    assertThat(levels(now, away, away)).containsExactly("FAILED", "FAILED");
  }

  private static List<String> levels(Instant now, EndpointHealth... endpoints) {
    VirusScanner scanner =
        new VirusScanner() {
          @Override
          public String name() {
            return "x";
          }

          @Override
          public Finding scan(Path directory, String session) {
            throw new UnsupportedOperationException();
          }

          @Override
          public List<EndpointHealth> health(String session) {
            return List.of(endpoints);
          }
        };
    return ScannerHealth.of(scanner, "x", WEEK, now).stream()
        .map(health -> health.level().name())
        .toList();
  }

  @Test
  void aFindingWithAGapAndNoThreatCannotBe() {
    assertThatThrownBy(() -> new Finding(List.of(), List.of(), List.of("gap"), List.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
