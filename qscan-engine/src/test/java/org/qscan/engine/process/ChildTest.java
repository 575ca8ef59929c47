package org.qscan.engine.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.Pipe;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.qscan.engine.testing.FakeProgram;
import org.qscan.engine.testing.JavaProgram;
import org.qscan.engine.testing.Mails;
import org.qscan.engine.testing.RealPrograms;
import org.qscan.engine.testing.Until;

class ChildTest {

  /** Far less than what must not be waited for. */
  private static final Duration LONG = Duration.ofMinutes(2);

  private static final Duration SHORT = Duration.ofMillis(500);

  @TempDir Path directory;

  @AfterEach
  void nothingIsLeft() {
    assertThat(ProcessTree.find(mark())).isEmpty();
  }

  private String mark() {
    return "child-test-" + directory.getFileName();
  }

  private Command command(String... argv) {
    return Command.confined(List.of(argv), mark(), LONG);
  }

  private Command shell(String script) {
    return command("/bin/sh", "-c", script);
  }

  /** The same, where timeout(1) is BusyBox', as in Alpine. */
  private Command underBusyBox(Command command) throws IOException {
    Path bin = Files.createDirectories(directory.resolve("bin"));
    Files.createSymbolicLink(bin.resolve("timeout"), RealPrograms.require("busybox"));
    Map<String, String> variables = new TreeMap<>(Command.OWN);
    variables.put("PATH", bin + ":" + variables.get("PATH"));
    return new Command(
        command.argv(),
        variables,
        command.mark(),
        command.lifetime(),
        command.cpuLimit(),
        command.fileLimit(),
        command.outputLimit());
  }

  private static Ending run(Command command) {
    return Child.start(command, Command.NO_INPUT).await(LONG);
  }

  private static String output(Ending ending) {
    return new String(ending.output(), StandardCharsets.ISO_8859_1);
  }

  // What a child gets.

  @Test
  void theEnvironmentIsOursAlone() {
    Map<String, String> environment = new TreeMap<>();
    output(run(command("/usr/bin/env")))
        .lines()
        .forEach(line -> environment.put(line.split("=", 2)[0], line.split("=", 2)[1]));

    environment.keySet().removeAll(List.of("PWD", "OLDPWD", "SHLVL", "_")); // the shell's own
    Map<String, String> wanted = new TreeMap<>(Command.OWN);
    wanted.put(Command.MARK, mark());
    assertThat(environment).isEqualTo(wanted);
  }

  @Test
  void aChildOutsideAnyFamilyGetsTheCallersEnvironmentWhereItIsToldSo() {
    Command command =
        new Command(
            List.of("/usr/bin/env"),
            Command.INHERITED,
            "",
            LONG,
            Duration.ZERO,
            0,
            Command.OUTPUT_LIMIT);
    assertThat(output(run(command)).lines())
        .contains("PATH=" + System.getenv("PATH"))
        .noneMatch(line -> line.startsWith(Command.MARK));
  }

  @Test
  void argumentsArriveAsTheyAre() {
    List<String> odd =
        List.of(
            "-rf",
            "--help",
            "--",
            "-s",
            "with blanks  and\ttabs",
            "new\nline",
            ">>> Virus 'x' found in file y",
            "",
            "$HOME $(id) `id` ${java.io.tmpdir} ${x}",
            "'single' \"double\" \\back\\",
            "*",
            "~",
            "; exit 3",
            "%s%n",
            "x".repeat(4000));
    List<String> argv =
        new ArrayList<>(List.of("/bin/sh", "-c", "for a; do printf '%s\\000' \"$a\"; done", "sh"));
    argv.addAll(odd);

    Ending ending = run(Command.confined(argv, mark(), LONG));
    List<String> arrived = Arrays.asList(output(ending).split("\0", -1));
    assertThat(arrived.subList(0, arrived.size() - 1)).isEqualTo(odd);
  }

  @Test
  void noDescriptorAboveTwoReachesAChild() throws IOException {
    List<AutoCloseable> open = new ArrayList<>();
    try {
      for (int i = 0; i < 50; i++) {
        Path file = Files.createFile(directory.resolve("open" + i));
        open.add(Files.newInputStream(file));
        open.add(FileChannel.open(file, StandardOpenOption.WRITE));
      }
      open.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
      Pipe pipe = Pipe.open();
      open.add(pipe.source());
      open.add(pipe.sink());

      Ending ending = run(shell("ls /proc/$$/fd; :"));
      assertThat(output(ending).lines()).containsExactly("0", "1", "2");
    } finally {
      open.forEach(ChildTest::close);
    }
  }

