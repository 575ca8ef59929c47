package org.qscan.qmail.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** lib/launch with the settings that CacheDirectory writes. */
class LaunchTest {

  private Path home;
  private CacheDirectory cache;
  private Jdk jdk;
  private Path archive;

  LaunchTest(@TempDir Path directory) {
    home = directory.resolve("it's here");
    cache = new CacheDirectory(home);
    jdk = new Jdk(directory.resolve("jdk 25"), 25, "JAVA_RUNTIME_VERSION=\"25.0.3+9-LTS\"");
    archive = cache.path();
  }

  @BeforeEach
  void installWithACache() throws IOException {
    Files.createDirectories(home.resolve("lib"));
    Files.copy(Path.of("src/main/dist/lib-launch"), home.resolve("lib/launch"));
    Files.writeString(cache.jar(), "a jar");
    Files.setLastModifiedTime(cache.jar(), FileTime.fromMillis(0));
    Files.writeString(home.resolve("lib/build-id"), cache.jarId() + "\n");
    Files.createDirectories(jdk.java().resolveSibling("."));
    Files.createFile(jdk.java());
    Files.setPosixFilePermissions(jdk.java(), PosixFilePermissions.fromString("rwxr-xr-x"));
    writeRelease(jdk.release());
    cache.make();
    archive = cache.archive(cache.jarId(), ArchiveKind.AOT);
    cache.install(
        Files.createFile(cache.path().resolve("built")),
        archive,
        jdk,
        ArchiveKind.AOT,
        cache.jarId());
  }

  private void writeRelease(String line) throws IOException {
    Files.writeString(jdk.home().resolve("release"), "A=\"1\"\n" + line + "\nZ=\"1\"\n");
  }

  /** What find_cached_java sets under each shell there is; empty where it refuses. */
  private List<String> cached() throws Exception {
    List<String> answers = new ArrayList<>();
    for (List<String> shell :
        List.of(
            List.of("sh"), List.of("dash"), List.of("bash", "--posix"), List.of("busybox", "sh"))) {
      if (!Files.isExecutable(Path.of("/usr/bin", shell.get(0)))
          && !Files.isExecutable(Path.of("/bin", shell.get(0)))) {
        continue;
      }
      List<String> argv = new ArrayList<>(shell);
      argv.add("-c");
      argv.add(
          "home=$1; . \"$home/lib/launch\"; find_cached_java && echo \"$java $archive\"; exit 0");
      argv.addAll(List.of("sh", home.toString()));
      Process process = new ProcessBuilder(argv).redirectErrorStream(true).start();
      answers.add(
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip());
      assertThat(process.waitFor()).isZero();
    }
    assertThat(answers.stream().distinct()).as("all shells agree").hasSize(1);
    return answers.get(0).isEmpty() ? List.of() : List.of(answers.get(0));
  }

  @Test
  void whatFitsIsUsed() throws Exception {
    assertThat(cached()).containsExactly(jdk.java() + " -XX:AOTCache=" + archive);
  }

  @Test
  void anotherJarIsNoticedHoweverOldItIs() throws Exception {
    Files.writeString(home.resolve("lib/build-id"), "0123456789abcdef\n");
    assertThat(cached()).isEmpty();
  }

  @Test
  void aJarThatWasTouchedIsNoticed() throws Exception {
    Files.setLastModifiedTime(
        cache.jar(), FileTime.fromMillis(System.currentTimeMillis() + 10_000));
    assertThat(cached()).isEmpty();
  }

  @Test
  void anArchiveThatIsGoneIsNotNamed() throws Exception {
    Files.delete(archive);
    assertThat(cached()).isEmpty();
  }

  @Test
  void anUpdateOfTheJdkIsNoticed() throws Exception {
    writeRelease("JAVA_RUNTIME_VERSION=\"25.0.4+8-LTS\"");
    assertThat(cached()).isEmpty();
  }

  @Test
  void aJdkThatIsGoneIsNoticed() throws Exception {
    Files.delete(jdk.java());
    assertThat(cached()).isEmpty();
  }

  @Test
  void withoutSettingsOrBuildIdThereIsNoCache() throws Exception {
    Files.delete(home.resolve("lib/build-id"));
    assertThat(cached()).isEmpty();
    Files.delete(cache.path().resolve("settings"));
    assertThat(cached()).isEmpty();
  }

  @Test
  void aJarFromTheFutureHasACacheAllTheSame() throws Exception {
    Files.setLastModifiedTime(
        cache.jar(), FileTime.fromMillis(System.currentTimeMillis() + 100_000));
    cache.install(
        Files.createFile(cache.path().resolve("built")),
        archive,
        jdk,
        ArchiveKind.AOT,
        cache.jarId());
    assertThat(cached()).hasSize(1);
  }

  @Test
  void onlyTheNewestArchiveIsKept() throws IOException {
    Path newer = cache.archive("fedcba9876543210ff", ArchiveKind.CDS);
    cache.install(
        Files.createFile(cache.path().resolve("built")), newer, jdk, ArchiveKind.CDS, "fedcba");
    assertThat(cache.path().toFile().list())
        .containsExactlyInAnyOrder("qscan-fedcba9876543210.jsa", "settings");
  }

