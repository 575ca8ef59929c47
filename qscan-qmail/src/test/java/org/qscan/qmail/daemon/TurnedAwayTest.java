package org.qscan.qmail.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The operator reads why senders were told to try again, and nothing that is not so. */
class TurnedAwayTest {

  private final TurnedAway turnedAway = new TurnedAway();

  @Test
  void eachReasonIsToldWithItsNumberAndOnlyOnce() {
    assertThat(turnedAway.isNone()).isTrue();
    turnedAway.add(TurnedAway.Why.WAITING);
    turnedAway.add(TurnedAway.Why.ARRIVING);
    turnedAway.add(TurnedAway.Why.ARRIVING);

    assertThat(turnedAway.tell(2000))
        .isEqualTo(
            "3 connections were told to try again: 1 because all places"
                + " (daemon.max-connections=2000) are taken, and more of the same sender wait; 2"
                + " because the same user opened connections faster than qscand can take them");
    assertThat(turnedAway.isNone()).isTrue();
  }

  @Test
  void inAStormOfSilentConnectionsNothingIsSaidOfPlacesThatAreFree() {
    turnedAway.add(TurnedAway.Why.SILENT);

    assertThat(turnedAway.tell(2000)).doesNotContain("max-connections");
  }
}
