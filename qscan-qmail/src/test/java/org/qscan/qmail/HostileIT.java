package org.qscan.qmail;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.qscan.qmail.Call.Result;

/** What a local user can do with nothing but a socket that anybody may connect to. */
@Tag("slow")
class HostileIT {

  private static final int PROCESSES = 50;

  /** {@code -Dqscan.conversations=10000} tries more. */
  private static final int CONVERSATIONS = Integer.getInteger("qscan.conversations", 500);

  /**
   * {@code -Dqscan.mails=200} goes on until so many have been answered, and does the same once more
   * beside as many processes that talk to somebody else: what a busy machine alone comes to.
   */
  private static final int MAILS = Integer.getInteger("qscan.mails", 10);

  /** {@code -Dqscan.places=2000} fills as many as there are by default. */
  private static final int PLACES = Integer.getInteger("qscan.places", 40);

  private static final String BODY = "Subject: x\n\nHello.\n";
  private static final String MAIL =
      RawClient.HELLO
          + "M\0\0\0"
          + (char) BODY.length()
          + BODY
          + "E\0\0\0\010\0\0\0\0\0\0\0"
          + (char) BODY.length()
          + "V\0\0\0\012\001\0\0\0\0\0\0\0\001a";
  private static final String OUTCOME = "X\0\0\0\012\0\001\0\0\0\0\0\0\0\001";
  private static final int ANSWER = 11 + 7;

  private static final List<String> FRAMES =
      List.of(
          RawClient.HELLO,
          "M\0\0\0\001x",
          "M\0\0\0\0",
          "M\377\377\377\377",
          "E\0\0\0\010\0\0\0\0\0\0\0\0",
          "E\0\0\0\010\0\0\0\0\0\0\0\001",
          "E\0\0\0\001x",
          "V\0\0\0\012\001\0\0\0\0\0\0\0\001a",
          "V\0\0\0\011\002\0\0\0\0\0\0\0\0",
          "V\0\0\0\011\011\0\0\0\0\0\0\0\0",
          OUTCOME,
          "X\0\0\0\0",
          "A\0\0\0\012Q\0\0\0\0\0\0\0\0\0",
          "S\0\0\0\0",
          "R\0\0\0\001x",
          "\0\0\0\0\0");

  private final Site site;

  HostileIT() throws IOException {
    site = Site.create(Front.RESIDENT);
  }

  @AfterEach
  void close() throws IOException {
    site.assertNothingIsLeft();
    site.close();
  }

  // --- what is said

  /** The number says which: every octet of a good one is the last of some. */
  private static String conversation(int number) {
    Random random = new Random(number);
    String good = MAIL + OUTCOME;
    return switch (number % 4) {
      case 0 -> good.substring(0, number / 4 % good.length());
      case 1 -> anyOrder(random);
      case 2 -> mutated(good, random);
      default -> noise(random);
    };
  }

  private static String anyOrder(Random random) {
    StringBuilder frames = new StringBuilder(random.nextInt(4) == 0 ? "" : RawClient.HELLO);
    for (int n = random.nextInt(8); n >= 0; n--) {
      frames.append(FRAMES.get(random.nextInt(FRAMES.size())));
    }
    return frames.toString();
  }

  private static String mutated(String good, Random random) {
    StringBuilder octets = new StringBuilder(good);
    for (int n = random.nextInt(5); n >= 0; n--) {
      int at = random.nextInt(octets.length());
      switch (random.nextInt(3)) {
        case 0 -> octets.setCharAt(at, (char) random.nextInt(256));
        case 1 -> octets.insert(at, (char) random.nextInt(256));
        default -> octets.deleteCharAt(at);
      }
    }
    return octets.toString();
  }

  private static String noise(Random random) {
    StringBuilder octets = new StringBuilder(random.nextBoolean() ? RawClient.HELLO : "");
    for (int n = random.nextInt(200); n > 0; n--) {
      octets.append((char) random.nextInt(256));
    }
    return octets.toString();
  }

  /** All of them, from many processes of another user's. */
  private Process attack(Path socket) throws IOException {
    Path file = site.directory().resolve("conversations");
    try (BufferedWriter out = Files.newBufferedWriter(file)) {
      for (int n = 0; n < CONVERSATIONS; n++) {
        out.write(HexFormat.of().formatHex(conversation(n).getBytes(ISO_8859_1)));
        out.write('\n');
      }
    }
    return start(
        Site.resource("hostile.pl").toString(),
        socket.toString(),
        "54321",
        Integer.toString(PROCESSES),
        file.toString());
  }

  private static Process start(String... words) throws IOException {
    List<String> command = new ArrayList<>(List.of("perl"));
    command.addAll(List.of(words));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    return builder.start();
  }

  // --- ordinary mail meanwhile

  /** Milliseconds until the answer; it has to be "queue". */
  private long mail() throws IOException {
    long begin = System.nanoTime();
    try (RawClient raw = RawClient.at(site.socket())) {
      raw.say(MAIL);
      assertThat(raw.hear(ANSWER)).endsWith("Q\0");
      raw.say(OUTCOME);
    }
    return (System.nanoTime() - begin) / 1_000_000;
  }

