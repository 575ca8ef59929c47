package org.qscan.qmail;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.qscan.qmail.Call.Result;

/** What the caller is told: the real qmail-queue's own code, or one of ours. */
@ParameterizedClass
@EnumSource(Front.class)
class AnswersIT {

  private final Front front;
  private final Site site;

  AnswersIT(Front front) throws IOException {
    this.front = front;
    site = Site.create(front);
  }

  @AfterEach
  void close() throws IOException {
    site.assertNothingIsLeft();
    site.close();
  }

  // --- the real qmail-queue

  @Test
  void everyCodeOfTheRealQmailQueueIsPassedOn() throws Exception {
    List<Integer> codes =
        List.of(
            11, 31, 51, 52, 53, 54, 55, 56, 61, 62, 63, 64, 65, 66, 71, 72, 73, 74, 81, 91, 115,
            120);
    InParallel.each(
        front,
        2,
        (own, worker) -> {
          for (int i = worker; i < codes.size(); i += 2) {
            own.queueDoes((i % 4 < 2 ? "message" : "start") + " exit " + codes.get(i));
            Result result = own.call().run();
            assertThat(result.exit()).as("%s", result).isEqualTo(codes.get(i));
            assertThat(result.logLine()).contains("exit=" + codes.get(i) + " ");
            assertThat(own.queued()).isEmpty();
          }
          own.assertNothingIsLeft();
        });
  }

  @ParameterizedTest
  @CsvSource({"start, 9", "message, 9", "envelope, 9", "message, 11", "message, 15", "message, 6"})
  void deathOfTheRealQmailQueueByASignalIsTemporary(String moment, int signal) throws IOException {
    site.queueDoes(moment + " signal " + signal);

    Result result = site.call().run();

    assertThat(result.exit()).as("%s", result).isEqualTo(99);
    assertThat(result.logLine()).contains("queue.program", "died of signal " + signal);
    assertThat(site.queued()).hasSize(moment.equals("envelope") ? 1 : 0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"start", "message", "envelope"})
  void aRealQmailQueueThatHangsIsTemporaryAndKilled(String moment) throws IOException {
    // Where it hangs after the envelope, it has to come so far first.
    site.set("queue.timeout", moment.equals("envelope") ? "4s" : "1s").queueDoes(moment + " hang");

    Result result = site.call().message(Mail.withAttachment("x", "x", new byte[200_000])).run();

    assertThat(result.exit()).as("%s", result).isEqualTo(99);
    assertThat(site.queued()).hasSize(moment.equals("envelope") ? 1 : 0);
    for (Path left : Site.list(site.queueDirectory())) {
      Files.delete(left); // killed, it could not clean up
    }
  }

  @Test
  void aRealQmailQueueThatIsMissingIsTemporaryAndNamed() throws IOException {
    Files.delete(site.directory().resolve("qmail-queue-old"));
    assertThat(failed(site.call())).contains("queue.program", "missing or not executable");
  }

  @Test
  void aRealQmailQueueThatIsNotExecutableIsTemporaryAndNamed() throws IOException {
    Files.setPosixFilePermissions(
        site.directory().resolve("qmail-queue-old"), PosixFilePermissions.fromString("rw-r--r--"));
    assertThat(failed(site.call())).contains("queue.program", "missing or not executable");
  }

  @Test
  void aRealQmailQueueWithoutItsInterpreterIsTemporaryAndNamed() throws IOException {
    Files.writeString(site.directory().resolve("qmail-queue-old"), "#!/nonexistent/sh\n");
    assertThat(failed(site.call())).contains("queue.program", "could not be executed");
  }

  @ParameterizedTest
  @ValueSource(strings = {"exit 0", "cat >/dev/null; exit 0", "sleep 0.4; exit 0"})
  void aQueueProgramThatSaysQueuedWithoutHavingReadIsNotBelieved(String script) throws IOException {
    site.queue(script);
    // It has ended long before the verdict.
    site.sweep("sleep 1; exec perl " + Site.resource("sweep-stand-in.pl") + " \"$@\"");
    if (script.startsWith("cat") && front == Front.STANDALONE) {
      // This one has read the message to its end, and says so after it: it is what it claims to be.
      assertThat(site.call().run().exit()).isZero();
    } else {
      failed(site.call());
    }
  }

