package org.qscan.engine.scan.daemon;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.config.Address;

/** One address of a daemon, and what is remembered of it. */
final class Endpoint {

  private static final long FIRST_REST = TimeUnit.SECONDS.toNanos(1);
  private static final long LONGEST_REST = TimeUnit.SECONDS.toNanos(60);
  private static final long ASK_AGAIN = TimeUnit.MINUTES.toNanos(1);

  private final Address address;
  private volatile @Nullable Instant dataDate;
  private volatile long dateAsked;
  private volatile boolean everAsked;
  private @Nullable EndpointAddress works;
  private long rest;
  private long restsUntil;

  Endpoint(Address address) {
    this.address = address;
  }

  Address address() {
    return address;
  }

  /** It could not be used: the next time it is asked after the others, for a growing while. */
  synchronized void failed(long now) {
    rest = rest == 0 ? FIRST_REST : Math.min(LONGEST_REST, 2 * rest);
    restsUntil = now + rest;
  }

  synchronized void answered(EndpointAddress one) {
    rest = 0;
    works = one;
  }

  /**
   * These in their order, but first the one that answered last: the others may be numbers of a name
   * at which nobody listens.
   */
  synchronized List<EndpointAddress> worksFirst(List<EndpointAddress> all) {
    EndpointAddress known = works;
    if (known == null || all.size() < 2 || !all.contains(known)) {
      return all;
    }
    List<EndpointAddress> order = new ArrayList<>(all.size());
    order.add(known);
    for (EndpointAddress one : all) {
      if (!one.equals(known)) {
        order.add(one);
      }
    }
    return order;
  }

  /** How long it still rests, in nanoseconds; 0 or less: not at all. */
  synchronized long restLeft(long now) {
    return rest == 0 ? 0 : restsUntil - now;
  }

  @Nullable Instant dataDate() {
    return dataDate;
  }

  /** Whether the date of its virus data should be asked for again. */
  boolean isDateDue(long now) {
    return !everAsked || now - dateAsked > ASK_AGAIN;
  }

  void setDataDate(@Nullable Instant date, long now) {
    dataDate = date;
    dateAsked = now;
    everAsked = true;
  }

  @Override
  public String toString() {
    return address.toString();
  }
}
