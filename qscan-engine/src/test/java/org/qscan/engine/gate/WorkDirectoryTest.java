package org.qscan.engine.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.qscan.engine.ScanFailure;
import org.qscan.engine.process.ProcessTree;
import org.qscan.engine.testing.JavaProgram;
import org.qscan.engine.testing.ManualTicker;
import org.qscan.engine.testing.RealPrograms;

class WorkDirectoryTest {

  @TempDir Path directory;
  private Path workPath = Path.of("/");

  @BeforeEach
  void makeWorkDirectory() throws IOException {
    workPath = Files.createDirectory(directory.resolve("work"));
  }

  private static void assertRefused(Path path, String reason) {
    assertThat(catchThrowableOfType(ScanFailure.class, () -> WorkDirectory.open(path, false)))
        .extracting(ScanFailure::getMessage, STRING)
        .startsWith("work.directory " + path + " ")
        .contains(reason);
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  // What is refused.

  @Test
  void aMissingDirectoryIsRefused() {
    assertRefused(directory.resolve("missing"), "does not exist: create it");
  }

  @Test
  void aSymbolicLinkIsRefused() throws IOException {
    assertRefused(
        Files.createSymbolicLink(directory.resolve("link"), workPath), "is a symbolic link");
    assertRefused(
        Files.createSymbolicLink(directory.resolve("dangling"), directory.resolve("nowhere")),
        "is a symbolic link");
  }

  @Test
  void aFileIsRefused() throws IOException {
    Path file = Files.createFile(directory.resolve("file"));
    assertRefused(file, "is not a directory");
    assertRefused(file.resolve("below"), ""); // the JDKs differ in what they say;
  }

  @ParameterizedTest
  @ValueSource(strings = {"rwxrwx---", "rwx----w-", "rwxrwxrwx", "rwxr-xrwx", "-w--w--w-"})
  void aDirectoryThatOthersCanWriteToIsRefused(String mode) throws IOException {
    Files.setPosixFilePermissions(workPath, PosixFilePermissions.fromString(mode));
    assertRefused(workPath, "is writable by its group or by others");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rwx------", "rwxr-x---", "rwxr-xr-x", "rwx--x--x"})
  void aDirectoryThatOnlyItsOwnerCanWriteToIsTaken(String mode) throws Exception {
    Files.setPosixFilePermissions(workPath, PosixFilePermissions.fromString(mode));
    try (SessionLease lease = WorkDirectory.open(workPath, false).enter()) {
      assertThat(lease.directory()).isDirectory();
    }
  }

  @Test
  void anotherUsersDirectoryIsRefused() throws IOException {
    if (!RealPrograms.areRoot()) {
      RealPrograms.missing("only root can give a directory away");
    }
    Files.setAttribute(workPath, "unix:uid", 12345);
    assertRefused(
        workPath,
        "belongs to uid 12345, but this process runs as uid 0: run it as that user, or chown the"
            + " directory");
  }

  @ParameterizedTest
  @ValueSource(strings = {WorkDirectory.LIVE, WorkDirectory.GATE})
  void aLinkInPlaceOfOneOfItsRoomsIsRefused(String room) throws IOException {
    Files.createSymbolicLink(workPath.resolve(room), Files.createDirectory(directory.resolve("x")));
    assertRefused(workPath, "cannot be used");
    Files.delete(workPath.resolve(room));
    Files.createFile(workPath.resolve(room));
    assertRefused(workPath, "cannot be used");
  }

  // What a session gets.

  @Test
  void aSessionHasADirectoryAndALockOfItsOwn() throws Exception {
    WorkDirectory work = WorkDirectory.open(workPath, false);
    Path lock;
    Path own;
    try (SessionLease lease = work.enter()) {
      own = lease.directory();
      lock = work.path().resolve(WorkDirectory.LIVE).resolve(lease.id());
      assertThat(own).isEqualTo(workPath.toRealPath().resolve(lease.id()));
      assertThat(mode(own)).isEqualTo("rwx------");
      assertThat(mode(lock)).isEqualTo("rw-------");
      assertThat(mode(work.path().resolve(WorkDirectory.LIVE))).isEqualTo("rwx------");
      assertThat(work.isAlive(lease.id())).isTrue();
      Files.createDirectories(own.resolve("a/b"));
      Files.writeString(own.resolve("a/b/c"), "text");
      Files.createSymbolicLink(own.resolve("a/link"), directory);
    }
    assertThat(own).doesNotExist();
    assertThat(lock).doesNotExist();
    assertThat(directory).exists();
  }

  @Test
  void theGroupMayReadWhereItIsToldSo() throws Exception {
    try (SessionLease lease = WorkDirectory.open(workPath, true).enter()) {
      assertThat(mode(lease.directory())).isEqualTo("rwxr-x---");
    }
  }

  /** qmail-inject runs under the umask of whoever calls it. */
  @Test
  void theGroupMayReadWhateverTheCallersUmaskIs() throws Exception {
    List<String> before = List.of("/bin/sh", "-c", "umask 077; exec \"$@\"", "sh");
    try (JavaProgram client =
        JavaProgram.start(before, List.of(), GateClient.class, "mode", workPath.toString())) {
      assertThat(client.line()).contains("GROUP_READ").contains("GROUP_EXECUTE");
    }
  }

  @Test
  void closingTwiceIsClosingOnce() throws Exception {
    SessionLease lease = WorkDirectory.open(workPath, false).enter();
    lease.close();
    lease.close();
    assertThat(lease.directory()).doesNotExist();
  }

  @Test
  void namesThatAreNoTextAreRemovedToo() throws Exception {
    Path own;
    try (SessionLease lease = WorkDirectory.open(workPath, false).enter()) {
      own = lease.directory();
      String script =
          "cd \"$1\" && touch \"$(printf 'a\\377\\001b')\" \"$(printf 'x\\ny')\" -- -rf";
      new ProcessBuilder("sh", "-c", script, "sh", own.toString()).start().waitFor();
      try (var entries = Files.list(own)) {
        assertThat(entries).hasSize(4); // and .alive
      }
    }
    assertThat(own).doesNotExist();
  }

  @Test
  void idsAreUniqueOverThreadsAndHarmlessAsNames() throws Exception {
    WorkDirectory work = WorkDirectory.open(workPath, false);
    Set<String> ids = Collections.synchronizedSet(new HashSet<>());
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      Thread thread =
          new Thread(() -> {
            for (int n = 0; n < 50; n++) {
              try (SessionLease lease = work.enter()) {
                ids.add(lease.id());
              } catch (ScanFailure e) {
                ids.add(e.getMessage());
              }
            }
          });
      thread.start();
      threads.add(thread);
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(ids).hasSize(400).allMatch(id -> id.matches("[0-9a-f]+-[0-9]+-[0-9]+"));
    assertThat(ids).allMatch(WorkDirectory::isId);
    // Not to be guessed: however many are made in a millisecond, no two begin alike.
    assertThat(ids).extracting(id -> id.substring(0, id.indexOf('-'))).doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", ".", "..", ".live", "a-b", "a-b-c-d", "../a-b-c", "a-b-g", "A-1-1", "a b-1-1"})
  void whatIsNoIdIsNeverTakenForOne(String name) {
    assertThat(WorkDirectory.isId(name)).isFalse();
  }

  @Test
  void aNameAsLongAsAPathIsNoId() {
    assertThat(WorkDirectory.isId("a-1-" + "1".repeat(59))).isTrue();
    assertThat(WorkDirectory.isId("a-1-" + "1".repeat(60))).isFalse();
  }

  // The trap of record locks: closing any channel to a file drops this process's lock on it.

  @Test
  void lookingAtOurOwnSessionsDoesNotLoseTheirLocks() throws Exception {
    WorkDirectory work = WorkDirectory.open(workPath, false);
    WorkDirectory again = WorkDirectory.open(workPath, false);
    Path parent = Files.createSymbolicLink(directory.resolve("parent"), directory);
    WorkDirectory byAnotherName = WorkDirectory.open(parent.resolve("work"), false);
    try (SessionLease lease = work.enter()) {
      Files.writeString(lease.directory().resolve("message"), "text");
      for (WorkDirectory one : List.of(work, again, byAnotherName)) {
        assertThat(one.isAlive(lease.id())).isTrue();
        assertThat(one.seize(lease.id())).isNull();
        assertThat(new Janitor(one, ProcessTree::end).clean()).isEmpty();
      }
      try (JavaProgram other = JavaProgram.start(GateClient.class, "clean", workPath.toString())) {
        assertThat(other.rest()).isEmpty();
        assertThat(other.await()).isZero();
      }
      assertThat(lease.directory().resolve("message")).exists();
    }
  }

  @Test
  void aSessionThatNobodyHoldsIsDead() throws Exception {
    WorkDirectory work = WorkDirectory.open(workPath, false);
    Files.createFile(workPath.resolve(WorkDirectory.LIVE).resolve("a-1-1"));
    assertThat(work.isAlive("a-1-1")).isFalse();
    assertThat(work.isAlive("a-1-2")).isFalse();
  }

  @Test
  void aLockFileThatAJanitorIsAboutToRemoveIsWaitedFor() throws Exception {
    WorkDirectory work = WorkDirectory.open(workPath, false);
    try (SessionLease lease = work.reserve()) {
      assertThat(lease.directory()).doesNotExist();
      Path lock = Files.createFile(workPath.resolve(WorkDirectory.LIVE).resolve(lease.id()));
      Thread janitor = new Thread(() -> lock.toFile().delete());
      janitor.start();
      lease.settle();
      janitor.join();
      lease.settle();
      assertThat(lease.directory()).isDirectory();
      assertThat(work.isAlive(lease.id())).isTrue();
    }
  }

  @Test
  void aNameThatStaysTakenIsAFailureAndWhatIsThereStays() throws Exception {
    ManualTicker time = new ManualTicker();
    long begun = time.nanos();
    WorkDirectory work = WorkDirectory.open(workPath, false, time);
    SessionLease lease = work.reserve();
    Path lock = Files.createFile(workPath.resolve(WorkDirectory.LIVE).resolve(lease.id()));
    assertThatThrownBy(lease::settle).isInstanceOf(ScanFailure.class).hasMessageContaining("lock");
    assertThat(time.since(begun)).as("it waits for a janitor").isPositive();
    lease.close();
    assertThat(lock).exists();
    assertThat(lease.directory()).doesNotExist();
    assertThatThrownBy(lease::settle)
        .isInstanceOf(ScanFailure.class)
        .hasMessageContaining("closed");
  }

  @Test
  void aDirectoryThatCannotBeMadeIsAFailureAndLeavesNoLock() throws Exception {
    WorkDirectory work = WorkDirectory.open(workPath, false);
    Files.delete(workPath.resolve(WorkDirectory.LIVE));
    Files.createFile(workPath.resolve(WorkDirectory.LIVE));
    assertThatThrownBy(work::enter)
        .isInstanceOf(ScanFailure.class)
        .hasMessageContaining("work.directory " + workPath.toRealPath());
  }
}
