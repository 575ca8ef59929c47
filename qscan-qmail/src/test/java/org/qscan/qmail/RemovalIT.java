package org.qscan.qmail;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.qscan.qmail.Call.Result;

/**
 * Somebody removes what a running qscand uses. Expected: what is ours to make is there again before
 * the next message notices; of the rest an alarm in the log, "try again", and all is well by itself
 * when the operator has made it again.
 */
class RemovalIT {

  private final Site site;

  RemovalIT() throws IOException {
    site = Site.create(Front.RESIDENT);
    site.set("daemon.patience", "20s").set("daemon.memory", "1B"); // so that it needs .spool
    site.daemon();
    site.keepDaemon();
  }

  @AfterEach
  void close() throws IOException {
    site.assertNothingIsLeft();
    site.close();
  }

  private void mailFlows(String after) throws IOException {
    Result clean = site.call().run();
    assertThat(clean.exit()).as("after %s: %s; %s", after, clean, log()).isZero();
    assertThat(site.call().message(Mail.eicar("x")).run().exit()).as(after).isEqualTo(39);
  }

  private String log() throws IOException {
    return String.join("\n", Daemon.lines(site.daemonLog()));
  }

  private void logs(String text) {
    Eventually.holds(
        "the log says " + text,
        () -> {
          try {
            return log().contains(text);
          } catch (IOException e) {
            return false;
          }
        });
  }

  /** It fails where something is made again in the directory while it empties that. */
  private static void remove(Path path) throws Exception {
    int code = 1;
    for (int attempt = 0; code != 0 && attempt < 100; attempt++) {
      code = new ProcessBuilder("rm", "-rf", path.toString()).start().waitFor();
    }
    assertThat(code).isZero();
  }

  @Test
  void whatIsOursIsMadeAgain() throws Exception {
    mailFlows("the start");
    for (String name : new String[] {".spool", ".live", ".gate", ".gate/draw.lock"}) {
      remove(site.work().resolve(name));
      mailFlows(name);
    }
    remove(site.socket());
    mailFlows("the socket");
    Path settings = Path.of(site.socket() + ".settings");
    remove(settings);
    logs(settings + " was removed and has been made again");
    assertThat(settings).isRegularFile();
    assertThat(Files.readString(settings)).contains("exit.failed=99\n");
    for (String name : new String[] {".spool", ".live", ".gate"}) {
      logs(site.work().resolve(name) + " was removed and has been made again");
    }
    logs("daemon.socket " + site.socket() + " was removed and has been made again");
    assertThat(log()).doesNotContain("verdict=failed");
  }

  @Test
  void theWorkDirectoryIsTheOperatorsToMakeAndThenAllIsWell() throws Exception {
    mailFlows("the start");
    remove(site.work());
    logs("ALARM: work.directory " + site.work() + " does not exist: create it");
    Result result = site.call().run();
    assertThat(result.exit()).isEqualTo(99);
    assertThat(result.logLine()).contains("work.directory " + site.work() + " does not exist");
    Files.createDirectory(
        site.work(),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    mailFlows("the work directory was made again");
    logs("ALARM is over: work.directory is well again");
  }
}
