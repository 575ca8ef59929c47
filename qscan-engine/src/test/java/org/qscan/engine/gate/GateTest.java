package org.qscan.engine.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.qscan.engine.ScanFailure;
import org.qscan.engine.process.ProcessTree;
import org.qscan.engine.testing.FakeProgram;
import org.qscan.engine.testing.JavaProgram;
import org.qscan.engine.testing.ManualTicker;
import org.qscan.engine.testing.Until;

class GateTest {

  private static final Duration LONG = Duration.ofSeconds(60);

  /** For each of eight threads, while directories are removed; more by hand. */
  private static final int ROUNDS = Integer.getInteger("qscan.gate.rounds", 30);

  @TempDir Path directory;
  private Path workPath = Path.of("/");
  private final ManualTicker ticker = new ManualTicker();
  private final List<JavaProgram> programs = new ArrayList<>();

  @BeforeEach
  void makeWorkDirectory() throws IOException {
    workPath = Files.createDirectory(directory.resolve("work"));
  }

  @AfterEach
  void end() {
    programs.forEach(JavaProgram::close);
  }

  private WorkDirectory work() throws ScanFailure {
    return WorkDirectory.open(workPath, false);
  }

  private static Gate gate(WorkDirectory work, int slots) {
    return new Gate(work, slots, ProcessTree::end);
  }

  /** Whoever waits here waits no real time: it is over at once if nobody has left by then. */
  private Gate impatient(WorkDirectory work) {
    return new Gate(work, 1, ProcessTree::end, ticker);
  }

  private JavaProgram client(String verb, Object... arguments) {
    List<String> all = new ArrayList<>(List.of(verb, workPath.toString()));
    Stream.of(arguments).map(Object::toString).forEach(all::add);
    JavaProgram program = JavaProgram.start(GateClient.class, all.toArray(String[]::new));
    programs.add(program);
    return program;
  }

  private List<String> tickets() throws IOException {
    try (Stream<Path> entries = Files.list(workPath.resolve(WorkDirectory.GATE))) {
      return entries
          .map(entry -> entry.getFileName().toString())
          .filter(name -> !Tickets.idOf(name).isEmpty())
          .sorted()
          .toList();
    } catch (NoSuchFileException e) {
      return List.of(); // removed by the test
    }
  }

  /** Enters on a thread of its own; the answer is when that was. */
  private CompletableFuture<Long> waiter(WorkDirectory work, int slots) {
    return CompletableFuture.supplyAsync(
        () -> {
          try (SessionLease lease = work.enter();
              Slot slot = gate(work, slots).enter(lease, LONG)) {
            assertThat(slot.ticket()).exists();
            return System.nanoTime();
          } catch (ScanFailure e) {
            throw new IllegalStateException(e);
          }
        },
        task -> new Thread(task).start());
  }

  private static long get(CompletableFuture<Long> future) throws Exception {
    return future.get(120, TimeUnit.SECONDS);
  }

