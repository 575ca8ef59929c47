package org.qscan.engine.scan.program;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.qscan.engine.ScanFailure;
import org.qscan.engine.Verdict.Reason;
import org.qscan.engine.process.Ending;
import org.qscan.engine.scan.BatchOpinion;
import org.qscan.engine.scan.BatchOpinion.OpinionKind;
import org.qscan.engine.scan.BatchOpinions;
import org.qscan.engine.scan.BatchResult;
import org.qscan.engine.scan.Finding;
import org.qscan.engine.scan.GroupScanner;
import org.qscan.engine.scan.IgnoredThreats;
import org.qscan.engine.scan.Panel;
import org.qscan.engine.scan.VerdictCache;
import org.qscan.engine.scan.VirusScanner;
import org.qscan.engine.testing.FakeScanner;

/** What one run over several messages lets us believe of each. */
class TogetherTest {

  private static final Path ROOT = Path.of("/work/run");
  private static final Path ONE = ROOT.resolve("1");
  private static final Path TWO = ROOT.resolve("2");
  private static final Path TEN = ROOT.resolve("10");
  private static final List<Path> ALL = List.of(ONE, TWO, TEN);

  private static final ProgramSettings SETTINGS =
      new ProgramSettings(Path.of("/no/such/program"), List.of("-ss"), Map.of());
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final ProgramScanner SWEEP =
      ProgramScanner.sweep(SETTINGS, LONG, new VerdictCache(0));
  private static final ProgramScanner AVSCANNER = ProgramScanner.avscanner(SETTINGS, LONG);

  private static Ending exit(int code, String... lines) {
    byte[] output = String.join("\n", lines).getBytes(StandardCharsets.ISO_8859_1);
    return new Ending(Ending.How.EXITED, code, output, 0);
  }

  private static Map<Path, OpinionKind> kinds(BatchOpinions opinions) {
    Map<Path, OpinionKind> kinds = new HashMap<>();
    ALL.forEach(directory -> kinds.put(directory, opinions.of(directory).kind()));
    return kinds;
  }

  private static Map<Path, OpinionKind> sweep(int code, String... lines) {
    return kinds(SWEEP.judgeTogether(exit(code, lines), ALL));
  }

  private static Map<Path, OpinionKind> all(OpinionKind kind) {
    return Map.of(ONE, kind, TWO, kind, TEN, kind);
  }

  // The one proof.

  @Test
  void allAreCleanWhereNothingIsSaidOfAnyFileAndTheStatusAgrees() {
    assertThat(sweep(0)).isEqualTo(all(OpinionKind.CLEAN));
    assertThat(sweep(0, "SWEEP virus detection utility", "3 files scanned in 1 second."))
        .isEqualTo(all(OpinionKind.CLEAN));
  }

  @Test
  void notesOfTheRunAreNotesOfEach() {
    BatchOpinions opinions =
        SWEEP.judgeTogether(exit(0, "Useful life of Scan has been exceeded"), ALL);
    assertThat(kinds(opinions)).isEqualTo(all(OpinionKind.CLEAN));
    assertThat(opinions.of(TWO).notes()).containsExactly("sweep: the virus data are out of date");
  }

  @ParameterizedTest
  @CsvSource({
    "1, ''",
    "2, ''",
    "3, ''",
    "36, ''",
    "0, 1 virus was discovered.",
    "0, 1 error was encountered.",
    "0, What is this?",
    "3, No viruses were discovered.",
  })
  void elseNothingIsKnownOfAny(int code, String line) {
    assertThat(sweep(code, line)).isEqualTo(all(OpinionKind.DOUBT));
  }

  @ParameterizedTest
  @EnumSource(value = Ending.How.class, names = "EXITED", mode = EnumSource.Mode.EXCLUDE)
  void noEndButAnExitProvesAnything(Ending.How how) {
    BatchOpinions opinions = SWEEP.judgeTogether(new Ending(how, 0, new byte[0], 0), ALL);
    assertThat(kinds(opinions)).isEqualTo(all(OpinionKind.DOUBT));
    assertThat(opinions.late()).isEqualTo(how == Ending.How.TIMED_OUT);
    assertThat(opinions.why()).startsWith("sweep.program /no/such/program ");
  }

  @Test
  void whoeverLeavesChildrenBehindProvesNothing() {
    Ending ending = new Ending(Ending.How.EXITED, 0, new byte[0], 1);
    assertThat(kinds(SWEEP.judgeTogether(ending, ALL))).isEqualTo(all(OpinionKind.DOUBT));
  }

  @Test
  void whereTheCountIsEvidenceItMustBeOneFileForEachMessage() {
    assertThat(kinds(AVSCANNER.judgeTogether(exit(0, "3 files scanned in 6 seconds."), ALL)))
        .isEqualTo(all(OpinionKind.CLEAN));
    assertThat(
            kinds(
                AVSCANNER.judgeTogether(exit(0, "[15:14:33] 2 files scanned in 6 seconds."), ALL)))
        .isEqualTo(all(OpinionKind.DOUBT));
    assertThat(kinds(AVSCANNER.judgeTogether(exit(0, "0 files scanned in 6 seconds."), ALL)))
        .isEqualTo(all(OpinionKind.DOUBT));
  }

  // Whom lines name.

