package org.qscan.engine.scan.daemon;

import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.qscan.engine.plain.Calibration;
import org.qscan.engine.scan.CanaryRules;

/**
 * What the daemons of one scanner have proved: a {@link ProofWatch} for each daemon and way, which
 * all scans share.
 */
final class Proofs {

  private static final int MOST = 64;

  /** One plain message in so many is scanned with everything. */
  private static final int ONE_IN = 1000;

  private final String key;
  private final CanaryRules rules;
  private final ProofWatch.Sample sample;
  private final Supplier<Set<String>> ordinary;
  private final Map<AddressAndWay, ProofWatch> watches = new LinkedHashMap<>(16, 0.75f, true);

  private record AddressAndWay(SocketAddress socket, boolean byPath) {}

  /**
   * None yet.
   *
   * @param key the name of the key with the addresses, for sentences
   */
  Proofs(String key, CanaryRules rules) {
    this(key, rules, () -> ThreadLocalRandom.current().nextInt(ONE_IN) == 0, Calibration::ordinary);
  }

  /** With other lots, and other mails: for tests. */
  Proofs(String key, CanaryRules rules, ProofWatch.Sample sample, Supplier<Set<String>> ordinary) {
    this.key = key;
    this.ordinary = ordinary;
    this.rules = rules;
    this.sample = sample;
  }

  synchronized ProofWatch of(EndpointAddress address, boolean byPath) {
    ProofWatch watch =
        watches.computeIfAbsent(
            new AddressAndWay(address.socket(), byPath),
            way ->
                new ProofWatch(
                    key + " " + address + (byPath ? " (by path)" : " (by data)"),
                    rules.ticker(),
                    rules.alarms(),
                    sample,
                    ordinary));
    if (watches.size() > MOST) {
      AddressAndWay oldest = watches.keySet().iterator().next();
      ProofWatch removed = watches.remove(oldest);
      if (removed != null) {
        removed.end("too many addresses");
      }
    }
    return watch;
  }

  /** Of this daemon nothing is sure any more. */
  void end(EndpointAddress address, String why) {
    of(address, true).end(why);
    of(address, false).end(why);
  }

  /** All of them. */
  synchronized List<ProofWatch> all() {
    return new ArrayList<>(watches.values());
  }
}
