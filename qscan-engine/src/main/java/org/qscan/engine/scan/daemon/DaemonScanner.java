package org.qscan.engine.scan.daemon;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.ScanFailure;
import org.qscan.engine.scan.CanaryLost;
import org.qscan.engine.scan.CanaryRules;
import org.qscan.engine.scan.Deadline;
import org.qscan.engine.scan.EndpointHealth;
import org.qscan.engine.scan.Finding;
import org.qscan.engine.scan.ScanCall;
import org.qscan.engine.scan.ScanInput;
import org.qscan.engine.scan.Tally;
import org.qscan.engine.scan.VerdictCache;
import org.qscan.engine.scan.VirusScanner;
import org.qscan.engine.time.Ticker;

/**
 * A scanner that is a daemon, at one or more addresses: the next one is asked where one cannot be
 * reached, breaks the protocol or has no verdict. All of them share the time of one scan. What is
 * said is its {@link Protocol}'s business.
 */
public final class DaemonScanner implements VirusScanner {

  private static final Duration LONGEST_QUESTION = Duration.ofSeconds(60);

  private final String name;
  private final String key;
  private final DaemonSettings settings;
  private final Endpoints endpoints;
  private final Protocol protocol;
  private final Duration timeout;
  private final VerdictCache cache;
  private final DaemonCanaries.Watches canaries;
  private final Path work;
  private final Map<String, ScanCall> calls = new ConcurrentHashMap<>();
  private final Resolver resolver;
  private final Ticker ticker;
  private volatile @Nullable Endpoint last;

  private DaemonScanner(
      String name,
      DaemonSettings settings,
      Protocol protocol,
      Duration timeout,
      VerdictCache cache,
      DaemonCanaries.Watches canaries,
      Path work,
      Resolver.Lookup lookup) {
    this.name = name;
    this.key = settings.key();
    this.settings = settings;
    this.ticker = canaries.rules().ticker();
    this.endpoints = new Endpoints(settings.addresses(), ticker);
    this.protocol = protocol;
    this.timeout = timeout;
    this.cache = cache;
    this.canaries = canaries;
    this.work = work;
    this.resolver = new Resolver(lookup);
  }

  /**
   * Sophos' SAVDI, by SSSP.
   *
   * @param options {@code savdi.options}
   * @param timeout {@code scan.timeout}
   * @param cache of its own
   * @param rules when it is shown canaries, and the time by which it waits
   * @param work the directory that holds the sessions' directories
   */
  public static DaemonScanner savdi(
      DaemonSettings settings,
      Map<String, String> options,
      Duration timeout,
      VerdictCache cache,
      CanaryRules rules,
      Path work) {
    DaemonCanaries.Watches watches =
        new DaemonCanaries.Watches(
            settings.key(),
            "check that savdid's virus data (virusdatadir, idedir) are whole, that it can write"
                + " its temporary directory, and that nothing keeps it from finding EICAR",
            rules);
    return new DaemonScanner(
        "savdi",
        settings,
        new Sssp(settings, options, rules.ticker()),
        timeout,
        cache,
        watches,
        work,
        InetAddress::getAllByName);
  }

  /** One that is believed without a canary: for tests of other things. */
  static DaemonScanner savdi(
      DaemonSettings settings, Map<String, String> options, Duration timeout, VerdictCache cache) {
    return savdi(settings, options, timeout, cache, CanaryRules.none(), Path.of("/"));
  }

  /**
   * ClamAV's clamd.
   *
   * @param timeout {@code scan.timeout}
   * @param cache of its own
   * @param rules when it is shown canaries, and the time by which it waits
   * @param work the directory that holds the sessions' directories
   */
  public static DaemonScanner clamd(
      DaemonSettings settings, Duration timeout, VerdictCache cache, CanaryRules rules, Path work) {
    DaemonCanaries.Watches watches =
        new DaemonCanaries.Watches(
            settings.key(),
            "check that clamd's TemporaryDirectory exists and can be written by its user, that its"
                + " DatabaseDirectory is whole, and that no list there (.ign2, .fp, .sfp) excepts"
                + " EICAR",
            rules);
    return new DaemonScanner(
        "clamd",
        settings,
        new Clamd(settings, rules.ticker()),
        timeout,
        cache,
        watches,
        work,
        InetAddress::getAllByName);
  }

  /** One that is believed without a canary: for tests of other things. */
  static DaemonScanner clamd(DaemonSettings settings, Duration timeout, VerdictCache cache) {
    return clamd(settings, timeout, cache, CanaryRules.none(), Path.of("/"));
  }