  private static String percentiles(List<Long> millis) {
    Collections.sort(millis);
    return String.format(
        Locale.ROOT,
        "%d mails, p50 %d ms, p99 %d ms",
        millis.size(),
        millis.get(millis.size() / 2),
        millis.get((millis.size() - 1) * 99 / 100));
  }

  @Test
  void whateverIsSaidItLivesAndOrdinaryMailIsAnswered() throws Exception {
    site.sweep("sleep 0.1");
    site.daemon();
    List<Long> alone = new ArrayList<>();
    for (int i = 0; i < 10 + CONVERSATIONS / 100; i++) {
      alone.add(mail());
    }
    List<Long> beside = beside(site.socket());
    System.out.printf(
        Locale.ROOT,
        "beside %d conversations from %d processes: %s; alone: %s%n",
        CONVERSATIONS,
        PROCESSES,
        percentiles(beside),
        percentiles(alone));
    assertThat(site.call().run().exit()).isZero();
    assertThat(Daemon.lines(site.daemonLog())).noneMatch(line -> line.contains("qscand failed"));
    if (MAILS > 10) {
      System.out.println("beside as many elsewhere: " + percentiles(besideElsewhere()));
    }
  }

  /** Mail meanwhile. */
  private List<Long> beside(Path socket) throws Exception {
    List<Long> beside = new ArrayList<>();
    while (beside.size() < MAILS) {
      Process attack = attack(socket);
      try {
        while (attack.isAlive() || (MAILS == 10 && beside.size() < MAILS)) {
          beside.add(mail());
        }
        assertThat(attack.waitFor()).isZero();
      } finally {
        attack.destroy();
      }
    }
    return beside;
  }

  private List<Long> besideElsewhere() throws Exception {
    Path socket = site.directory().resolve("elsewhere");
    Process other =
        start(
            "-e",
            "use Socket; socket(my $l, AF_UNIX, SOCK_STREAM, 0); bind($l,"
                + " pack_sockaddr_un($ARGV[0])) or die $!; chmod(0777, $ARGV[0]); listen($l, 4096);"
                + " $| = 1; print \"ready\\n\"; while (accept(my $s, $l)) { sysread($s, my $x,"
                + " 1000); close $s; }",
            socket.toString());
    try {
      assertThat(other.getInputStream().read()).isEqualTo('r');
      return beside(socket);
    } finally {
      other.destroy();
      other.waitFor();
      Files.delete(socket);
    }
  }

  // --- who has everything

  /** So many connections of a user, each of which has said HELLO, until they are closed. */
  private static final String HOLD =
      "use Socket; my ($path, $uid, $n) = @ARGV; $| = 1; $) = \"$uid $uid\"; $( = $uid; $< = $> ="
          + " $uid; my @all; for (1 .. $n) { socket(my $s, AF_UNIX, SOCK_STREAM, 0); connect($s,"
          + " pack_sockaddr_un($path)) or die $!; syswrite($s, \"H\\0\\0\\0\\6qscan\\1\"); push"
          + " @all, $s; } print \"held\\n\"; <STDIN>;";

  private Process hold(int uid, int connections) throws IOException {
    Process process =
        start(
            "-e",
            HOLD,
            site.socket().toString(),
            Integer.toString(uid),
            Integer.toString(connections));
    BufferedReader said =
        new BufferedReader(new InputStreamReader(process.getInputStream(), ISO_8859_1));
    assertThat(said.readLine()).isEqualTo("held");
    return process;
  }

  @Test
  void aUserWhoHasAllConnectionsAndCallsForMoreKeepsNobodyOut() throws Exception {
    Need.root("call as other users");
    Path log = site.directory().resolve("queue.log");
    Files.writeString(log, "");
    Files.setPosixFilePermissions(log, PosixFilePermissions.fromString("rw-rw-rw-"));
    Files.setPosixFilePermissions(
        site.queueDirectory(), PosixFilePermissions.fromString("rwxrwxrwx"));
    site.set("daemon.max-connections", PLACES);
    site.daemon();
    Process holder = hold(54_321, 2 * PLACES + 70); // the door is full, too
    try {
      for (int i = 0; i < 3; i++) {
        Result result = site.call().option("uid", 54_322).run();
        assertThat(result.exit()).as("%s; %s", result, Daemon.lines(site.daemonLog())).isZero();
        System.out.printf(
            Locale.ROOT, "beside a user who holds %d: %d ms%n", PLACES, result.millis());
      }
      assertThat(site.queued()).hasSize(3);
    } finally {
      holder.destroy();
      holder.waitFor();
    }
    assertThat(Daemon.lines(site.daemonLog()))
        .anyMatch(line ->
            line.contains("this sender has the most of all senders") && line.contains("54321"))
        .anyMatch(line -> line.contains("were told to try again"));
  }
}
