package org.qscan.qmail;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.qscan.engine.testing.RealClamd;

/**
 * Real clients of the qmail-queue protocol (mailfront's SMTP and QMTP front ends under ucspi-tcp's
 * tcpserver), with mail sent to them over the network, and a real scanner (ClamAV's clamscan with
 * signatures of our own) behind a script that speaks sweep's dialect.
 */
class RealProgramsIT {

  private static final int PATIENCE_MILLIS = 120_000;

  private final Site site;

  RealProgramsIT() throws IOException {
    site = Site.create();
  }

  @AfterEach
  void close() throws IOException {
    site.assertNothingIsLeft();
    site.close();
  }

  @Test
  void overSmtpCleanMailIsAcceptedAndArrivesAsItWasSent() throws IOException {
    try (Server server = Server.start(site, "smtpfront-qmail");
        Smtp smtp = new Smtp(server)) {
      byte[] message = Mail.withAttachment("first", "x.bin", new byte[70_000]);
      assertThat(smtp.send(message)).startsWith("250 ");
      assertThat(queuedWithoutReceived()).containsExactly(message);

      assertThat(smtp.send(Mail.clean(".\n..\n.dots"))).startsWith("250 ");
      assertThat(site.queued()).hasSize(2);
      assertThat(site.queued().get(0).envelopeOctets()).isEqualTo(Mail.ENVELOPE);
    }
    assertThat(site.residue()).isEmpty();
  }

  @Test
  void overSmtpEicarIsRefusedForGoodAndTheConnectionGoesOn() throws IOException {
    try (Server server = Server.start(site, "smtpfront-qmail");
        Smtp smtp = new Smtp(server)) {
      assertThat(smtp.send(Mail.eicar("x"))).startsWith("554 ");
      assertThat(site.queued()).isEmpty();
      assertThat(smtp.send(Mail.clean("y"))).startsWith("250 ");
      assertThat(smtp.send(Mail.eicar("z"))).startsWith("554 ");
      assertThat(site.queued()).hasSize(1);
      assertThat(server.log())
          .contains("verdict=infected", "client=127.0.0.1", "from=sender@a.test");
    }
  }

  @Test
  void overSmtpABrokenScannerMeansTryAgain() throws IOException {
    site.sweep("exit 99");
    try (Server server = Server.start(site, "smtpfront-qmail");
        Smtp smtp = new Smtp(server)) {
      assertThat(smtp.send(Mail.clean("x"))).startsWith("451 ");
      assertThat(smtp.send(Mail.eicar("x"))).startsWith("451 ");
      assertThat(site.queued()).isEmpty();
    }
  }

  @Test
  void overSmtpTheRealQueueHasTheLastWord() throws IOException {
    try (Server server = Server.start(site, "smtpfront-qmail");
        Smtp smtp = new Smtp(server)) {
      site.queueDoes("message exit 53");
      assertThat(smtp.send(Mail.clean("x"))).startsWith("451 ");
      site.queueDoes("message exit 31");
      assertThat(smtp.send(Mail.clean("x"))).startsWith("554 ");
      site.queueDoes("message signal 9");
      assertThat(smtp.send(Mail.clean("x"))).startsWith("451 ");
      assertThat(site.queued()).isEmpty();
    }
  }

  @Test
  void aConnectionThatIsLostInTheMiddleOfAMessageQueuesNothing() throws IOException {
    try (Server server = Server.start(site, "smtpfront-qmail")) {
      Smtp smtp = new Smtp(server);
      smtp.begin();
      smtp.write(Mail.octets("Subject: half\r\n\r\nhalf a mess"));
      smtp.close();
      Eventually.holds("the server is done with it", () -> server.connections() == 0);
      assertThat(site.queued()).isEmpty();
    }
  }

