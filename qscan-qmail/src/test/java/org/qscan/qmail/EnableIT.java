package org.qscan.qmail;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** qscan enable, disable and enabled on a site with a qscand that runs. */
class EnableIT {

  private final Site site;
  private final Path queue;
  private final Path real;

  EnableIT() throws IOException {
    site = Site.create(Front.RESIDENT);
    Path bin = Files.createDirectories(site.directory().resolve("qmail/bin"));
    queue = bin.resolve("qmail-queue");
    real = bin.resolve("qmail-queue-old");
  }

  @BeforeEach
  void installQmail() throws IOException {
    Need.root("hand over mail as other users");
    site.openToAll();
    site.sweep(
        "for directory; do :; done; grep -rq EICAR-STANDARD \"$directory\" || exit 0; echo \">>> Virus"
            + " 'EICAR' found in file x\"; exit 3");
    make(queue, "of today");
    site.set("queue.program", real)
        .set("policy.trusted-users", "daemon")
        .set("bounce.user", "mail");
    site.daemon();
  }

  @AfterEach
  void close() throws IOException {
    site.assertNothingIsLeft();
    site.close();
  }

  /** Stands for qmail's own qmail-queue; takes what it gets, and keeps nothing. */
  private static void make(Path file, String version) throws IOException {
    Files.writeString(file, "#!/bin/sh\n# " + version + "\ncat >/dev/null; cat <&1 >/dev/null\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private record Output(int exit, String text) {}

  private Output qscan(String... words) throws Exception {
    List<String> argv = new ArrayList<>();
    argv.add(site.program("qscan").toString());
    argv.addAll(List.of("-c", site.configuration().toString()));
    argv.addAll(List.of(words));
    Process process = new ProcessBuilder(argv).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Output(process.waitFor(), text);
  }

  private BooleanSupplier logHas(String words) {
    return () -> lines().stream().anyMatch(line -> line.contains(words));
  }

  private List<String> lines() {
    try {
      return Daemon.lines(site.daemonLog());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void theWayOfTheMailIsChangedCheckedWatchedAndGivenBack() throws Exception {
    assertThat(qscan("enabled").exit()).isEqualTo(1);

    Output enabled = qscan("enable", "--all");
    assertThat(enabled.text())
        .as(() -> String.join("\n", lines()))
        .contains("EICAR mail      as daemon: refused with exit code 39")
        .contains("as mail: refused", "as nobody: refused", real + " is the real qmail-queue")
        .endsWith("PASS\n");
    assertThat(enabled.exit()).isZero();
    assertThat(Files.mismatch(queue, site.program("qscan-client"))).isNegative();
    assertThat(qscan("enabled")).isEqualTo(new Output(0, queue + " is qscan-client\n"));
    assertThat(qscan("enable", "--all").text())
        .contains("is qscan-client of this installation already")
        .endsWith("PASS\n");
    assertThat(qscan("status").text()).containsPattern("in_the_way +in-place\n");

    make(queue, "upgraded"); // make setup of qmail writes into the file
    Eventually.holds("alarm", logHas("ALARM: " + queue + " is no longer qscan-client"));
    assertThat(qscan("status").text()).containsPattern("in_the_way +replaced\n");
    assertThat(qscan("enabled").exit()).isEqualTo(2);
    Output check = qscan("check");
    assertThat(check.text())
        .contains("FAIL in the way      " + queue + " is no longer qscan-client")
        .contains("run 'qscan enable --all' as root");
    assertThat(check.exit()).isEqualTo(1);

    assertThat(qscan("enable", "--all").exit()).isZero();
    Eventually.holds("end of the alarm", logHas("ALARM is over: bin/qmail-queue"));
    assertThat(real).content().contains("# upgraded");

    assertThat(qscan("disable").text()).contains("mail is no longer scanned").endsWith("PASS\n");
    assertThat(queue).content().contains("# upgraded");
    assertThat(qscan("enabled").exit()).isEqualTo(1);
    assertThat(qscan("status").text()).containsPattern("in_the_way +not-in-place\n");
    assertThat(qscan("disable").text()).contains("was left as it is").endsWith("PASS\n");
  }

  @Test
  void whereAnEicarMailIsNotRefusedNothingIsChanged() throws Exception {
    site.script("sweep", "exit 0"); // finds nothing, the canary neither
    Output enabled = qscan("enable", "--all");
    assertThat(enabled.text()).contains("FAIL EICAR mail", "as daemon: ").contains("not 39");
    assertThat(enabled.exit()).isEqualTo(1);
    site.sweep("exit 0");
    site.keepDaemon();
    site.stopDaemon();
    assertThat(qscan("enable", "--all").text()).contains("is it running?").contains("\nFAIL: ");
    assertThat(queue).content().contains("# of today");
    assertThat(real).doesNotExist();
    assertThat(queue.resolveSibling("qmail-queue.qscan")).doesNotExist();
    assertThat(qscan("enabled").exit()).isEqualTo(1);
  }

  /** As somebody did who followed an older manual, before an upgrade of qmail. */
  @Test
  void aClientThatWasOverwrittenThroughASymbolicLinkIsNamed() throws Exception {
    Files.createLink(real, queue);
    Path client = site.program("qscan-client");
    Path kept = Files.copy(client, site.directory().resolve("kept"));
    Files.delete(queue);
    Files.createSymbolicLink(queue, client);
    make(queue, "upgraded");
    assertThat(qscan("enable", "--all").text())
        .contains(client + " is not qscan-client: unpack QScan again");
    Files.move(kept, client, StandardCopyOption.REPLACE_EXISTING);
    assertThat(qscan("enable", "--all").exit()).isZero();
    assertThat(real).content().contains("# of today");
  }

  @Test
  void anotherQueueProgramAndAStrangeSecondNameAreRefused() throws Exception {
    make(real, "of somebody");
    assertThat(qscan("enable", "--all").text()).contains(real + " differ, and neither is");
    Files.delete(real);
    site.set("queue.program", queue);
    assertThat(qscan("enable", "--all").text())
        .contains("queue.program is " + queue, "set queue.program to that");
    assertThat(queue).content().contains("# of today");
  }

  @Test
  void withAnErrorInTheConfigurationNobodySaysThatNothingWasEnabled() throws Exception {
    site.set("gate.slots", "many");
    assertThat(qscan("enabled").exit()).isEqualTo(2);
    assertThat(qscan("enable", "--all").exit()).isEqualTo(1);
    assertThat(qscan("disable", "--qmail", queue.resolveSibling("..").toString()).text())
        .contains("note configuration", "the defaults are used");
    site.set("gate.slots", "20");
  }
}
