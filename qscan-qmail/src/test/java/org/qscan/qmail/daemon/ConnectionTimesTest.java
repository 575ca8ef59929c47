package org.qscan.qmail.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.qscan.engine.config.Configuration;
import org.qscan.engine.config.Key;
import org.qscan.engine.testing.ManualTicker;

/** What takes too long, by the stage; the clock is the test's. */
class ConnectionTimesTest {

  private final ManualTicker time = new ManualTicker();
  private final ConnectionTimes times = new ConnectionTimes(time);
  private final long start = time.nanos();

  @ParameterizedTest
  @CsvSource({
    "GREETING,   5, ''",
    "GREETING,  11, qscan-client sent nothing",
    "WAITING,   11, ''",
    "WAITING,   61, qscan-client sent nothing within daemon.idle-timeout",
    "RECEIVING, 11, ''",
    "RECEIVING, 61, qscan-client sent nothing within daemon.idle-timeout",
    "JUDGED,    30, ''",
    "JUDGED,    61, qscan-client sent nothing within daemon.idle-timeout"
  })
  void whoSaysNothingForTooLongIsToldSo(ConnectionStage stage, long seconds, String reason)
      throws Exception {
    assertThat(times.tooLate(stage, in(seconds), limits("60s", "300s"), () -> seconds(300)))
        .isEqualTo(reason);
  }

  @Test
  void aMessageThatTakesTooLongToArriveIsToldWhichLimitThatWas() throws Exception {
    DaemonConfig limits = limits("600s", "300s");
    assertThat(times.tooLate(ConnectionStage.RECEIVING, in(301), limits, limits::receiveTimeout))
        .isEqualTo("the message did not arrive within daemon.receive-timeout");
    assertThat(times.tooLate(ConnectionStage.RECEIVING, in(101), limits, () -> seconds(100)))
        .startsWith("the message did not arrive within 100s, which is less than");
    assertThat(times.tooLate(ConnectionStage.WAITING, in(301), limits, () -> seconds(100)))
        .isEmpty();
  }

  @Test
  void whoWasToldToTryAgainMayStayForHalfAMinute() throws Exception {
    DaemonConfig limits = limits("600s", "300s");
    times.refused();
    assertThat(times.isOver(ConnectionStage.REFUSED, in(29), limits)).isFalse();
    assertThat(times.isOver(ConnectionStage.REFUSED, in(120), limits)).isTrue();
    assertThat(times.isOver(ConnectionStage.ANSWERED, in(120), limits)).isFalse();
    assertThat(times.isOver(ConnectionStage.ANSWERED, in(601), limits)).isTrue();
  }

  private long in(long seconds) {
    return start + seconds(seconds).toNanos();
  }

  private static Duration seconds(long seconds) {
    return Duration.ofSeconds(seconds);
  }

  private static DaemonConfig limits(String idle, String receive) throws Exception {
    Configuration configuration = Configuration.defaults();
    configuration.set(Key.DAEMON_IDLE_TIMEOUT.text(), idle, "test");
    configuration.set(Key.DAEMON_RECEIVE_TIMEOUT.text(), receive, "test");
    return DaemonConfig.from(configuration);
  }
}