  /** The same, with other names: for tests. */
  DaemonScanner withNames(Resolver.Lookup lookup) {
    return new DaemonScanner(name, settings, protocol, timeout, cache, canaries, work, lookup);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public boolean startsChildren() {
    return false;
  }

  @Override
  public boolean needsFiles() {
    return settings.addresses().stream().anyMatch(settings::byPath);
  }

  @Override
  public Finding scan(Path directory, String session) throws ScanFailure {
    return scan(ScanInput.in(directory), session);
  }

  @Override
  public Finding scan(ScanInput input, String session) throws ScanFailure {
    List<Path> files = input.files();
    ScanCall call = new ScanCall(Deadline.in(ticker, timeout));
    Failures failures = new Failures();
    calls.put(session, call);
    try {
      for (Endpoint endpoint : endpoints.inOrder()) {
        Finding finding = scan(endpoint, input, files, session, call, failures);
        if (finding != null) {
          return finding;
        }
      }
      // Nobody could. Who was only busy is waited for as long as there is time.
      call.waitForBusy();
      for (EndpointAddress address : List.copyOf(failures.busy)) {
        Finding finding = scan(address, input, files, session, call, failures);
        if (finding != null) {
          return finding;
        }
      }
    } finally {
      calls.remove(session);
    }
    throw new ScanFailure(key + failures.text);
  }

  /** Why nobody has answered so far. */
  private static final class Failures {
    private final StringBuilder text = new StringBuilder();
    private final List<EndpointAddress> busy = new ArrayList<>();

    void add(String sentence) {
      text.append(text.length() == 0 ? " " : "; ").append(sentence);
    }
  }

  /** At each of the daemons that a name stands for; null if none of them could. */
  private @Nullable Finding scan(
      Endpoint endpoint,
      ScanInput input,
      List<Path> files,
      String session,
      ScanCall call,
      Failures failures) {
    List<EndpointAddress> addresses;
    try {
      if (isOver(call)) {
        return null; // no time for it
      }
      addresses = endpoint.worksFirst(resolver.addresses(endpoint, call.soon()));
    } catch (IOException e) {
      endpoints.failed(endpoint);
      failures.add(endpoint + ": " + inWords(e));
      return null;
    }
    call.shareConnecting(addresses.size());
    if (addresses.size() == 1 && endpoints.all().size() == 1) {
      call.waitForBusy(); // nobody else is there to be asked
    }
    for (EndpointAddress address : addresses) {
      Finding finding = scan(address, input, files, session, call, failures);
      if (finding != null) {
        return finding;
      }
    }
    return null;
  }

  private static boolean isOver(ScanCall call) {
    return call.deadline().isOver() || call.isCancelled();
  }

  /** At one of them: what was answered there before a fault counts if it is a threat. */
  private @Nullable Finding scan(
      EndpointAddress address,
      ScanInput input,
      List<Path> files,
      String session,
      ScanCall call,
      Failures failures) {
    if (isOver(call)) {
      return null;
    }
    Tally tally = new Tally();
    FileQueries queries =
        new FileQueries(input, files, cache, address.toString(), protocol.goesByNames(address));
    try {
      canaries.lookAt(address);
      protocol.scan(address, queries, canaries(session), call);
      address.endpoint().answered(address);
      String change = input.change();
      queries.addTo(tally, change.isEmpty());
      if (!change.isEmpty()) {
        tally.gap(change);
      }
      last = address.endpoint();
    } catch (IOException e) {
      endpoints.failed(address.endpoint());
      if (e instanceof Busy) {
        failures.busy.add(address);
      }
      if (!call.isCancelled()) {
        canaries.doubt(address);
      }
      if (e instanceof CanaryLost) {
        cache.forget(); // with canary=periodic, some of it was said since it went blind
      }
      queries.addTo(tally, false);
      tally.gap(address + ": " + inWords(e));
    }
    try {
      return tally.finding();
    } catch (ScanFailure e) {
      failures.add(e.getMessage());
      return null;
    }
  }

  private DaemonCanaries canaries(String session) {
    return new DaemonCanaries(canaries, work.resolve(session), settings.groupReads());
  }

  @Override
  public List<String> knownThreats(ScanInput input) {
    return cache.knowsThreats() ? cache.knownThreats(input) : List.of();
  }

  @Override
  public VerdictCache.Figures cacheFigures() {
    return cache.figures();
  }

  private static String inWords(IOException e) {
    String text = e.getMessage();
    return text == null ? e.getClass().getSimpleName() : text;
  }

  @Override
  public void cancel(String session) {
    ScanCall call = calls.get(session);
    if (call != null) {
      call.cancel();
    }
  }

  @Override
  public @Nullable Instant dataDate() {
    Endpoint asked = last;
    return asked == null ? null : asked.dataDate();
  }

  @Override
  public List<EndpointHealth> health(String session) {
    List<EndpointHealth> all = new ArrayList<>();
    forEachAddress(
        session,
        questionTime(),
        (address, call) -> {
          protocol.tryCanary(address, canaries(session), call);
          all.add(protocol.health(address, call));
        },
        (where, why) -> all.add(EndpointHealth.failed(where, key + " " + where + ": " + why)));
    return all;
  }

  @Override
  public List<String> tryCanary(String session, Duration atMost) {
    List<String> failures = new ArrayList<>();
    Duration patience = questionTime();
    forEachAddress(
        session,
        atMost.compareTo(patience) < 0 ? atMost : patience,
        (address, call) -> protocol.tryCanary(address, canaries(session), call),
        (where, why) -> failures.add(key + " " + where + ": " + why));
    return failures;
  }

  private Duration questionTime() {
    return timeout.compareTo(LONGEST_QUESTION) < 0 ? timeout : LONGEST_QUESTION;
  }

  /** What is asked of one daemon. */
  private interface DaemonCall {
    void ask(EndpointAddress address, ScanCall call) throws IOException;
  }

  /** Who is told why it could not be asked. */
  private interface Complaint {
    void make(String where, String why);
  }

  /**
   * Asks every daemon at every address.
   *
   * @param patience for each
   */
  private void forEachAddress(
      String session, Duration patience, DaemonCall question, Complaint complaint) {
    for (Endpoint endpoint : endpoints.all()) {
      List<EndpointAddress> addresses = List.of();
      try {
        addresses = resolver.addresses(endpoint, Deadline.in(ticker, patience));
      } catch (IOException e) {
        complaint.make(endpoint.toString(), inWords(e));
      }
      for (EndpointAddress address : addresses) {
        ScanCall call = new ScanCall(Deadline.in(ticker, patience));
        calls.put(session, call);
        try {
          question.ask(address, call);
        } catch (IOException e) {
          complaint.make(address.toString(), inWords(e));
        } finally {
          calls.remove(session);
        }
      }
    }
  }
}
