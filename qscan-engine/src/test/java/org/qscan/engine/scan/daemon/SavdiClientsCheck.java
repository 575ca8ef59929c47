package org.qscan.engine.scan.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qscan.engine.testing.FakeSavdi;
import org.qscan.engine.testing.Mails;
import org.qscan.engine.testing.RealPrograms;

/**
 * Proves the stand-in for savdid right with a client that others wrote for the real one: Debian's
 * rspamd. It takes a minute to start, so it is no part of the tests:
 *
 * <pre>
 * apt-get install rspamd
 * mvn -pl qscan-engine test -Dtest=SavdiClientsCheck
 * </pre>
 */
class SavdiClientsCheck {

  private static final String INFECTED =
      "VIRUS EICAR-AV-Test /tmp/savid_tmpAbCdEf\r\nOK 0203 /tmp/savid_tmpAbCdEf\r\n"
          + "DONE OK 0203 Virus found during virus scan\r\n\r\n";

  private static final String ENCRYPTED = "DONE FAIL 0212 File was encrypted\r\n\r\n";

  @TempDir Path scratch;

  private static int freePort() throws IOException {
    try (ServerSocket any = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return any.getLocalPort();
    }
  }

  private void configure(String name, String text) throws IOException {
    Files.createDirectories(scratch.resolve("local.d"));
    Files.writeString(scratch.resolve("local.d").resolve(name), text + "\n");
  }

  private Process startRspamd(FakeSavdi savdi, int port) throws IOException {
    configure(
        "antivirus.conf",
        "sophos { type = \"sophos\"; symbol = \"SOPHOS_VIRUS\"; scan_mime_parts = false; servers ="
            + " \"127.0.0.1:"
            + savdi.address().port()
            + "\"; }");
    configure("worker-normal.inc", "bind_socket = \"127.0.0.1:" + port + "\"; count = 1;");
    for (String worker : List.of("controller", "proxy", "fuzzy")) {
      configure("worker-" + worker + ".inc", "enabled = false;");
    }
    configure("logging.inc", "type = \"console\";");
    List<String> command = new ArrayList<>();
    command.addAll(List.of(RealPrograms.require("rspamd").toString(), "-f"));
    if (RealPrograms.areRoot()) {
      command.addAll(List.of("-i", "-u", "root", "-g", "root"));
    }
    command.addAll(List.of("-c", "/etc/rspamd/rspamd.conf"));
    for (String variable : List.of("LOCAL_CONFDIR", "DBDIR", "RUNDIR", "LOGDIR")) {
      command.add("--var=" + variable + "=" + scratch);
    }
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(scratch.resolve("log").toFile())
        .start();
  }

  private static String ask(int port, String path, String mail) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .version(HttpClient.Version.HTTP_1_1) // rspamd does not read a mail behind an upgrade
            .timeout(Duration.ofSeconds(30))
            .POST(HttpRequest.BodyPublishers.ofByteArray(Mails.octets(mail)))
            .build();
    return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body();
  }

  private static void awaitStart(int port, Process rspamd) throws Exception {
    long end = System.nanoTime() + Duration.ofMinutes(3).toNanos();
    while (System.nanoTime() - end < 0 && rspamd.isAlive()) {
      try {
        ask(port, "/ping", "");
        return;
      } catch (IOException e) {
        Thread.sleep(500);
      }
    }
    throw new AssertionError("rspamd does not start");
  }

  /** Its workers write to its directory until they have ended too. */
  private static void stop(Process rspamd) {
    List<ProcessHandle> all = new ArrayList<>(rspamd.descendants().toList());
    all.add(rspamd.toHandle());
    all.forEach(ProcessHandle::destroyForcibly);
    all.forEach(process -> process.onExit().join());
  }

  @Test
  void rspamdUnderstandsTheStandInAsItDoesTheRealOne() throws Exception {
    try (FakeSavdi savdi =
        new FakeSavdi(
            "tcp:127.0.0.1:0",
            (subject, data) ->
                data.contains("a virus")
                    ? INFECTED
                    : data.contains("a secret") ? ENCRYPTED : FakeSavdi.CLEAN)) {
      int port = freePort();
      Process rspamd = startRspamd(savdi, port);
      try {
        awaitStart(port, rspamd);
        assertThat(ask(port, "/checkv2", Mails.plain("hello"))).doesNotContain("SOPHOS_VIRUS");
        assertThat(ask(port, "/checkv2", Mails.plain("a virus")))
            .contains("\"SOPHOS_VIRUS\"", "EICAR-AV-Test");
        assertThat(ask(port, "/checkv2", Mails.plain("a secret")))
            .contains("SOPHOS_VIRUS_ENCRYPTED");
      } finally {
        stop(rspamd);
      }
      assertThat(savdi.commands()).anyMatch(line -> line.contains("SCANDATA "));
    }
  }
}
