package org.qscan.engine;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.qscan.engine.gate.GateClient;
import org.qscan.engine.process.ProcessTree;
import org.qscan.engine.store.Effort;
import org.qscan.engine.store.Ledger;
import org.qscan.engine.testing.Engines;
import org.qscan.engine.testing.FakeGroupSweep;
import org.qscan.engine.testing.FakeProgram;
import org.qscan.engine.testing.JavaProgram;
import org.qscan.engine.testing.Mails;
import org.qscan.engine.testing.Outcomes;
import org.qscan.engine.testing.Until;

/** Messages that share a run of the scanner: many sessions, real children. */
class GroupTest {

  @TempDir Path directory;
  private Path work = Path.of("/");
  private Path sweep = Path.of("/");
  private final List<String> ids = Collections.synchronizedList(new ArrayList<>());

  @BeforeEach
  void makeWorkDirectory() throws IOException {
    work = Files.createDirectory(directory.resolve("work"));
    sweep = FakeGroupSweep.write(directory);
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    Until.holds("nothing is left: " + left(), () -> left().isEmpty());
    for (String id : ids) {
      assertThat(ProcessTree.find(id)).isEmpty();
    }
  }

  private List<String> left() throws IOException {
    List<String> names = new ArrayList<>();
    for (Path room : List.of(work, work.resolve(".live"), work.resolve(".gate"))) {
      try (Stream<Path> entries = Files.list(room)) {
        entries.map(path -> path.getFileName().toString()).forEach(names::add);
      }
    }
    names.removeAll(List.of(".live", ".gate", ".canary", "draw.lock"));
    return names;
  }

  private ScanEngine engine(String... settings) throws ScanFailure {
    List<String> all = new ArrayList<>(List.of("extractors=mime4j"));
    all.addAll(List.of(settings));
    return ScanEngine.of(Engines.config(work, sweep, all.toArray(String[]::new)));
  }

  /** A message under way on a thread of its own. */
  private final class Sent {
    private final ScanSession session;
    private final Thread thread;
    private final CompletableFuture<String> result = new CompletableFuture<>();
    private volatile @Nullable Facts facts;

    Sent(ScanEngine engine, String what, Duration patience) throws ScanFailure {
      this(engine.open(), what, patience);
    }

    Sent(ScanSession opened, String what, Duration patience) {
      session = opened;
      ids.add(session.id());
      thread = new Thread(() -> scan(what, patience));
      thread.start();
    }

    private void scan(String what, Duration patience) {
      try (session) {
        session.receive(Mails.stream(FakeGroupSweep.mail(what)));
        ScanReport report = Outcomes.report(session.scan(patience));
        facts = report.facts();
        result.complete(
            report
                .verdict()
                .match(
                    clean -> "clean",
                    infected -> "infected " + infected.threats(),
                    unscannable -> "unscannable"));
      } catch (ScanFailure e) {
        facts = session.facts();
        result.complete("failed: " + e.getMessage());
      } catch (RuntimeException | Error e) {
        result.completeExceptionally(e);
      }
    }

    String result() throws Exception {
      return result.get(120, TimeUnit.SECONDS);
    }

    boolean isDone() {
      return result.isDone();
    }

    Facts facts() {
      Facts seen = facts;
      return seen == null ? Facts.none() : seen;
    }
  }

  private Sent send(ScanEngine engine, String what) throws ScanFailure {
    return new Sent(engine, what, Duration.ofSeconds(100));
  }

  /** One that has the only slot until {@link FakeGroupSweep#release}. */
  private Sent first(ScanEngine engine) throws Exception {
    int runs = FakeGroupSweep.runs(sweep).size();
    FakeGroupSweep.hold(sweep, 0);
    Sent first = send(engine, "clean first");
    Until.holds("the first is scanned", () -> FakeGroupSweep.runs(sweep).size() == runs + 1);
    return first;
  }

  private List<Sent> sendAll(ScanEngine engine, String... whats) throws Exception {
    List<Sent> all = new ArrayList<>();
    int before = engine.waiting();
    for (String what : whats) {
      all.add(send(engine, what));
      int waiting = before + all.size();
      Until.holds(waiting + " wait", () -> engine.waiting() == waiting);
    }
    return all;
  }

  private static String[] clean(int count) {
    String[] clean = new String[count];
    for (int i = 0; i < count; i++) {
      clean[i] = "clean " + i;
    }
    return clean;
  }