  private static void close(AutoCloseable one) {
    try {
      one.close();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aChildHasAProcessGroupOfItsOwn() throws IOException {
    String ours = Files.readString(Path.of("/proc/self/stat"));
    String group = ours.substring(ours.lastIndexOf(')')).split(" ", -1)[3];
    String theirs = output(run(shell("read -r a b c d e rest </proc/$$/stat; echo $e"))).strip();
    assertThat(theirs).isNotEmpty().isNotEqualTo(group);
  }

  // How a child ends.

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 42, 99, 124, 125, 128, 254, 255})
  void anExitCodeIsHandedOn(int code) {
    Ending ending = run(shell("exit " + code));
    assertThat(ending.how()).isEqualTo(Ending.How.EXITED);
    assertThat(ending.code()).isEqualTo(code);
    assertThat(ending.exited(code)).isTrue();
    assertThat(ending.exited(code + 1)).isFalse();
    assertThat(ending.strays()).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 6, 9, 11, 13, 15, 25})
  void deathByASignalIsNoExitCode(int signal) {
    Ending ending = run(shell("kill -" + signal + " $$; sleep 30"));
    assertThat(ending.how()).isEqualTo(Ending.How.SIGNALLED);
    assertThat(ending.code()).isEqualTo(signal);
    assertThat(ending.inWords()).isEqualTo("died of signal " + signal);
    assertThat(ending.exited(0)).isFalse();
  }

  @Test
  void aProgramThatIsNotThereCouldNotBeExecuted() {
    Ending ending = run(command("/no/such/program"));
    assertThat(ending.how()).isEqualTo(Ending.How.EXITED);
    assertThat(ending.inWords()).contains("could not be executed").contains("127");
  }

  @Test
  void aProgramThatIsNotThereWasNotStartedWithoutTheWrapping() {
    Command command =
        new Command(List.of("/no/such/program"), Command.OWN, "", LONG, Duration.ZERO, 0, 1000);
    Ending ending = run(command);
    assertThat(ending.how()).isEqualTo(Ending.How.NOT_STARTED);
    assertThat(ending.inWords()).contains("could not be started");
  }

  @Test
  void aChildThatTakesTooLongIsKilled() throws Exception {
    long start = System.nanoTime();
    Path said = directory.resolve("said");
    Child child = Child.start(shell("echo said; : >" + said + "; sleep 300"), Command.NO_INPUT);
    Until.holds("it has said so", () -> Files.exists(said));
    assertThat(child.isAlive()).isTrue();
    Ending ending = child.await(SHORT);
    assertThat(ending.how()).isEqualTo(Ending.How.TIMED_OUT);
    assertThat(output(ending)).isEqualTo("said\n");
    assertThat(child.isAlive()).isFalse();
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(SHORT, SHORT.plus(LONG));
  }

  @Test
  void aChildMayBeGivenTimeAndLive() throws IOException {
    Path go = directory.resolve("go");
    Child child =
        Child.start(
            shell("until [ -e " + go + " ]; do sleep 0.05; done; exit 7"), Command.NO_INPUT);
    assertThat(child.outlived(Duration.ofMillis(50))).isFalse();
    assertThat(child.isAlive()).isTrue();
    Files.createFile(go);
    assertThat(child.outlived(LONG)).isTrue();
    assertThat(child.await(LONG).exited(7)).isTrue();
  }

  @Test
  void whoeverWaitsLearnsOfAKill() throws Exception {
    Child child = Child.start(shell("sleep 300"), Command.NO_INPUT);
    Until.holds("the child runs", () -> !ProcessTree.find(mark()).isEmpty());
    child.kill();
    assertThat(child.isAlive()).isFalse();
    assertThat(child.await(LONG).how()).isEqualTo(Ending.How.TIMED_OUT);
  }

  /** A client that hangs up at once: the child is killed before it has quite begun. */
  @Test
  void aChildKilledInTheInstantOfItsStartIsDead() {
    Path program = FakeProgram.write(directory, "hangs", "sleep 300 & wait");
    for (int i = 0; i < 30; i++) {
      Child child =
          Child.start(Command.confined(List.of(program.toString()), mark(), LONG), slowly());
      if (i % 3 > 0) {
        child.outlived(Duration.ofMillis(i));
      }
      child.kill();
      assertThat(child.isAlive()).isFalse();
      assertThat(ProcessTree.find(mark())).isEmpty();
      assertThat(FakeProgram.survivors(program)).isEmpty();
    }
  }

  @Test
  void anInterruptedWaitKillsTheChild() throws Exception {
    List<Ending> endings = new ArrayList<>();
    Child child = Child.start(shell("sleep 300"), Command.NO_INPUT);
    Thread waiting =
        new Thread(() -> {
          endings.add(child.await(LONG));
          assertThat(Thread.currentThread().isInterrupted()).isTrue();
        });
    waiting.start();
    Until.holds("the child runs", () -> !ProcessTree.find(mark()).isEmpty());
    waiting.interrupt();
    waiting.join(120_000);
    assertThat(endings).hasSize(1);
    assertThat(endings.get(0).how()).isEqualTo(Ending.How.INTERRUPTED);
    Until.holds("the child is gone", () -> ProcessTree.find(mark()).isEmpty());
  }

  @Test
  void strayChildrenAreCountedAndKilled() {
    Path program =
        FakeProgram.write(
            directory,
            "strays",
            """
            for i in 1 2 3; do
              setsid sleep 300 </dev/null >/dev/null 2>&1 & echo $! >>"$HERE/pids"
            done
            sleep 300 >/dev/null 2>&1 & echo $! >>"$HERE/pids"
            sleep 0.2; exit 5\
            """);
    Ending ending = run(command(program.toString()));
    assertThat(ending.exited(5)).isTrue();
    assertThat(ending.strays()).isGreaterThanOrEqualTo(4);
    assertThat(FakeProgram.survivors(program)).isEmpty();
  }

  @Test
  void anOrphanOutOfTheGroupIsKilledWithAHangingChild() throws Exception {
    Path program =
        FakeProgram.write(
            directory,
            "orphans",
            "(setsid sh -c 'echo $$ >>\"'\"$HERE\"'/pids\"; sleep 300' & )\nsleep 300");
    Child child = Child.start(command(program.toString()), Command.NO_INPUT);
    Until.holds("both run", () -> FakeProgram.pids(program).size() == 2);
    Ending ending = child.await(SHORT);
    assertThat(ending.how()).isEqualTo(Ending.How.TIMED_OUT);
    assertThat(FakeProgram.survivors(program)).isEmpty();
  }

  // Limits.

  @Test
  void outputUpToTheLimitIsKeptWhole() {
    Command command =
        new Command(
            List.of("/bin/sh", "-c", "head -c 50000 /dev/zero; exit 4"),
            Command.OWN,
            mark(),
            LONG,
            Duration.ZERO,
            0,
            50_000);
    Ending ending = run(command);
    assertThat(ending.exited(4)).isTrue();
    assertThat(ending.output()).hasSize(50_000);
  }

  @Test
  void oneOctetMoreIsAFlood() {
    Command command =
        new Command(
            List.of("/bin/sh", "-c", "head -c 50001 /dev/zero; sleep 300"),
            Command.OWN,
            mark(),
            LONG,
            Duration.ZERO,
            0,
            50_000);
    Ending ending = run(command);
    assertThat(ending.how()).isEqualTo(Ending.How.FLOODED);
    assertThat(ending.output()).hasSize(50_000);
  }

  @Test
  void standardErrorCountsAsOutput() {
    assertThat(output(run(shell("echo one; echo two >&2; echo three"))))
        .isEqualTo("one\ntwo\nthree\n");
  }

  @Test
  void cpuTimeIsLimited() {
    Command command = shell("while :; do :; done").withCpuLimit(Duration.ofSeconds(1));
    Ending ending = run(command);
    assertThat(ending.how()).isEqualTo(Ending.How.SIGNALLED);
    assertThat(ending.code()).isIn(9, 24);
  }

  @Test
  void theSizeOfAFileIsLimited() throws IOException {
    Path file = directory.resolve("large");
    Command command =
        command("/bin/dd", "if=/dev/zero", "of=" + file, "bs=512", "count=1000")
            .withFileLimit(100_000);
    Ending ending = run(command);
    assertThat(ending.how()).isEqualTo(Ending.How.SIGNALLED);
    assertThat(ending.code()).isEqualTo(25);
    assertThat(Files.size(file)).isBetween(100_000L, 100_000L + 512);
  }

  @Test
  void withoutALimitOfOursTheCallersHolds() {
    assertThat(output(run(shell("ulimit -f; ulimit -t"))))
        .isEqualTo(
            output(
                run(
                    new Command(
                        List.of("/bin/sh", "-c", "ulimit -f; ulimit -t"),
                        Command.OWN,
                        "",
                        LONG,
                        Duration.ZERO,
                        0,
                        1000))));
    assertThat(output(run(shell("ulimit -c")))).isEqualTo("0\n");
  }

  // Feeding.

  @Test
  void standardInputArrivesWholeAndUnchanged() {
    byte[] all = new byte[700_000];
    for (int i = 0; i < all.length; i++) {
      all[i] = (byte) (i * 31 + i / 256);
    }
    Ending ending = Child.start(command("/bin/cat"), new ByteArrayInputStream(all)).await(LONG);
    assertThat(ending.exited(0)).isTrue();
    assertThat(ending.output()).isEqualTo(all);
  }

  @Test
  void withoutInputAChildMeetsItsEndAtOnce() {
    assertThat(output(run(shell("cat; echo end")))).isEqualTo("end\n");
  }

  @Test
  void aChildThatNeverReadsHoldsUpNobody() {
    long start = System.nanoTime();
    Child child = Child.start(shell("sleep 300"), Mails.endless("", "x\n", 1L << 40));
    Ending ending = child.await(SHORT);
    assertThat(ending.how()).isEqualTo(Ending.How.TIMED_OUT);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(LONG);
  }

  @Test
  void aChildThatEndsWithoutReadingHasEnded() {
    long start = System.nanoTime();
    Ending ending = Child.start(shell("exit 6"), Mails.endless("", "x\n", 1L << 40)).await(LONG);
    assertThat(ending.exited(6)).isTrue();
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(LONG);
  }

  @Test
  void aChildThatReadsALittleAndEndsHasEnded() {
    Ending ending =
        Child.start(shell("head -c 10 | wc -c"), Mails.endless("", "x\n", 1L << 40)).await(LONG);
    assertThat(ending.exited(0)).isTrue();
    assertThat(output(ending).strip()).isEqualTo("10");
  }

  @Test
  void anInputThatNeverEndsDoesNotKeepAChildThatEnds() {
    long start = System.nanoTime();
    Ending ending = Child.start(shell("exit 6"), slowly()).await(LONG);
    assertThat(ending.exited(6)).isTrue();
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(LONG);
  }

  /** The stray holds standard input, and reads it as little as the child did. */
  @Test
  void aStrayThatHoldsTheInputHoldsUpNobody() {
    long start = System.nanoTime();
    Ending ending =
        Child.start(
                shell("setsid sleep 300 >/dev/null 2>&1 <&0 & exit 6"),
                Mails.endless("", "x\n", 1L << 40))
            .await(LONG);
    assertThat(ending.exited(6)).isTrue();
    assertThat(ending.strays()).isPositive();
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(LONG);
  }

  @Test
  void anInputThatFailsEndsTheChildsInput() {
    InputStream failing =
        new FilterInputStream(InputStream.nullInputStream()) {
          @Override
          public int read(byte[] bytes, int offset, int length) throws IOException {
            throw new IOException("broke off");
          }
        };
    Ending ending = Child.start(shell("cat; echo end"), failing).await(LONG);
    assertThat(output(ending)).isEqualTo("end\n");
  }

  private static InputStream slowly() {
    try {
      // Nobody writes to it and nobody closes it.
      return new PipedInputStream(new PipedOutputStream()) {
        @Override
        public synchronized int read(byte[] bytes, int offset, int length) throws IOException {
          try {
            while (true) {
              wait();
            }
          } catch (InterruptedException e) {
            throw new IOException(e);
          }
        }
      };
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  // When nobody is left to watch.

  @Test
  void aVirtualMachineThatEndsDoesNotWaitForItsChildren() throws Exception {
    Path program = FakeProgram.write(directory, "hangs", "sleep 300 & wait");
    try (JavaProgram parent =
        JavaProgram.start(ChildParent.class, program.toString(), mark(), "60", "leave")) {
      assertThat(parent.line()).isEqualTo("started");
      long start = System.nanoTime();
      assertThat(parent.await()).isZero();
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(LONG);
    } finally {
      ProcessTree.kill(mark());
    }
  }

  @Test
  void aChildDoesNotOutliveItsLifetimeWhenItsParentIsKilled() throws Exception {
    Path program =
        FakeProgram.write(directory, "hangs", "trap '' TERM\nsleep 300 &\nwait\nsleep 300");
    try (JavaProgram parent =
        JavaProgram.start(ChildParent.class, program.toString(), mark(), "1", "await")) {
      assertThat(parent.line()).isEqualTo("started");
      Until.holds("the child runs", () -> !FakeProgram.pids(program).isEmpty());
      parent.kill();
    }
    assertThat(FakeProgram.survivors(program)).isNotEmpty();
    Until.holds("its lifetime is over", () -> ProcessTree.find(mark()).isEmpty());
    assertThat(FakeProgram.survivors(program)).isEmpty();
  }

  @Test
  void theTimerOfBusyBoxIsNoStrayAndIsNotLeftBehind() throws Exception {
    Ending ending = run(underBusyBox(shell("echo said; exit 3")));
    assertThat(ending.exited(3)).isTrue();
    assertThat(new String(ending.output(), StandardCharsets.UTF_8)).isEqualTo("said\n");
    assertThat(ending.strays()).isZero();
    assertThat(ProcessTree.find(mark())).isEmpty();
  }

  @Test
  void besideTheTimerOfBusyBoxAStrayIsAStray() throws Exception {
    Command command = shell("sleep 60 >/dev/null 2>&1 & exit 3");
    assertThat(run(underBusyBox(command)).strays()).isEqualTo(1);
    assertThat(run(command).strays()).isEqualTo(1);
  }
}