  @Test
  void aQueueProgramThatLeadsBackToUsIsNoticed() throws IOException {
    site.set("queue.program", site.program());
    Result result = site.call().environment("QSCAN_CONFIG", site.configuration().toString()).run();

    assertThat(result.exit()).as("%s", result).isEqualTo(99);
    assertThat(site.queued()).isEmpty();
  }

  // --- the envelope

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 14, 15, 16, 32, 33})
  void anEnvelopeThatEndsEarlyQueuesNothing(int octets) throws IOException {
    Result result = site.call().option("envelope-octets", octets).run();

    assertThat(result.exit()).as("%s", result).isEqualTo(54);
    assertThat(result.logLine()).contains("exit=54");
    noEnvelopeWasSeen();
  }

  @ParameterizedTest
  @ValueSource(strings = {"X", "\0", "Fa\0Fb\0\0", "Fa\0Tb\0Xc\0\0", "Ta\0\0"})
  void anEnvelopeThatIsNoneQueuesNothing(String envelope) throws IOException {
    Result result = site.call().envelope(Mail.octets(envelope)).run();

    assertThat(result.exit()).as("%s", result).isEqualTo(91);
    noEnvelopeWasSeen();
  }

  @Test
  void anAddressOf1003OctetsQueuesNothingAndOneOf1002IsQueued() throws IOException {
    String tooLong = "x".repeat(1003);
    for (String envelope : List.of("F" + tooLong + "\0Tb\0\0", "Fa\0Tb\0T" + tooLong + "\0\0")) {
      assertThat(site.call().envelope(Mail.octets(envelope)).run().exit()).isEqualTo(11);
    }
    noEnvelopeWasSeen();

    byte[] longest =
        Mail.octets("F" + tooLong.substring(1) + "\0T" + tooLong.substring(1) + "\0\0");
    assertThat(site.call().envelope(longest).run().exit()).isZero();
    assertThat(site.queued())
        .singleElement()
        .satisfies(one -> assertThat(one.envelopeOctets()).isEqualTo(longest));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Fa\0\0",
        "F\0T\0\0",
        "F#@[]\0Tb\0\0",
        "Fx-@h-@[]\0Tb\0\0",
        "Fa\nb\u00ff\0Tc\n\u00e4\0\0",
        "Fqscan: id=1 verdict=clean\nqscan: id=2\0Tb\0\0"
      })
  void aStrangeEnvelopeIsNobodysBusiness(String envelope) throws IOException {
    Result result = site.call().envelope(Mail.octets(envelope + "after the end")).run();

    assertThat(result.exit()).as("%s", result).isZero();
    assertThat(result.logLine()).matches("[ -~]*");
    assertThat(site.queued())
        .singleElement()
        .satisfies(one -> assertThat(one.envelopeOctets()).isEqualTo(Mail.octets(envelope)));
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "1, 0", "200, 0", "90000, 0", "150000, 0", "150000, 20"})
  void aClientThatGivesUpQueuesNothing(int message, int envelope) throws IOException {
    // qmail-smtpd closes both pipes, and has often not written a single octet of the envelope.
    Result result =
        site.call()
            .message(Mail.withAttachment("x", "x", new byte[120_000]))
            .option("message-octets", message)
            .option("envelope-octets", envelope)
            .run();

    assertThat(result.exit()).as("%s", result).isEqualTo(54);
    noEnvelopeWasSeen();
  }

  private void noEnvelopeWasSeen() throws IOException {
    assertThat(site.queued()).isEmpty();
    assertThat(site.queueLogLines())
        .isNotEmpty()
        .allMatch(line -> line.contains(" envelope 0 exit 54"));
  }

  // --- our own codes

  @Test
  void infectedMailIsRefusedForGoodAndTheRealQmailQueueCleansUp() throws IOException {
    assertThat(site.call().message(Mail.eicar("x")).run().exit()).isEqualTo(39);
    noEnvelopeWasSeen();
  }

  @Test
  void theCodesCanBeConfigured() throws IOException {
    site.set("exit.infected", 31).set("exit.failed", 71);
    assertThat(site.call().message(Mail.eicar("x")).run().exit()).isEqualTo(31);

    Files.delete(site.directory().resolve("sweep"));
    assertThat(site.call().run().exit()).isEqualTo(71);

    site.set("work.directory", site.directory().resolve("missing"));
    Result result = site.call().run();
    assertThat(result.exit()).as("%s", result).isEqualTo(71);
  }

  @ParameterizedTest
  @CsvSource({
    "Password protected file x, 2, encrypted",
    "Could not check x (corrupt), 2, corrupt",
    "Aborted checking x - appears to be a 'zip bomb', 2, limit"
  })
  void whatCannotBeScannedIsForThePolicyToAnswer(String line, int code, String reason)
      throws IOException {
    site.sweep("echo \"" + line + "\"; exit " + code);
    String key = "unscannable." + reason;

    assertThat(site.set(key, "accept").call().run().exit()).isZero();
    assertThat(site.queued()).hasSize(1);
    assertThat(site.set(key, "defer").call().run().exit()).isEqualTo(99);
    Result rejected = site.set(key, "reject").call().run();
    assertThat(rejected.exit()).isEqualTo(39);
    assertThat(rejected.logLine()).contains("verdict=unscannable", "reason=" + reason);
    assertThat(site.queued()).hasSize(1);
  }

  // --- how it is called

  @Test
  void aConfigurationThatIsWrongIsTemporaryAndSaysWhere() throws IOException {
    site.set("no.such.key", "x");
    assertThat(failed(site.call())).contains("unknown key no.such.key");
  }

  @Test
  void aConfigurationThatIsMissingIsTemporary() throws IOException {
    Path missing = site.directory().resolve("missing");
    failed(site.call().program(site.program(), "-c", missing));
    failed(site.call().program(site.program()).environment("QSCAN_CONFIG", missing.toString()));
  }

  @Test
  void argumentsThatNobodyAskedForAreTemporary() throws IOException {
    failed(site.call().program(site.program(), "--help"));
    failed(site.call().program(site.program(), "-c"));
  }

  @Test
  void itCanStandInTheOldPlaceAsALinkCalledByARelativePath() throws IOException {
    Path bin = Files.createDirectory(site.directory().resolve("bin"));
    Files.createSymbolicLink(bin.resolve("qmail-queue"), site.program());

    Result result =
        site.call()
            .in(site.directory())
            .program("bin/qmail-queue")
            .environment("QSCAN_CONFIG", site.configuration().toString())
            .run();

    assertThat(result.exit()).as("%s", result).isZero();
    assertThat(site.queued()).hasSize(1);
  }

  @Test
  void aMessageInAFileIsReadFromWhereItStands() throws IOException {
    // mailfront gives a file as descriptor 0, and may have read of it.
    Path file =
        Files.writeString(site.directory().resolve("file"), "skipped\nSubject: x\n\nkept\n");

    Result result =
        site.call()
            .program(
                "/bin/sh",
                "-c",
                "{ read -r line; exec \"$0\" -c \"$1\"; } <\"$2\"",
                site.program(),
                site.configuration(),
                file)
            .run();

    assertThat(result.exit()).as("%s", result).isZero();
    assertThat(site.queued())
        .singleElement()
        .satisfies(one -> assertThat(one.octets()).isEqualTo(Mail.octets("Subject: x\n\nkept\n")));
  }

  @Test
  void aWorkDirectoryThatOthersCanWriteToIsRefused() throws IOException {
    Files.setPosixFilePermissions(site.work(), PosixFilePermissions.fromString("rwxrwxrwx"));
    assertThat(failed(site.call())).contains("writable by its group or by others");
  }

  @Test
  void aWorkDirectoryThatIsALinkIsRefused() throws IOException {
    Path link = Files.createSymbolicLink(site.directory().resolve("link"), site.work());
    site.set("work.directory", link);
    assertThat(failed(site.call())).contains("symbolic link");
  }

  private String failed(Call call) throws IOException {
    Result result = call.run();
    assertThat(result.exit()).as("%s", result).isEqualTo(99);
    assertThat(site.queued()).isEmpty();
    assertThat(result.logLine()).contains("verdict=failed", "exit=99");
    // A daemon that does not start has said why in its own log.
    return result.logLine() + Daemon.lines(site.daemonLog());
  }
}