  private static void allClean(List<Sent> all) throws Exception {
    for (Sent one : all) {
      assertThat(one.result()).isEqualTo("clean");
    }
  }

  // What is shared.

  @Test
  void whoeverWaitsSharesOneRun() throws Exception {
    ScanEngine engine = engine("gate.slots=1");
    Sent first = first(engine);
    List<Sent> others = sendAll(engine, clean(8));
    FakeGroupSweep.release(sweep);
    assertThat(first.result()).isEqualTo("clean");
    assertThat(first.facts().batch()).isEqualTo(1);
    allClean(others);
    assertThat(others).allSatisfy(one -> assertThat(one.facts().batch()).isEqualTo(8));
    assertThat(FakeGroupSweep.runs(sweep)).containsExactly(1, 8);
  }

  @Test
  void whoeverIsAloneGoesItsOwnWay() throws Exception {
    ScanEngine engine = engine("gate.slots=1");
    for (String what : List.of("clean 1", "infected T-2", "crash 3", "clean 4")) {
      send(engine, what).result();
    }
    assertThat(FakeGroupSweep.runs(sweep)).containsExactly(1, 1, 1, 1);
  }

  @Test
  void noRunIsLargerThanConfigured() throws Exception {
    ScanEngine engine = engine("gate.slots=1", "batch.max-messages=3");
    first(engine);
    List<Sent> others = sendAll(engine, clean(7));
    FakeGroupSweep.release(sweep);
    allClean(others);
    assertThat(FakeGroupSweep.runs(sweep)).containsExactly(1, 3, 3, 1);
  }

  @Test
  void noRunHasMoreBytesThanConfigured() throws Exception {
    ScanEngine engine = engine("gate.slots=1", "batch.max-bytes=300B");
    first(engine);
    List<Sent> others = sendAll(engine, clean(4)); // of some 110 octets, raw and extracted
    FakeGroupSweep.release(sweep);
    allClean(others);
    assertThat(FakeGroupSweep.runs(sweep)).hasSizeGreaterThan(2).allMatch(messages -> messages < 4);
  }

