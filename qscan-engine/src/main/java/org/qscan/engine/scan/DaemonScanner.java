package org.qscan.engine.scan;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.ScanFailure;

/**
 * A scanner that is a daemon, at one or more addresses: the next one is asked where one cannot be
 * reached, breaks the protocol or has no verdict. All of them share the time of one scan. What is
 * said is its {@link Protocol}'s business.
 */
public final class DaemonScanner implements Scanner {

  private static final Duration LONGEST_QUESTION = Duration.ofSeconds(60);

  private final String name;
  private final String key;
  private final DaemonSettings settings;
  private final Places places;
  private final Protocol protocol;
  private final Duration timeout;
  private final VerdictCache cache;
  private final Map<String, Call> calls = new ConcurrentHashMap<>();
  private volatile @Nullable Place last;

  private DaemonScanner(
      String name,
      DaemonSettings settings,
      Protocol protocol,
      Duration timeout,
      VerdictCache cache) {
    this.name = name;
    this.key = settings.key();
    this.settings = settings;
    this.places = new Places(settings.addresses(), System::nanoTime);
    this.protocol = protocol;
    this.timeout = timeout;
    this.cache = cache;
  }

  /**
   * Sophos' SAVDI, by SSSP.
   *
   * @param options {@code savdi.options}
   * @param timeout {@code scan.timeout}
   * @param cache of its own
   */
  public static DaemonScanner savdi(
      DaemonSettings settings, Map<String, String> options, Duration timeout, VerdictCache cache) {
    return new DaemonScanner("savdi", settings, new Sssp(settings, options), timeout, cache);
  }

  /**
   * ClamAV's clamd.
   *
   * @param timeout {@code scan.timeout}
   * @param cache of its own
   */
  public static DaemonScanner clamd(DaemonSettings settings, Duration timeout, VerdictCache cache) {
    return new DaemonScanner("clamd", settings, new Clamd(settings), timeout, cache);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public boolean needsFiles() {
    return settings.addresses().stream().anyMatch(settings::byPath);
  }

  @Override
  public Finding scan(Path directory, String session) throws ScanFailure {
    return scan(Material.in(directory), session);
  }

  @Override
  public Finding scan(Material material, String session) throws ScanFailure {
    List<Path> files = material.files();
    Call call = new Call(Deadline.in(timeout));
    calls.put(session, call);
    StringBuilder failures = new StringBuilder();
    try {
      for (Place place : places.inOrder()) {
        try {
          return scan(place, material, files, call);
        } catch (ScanFailure e) {
          failures.append(failures.length() == 0 ? " " : "; ").append(e.getMessage());
        }
        if (call.deadline().isOver() || call.isCancelled()) {
          break; // the others would have no time
        }
      }
    } finally {
      calls.remove(session);
    }
    throw new ScanFailure(key + failures);
  }

  /** At one address: what was answered there before a fault counts if it is a threat. */
  private Finding scan(Place place, Material material, List<Path> files, Call call)
      throws ScanFailure {
    Tally tally = new Tally();
    Inquest inquest = new Inquest(material, files, cache, place.toString());
    try {
      protocol.scan(place, inquest, call);
      place.answered();
      last = place;
      inquest.addTo(tally, true);
    } catch (IOException e) {
      places.failed(place);
      inquest.addTo(tally, false);
      tally.gap(place + ": " + inWords(e));
    }
    return tally.finding();
  }

  @Override
  public List<String> knownThreats(Material material) {
    return cache.knowsThreats() ? Inquest.knownThreats(material, cache) : List.of();
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
    Call call = calls.get(session);
    if (call != null) {
      call.cancel();
    }
  }

  @Override
  public @Nullable Instant dataDate() {
    Place asked = last;
    return asked == null ? null : asked.dataDate();
  }

  @Override
  public List<Health> health(String session) {
    List<Health> all = new ArrayList<>();
    Duration patience = timeout.compareTo(LONGEST_QUESTION) < 0 ? timeout : LONGEST_QUESTION;
    for (Place place : places.all()) {
      Call call = new Call(Deadline.in(patience));
      calls.put(session, call);
      try {
        all.add(protocol.health(place, call));
      } catch (IOException e) {
        all.add(Health.failed(place.toString(), key + " " + place + ": " + inWords(e)));
      } finally {
        calls.remove(session);
      }
    }
    return all;
  }
}
