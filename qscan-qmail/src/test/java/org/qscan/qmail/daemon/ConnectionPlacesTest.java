package org.qscan.qmail.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Nobody is kept out by another, and nobody loses anything for one who has as much. */
class ConnectionPlacesTest {

  private static final int LIMIT = 8;
  private static final int SHARE = 2;

  private static final class Guest implements ConnectionPlaces.Guest {
    private final String holder;
    private final double weight;

    Guest(String holder, double weight) {
      this.holder = holder;
      this.weight = weight;
    }

    @Override
    public String holder() {
      return holder;
    }

    @Override
    public boolean isExempt() {
      return holder.equals("root");
    }

    @Override
    public double burden(long now) {
      return weight;
    }
  }

  private final ConnectionPlaces<Guest> places = new ConnectionPlaces<>();

  private List<Guest> come(String holder, int many) {
    List<Guest> all = new ArrayList<>();
    for (int i = 0; i < many; i++) {
      Guest guest = new Guest(holder, i);
      all.add(guest);
      places.ask(guest);
    }
    return all;
  }

  private List<String> handOut() {
    List<String> admitted = new ArrayList<>();
    for (Guest next = places.next(LIMIT); next != null; next = places.next(LIMIT)) {
      admitted.add(next.holder());
    }
    return admitted;
  }

  private List<Guest> makeRoom() {
    List<Guest> gone = new ArrayList<>();
    for (Guest one = places.toGiveWay(LIMIT, SHARE, 0);
        one != null;
        one = places.toGiveWay(LIMIT, SHARE, 0)) {
      gone.add(one);
      places.leave(one);
      handOut();
    }
    return gone;
  }

  @Test
  void oneUserAloneMayHaveAllOfThemAndTheNextOfHisWaits() {
    come("a", LIMIT + 3);
    assertThat(handOut()).hasSize(LIMIT);
    assertThat(places.waiting()).isEqualTo(3);
    assertThat(places.isOfOne()).isTrue();
    assertThat(makeRoom()).isEmpty();
  }

  @Test
  void whoeverHasMostMakesRoomForOthersWithWhatIsHeaviest() {
    List<Guest> his = come("a", LIMIT);
    handOut();
    come("b", 1);
    assertThat(places.isOfOne()).isFalse();
    assertThat(makeRoom()).containsExactly(his.get(LIMIT - 1));
    assertThat(places.waiting()).isZero();
    assertThat(places.taken()).isEqualTo(LIMIT);
  }

  @Test
  void nobodyGetsMoreThanHisShareAtTheCostOfOthers() {
    come("a", LIMIT);
    handOut();
    come("b", LIMIT);
    assertThat(makeRoom()).hasSize(SHARE).allMatch(one -> one.holder().equals("a"));
    assertThat(places.waiting()).isEqualTo(LIMIT - SHARE);
  }

  @Test
  void nobodyGivesWayToOneWhoWouldHaveAsMuch() {
    for (int i = 0; i < LIMIT; i++) {
      come("user " + i, 1);
    }
    handOut();
    come("another", 1);
    assertThat(makeRoom()).isEmpty();
  }

  @Test
  void aFreePlaceGoesToWhoeverHasLeastAndNotToWhoeverWaitsMostOften() {
    List<Guest> his = come("a", 20);
    handOut();
    come("b", 1);
    places.leave(his.get(0));
    assertThat(handOut()).containsExactly("b");
  }

  @Test
  void rootNeverGivesWayAndNeedsNoShare() {
    come("root", LIMIT);
    handOut();
    come("b", 1);
    assertThat(makeRoom()).isEmpty();

    ConnectionPlaces<Guest> others = new ConnectionPlaces<>();
    for (int i = 0; i < LIMIT; i++) {
      others.ask(new Guest("a", i));
    }
    while (others.next(LIMIT) != null) {
      // more
    }
    for (int i = 0; i < LIMIT; i++) {
      others.ask(new Guest("root", i));
      Guest one = others.toGiveWay(LIMIT, SHARE, 0);
      if (one != null) {
        others.leave(one);
        others.next(LIMIT);
      }
    }
    assertThat(others.waiting()).isLessThanOrEqualTo(1);
  }

  @Test
  void whatMustNotGiveWayDoesNot() {
    for (int i = 0; i < LIMIT; i++) {
      places.ask(new Guest("a", Double.NaN));
    }
    handOut();
    come("b", 1);
    assertThat(makeRoom()).isEmpty();
  }

  @Test
  void thoseAtTheDoorAreFewAndWhoeverStandsThereMostOftenGoesFirst() {
    come("b", 1);
    come("a", 10);
    for (Guest one = places.tooMany(5); one != null; one = places.tooMany(5)) {
      assertThat(one.holder()).isEqualTo("a");
      places.leave(one);
    }
    assertThat(places.waiting()).isEqualTo(5);
  }

  @Test
  void theTimeForAMessageFallsAsThePlacesAreTakenButNotForOneWhoIsAlone() {
    Duration configured = Duration.ofHours(2);
    come("a", 4);
    handOut();
    assertThat(places.mayTake(configured, LIMIT)).isEqualTo(configured);
    come("a", 2);
    handOut();
    assertThat(places.mayTake(configured, LIMIT)).isEqualTo(configured);
    come("b", 1);
    handOut();
    assertThat(places.mayTake(configured, LIMIT)).isEqualTo(Duration.ofMinutes(30));
    come("b", 1);
    handOut();
    assertThat(places.mayTake(configured, LIMIT)).isEqualTo(Duration.ofMinutes(5));
    assertThat(places.mayTake(Duration.ofMinutes(1), LIMIT)).isEqualTo(Duration.ofMinutes(1));
  }
}
