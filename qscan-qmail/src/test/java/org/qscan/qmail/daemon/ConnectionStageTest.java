package org.qscan.qmail.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.qscan.qmail.daemon.ConnectionStage.Event;
import org.qscan.qmail.daemon.ConnectionStage.Transition;

/** The table of a connection's stages, from outside. */
class ConnectionStageTest {

  private static final Set<Event> OF_THE_CLIENT = EnumSet.range(Event.HELLO, Event.UNKNOWN);

  @ParameterizedTest
  @CsvSource({
    "GREETING, HELLO, WAITING",
    "GREETING, STATUS, GREETING",
    "WAITING, ADMITTED, RECEIVING",
    "RECEIVING, MESSAGE, RECEIVING",
    "RECEIVING, END, STORING",
    "STORING, ENVELOPE, STORING",
    "STORING, SUBMITTED, SCANNING",
    "SCANNING, ENVELOPE, SCANNING",
    "SCANNING, JUDGED, JUDGED",
    "JUDGED, ENVELOPE, JUDGED",
    "JUDGED, ANSWERED, ANSWERED",
    "ANSWERED, OUTCOME, CLOSED",
    "REFUSED, OUTCOME, CLOSED"
  })
  void whatIsExpectedLeadsOn(ConnectionStage stage, Event event, ConnectionStage next)
      throws Exception {
    assertThat(stage.expects(event)).isTrue();
    assertThat(stage.on(event).next()).isEqualTo(next);
  }

  @ParameterizedTest
  @EnumSource(names = {"GREETING", "WAITING", "RECEIVING", "STORING", "SCANNING", "JUDGED"})
  void whatElseTheClientSaysBeforeItsAnswerIsAnError(ConnectionStage stage) {
    for (Event event : OF_THE_CLIENT) {
      Transition transition = stage.on(event);
      assertThat(transition.kind())
          .as("%s at %s", event, stage)
          .isNotEqualTo(Transition.Reaction.IGNORED);
      if (transition.kind() == Transition.Reaction.ERROR) {
        assertThatExceptionOfType(ProtocolException.class).isThrownBy(() -> stage.expects(event));
      }
    }
    assertThat(stage.on(Event.REFUSED).next()).isEqualTo(ConnectionStage.REFUSED);
  }

  @ParameterizedTest
  @EnumSource(names = {"ANSWERED", "REFUSED"})
  void afterItsAnswerOnlyTheOutcomeIsHeard(ConnectionStage stage) throws Exception {
    for (Event event : Event.values()) {
      assertThat(stage.expects(event))
          .as("%s at %s", event, stage)
          .isEqualTo(event == Event.OUTCOME || event == Event.CLOSED);
    }
  }

  @Test
  void whatComesAfterTheEndChangesNothing() throws Exception {
    for (Event event : Event.values()) {
      assertThat(ConnectionStage.CLOSED.expects(event)).as("%s", event).isFalse();
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatWeDoOurselvesIsNeverAnErrorOfTheClients(ConnectionStage stage) throws Exception {
    for (Event event : EnumSet.complementOf(EnumSet.copyOf(OF_THE_CLIENT))) {
      assertThat(stage.on(event).kind())
          .as("%s at %s", event, stage)
          .isNotEqualTo(Transition.Reaction.ERROR);
    }
  }

  /** Before that we close it, after that the scan does: nobody, or both, would be a leak. */
  @ParameterizedTest
  @EnumSource
  void theMessageIsOursUntilAScanHasIt(ConnectionStage stage) {
    assertThat(stage.ownsMessage())
        .isEqualTo(
            EnumSet.range(ConnectionStage.GREETING, ConnectionStage.STORING).contains(stage));
  }
}
