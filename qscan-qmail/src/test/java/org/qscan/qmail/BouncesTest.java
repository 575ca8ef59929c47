package org.qscan.qmail;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.ValueSource;
import org.qscan.qmail.Envelope.EnvelopeState;

/** A bounce is known by its sender and by who injects it, never by its sender alone. */
class BouncesTest {

  private static final String PASSWD =
      """
      root:x:0:0:root:/root:/bin/sh
      # a comment
      qmailsx:x:9:9::/:/bin/false
      qmails:x:7791:2108::/var/qmail:/bin/false
      broken
      """;

  /** Real 7791, effective 0: a set-user-id program started by qmails. */
  private static final String STATUS = "Name:\tjava\nUid:\t7791\t0\t0\t0\nGid:\t1\t1\t1\t1\n";

  @ParameterizedTest
  @ValueSource(strings = {"qmails", "7791"})
  void anEmptySenderFromQmailSendsUserIsABounce(String user, @TempDir Path directory)
      throws IOException {
    assertThat(bounces(user, STATUS, directory).isBounce(envelope(""))).isTrue();
  }

  @Test
  void soIsADoubleBounce(@TempDir Path directory) throws IOException {
    assertThat(bounces("qmails", STATUS, directory).isBounce(envelope("#@[]"))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "#@[]"})
  void theSameFromAnyOtherUserIsOrdinaryMail(String sender, @TempDir Path directory)
      throws IOException {
    String other = "Uid:\t7790\t7791\t7791\t7791\n";

    assertThat(bounces("qmails", other, directory).isBounce(envelope(sender))).isFalse();
    assertThat(bounces("root", STATUS, directory).isBounce(envelope(sender))).isFalse();
    assertThat(bounces("qmailsx", STATUS, directory).isBounce(envelope(sender))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"a@x", " ", "#@", "#@[]x", "<>"})
  void anyOtherSenderIsOrdinaryMail(String sender, @TempDir Path directory) throws IOException {
    assertThat(bounces("qmails", STATUS, directory).isBounce(envelope(sender))).isFalse();
  }

  @ParameterizedTest
  @EnumSource(names = "COMPLETE", mode = Mode.EXCLUDE)
  void anEnvelopeThatIsNotCompleteIsNoBounces(EnvelopeState state, @TempDir Path directory)
      throws IOException {
    Envelope envelope = new Envelope(state, "", 0, Path.of("envelope"));

    assertThat(bounces("qmails", STATUS, directory).isBounce(envelope)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"nobody-here", "", "qmail", "x", "-1", "broken"})
  void aUserThatDoesNotExistInjectsNothing(String user, @TempDir Path directory)
      throws IOException {
    assertThat(bounces(user, STATUS, directory).isBounce(envelope(""))).isFalse();
    assertThat(bounces(user, "Uid:\t\n", directory).isBounce(envelope(""))).isFalse();
  }

  @Test
  void whereNothingCanBeReadNothingIsABounce(@TempDir Path directory) {
    Path none = directory.resolve("none");

    assertThat(new Bounces("qmails", none, none).isBounce(envelope(""))).isFalse();
    assertThat(new Bounces("0", none, none).isBounce(envelope(""))).isFalse();
  }

  @Test
  void ourOwnUidIsReadFromTheKernel() throws IOException {
    int uid = (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");

    assertThat(new Bounces(Integer.toString(uid)).isBounce(envelope(""))).isTrue();
    assertThat(new Bounces(Integer.toString(uid + 1)).isBounce(envelope(""))).isFalse();
  }

  private static Bounces bounces(String user, String status, Path directory) throws IOException {
    return new Bounces(
        user,
        Files.writeString(directory.resolve("passwd"), PASSWD),
        Files.writeString(directory.resolve("status"), status));
  }

  private static Envelope envelope(String sender) {
    return new Envelope(EnvelopeState.COMPLETE, sender, 1, Path.of("envelope"));
  }
}