  @ParameterizedTest
  @CsvSource({
    "3, >>> Virus 'X' found in file",
    "2, Password protected file",
    "2, Could not open",
    "0, Could not open", // it disagrees, and is a hint all the same
  })
  void whoIsNamedIsToBeScannedAloneAndOfTheOthersNothingIsKnown(int code, String words) {
    assertThat(sweep(code, words + " /work/run/2/raw/1.eml"))
        .isEqualTo(
            Map.of(ONE, OpinionKind.DOUBT, TWO, OpinionKind.SPOKEN_OF, TEN, OpinionKind.DOUBT));
  }

  @Test
  void aNameThatBeginsLikeAnotherIsAnother() {
    assertThat(sweep(3, ">>> Virus 'X' found in file /work/run/10/raw/1.eml"))
        .isEqualTo(
            Map.of(ONE, OpinionKind.DOUBT, TWO, OpinionKind.DOUBT, TEN, OpinionKind.SPOKEN_OF));
    assertThat(sweep(3, ">>> Virus 'X' found in file /work/run/1raw/1.eml"))
        .isEqualTo(all(OpinionKind.DOUBT));
    assertThat(sweep(3, ">>> Virus 'X' found in file /tmp/work/run/1/raw/1.eml"))
        .isEqualTo(all(OpinionKind.DOUBT));
    assertThat(sweep(3, ">>> Virus 'X' found in file /work/run/3/raw/1.eml"))
        .isEqualTo(all(OpinionKind.DOUBT));
  }

  @Test
  void aForgedLineMakesNobodyCleanOrInfected() {
    assertThat(
            sweep(
                3,
                ">>> Virus 'X' found in file /work/run/1/mime4j/2.zip/a",
                ">>> Virus 'X' found in file /work/run/2/raw/1.eml",
                "No viruses were discovered."))
        .isEqualTo(
            Map.of(ONE, OpinionKind.SPOKEN_OF, TWO, OpinionKind.SPOKEN_OF, TEN, OpinionKind.DOUBT));
  }

  // Several scanners.

  /** A program that is of this opinion. */
  private record Program(BatchOpinion opinion) implements GroupScanner {
    @Override
    public String name() {
      return "program";
    }

    @Override
    public Finding scan(Path directory, String session) {
      throw new IllegalStateException("asked about one");
    }

    @Override
    public BatchOpinions scanTogether(Path root, List<Path> directories, String session) {
      return BatchOpinions.all(directories, opinion, "why");
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

  private static String join(boolean all, VirusScanner... scanners) {
    Panel panel = new Panel(List.of(scanners), all, new IgnoredThreats(List.of()), LONG, LONG);
    assertThat(panel.scansTogether()).isTrue();
    BatchResult joint = panel.scanTogether(ROOT, ALL, "x");
    List<String> words = new ArrayList<>();
    for (Path directory : ALL) {
      words.add(
          joint.clean().containsKey(directory)
              ? "clean"
              : joint.named().contains(directory) ? "alone" : "doubt");
    }
    assertThat(words).containsOnly(words.get(0));
    return words.get(0);
  }

  /** "clean" where the truth table of a single message has it, and nothing else is believed. */
  @ParameterizedTest
  @CsvSource({
    "CLEAN,     clean,       clean, clean",
    "CLEAN,     unscannable, alone, alone",
    "CLEAN,     infected,    alone, alone",
    "CLEAN,     failure,     alone, clean",
    "FAILED,    clean,       alone, clean",
    "FAILED,    failure,     alone, alone",
    "SPOKEN_OF, clean,       alone, alone",
    "DOUBT,     clean,       doubt, doubt",
    "DOUBT,     infected,    alone, alone",
    "DOUBT,     failure,     alone, alone",
  })
  void ofSeveralScannersTheTruthTableHolds(
      OpinionKind program, String daemon, String all, String any) {
    VirusScanner first = new Program(new BatchOpinion(program, List.of()));
    assertThat(join(true, first, scanner(daemon))).isEqualTo(all);
    assertThat(join(true, scanner(daemon), first)).isEqualTo(all);
    assertThat(join(false, first, scanner(daemon))).isEqualTo(any);
    assertThat(join(false, scanner(daemon), first)).isEqualTo(any);
  }

  @Test
  void aProgramThatIsMissingFailsForAllAndNoneIsToBlame() {
    BatchOpinions opinions = SWEEP.scanTogether(ROOT, ALL, "x");
    assertThat(kinds(opinions)).isEqualTo(all(OpinionKind.FAILED));
    assertThat(join(true, SWEEP)).isEqualTo("alone");
  }

  @Test
  void ofDaemonsAloneNothingIsGainedTogether() {
    Panel panel =
        new Panel(List.of(FakeScanner.clean()), true, new IgnoredThreats(List.of()), LONG, LONG);
    assertThat(panel.scansTogether()).isFalse();
  }

  @Test
  void aScannerThatThrowsSaysNothingOfAny() {
    GroupScanner throwing =
        new GroupScanner() {
          @Override
          public String name() {
            return "throwing";
          }

          @Override
          public Finding scan(Path directory, String session) throws ScanFailure {
            throw new ScanFailure("no");
          }

          @Override
          public BatchOpinions scanTogether(Path root, List<Path> directories, String session) {
            throw new IllegalStateException("a bug of ours");
          }
        };
    assertThat(join(true, throwing)).isEqualTo("doubt");
    assertThat(join(false, throwing, scanner("clean"))).isEqualTo("doubt");
  }
}
