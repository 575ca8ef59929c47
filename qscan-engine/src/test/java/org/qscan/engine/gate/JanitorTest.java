package org.qscan.engine.gate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qscan.engine.process.ProcessTree;
import org.qscan.engine.testing.FakeProgram;
import org.qscan.engine.testing.JavaProgram;
import org.qscan.engine.testing.RealPrograms;
import org.qscan.engine.testing.Until;

class JanitorTest {

  @TempDir Path directory;
  private Path workPath = Path.of("/");
  private final List<JavaProgram> programs = new ArrayList<>();

  @BeforeEach
  void makeWorkDirectory() throws IOException {
    workPath = Files.createDirectory(directory.resolve("work"));
  }

  @AfterEach
  void end() {
    programs.forEach(JavaProgram::close);
  }

  private JavaProgram client(String... arguments) {
    JavaProgram program = JavaProgram.start(GateClient.class, arguments);
    programs.add(program);
    return program;
  }

  /** Everything in the work directory but what is always there. */
  private Set<String> left() throws IOException {
    Set<String> names = new TreeSet<>();
    try (Stream<Path> all = Files.walk(workPath)) {
      all.map(path -> workPath.relativize(path).toString()).forEach(names::add);
    }
    names.removeAll(Set.of("", ".live", ".gate", ".gate/draw.lock"));
    return names;
  }

  private List<String> clean() throws Exception {
    return new Janitor(WorkDirectory.open(workPath, false), ProcessTree::end).clean();
  }

  @Test
  void whatAKilledProcessLeftIsRemovedAndWhatALivingOneHasIsNot() throws Exception {
    Path scanner = FakeProgram.write(directory, "scanner", "setsid sleep 300 & sleep 300");
    Path livingScanner = FakeProgram.write(directory, "scanner", "setsid sleep 300 & sleep 300");
    String work = workPath.toString();
    JavaProgram victim = client("hold", work, "5", "60000", scanner.toString());
    JavaProgram living = client("hold", work, "5", "60000", livingScanner.toString());
    String dead = victim.line().split(" ", -1)[1];
    String alive = living.line().split(" ", -1)[1];
    Until.holds("the scanners run", () -> ProcessTree.find(dead).size() >= 3);
    Until.holds("the scanners run", () -> ProcessTree.find(alive).size() >= 3);
    assertThat(left()).contains(dead, dead + "/message", ".live/" + dead);
    victim.kill();
    assertThat(ProcessTree.find(dead)).isNotEmpty();

    assertThat(clean()).containsExactly(dead);
    assertThat(ProcessTree.find(dead)).isEmpty();
    assertThat(FakeProgram.survivors(scanner)).isEmpty();
    assertThat(left()).noneMatch(name -> name.contains(dead));
    assertThat(left()).contains(alive, alive + "/message", ".live/" + alive).hasSize(6);
    assertThat(ProcessTree.find(alive)).isNotEmpty();

    assertThat(clean()).isEmpty();
    living.endInput();
    assertThat(living.await()).isZero();
    assertThat(left()).isEmpty();
    ProcessTree.kill(alive);
  }

  @Test
  void remainsOfEveryInstantOfABirthAndADeathAreRemoved() throws Exception {
    WorkDirectory.open(workPath, false);
    // Killed between lock file and directory; with the directory; after the directory was removed;
    // a directory without its lock file; a ticket of nobody.
    Files.createFile(workPath.resolve(".live/a-1-1"));
    Files.createFile(workPath.resolve(".live/a-1-2"));
    Files.createDirectories(workPath.resolve("a-1-2/views/raw"));
    Files.createFile(workPath.resolve("a-1-2/views/raw/1.eml"));
    Files.createDirectory(workPath.resolve("a-1-3"));
    Files.createFile(workPath.resolve(".gate/000000000000000007.a-1-2"));
    Files.createFile(workPath.resolve(".gate/000000000000000008.a-1-9"));

    assertThat(clean()).containsExactlyInAnyOrder("a-1-2", "a-1-3");
    assertThat(left()).isEmpty();
  }

  @Test
  void whatIsNotOursIsLeftAlone() throws Exception {
    WorkDirectory.open(workPath, false);
    Files.createDirectory(workPath.resolve("lost+found"));
    Files.writeString(workPath.resolve("README"), "text");
    Files.createFile(workPath.resolve(".live/notes"));
    Files.createFile(workPath.resolve(".gate/notes"));
    assertThat(clean()).isEmpty();
    assertThat(left()).containsExactly(".gate/notes", ".live/notes", "README", "lost+found");
  }

