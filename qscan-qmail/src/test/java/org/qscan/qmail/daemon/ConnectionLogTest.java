package org.qscan.qmail.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.qscan.engine.Facts;
import org.qscan.engine.Outcome;
import org.qscan.engine.Verdict;
import org.qscan.qmail.Decision;
import org.qscan.qmail.Decision.Fate;
import org.qscan.qmail.Envelope;

/** What the log says of a connection, by how it ended. */
class ConnectionLogTest {

  private static final Facts SEEN = Facts.none().withSize(5);
  private static final Facts RECEIVED = Facts.none().withSize(3);
  private static final Outcome CLEAN = Outcome.judged(new Verdict.Clean(), SEEN);
  private static final Decision QUEUE = new Decision(Fate.QUEUE, "");

  @Test
  void aMessageThatWasQueuedIsLoggedAsJudgedWithTheExitCodeOfTheClient() {
    ConnectionLog log = log(CLEAN, QUEUE, "", result(0, Envelope.EnvelopeState.COMPLETE, ""));
    assertThat(log.outcome()).isEqualTo(CLEAN);
    assertThat(log.line().toString())
        .contains("verdict=clean", "reason=-", "exit=0", "from=s", "rcpts=2", "client=192.0.2.1");
  }

  @Test
  void theClientsOwnReasonComesFirst() {
    ConnectionLog log =
        log(CLEAN, QUEUE, "ours", result(53, Envelope.EnvelopeState.COMPLETE, "no queue here"));
    assertThat(log.outcome()).isEqualTo(Outcome.failed("no queue here", SEEN));
  }

  @Test
  void anEnvelopeThatWasNotCompletedIsTheReasonThoughTheMessageIsClean() {
    ConnectionLog log = log(CLEAN, QUEUE, "", result(54, Envelope.EnvelopeState.BROKEN_OFF, ""));
    assertThat(log.outcome()).isEqualTo(CLEAN);
    assertThat(log.line().toString()).contains(Envelope.EnvelopeState.BROKEN_OFF.inWords());
  }

  @Test
  void aClientThatWentAwayHasFailedWithWhatTheScanHasSeen() {
    ConnectionLog log = log(CLEAN, QUEUE, "qscan-client went away", null);
    assertThat(log.outcome()).isEqualTo(Outcome.failed("qscan-client went away", SEEN));
    assertThat(log.line().toString()).contains("verdict=failed", "rcpts=1");
  }

  @Test
  void withoutAScanTheSizeIsWhatHasCome() {
    ConnectionLog log = log(null, null, "the disk is full", null);
    assertThat(log.outcome()).isEqualTo(Outcome.failed("the disk is full", RECEIVED));
  }

  @Test
  void theReasonOfAFailedScanIsLoggedThoughNobodyWasToldYet() {
    ConnectionLog log = log(Outcome.failed("no slot", SEEN), null, "", null);
    assertThat(log.outcome()).isEqualTo(Outcome.failed("no slot", SEEN));
  }

  @Test
  void whatTheSitesPolicySaysIsTheReason() {
    Outcome infected = Outcome.judged(new Verdict.Infected(List.of("Eicar")), SEEN);
    Decision discarded = new Decision(Fate.DISCARD, "bounce.infected=discard");
    ConnectionLog log =
        log(infected, discarded, "", result(0, Envelope.EnvelopeState.COMPLETE, ""));
    assertThat(log.line().toString())
        .contains("verdict=infected", "threat=Eicar", "bounce.infected=discard");
  }

  private static Frame.ClientResult result(
      int code, Envelope.EnvelopeState envelope, String reason) {
    return new Frame.ClientResult(code, envelope, 2, reason);
  }

  private static ConnectionLog log(
      @Nullable Outcome judged,
      @Nullable Decision decision,
      String failure,
      Frame.@Nullable ClientResult result) {
    return new ConnectionLog(
        "192.0.2.1",
        Envelope.reported(Envelope.EnvelopeState.COMPLETE, "s", 1),
        judged,
        decision,
        failure,
        result,
        RECEIVED);
  }
}