  @Test
  void overQmtpTheAnswersAreKAndDAndZ() throws IOException {
    try (Server server = Server.start(site, "qmtpfront-qmail")) {
      byte[] message = Mail.withAttachment("x", "x.bin", new byte[70_000]);
      assertThat(qmtp(server, message)).startsWith("K");
      assertThat(queuedWithoutReceived()).containsExactly(message);
      assertThat(qmtp(server, Mail.eicar("x"))).startsWith("D");
      site.sweep("exit 99");
      assertThat(qmtp(server, Mail.clean("x"))).startsWith("Z");
      assertThat(site.queued()).hasSize(1);
    }
  }

  @Test
  void aSecondRealScannerStandsBehindTheSameDialect() throws IOException {
    Path database = site.directory().resolve("eicar.ndb");
    Files.writeString(
        database, "QScan.Test.Eicar:0:0:" + HexFormat.of().formatHex(Mail.eicarFile()) + "\n");
    site.sweep(
        """
        for last; do :; done
        out=$(%s --no-summary --stdout -r -d %s "$last")
        case $? in
          0) exit 0 ;;
          1) printf '%%s\\n' "$out" | sed -n "s/^\\(.*\\): \\(.*\\) FOUND$/>>> Virus '\\2' found in file \\1/p"; exit 3 ;;
          *) echo "Could not open $last"; exit 2 ;;
        esac
        """
            .formatted(Need.program("clamscan"), database));

    assertThat(site.call().run().exit()).isZero();
    assertThat(site.queued()).hasSize(1);
    for (byte[] infected :
        List.of(
            Mail.eicar("x"), Mail.withAttachment("x", "a.zip", zipped(zipped(Mail.eicarFile()))))) {
      Call.Result result = site.call().message(infected).run();
      assertThat(result.exit()).as("%s", result).isEqualTo(39);
      assertThat(result.logLine()).contains("verdict=infected", "threat=QScan.Test.Eicar");
    }
    Files.delete(database);
    assertThat(site.call().message(Mail.eicar("x")).run().exit()).isEqualTo(99);
    assertThat(site.queued()).hasSize(1);
  }

  @Test
  void clamdJudgesByDataAndByPathOverBothOfItsSockets() throws Exception {
    site.set("scanners", "clamd");
    try (RealClamd clamd = RealClamd.start(site.directory())) {
      for (String address : List.of(clamd.socket(), clamd.tcp())) {
        for (String transfer : List.of("data", "path")) {
          site.set("clamd.address", address).set("clamd.transfer", transfer);
          int before = site.queued().size();
          assertThat(site.call().run().exit()).isZero();
          assertThat(site.queued()).hasSize(before + 1);
          byte[] zip = Mail.withAttachment("x", "a.zip", zipped(Mail.eicarFile()));
          Call.Result result = site.call().message(zip).run();
          assertThat(result.exit()).as("%s", result).isEqualTo(39);
          assertThat(result.logLine()).contains("threat=QScan.Test.Eicar");
          assertThat(site.queued()).hasSize(before + 1);
        }
      }
    }
    assertThat(site.call().run().exit()).isEqualTo(99);
  }