  @Test
  void aLinkWithTheNameOfASessionIsRemovedAndNotFollowed() throws Exception {
    WorkDirectory.open(workPath, false);
    Path elsewhere = Files.createDirectory(directory.resolve("elsewhere"));
    Files.createFile(elsewhere.resolve("file"));
    Files.createSymbolicLink(workPath.resolve("a-1-1"), elsewhere);
    Files.createDirectory(workPath.resolve("a-1-2"));
    Files.createSymbolicLink(workPath.resolve("a-1-2/link"), elsewhere);
    clean();
    assertThat(left()).isEmpty();
    assertThat(elsewhere.resolve("file")).exists();
  }

  @Test
  void ageIsNoProofOfDeath() throws Exception {
    WorkDirectory work = WorkDirectory.open(workPath, false);
    try (SessionLease lease = work.enter()) {
      // Not with Java's own means: setting a file's time opens it, and closing that drops the lock.
      String lock = work.path().resolve(".live").resolve(lease.id()).toString();
      new ProcessBuilder("touch", "-d", "@0", lock, lease.directory().toString()).start().waitFor();
      assertThat(Files.getLastModifiedTime(Path.of(lock))).isEqualTo(FileTime.fromMillis(0));
      assertThat(clean()).isEmpty();
      try (JavaProgram other = client("clean", workPath.toString())) {
        assertThat(other.rest()).isEmpty();
      }
      assertThat(lease.directory()).exists();
    }
  }

  @Test
  void whatCannotBeRemovedIsLeftForTheNextTime() throws Exception {
    WorkDirectory.open(workPath, false);
    Path locked = Files.createDirectories(workPath.resolve("a-1-1/locked"));
    Files.createFile(locked.resolve("file"));
    assertThat(locked.toFile().setWritable(false)).isTrue();
    try (JavaProgram other =
        JavaProgram.start(
            withoutCapabilities(), List.of(), GateClient.class, "clean", workPath.toString())) {
      assertThat(other.rest()).isEmpty();
    }
    assertThat(locked.toFile().setWritable(true)).isTrue();
    assertThat(clean()).containsExactly("a-1-1");
  }

  /** Root can remove everything, but for these. */
  private static List<String> withoutCapabilities() {
    return RealPrograms.areRoot()
        ? List.of(
            RealPrograms.require("setpriv").toString(), "--bounding-set=-all", "--inh-caps=-all")
        : List.of();
  }

  /** Janitors in two processes while sessions are born and die in three, and one is killed. */
  @Test
  void noSessionEverLosesAnythingToAJanitor() throws Exception {
    Duration time = Duration.ofSeconds(3);
    String millis = Long.toString(time.toMillis());
    String work = workPath.toString();
    JavaProgram first = client("sessions", work, "3", millis);
    JavaProgram second = client("sessions", work, "3", millis);
    JavaProgram victim = client("sessions", work, "3", "60000");
    WorkDirectory ours = WorkDirectory.open(workPath, false);
    Population population = new Population(ours);
    List<String> buried = new ArrayList<>();
    Thread janitor =
        new Thread(() -> {
          try {
            while (!Thread.currentThread().isInterrupted()) {
              buried.addAll(new Janitor(ours, ProcessTree::end).clean());
            }
          } catch (IOException e) {
            buried.add(e.toString());
          }
        });
    Thread killer =
        new Thread(() -> {
          try {
            Thread.sleep(time.toMillis() / 2);
            victim.kill();
            client("clean", work).await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    janitor.start();
    killer.start();
    population.live(3, time);
    killer.join();
    List<String> complaints = new ArrayList<>(population.complaints());
    complaints.addAll(first.rest());
    complaints.addAll(second.rest());
    janitor.interrupt();
    janitor.join();
    clean();

    assertThat(complaints).isEmpty();
    assertThat(left()).isEmpty();
    // Only the one that was killed has left anything: not more sessions than it had threads.
    String pid = "-" + victim.pid() + "-";
    assertThat(buried).allMatch(id -> id.contains(pid)).hasSizeLessThanOrEqualTo(3);
  }
}
