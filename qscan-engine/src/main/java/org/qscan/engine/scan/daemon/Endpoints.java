package org.qscan.engine.scan.daemon;

import java.util.ArrayList;
import java.util.List;
import org.qscan.engine.config.Address;
import org.qscan.engine.time.Ticker;

/**
 * The addresses of a daemon. One that failed rests for a while that doubles from 1 to 60 seconds:
 * it is asked only after all others. A rest changes the order and nothing else, so that it can
 * never make things worse: where nobody answers, everybody has been asked.
 */
final class Endpoints {

  private final List<Endpoint> endpoints = new ArrayList<>();
  private final Ticker ticker;

  /** These addresses. */
  Endpoints(List<Address> addresses, Ticker ticker) {
    for (Address address : addresses) {
      endpoints.add(new Endpoint(address));
    }
    this.ticker = ticker;
  }

  /** Those that do not rest in the order of the configuration, then the others. */
  List<Endpoint> inOrder() {
    long now = ticker.nanos();
    List<Endpoint> order = new ArrayList<>(endpoints.size());
    List<Endpoint> resting = new ArrayList<>(0);
    for (Endpoint endpoint : endpoints) {
      (endpoint.restLeft(now) > 0 ? resting : order).add(endpoint);
    }
    // Those that have rested longest first.
    for (Endpoint endpoint : resting) {
      int i = order.size();
      while (i > 0 && order.get(i - 1).restLeft(now) > endpoint.restLeft(now)) {
        i--;
      }
      order.add(i, endpoint);
    }
    return order;
  }

  void failed(Endpoint endpoint) {
    endpoint.failed(ticker.nanos());
  }

  /** In the order of the configuration. */
  List<Endpoint> all() {
    return endpoints;
  }
}