  @Test
  void theLauncherSaysWhatItWouldRun() throws Exception {
    Launch launch = Launch.of(home);
    assertThat(launch.java()).isEqualTo(jdk.java().toString());
    assertThat(launch.archive()).isEqualTo("-XX:AOTCache=" + archive);
    assertThat(launch.hasArchive()).isTrue();
    assertThat(launch.neededKib()).isPositive();
    assertThat(launch.options())
        .contains("-XX:+UseSerialGC", "-Xlog:disable")
        .allSatisfy(word -> assertThat(word).startsWith("-").doesNotContainAnyWhitespaces());
  }

  // Where Java is looked for.

  /** As if the file system began elsewhere, but for the programs of the launcher's own. */
  private Path movedRoot() throws IOException {
    Path root = Files.createDirectories(home.resolveSibling("root"));
    String launch = Files.readString(Path.of("src/main/dist/lib-launch"));
    for (String place : List.of("/usr/lib", "/opt/", "/usr/java", "/usr/local/", "/etc/qscan")) {
      launch = launch.replace(place, root + place);
    }
    Files.writeString(home.resolve("lib/launch"), launch);
    Files.delete(cache.path().resolve("settings"));
    return root;
  }

  private static Path makeJdk(Path jdk, String version) throws IOException {
    Files.createDirectories(jdk.resolve("bin"));
    Files.writeString(jdk.resolve("release"), "A=\"1\"\nJAVA_VERSION=\"" + version + "\"\n");
    Path java = Files.createFile(jdk.resolve("bin/java"));
    return Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "usr/lib/jvm/any",
        "opt/java/openjdk",
        "opt/jdk-21",
        "usr/java/latest",
        "usr/local/openjdk-17"
      })
  void javaIsFoundWhereImagesHaveIt(String place) throws Exception {
    Path java = makeJdk(movedRoot().resolve(place), "17.0.9");
    assertThat(Launch.of(home).java()).isEqualTo(java.toString());
    assertThat(Launch.of(home).trouble()).isEmpty();
  }

  @Test
  void theNewestOfAllPlacesIsTaken() throws Exception {
    Path root = movedRoot();
    makeJdk(root.resolve("usr/lib/jvm/a"), "17.0.9");
    makeJdk(root.resolve("usr/lib/jvm/b"), "11.0.2");
    Path java = makeJdk(root.resolve("opt/java/openjdk"), "21");
    makeJdk(root.resolve("usr/local/openjdk-20"), "20.0.1");
    assertThat(Launch.of(home).java()).isEqualTo(java.toString());
  }

  @Test
  void whereNoneIsItIsSaidWhereWasLooked() throws Exception {
    Path root = movedRoot();
    makeJdk(root.resolve("usr/lib/jvm/old"), "11.0.2");
    Launch launch = Launch.of(home);
    assertThat(launch.java()).isEmpty();
    assertThat(launch.trouble())
        .contains(
            "no JDK 17 or newer", "/usr/lib/jvm", "/opt/java", "/usr/java", "/etc/qscan/java");
  }

  @Test
  void theFileOfTheAdministratorGoesFirst() throws Exception {
    Path root = movedRoot();
    Path usual = makeJdk(root.resolve("usr/lib/jvm/a"), "25");
    Path chosen = root.resolve("srv/it is here");
    Path java = makeJdk(chosen, "17");
    Path file = root.resolve("etc/qscan/java");
    Files.createDirectories(file.resolveSibling("."));
    Files.writeString(file, chosen + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    if (!User.current().uid().equals("0")) {
      assertThat(Launch.of(home).java()).isEqualTo(usual.toString());
      return;
    }
    assertThat(Launch.of(home).java()).isEqualTo(java.toString());
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-r--"));
    assertThat(Launch.of(home).java()).isEqualTo(usual.toString());
    assertThat(Launch.of(home).trouble()).contains("is ignored", "root");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    Files.writeString(file, "/nowhere");
    assertThat(Launch.of(home).java()).isEqualTo(usual.toString());
    assertThat(Launch.of(home).trouble()).contains("is ignored", "names /nowhere");
  }

  @ParameterizedTest
  @CsvSource({"qscan-queue, false", "qscan, true", "qscand, true"})
  void theCallersJavaHomeCountsOnlyWhereTheCallerIsTheAdministrator(String program, boolean counts)
      throws Exception {
    Path own = movedRoot().resolve("srv/jdk");
    Path java = makeJdk(own, "17");
    Files.writeString(java, "#!/bin/sh\necho '' >&2; echo 'ran, and cannot go on' >&2; exit 70\n");
    Path bin = Files.createDirectories(home.resolve("bin"));
    Path copy = Files.copy(Path.of("src/main/dist/bin", program), bin.resolve(program));
    ProcessBuilder builder = new ProcessBuilder("/bin/sh", copy.toString());
    builder.environment().put("JAVA_HOME", own.toString());
    Path nothing = Files.createFile(home.resolve("nothing"));
    Process process =
        builder.redirectInput(nothing.toFile()).redirectOutput(nothing.toFile()).start();
    String said = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isNotZero();
    assertThat(said.contains("ran, and cannot go on")).as(said).isEqualTo(counts);
    assertThat(said.contains("no JDK 17 or newer was found in")).as(said).isNotEqualTo(counts);
  }

  @Test
  void aLauncherThatIsMissingIsToldInOneSentence() throws IOException {
    Files.delete(home.resolve("lib/launch"));
    assertThatThrownBy(() -> Launch.of(home))
        .isInstanceOf(CacheFailure.class)
        .hasMessageContaining("lib/launch ended with exit code 2");
  }
}