  @Test
  void asManyAsThereAreSlotsEnterAtOnce() throws Exception {
    WorkDirectory work = work();
    List<AutoCloseable> open = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      SessionLease lease = work.enter();
      open.add(0, lease);
      open.add(0, gate(work, 3).enter(lease, Duration.ofMillis(1)));
    }
    assertThat(tickets()).hasSize(3);
    for (AutoCloseable one : open) {
      one.close();
    }
    assertThat(tickets()).isEmpty();
  }

  @Test
  void whoseNumberIsTooHighWaitsUntilAnotherLeaves() throws Exception {
    WorkDirectory work = work();
    try (SessionLease lease = work.enter()) {
      Slot slot = gate(work, 1).enter(lease, LONG);
      CompletableFuture<Long> waiter = waiter(work, 1);
      Until.holds("it waits", () -> tickets().size() == 2);
      assertThat(gate(work, 1).occupancy()).isEqualTo(new Occupancy(1, 1, 1));
      Until.stays("it waits", () -> !waiter.isDone());
      slot.close();
      get(waiter);
    }
    Until.holds("it has left", () -> tickets().isEmpty());
  }

  @Test
  void patienceThatIsOverIsAFailureThatNamesTheKey() throws Exception {
    WorkDirectory work = work();
    try (SessionLease lease = work.enter();
        Slot slot = gate(work, 1).enter(lease, LONG);
        SessionLease second = work.enter()) {
      long start = ticker.nanos();
      assertThatThrownBy(() -> impatient(work).enter(second, Duration.ofMillis(300)))
          .isInstanceOf(ScanFailure.class)
          .hasMessageContaining("gate.patience 300ms")
          .hasMessageContaining("1 of gate.slots");
      assertThat(ticker.since(start)).isBetween(Duration.ofMillis(300), Duration.ofMillis(301));
      assertThat(tickets()).containsExactly(slot.ticket().getFileName().toString());

      assertThatThrownBy(() -> impatient(work).enter(second, Duration.ofSeconds(1)))
          .hasMessageContaining("gate.patience 1s");
      assertThatThrownBy(() -> gate(work, 1).enter(second, Duration.ZERO))
          .isInstanceOf(ScanFailure.class);
    }
    assertThat(tickets()).isEmpty();
  }

  @Test
  void patienceCountsAcrossProcessesToo() throws Exception {
    JavaProgram holder = client("hold", 1, 60_000);
    assertThat(holder.line()).startsWith("in ");
    JavaProgram second = client("hold", 1, 300);
    assertThat(second.line()).startsWith("refused no free slot within gate.patience 300ms");
    assertThat(second.line()).isEqualTo("out");

    holder.endInput();
    assertThat(holder.line()).isEqualTo("out");
    JavaProgram third = client("hold", 1, 300);
    assertThat(third.line()).startsWith("in ");
    third.endInput();
    assertThat(third.await()).isZero();
    assertThat(tickets()).isEmpty();
  }

  @Test
  void anInterruptedWaiterGivesUpAndLeavesNoTicket() throws Exception {
    WorkDirectory work = work();
    try (SessionLease lease = work.enter();
        Slot slot = gate(work, 1).enter(lease, LONG);
        SessionLease second = work.enter()) {
      assertThat(slot.ticket()).exists();
      CompletableFuture<String> said = new CompletableFuture<>();
      Thread waiter =
          new Thread(() -> {
            try (Slot unexpected = gate(work, 1).enter(second, LONG)) {
              said.complete("entered with " + unexpected.ticket());
            } catch (ScanFailure e) {
              said.complete(e.getMessage());
            }
          });
      waiter.start();
      Until.holds("it waits", () -> tickets().size() == 2);
      waiter.interrupt();
      assertThat(said.get(120, TimeUnit.SECONDS)).contains("interrupted");
      assertThat(tickets()).hasSize(1);
    }
  }

  @Test
  void neverMoreThanTheLimitWithManyProcessesAndThreads() throws Exception {
    int slots = 3;
    int threads = 5;
    int rounds = 12;
    Path journal = directory.resolve("journal");
    List<JavaProgram> clients = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      clients.add(client("rounds", slots, threads, rounds, journal));
    }
    assertThat(GateClient.rounds(work(), slots, threads, rounds, journal)).isEmpty();
    for (JavaProgram client : clients) {
      assertThat(client.rest()).isEmpty();
    }

    int now = 0;
    int most = 0;
    List<String> events = Files.readAllLines(journal);
    for (String event : events) {
      now += event.equals("+") ? 1 : -1;
      most = Math.max(most, now);
    }
    assertThat(most).isEqualTo(slots);
    assertThat(now).isZero();
    assertThat(events).hasSize(2 * 4 * threads * rounds);
    assertThat(tickets()).isEmpty();
  }

  @Test
  void firstComeFirstServedOverProcessesAndThreads() throws Exception {
    WorkDirectory work = work();
    Path journal = directory.resolve("journal");
    List<Thread> threads = new ArrayList<>();
    List<JavaProgram> clients = new ArrayList<>();
    try (SessionLease lease = work.enter();
        Slot slot = gate(work, 1).enter(lease, LONG)) {
      assertThat(slot.ticket()).exists();
      for (int i = 0; i < 8; i++) {
        String name = "waiter " + i;
        if (i % 2 == 0) {
          threads.add(new Thread(() -> pass(work, journal, name)));
          threads.get(threads.size() - 1).start();
        } else {
          clients.add(client("pass", 1, journal, name));
        }
        int waiting = i + 2;
        Until.holds(name + " has a ticket", () -> tickets().size() == waiting);
      }
    }
    for (Thread thread : threads) {
      thread.join();
    }
    for (JavaProgram client : clients) {
      assertThat(client.await()).isZero();
    }
    assertThat(Files.readAllLines(journal))
        .containsExactly(
            "waiter 0",
            "waiter 1",
            "waiter 2",
            "waiter 3",
            "waiter 4",
            "waiter 5",
            "waiter 6",
            "waiter 7");
  }

  private static void pass(WorkDirectory work, Path journal, String name) {
    try (SessionLease lease = work.enter();
        Slot slot = gate(work, 1).enter(lease, LONG)) {
      GateClient.note(journal, slot, name);
    } catch (ScanFailure | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** How often a time is taken before it counts as missed: the machine may be busy. */
  private static final int TRIES = 50;

  /** The best of some tries. */
  @Test
  void aFreedSlotIsTakenWithinFiftyMilliseconds() throws Exception {
    WorkDirectory work = work();
    long best = Long.MAX_VALUE;
    for (int i = 0; i < TRIES && best > 50_000_000; i++) {
      try (SessionLease lease = work.enter()) {
        Slot slot = gate(work, 1).enter(lease, LONG);
        CompletableFuture<Long> waiter = waiter(work, 1);
        Until.holds("it waits", () -> tickets().size() == 2);
        long freed = System.nanoTime();
        slot.close();
        best = Math.min(best, get(waiter) - freed);
      }
    }
    assertThat(Duration.ofNanos(best)).isLessThanOrEqualTo(Duration.ofMillis(50));
  }

  @Test
  void aFreedSlotIsTakenWithinFiftyMillisecondsByAnotherProcess() throws Exception {
    WorkDirectory work = work();
    long best = Long.MAX_VALUE;
    for (int i = 0; i < TRIES && best > 50; i++) {
      try (SessionLease lease = work.enter()) {
        Slot slot = gate(work, 1).enter(lease, LONG);
        JavaProgram client = client("hold", 1, 60_000);
        Until.holds("it waits", () -> tickets().size() == 2);
        long freed = System.currentTimeMillis();
        slot.close();
        best = Math.min(best, Long.parseLong(client.line().split(" ", -1)[2]) - freed);
        client.endInput();
        assertThat(client.await()).isZero();
      }
    }
    assertThat(best).isLessThanOrEqualTo(50);
  }

  /** The best of some tries. */
  @Test
  void theSlotOfAKilledHolderIsTakenWithinASecond() throws Exception {
    WorkDirectory work = work();
    Duration best = LONG;
    for (int i = 0; i < TRIES && best.toMillis() > 1000; i++) {
      JavaProgram holder = client("hold", 1, 60_000);
      assertThat(holder.line()).startsWith("in ");
      CompletableFuture<Long> waiter = waiter(work, 1);
      Until.holds("it waits", () -> tickets().size() == 2);
      long killed = System.nanoTime();
      holder.kill();
      best = Duration.ofNanos(Math.min(best.toNanos(), get(waiter) - killed));
    }
    assertThat(best).isLessThanOrEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void manyKilledHoldersAndWaitersHoldUpNobody() throws Exception {
    WorkDirectory work = work();
    for (int i = 0; i < 3; i++) {
      client("hold", 2, 60_000);
    }
    Until.holds("two hold, one waits", () -> tickets().size() == 3);
    CompletableFuture<Long> waiter = waiter(work, 2);
    Until.holds("it waits", () -> tickets().size() == 4);
    for (JavaProgram program : programs) {
      program.kill();
    }
    get(waiter);
  }

  /** Else there would be more scanners at work than the limit says. */
  @Test
  void theScannerOfAKilledHolderDiesBeforeItsSlotIsTaken() throws Exception {
    Path scanner = FakeProgram.write(directory, "scanner", "sleep 300 & wait");
    JavaProgram holder = client("hold", 1, 60_000, scanner);
    assertThat(holder.line()).startsWith("in ");
    Until.holds("its scanner runs", () -> !FakeProgram.survivors(scanner).isEmpty());
    WorkDirectory work = work();
    try (SessionLease lease = work.enter()) {
      holder.kill();
      try (Slot slot = gate(work, 1).enter(lease, LONG)) {
        assertThat(slot.ticket()).exists();
        assertThat(FakeProgram.survivors(scanner)).isEmpty();
      }
    }
  }

  @Test
  void aHolderThatIsMerelyStoppedKeepsItsSlot() throws Exception {
    JavaProgram holder = client("hold", 1, 60_000);
    assertThat(holder.line()).startsWith("in ");
    signal("STOP", holder);
    WorkDirectory work = work();
    try (SessionLease lease = work.enter()) {
      assertThatThrownBy(() -> impatient(work).enter(lease, Duration.ofSeconds(5)))
          .hasMessageContaining("gate.patience");
    } finally {
      signal("CONT", holder);
    }
    assertThat(tickets()).hasSize(1);
    holder.endInput();
    assertThat(holder.await()).isZero();
  }

  private static void signal(String name, JavaProgram program) throws Exception {
    new ProcessBuilder("kill", "-" + name, Long.toString(program.pid())).start().waitFor();
  }

  @Test
  void aProcessThatStopsInTheMiddleOfItsDrawDoesNotHoldUsForEver() throws Exception {
    WorkDirectory work = work();
    JavaProgram locker = client("lock");
    assertThat(locker.line()).isEqualTo("locked");
    try (SessionLease lease = work.enter()) {
      assertThatThrownBy(() -> impatient(work).enter(lease, Duration.ofSeconds(5)))
          .isInstanceOf(ScanFailure.class)
          .hasMessageContaining("draw.lock");
      locker.kill();
      gate(work, 1).enter(lease, LONG).close();
    }
  }

  @Test
  void ticketsThatCannotBeWrittenAreAFailure() throws Exception {
    WorkDirectory work = work();
    try (SessionLease lease = work.enter()) {
      Files.delete(workPath.resolve(WorkDirectory.GATE));
      Files.createFile(workPath.resolve(WorkDirectory.GATE));
      assertThatThrownBy(() -> gate(work, 1).enter(lease, LONG))
          .isInstanceOf(ScanFailure.class)
          .hasMessageContaining("tickets");
    }
  }

  @Test
  void onlyANumberAndAnIdMakeATicket() {
    assertThat(Tickets.idOf("000000000000000001.19ab-12-3")).isEqualTo("19ab-12-3");
    assertThat(Tickets.idOf("00000000000000001.19ab-12-3")).isEmpty();
    assertThat(Tickets.idOf("0000000000000000x1.19ab-12-3")).isEmpty();
    assertThat(Tickets.idOf("000000000000000001.")).isEmpty();
    assertThat(Tickets.idOf("000000000000000001.19ab")).isEmpty();
    assertThat(Tickets.idOf("000000000000000001-19ab-12-3")).isEmpty();
    assertThat(Tickets.idOf("draw.lock")).isEmpty();
    assertThat(Tickets.idOf("000000000000000001../../..")).isEmpty();
  }

  @Test
  void whatIsNoTicketIsPassedOver() throws Exception {
    WorkDirectory work = work();
    Files.createFile(workPath.resolve(WorkDirectory.GATE).resolve("README"));
    try (SessionLease lease = work.enter();
        Slot slot = gate(work, 1).enter(lease, Duration.ofSeconds(5))) {
      assertThat(slot.ticket().getFileName()).hasToString("000000000000000001." + lease.id());
    }
  }

  /** Expected of each: no slot is given twice, nobody who lives is taken for dead, all flows on. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        ".gate",
        ".live",
        ".gate/draw.lock",
        ".gate/TICKET",
        ".live/ID",
        ".TICKET",
        ".gate .live",
        ".live .gate",
        ".gate/TICKET .live",
        ".live/ID .gate",
        ".TICKET .live",
        ".gate .live .gate"
      })
  void whatIsRemovedUnderARunningScanGivesNoSlotTwice(String what) throws Exception {
    JavaProgram holder = client("hold", 1, 60_000);
    String id = holder.line().split(" ", -1)[1];
    WorkDirectory work = work();
    String names = what.replace("TICKET", tickets().get(0)).replace("ID", id);
    for (String name : names.split(" ", -1)) {
      remove(workPath.resolve(name));
    }
    assertThat(new Janitor(work, ProcessTree::end).clean()).isEmpty();
    assertThat(workPath.resolve(id).resolve("message")).exists();

    try (SessionLease second = work.enter()) {
      assertThatThrownBy(() -> impatient(work).enter(second, Duration.ofSeconds(5)))
          .hasMessageContaining("gate.patience 5s");
      CompletableFuture<Long> waiter = waiter(work, 1);
      holder.endInput();
      assertThat(holder.line()).isEqualTo("out");
      get(waiter);
    }
    Until.holds("it has left", () -> tickets().isEmpty());
    Until.holds("nothing is left", () -> liveNames() == 0);
  }

  @Test
  void whoWaitsWhileTheTicketsAreRemovedIsCalledInTheEnd() throws Exception {
    WorkDirectory work = work();
    try (SessionLease lease = work.enter()) {
      Slot slot = gate(work, 1).enter(lease, LONG);
      CompletableFuture<Long> waiter = waiter(work, 1);
      Until.holds("it waits", () -> tickets().size() == 2);
      remove(workPath.resolve(".gate"));
      Until.holds("all are there again", () -> tickets().size() == 2);
      remove(workPath.resolve(".live"));
      Until.holds("all are there again", () -> liveNames() == 2);
      assertThat(waiter).isNotDone();
      slot.close();
      get(waiter);
    }
  }

  private long liveNames() {
    String[] names = workPath.resolve(".live").toFile().list();
    return names == null ? 0 : names.length;
  }

  /** A process keeps its tickets in memory too: what it has on the disk may all go. */
  @Test
  void noSlotIsGivenTwiceByAProcessOfWhichAllNamesAreRemoved() throws Exception {
    WorkDirectory work = work();
    try (SessionLease lease = work.enter();
        Slot slot = gate(work, 1).enter(lease, LONG)) {
      for (String name : WorkDirectory.names(workPath)) {
        remove(workPath.resolve(name));
      }
      try (SessionLease second = work.enter()) {
        assertThatThrownBy(() -> impatient(work).enter(second, Duration.ofSeconds(5)))
            .hasMessageContaining("gate.patience 5s");
      }
      work.lookAfter();
      assertThat(slot.ticket()).exists();
    }
    assertThat(tickets()).isEmpty();
  }

  /** Where the lock was replaced, two draw at the same time: whoever comes later gives way. */
  @Test
  void aTicketThatIsNotTheHighestDoesNotCount() throws Exception {
    Tickets tickets = work().tickets();
    String low = "000000000000000006.19ab-12-3";
    String high = "000000000000000007.19ab-12-4";
    try (Slot first = tickets.make(high)) {
      assertThat(tickets.isHighest(high, 7)).isTrue();
      try (Slot second = tickets.make(low)) {
        assertThat(tickets.isHighest(low, 6)).isFalse();
        assertThat(second.ticket()).exists();
      }
      try (Slot same = tickets.make("000000000000000007.19ab-12-3")) {
        assertThat(tickets.isHighest("000000000000000007.19ab-12-3", 7)).isFalse();
        assertThat(same.ticket()).exists();
      }
      assertThat(first.ticket()).exists();
    }
    assertThat(tickets.inAnyFile()).isEmpty();
  }

  @Test
  void aNameThatIsPutBackWhileItsTicketIsGivenBackDoesNotStay() throws Exception {
    Tickets tickets = work().tickets();
    String ticket = "000000000000000001.19ab-12-3";
    Slot slot = tickets.make(ticket);
    CompletableFuture<Void> mending =
        CompletableFuture.runAsync(
            () -> {
              while (!Thread.currentThread().isInterrupted() && !tickets.own().isEmpty()) {
                try {
                  remove(slot.ticket());
                  tickets.mend();
                } catch (Exception e) {
                  throw new IllegalStateException(e);
                }
              }
            },
            task -> new Thread(task).start());
    slot.close();
    mending.get(60, TimeUnit.SECONDS);
    tickets.mend();
    assertThat(tickets.inAnyFile()).isEmpty();
  }

  @Test
  void neverMoreThanTheLimitWhileItsDirectoriesAreRemovedAgainAndAgain() throws Exception {
    int slots = 2;
    Path journal = directory.resolve("journal");
    JavaProgram other = client("rounds", slots, 4, ROUNDS, journal);
    CompletableFuture<List<String>> ours =
        CompletableFuture.supplyAsync(() -> {
          try {
            return GateClient.rounds(work(), slots, 4, ROUNDS, journal);
          } catch (ScanFailure | InterruptedException e) {
            return List.of(e.toString());
          }
        });
    for (int i = 0; !ours.isDone(); i++) {
      remove(workPath.resolve(i % 2 == 0 ? ".gate" : ".live"));
      if (i % 4 < 2) { // else the next one goes at once, whatever has been mended by then
        Until.holds(
            "it is there again",
            () -> ours.isDone() || (exists(".gate/draw.lock") && exists(".live")));
      }
    }
    // Whose directory is removed once more while it is mended may be told to try again.
    assertThat(ours.get()).allMatch(told -> told.startsWith(ScanFailure.class.getName()));
    assertThat(other.rest()).allMatch(told -> told.startsWith(ScanFailure.class.getName()));
    int now = 0;
    for (String event : Files.readAllLines(journal)) {
      now += event.equals("+") ? 1 : -1;
      assertThat(now).isBetween(0, slots);
    }
  }

  private boolean exists(String name) {
    return Files.exists(workPath.resolve(name));
  }

  /** As rm -r does, which is not stopped by what comes and goes meanwhile. */
  private static void remove(Path path) throws Exception {
    new ProcessBuilder("rm", "-rf", path.toString()).start().waitFor();
  }
}
