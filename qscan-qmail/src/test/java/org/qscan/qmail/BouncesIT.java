package org.qscan.qmail;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.qscan.qmail.Call.Result;

/** qmail-send tries a bounce that is refused again for ever; ours is the user that it runs as. */
@ParameterizedClass
@EnumSource(Front.class)
class BouncesIT {

  private static final byte[] BOUNCE = Mail.octets("F\0Tsender@a.test\0\0");

  private final Site site;
  private final int uid;

  BouncesIT(Front front) throws IOException {
    site = Site.create(front);
    uid = (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    site.set("bounce.user", uid);
  }

  @AfterEach
  void close() throws IOException {
    site.assertNothingIsLeft();
    site.close();
  }

  @ParameterizedTest
  @CsvSource({"accept, 0, 1", "discard, 0, 0", "reject, 39, 0"})
  void anInfectedBounceIsAnsweredAsConfigured(String what, int exit, int queued)
      throws IOException {
    site.set("bounce.infected", what);

    Result result = site.call().message(Mail.eicar("failure notice")).envelope(BOUNCE).run();

    assertThat(result.exit()).as("%s", result).isEqualTo(exit);
    assertThat(site.queued()).hasSize(queued);
    assertThat(result.logLine()).contains("verdict=infected", "exit=" + exit, "from=-");
    if (!what.equals("reject")) {
      assertThat(result.logLine()).contains("bounce.infected=" + what);
    }
  }

  @Test
  void soIsADoubleBounce() throws IOException {
    Result result =
        site.call()
            .message(Mail.eicar("failure notice"))
            .envelope(Mail.octets("F#@[]\0Tpostmaster@a.test\0\0"))
            .run();

    assertThat(result.exit()).as("%s", result).isZero();
    assertThat(site.queued()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"accept", "discard", "reject"})
  void anEmptySenderFromAnyOtherUserIsOrdinaryMail(String what) throws IOException {
    site.set("bounce.infected", what).set("bounce.user", uid + 1);

    Result result = site.call().message(Mail.eicar("x")).envelope(BOUNCE).run();

    assertThat(result.exit()).as("%s", result).isEqualTo(39);
    assertThat(site.queued()).isEmpty();
  }

  @Test
  void mailOfQmailSendsUserWithASenderIsOrdinaryMail() throws IOException {
    assertThat(site.call().message(Mail.eicar("x")).run().exit()).isEqualTo(39);
    assertThat(site.queued()).isEmpty();
  }

  @Test
  void aBounceThatCannotBeScannedIsNeverLetThrough() throws IOException {
    Files.delete(site.directory().resolve("sweep"));

    assertThat(site.call().message(Mail.eicar("x")).envelope(BOUNCE).run().exit()).isEqualTo(99);
    assertThat(site.queued()).isEmpty();
  }

  @Test
  void aCleanBounceIsQueuedAndOneBrokenOffIsNot() throws IOException {
    assertThat(site.call().envelope(BOUNCE).run().exit()).isZero();
    assertThat(site.queued()).hasSize(1);
    assertThat(
            site.call()
                .message(Mail.eicar("x"))
                .envelope(BOUNCE)
                .option("envelope-octets", BOUNCE.length - 1)
                .run()
                .exit())
        .isEqualTo(39);
    assertThat(site.queued()).hasSize(1);
  }
}