  private static byte[] zipped(byte[] content) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.putNextEntry(new ZipEntry("inner"));
      zip.write(content);
    }
    return out.toByteArray();
  }

  /** The front end puts its own Received field before the message, and changes nothing else. */
  private List<byte[]> queuedWithoutReceived() {
    return site.queued().stream()
        .map(one -> new String(one.octets(), ISO_8859_1))
        .peek(text -> assertThat(text).startsWith("Received: "))
        .map(text -> text.replaceFirst("\\AReceived: .*\n(?:[ \t].*\n)*", ""))
        .map(Mail::octets)
        .toList();
  }

  /** One message over a connection of its own; the answer. */
  private static String qmtp(Server server, byte[] message) throws IOException {
    try (Socket socket = server.connect()) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      out.write(netstring(Mail.octets("\n" + new String(message, ISO_8859_1))));
      out.write(netstring(Mail.octets("sender@a.test")));
      out.write(netstring(netstring(Mail.octets("recipient@b.test"))));
      socket.getOutputStream().write(out.toByteArray());
      socket.shutdownOutput();
      String answer = new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
      return answer.substring(answer.indexOf(':') + 1);
    }
  }

  private static byte[] netstring(byte[] octets) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(Mail.octets(octets.length + ":"));
    out.write(octets);
    out.write(',');
    return out.toByteArray();
  }

  /** tcpserver with a front end of mailfront's, on a free port of 127.0.0.1. */
  private record Server(Process process, int port, Path stderr) implements AutoCloseable {

    static Server start(Site site, String front) throws IOException {
      Path home = site.directory().resolve("qmail");
      Files.createDirectories(home.resolve("control"));
      Files.writeString(home.resolve("control/me"), "b.test\n");
      Path queue =
          site.script(
              "qmail-queue",
              "exec %s -c %s"
                  .formatted(Site.home().resolve("bin/qscan-queue"), site.configuration()));
      Path stderr = site.directory().resolve("tcpserver.stderr");
      ProcessBuilder builder =
          new ProcessBuilder(
              Need.program("tcpserver").toString(),
              "-1",
              "-R",
              "-H",
              "-l0",
              "127.0.0.1",
              "0",
              Need.program(front).toString());
      builder.environment().clear();
      builder.environment().put("PATH", "/usr/local/bin:/usr/bin:/bin:/usr/sbin");
      builder.environment().put("QMAILHOME", home.toString());
      builder.environment().put("QMAILQUEUE", queue.toString());
      builder.environment().put("RELAYCLIENT", "");
      builder.redirectError(stderr.toFile());
      Process process = builder.start();
      InputStream says = process.getInputStream();
      StringBuilder port = new StringBuilder();
      for (int c = says.read(); c > '\n'; c = says.read()) {
        port.append((char) c);
      }
      return new Server(process, Integer.parseInt(port.toString()), stderr);
    }

    Socket connect() throws IOException {
      Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
      socket.setSoTimeout(PATIENCE_MILLIS);
      return socket;
    }

    long connections() {
      return process.descendants().count();
    }

    String log() throws IOException {
      return Files.readString(stderr, ISO_8859_1);
    }

    @Override
    public void close() {
      Eventually.holds("all connections have ended", () -> connections() == 0);
      process.destroy();
      process.onExit().join();
    }
  }

  /** A client with one connection, and a message at a time. */
  private static final class Smtp implements AutoCloseable {
    private final Socket socket;
    private final BufferedReader in;
    private final OutputStream out;

    Smtp(Server server) throws IOException {
      socket = server.connect();
      in = new BufferedReader(new InputStreamReader(socket.getInputStream(), ISO_8859_1));
      out = socket.getOutputStream();
      assertThat(answer()).startsWith("220 ");
      assertThat(command("EHLO client.test")).startsWith("250 ");
    }

    /** The answer to a message, after its end. */
    String send(byte[] message) throws IOException {
      begin();
      String stuffed = new String(message, ISO_8859_1).replace("\n.", "\n..").replace("\n", "\r\n");
      write(Mail.octets((stuffed.startsWith(".") ? "." : "") + stuffed + ".\r\n"));
      return answer();
    }

    void begin() throws IOException {
      assertThat(command("MAIL FROM:<sender@a.test>")).startsWith("250 ");
      assertThat(command("RCPT TO:<recipient@b.test>")).startsWith("250 ");
      assertThat(command("DATA")).startsWith("354 ");
    }

    void write(byte[] octets) throws IOException {
      out.write(octets);
      out.flush();
    }

    private String command(String line) throws IOException {
      write(Mail.octets(line + "\r\n"));
      return answer();
    }

    private String answer() throws IOException {
      String line = String.valueOf(in.readLine());
      while (line.length() > 3 && line.charAt(3) == '-') {
        line = String.valueOf(in.readLine());
      }
      return line;
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
