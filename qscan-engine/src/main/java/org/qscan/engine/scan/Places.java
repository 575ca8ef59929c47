package org.qscan.engine.scan;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.qscan.engine.config.Address;

/**
 * The addresses of a daemon. One that failed rests for a while that doubles from 1 to 60 seconds:
 * it is asked only after all others. A rest changes the order and nothing else, so that it can
 * never make things worse: where nobody answers, everybody has been asked.
 */
final class Places {

  private final List<Place> places = new ArrayList<>();
  private final LongSupplier clock;

  /**
   * These addresses.
   *
   * @param clock nanoseconds, as {@link System#nanoTime()}
   */
  Places(List<Address> addresses, LongSupplier clock) {
    for (Address address : addresses) {
      places.add(new Place(address));
    }
    this.clock = clock;
  }

  /** Those that do not rest in the order of the configuration, then the others. */
  List<Place> inOrder() {
    long now = clock.getAsLong();
    List<Place> order = new ArrayList<>(places.size());
    List<Place> resting = new ArrayList<>(0);
    for (Place place : places) {
      (place.restLeft(now) > 0 ? resting : order).add(place);
    }
    // Those that have rested longest first.
    for (Place place : resting) {
      int i = order.size();
      while (i > 0 && order.get(i - 1).restLeft(now) > place.restLeft(now)) {
        i--;
      }
      order.add(i, place);
    }
    return order;
  }

  void failed(Place place) {
    place.failed(clock.getAsLong());
  }

  /** In the order of the configuration. */
  List<Place> all() {
    return places;
  }
}