  /** He has brought five before the other one comes with his first. */
  @Test
  void inARunSendersTakeTurns() throws Exception {
    ScanEngine engine = engine("gate.slots=1", "batch.max-messages=3");
    first(engine);
    List<Sent> many = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      many.add(sendAs(engine, "192.0.2.1", "clean " + i));
    }
    Sent one = sendAs(engine, "192.0.2.2", "clean one");
    FakeGroupSweep.hold(sweep, 2); // the first, and three of these
    Until.holds(
        "three have their answer",
        () -> Stream.concat(many.stream(), Stream.of(one)).filter(Sent::isDone).count() == 3);
    assertThat(one.isDone()).isTrue();
    assertThat(many.get(0).isDone()).as("of his own the first is first").isTrue();
    FakeGroupSweep.release(sweep);
    allClean(many);
    assertThat(FakeGroupSweep.runs(sweep)).containsExactly(1, 3, 3);
  }

  private Sent sendAs(ScanEngine engine, String sender, String what) throws Exception {
    int waiting = engine.waiting() + 1;
    Ledger.Reservation room = Ledger.ofThisProcess().await(true, Duration.ofSeconds(100));
    Sent sent =
        new Sent(
            engine.open(requireNonNull(room), Effort.any(), sender), what, Duration.ofSeconds(100));
    Until.holds("it waits", () -> engine.waiting() == waiting);
    return sent;
  }

  @Test
  void withOneMessageARunNothingIsShared() throws Exception {
    ScanEngine engine = engine("gate.slots=2", "batch.max-messages=1");
    List<Sent> all = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      all.add(send(engine, "clean " + i));
    }
    allClean(all);
    assertThat(FakeGroupSweep.runs(sweep)).containsExactly(1, 1, 1, 1, 1);
  }

  // What is found.

  @Test
  void anInfectedOneAmongCleanOnesIsScannedAloneAndTheOthersOnceMore() throws Exception {
    ScanEngine engine = engine("gate.slots=1");
    first(engine);
    List<Sent> clean = sendAll(engine, clean(3));
    Sent infected = sendAll(engine, "infected T-1").get(0);
    clean.addAll(sendAll(engine, clean(2)));
    FakeGroupSweep.release(sweep);
    assertThat(infected.result()).isEqualTo("infected [T-1]");
    assertThat(infected.facts().notes())
        .singleElement()
        .asString()
        .contains("scanned again", "had something to say of one or more of 6 messages");
    allClean(clean);
    assertThat(FakeGroupSweep.runs(sweep)).startsWith(1, 6, 5).hasSize(4).endsWith(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"late", "garbage", "lie", "error"})
  void theOneToBlameIsFoundByHalvesAndTheOthersAreClean(String what) throws Exception {
    ScanEngine engine = engine("gate.slots=1");
    first(engine);
    List<Sent> clean = sendAll(engine, clean(5));
    Sent toBlame = sendAll(engine, what).get(0);
    clean.addAll(sendAll(engine, clean(10)));
    FakeGroupSweep.release(sweep);
    assertThat(toBlame.result()).startsWith("failed: sweep.program ");
    allClean(clean);
    // 16; 8 with it, the other 8 wait; 4 without; 2 with it, the other 2 wait; first the one of the
    // two, then the other; the 10.
    assertThat(FakeGroupSweep.runs(sweep)).containsExactly(1, 16, 8, 4, 2, 1, 1, 10);
  }

  /** The program says nothing of it, and ends well. */
  @Test
  void aMessageOfWhichAFileIsRemovedInASharedRunIsNotClean() throws Exception {
    ScanEngine engine = engine("gate.slots=1");
    first(engine);
    List<Sent> clean = sendAll(engine, clean(2));
    Sent shed = sendAll(engine, "shed").get(0);
    FakeGroupSweep.release(sweep);
    assertThat(shed.result()).startsWith("failed: ");
    assertThat(shed.facts().notes()).anyMatch(note -> note.contains("were removed or changed"));
    allClean(clean);
  }

  @Test
  void whereTheScannerStopsInTheMiddleTheLastThatItReadIsScannedAlone() throws Exception {
    ScanEngine engine = engine("gate.slots=1");
    first(engine);
    List<Sent> clean = sendAll(engine, "slow 1", "slow 2", "slow 3");
    Sent toBlame = sendAll(engine, "crash 4").get(0);
    clean.addAll(sendAll(engine, "slow 5", "slow 6", "slow 7", "slow 8"));
    FakeGroupSweep.release(sweep);
    assertThat(toBlame.result()).startsWith("failed: sweep.program ");
    allClean(clean);
    assertThat(FakeGroupSweep.runs(sweep)).containsExactly(1, 8, 1, 7);
  }

  @Test
  void twoThatStopItAreBothFound() throws Exception {
    ScanEngine engine = engine("gate.slots=1");
    first(engine);
    List<Sent> clean = sendAll(engine, "slow 1", "slow 2");
    List<Sent> toBlame = sendAll(engine, "crash 3", "crash 4");
    clean.addAll(sendAll(engine, "slow 5", "slow 6", "slow 7", "slow 8"));
    FakeGroupSweep.release(sweep);
    for (Sent one : toBlame) {
      assertThat(one.result()).startsWith("failed: sweep.program ");
    }
    allClean(clean);
    assertThat(FakeGroupSweep.runs(sweep)).containsExactly(1, 8, 1, 7, 1, 6);
  }

  @Test
  void whoMakesRunsFailIsAloneFromThenOn() throws Exception {
    ScanEngine engine = engine("gate.slots=1");
    first(engine);
    Sent toBlame = sendAll(engine, "clean 1", "crash 2", "clean 3").get(1);
    FakeGroupSweep.release(sweep);
    assertThat(toBlame.result()).startsWith("failed: ");
    Until.holds("all are answered", () -> left().isEmpty());
    int before = FakeGroupSweep.runs(sweep).size();

    Sent first = first(engine);
    Sent again = send(engine, "crash 2"); // its sender tries again
    Until.holds("it waits at the gate by itself", () -> left().size() == 8);
    List<Sent> clean = sendAll(engine, clean(4));
    FakeGroupSweep.release(sweep);
    assertThat(again.result()).startsWith("failed: ");
    assertThat(first.result()).isEqualTo("clean");
    allClean(clean);
    List<Integer> runs = FakeGroupSweep.runs(sweep);
    assertThat(runs.subList(before, runs.size())).containsExactly(1, 1, 4);
  }

  @Test
  void afterATimeoutAllAreScannedAlone() throws Exception {
    ScanEngine engine = engine("gate.slots=1", "scan.timeout=6s");
    first(engine);
    List<Sent> clean = sendAll(engine, clean(3));
    Sent slow = sendAll(engine, "hang 1").get(0);
    FakeGroupSweep.release(sweep);
    allClean(clean);
    assertThat(slow.result()).startsWith("failed: ").contains("did not end within scan.timeout");
    assertThat(FakeGroupSweep.runs(sweep)).containsExactly(1, 4, 1, 1, 1, 1);
  }

  @Test
  void namesThatASenderForgesHarmNobodyAndDoNotHelpHim() throws Exception {
    ScanEngine engine = engine("gate.slots=1");
    first(engine);
    List<Sent> clean = sendAll(engine, clean(3));
    Sent forges = sendAll(engine, "forge x").get(0);
    Sent hides = sendAll(engine, "hide T-1").get(0);
    FakeGroupSweep.release(sweep);
    allClean(clean);
    assertThat(forges.result()).isEqualTo("unscannable");
    assertThat(hides.result()).startsWith("failed: ").contains("contradicts itself");
  }

  /** Whatever is in a batch with whatever: nobody gets another's verdict. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void everyMessageGetsItsOwnAnswerWhateverTheOthersDo(long seed) throws Exception {
    Random random = new Random(seed);
    ScanEngine engine = engine("gate.slots=2", "batch.max-messages=" + (2 + random.nextInt(20)));
    String[] behaviours = {
      "infected", "encrypted", "crash", "late", "shy", "garbage", "lie", "error", "forge", "hide"
    };
    List<String> whats = new ArrayList<>();
    List<Sent> all = new ArrayList<>();
    FakeGroupSweep.hold(sweep, 0);
    for (int i = 0; i < 24; i++) {
      boolean odd = random.nextInt(4) == 0;
      whats.add((odd ? behaviours[random.nextInt(behaviours.length)] : "clean") + " T-" + i);
      all.add(send(engine, whats.get(i)));
      if (i == 12) {
        FakeGroupSweep.release(sweep);
      }
    }
    for (int i = 0; i < all.size(); i++) {
      String what = whats.get(i);
      String expected =
          switch (what.substring(0, what.indexOf(' '))) {
            case "clean", "shy" -> "clean";
            case "infected" -> "infected [T-" + i + "]";
            case "encrypted", "forge" -> "unscannable";
            default -> "failed: ";
          };
      assertThat(all.get(i).result()).as("%s, seed %s", what, seed).startsWith(expected);
    }
    assertThat(FakeGroupSweep.mostAtOnce(sweep)).isLessThanOrEqualTo(2);
    assertThat(FakeGroupSweep.runs(sweep)).anyMatch(messages -> messages > 1);
  }

  // Who goes, and when.

  /** Three messages that share a run, which waits for {@link FakeGroupSweep#release}. */
  private List<Sent> threeInOneRun(ScanEngine engine) throws Exception {
    first(engine);
    List<Sent> three = sendAll(engine, clean(3));
    FakeGroupSweep.hold(sweep, 1);
    Until.holds("all three run", () -> FakeGroupSweep.runs(sweep).equals(List.of(1, 3)));
    return three;
  }

  @Test
  void aSessionThatIsClosedInASharedRunLeavesItsFilesToTheRun() throws Exception {
    List<Sent> three = threeInOneRun(engine("gate.slots=1"));
    Sent closed = three.remove(0);
    closed.session.close();
    assertThat(closed.result())
        .isEqualTo("failed: the session was closed before the end of its scan");
    FakeGroupSweep.release(sweep);
    allClean(three);
    assertThat(FakeGroupSweep.runs(sweep)).containsExactly(1, 3);
  }

  @Test
  void aRunThatNobodyWantsAnyMoreIsEnded() throws Exception {
    List<Sent> three = threeInOneRun(engine("gate.slots=1"));
    for (Sent one : three) {
      one.session.close();
    }
    for (Sent one : three) {
      assertThat(one.result()).startsWith("failed: the session was closed");
    }
    Until.holds("it ends, held up as it is", () -> left().isEmpty());
    assertThat(FakeProgram.survivors(sweep)).isEmpty();
  }

  @Test
  void aThreadThatIsInterruptedInASharedRunHarmsNobodyElse() throws Exception {
    List<Sent> three = threeInOneRun(engine("gate.slots=1"));
    Sent interrupted = three.remove(1);
    interrupted.thread.interrupt();
    assertThat(interrupted.result()).startsWith("failed: interrupted");
    FakeGroupSweep.release(sweep);
    allClean(three);
    assertThat(FakeGroupSweep.runs(sweep)).containsExactly(1, 3);
  }

  @Test
  void aRunThatIsKilledIsDoneAgain() throws Exception {
    List<Sent> three = threeInOneRun(engine("gate.slots=1"));
    long run = FakeProgram.pids(sweep).get(1);
    ProcessHandle.of(run).orElseThrow().destroyForcibly();
    FakeGroupSweep.release(sweep);
    allClean(three);
  }

  @Test
  void whoHasTheSlotAndDiesLeavesTheOthersNotAlone() throws Exception {
    ScanEngine engine = engine("gate.slots=1");
    Sent first = first(engine);
    List<Sent> others = sendAll(engine, clean(3));
    first.thread.interrupt();
    assertThat(first.result()).startsWith("failed: ");
    FakeGroupSweep.release(sweep);
    allClean(others);
  }

  @Test
  void whoeverIsClosedOrInterruptedOrOutOfPatienceWhileItWaitsJustGoes() throws Exception {
    ScanEngine engine = engine("gate.slots=1");
    first(engine);
    List<Sent> three = sendAll(engine, clean(3));
    Sent impatient = new Sent(engine, "clean 4", Duration.ofMillis(300));
    assertThat(impatient.result())
        .isEqualTo(
            "failed: no free slot within gate.patience 60s (59700ms of it had passed before): 3"
                + " messages waited with this one to be scanned together");
    Path files = three.get(0).session.directory();
    assertThat(files).exists();
    three.get(0).session.close();
    assertThat(three.get(0).result()).startsWith("failed: the session was closed");
    Until.holds("its files go at once", () -> Files.notExists(files));
    three.get(1).thread.interrupt();
    assertThat(three.get(1).result()).startsWith("failed: interrupted");
    FakeGroupSweep.release(sweep);
    assertThat(three.get(2).result()).isEqualTo("clean");
    assertThat(FakeGroupSweep.runs(sweep)).containsExactly(1, 1);
  }

  @Test
  void whereAStoppedProcessKeepsAllFromTheirTicketsItIsNamed() throws Exception {
    ScanEngine engine = engine("gate.slots=1");
    Sent first = first(engine);
    try (JavaProgram locker = JavaProgram.start(GateClient.class, "lock", work.toString())) {
      assertThat(locker.line()).isEqualTo("locked");
      assertThat(new Sent(engine, "clean 1", Duration.ofMillis(1500)).result())
          .isEqualTo(
              "failed: no ticket for a slot within gate.patience 60s (58500ms of it had passed"
                  + " before): another process holds .gate/draw.lock: is it stopped?");
    }
    FakeGroupSweep.release(sweep);
    assertThat(first.result()).isEqualTo("clean");
  }

  @Test
  void withTheLastOfThoseWhoWaitTheirPlaceInTheQueueGoes() throws Exception {
    ScanEngine engine = engine("gate.slots=1");
    Sent first = first(engine);
    Sent waits = sendAll(engine, "clean 1").get(0);
    Until.holds("it has a ticket", () -> tickets() == 2);
    waits.session.close();
    Until.holds("the ticket goes", () -> tickets() == 1);
    FakeGroupSweep.release(sweep);
    assertThat(first.result()).isEqualTo("clean");
  }

  private long tickets() throws IOException {
    try (Stream<Path> tickets = Files.list(work.resolve(".gate"))) {
      return tickets.filter(ticket -> !ticket.endsWith("draw.lock")).count();
    }
  }

  @Test
  void whereNobodyCanWaitForAllEachLearnsWhatIsWrong() throws Exception {
    ScanEngine engine = engine("gate.slots=1");
    Sent first = first(engine);
    List<Sent> three = sendAll(engine, clean(3));
    Until.holds("they have a ticket", () -> tickets() == 2);
    Path gate = work.resolve(".gate");
    Files.move(gate, work.resolve("away"));
    Files.createFile(gate); // a directory that is gone would be made again
    for (Sent one : three) {
      assertThat(one.result()).startsWith("failed: cannot read or write the tickets");
    }
    try (Stream<Path> tickets = Files.list(work.resolve("away"))) {
      for (Path ticket : tickets.toList()) {
        Files.delete(ticket);
      }
    }
    Files.delete(gate);
    Files.move(work.resolve("away"), gate);
    FakeGroupSweep.release(sweep);
    assertThat(first.result()).isEqualTo("clean");
  }
}
