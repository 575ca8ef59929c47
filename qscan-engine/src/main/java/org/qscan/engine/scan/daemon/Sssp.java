package org.qscan.engine.scan.daemon;

import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.ScanFailure;
import org.qscan.engine.Verdict;
import org.qscan.engine.scan.Canary;
import org.qscan.engine.scan.CanaryLost;
import org.qscan.engine.scan.CanaryWatch;
import org.qscan.engine.scan.EndpointHealth;
import org.qscan.engine.scan.Finding;
import org.qscan.engine.scan.ScanCall;
import org.qscan.engine.scan.Tally;
import org.qscan.engine.time.Ticker;

/**
 * SAVDI's protocol: a few sessions are kept for the next messages, each file is a request of its
 * own, so that each is answered for by itself.
 */
final class Sssp implements Protocol {

  /** A session holds one of savdid's threads (threadcount) as long as it is open. */
  private static final int MOST_IDLE = 4;

  private static final long LONGEST_IDLE = TimeUnit.SECONDS.toNanos(10);

  /** A new session asks for the date of the virus data. */
  private static final long LONGEST_LIFE = TimeUnit.SECONDS.toNanos(60);

  private static final byte[] PROBE =
      "Nothing to be found here.\n".getBytes(StandardCharsets.UTF_8);

  private final DaemonSettings settings;
  private final Map<String, String> options;
  private final Ticker ticker;
  private final Map<SocketAddress, Deque<SsspSession>> idle = new HashMap<>();

  Sssp(DaemonSettings settings, Map<String, String> options, Ticker ticker) {
    this.ticker = ticker;
    this.settings = settings;
    this.options = Map.copyOf(options);
  }

  @Override
  public void scan(
      EndpointAddress address, FileQueries queries, DaemonCanaries canaries, ScanCall call)
      throws IOException {
    inSession(address, canaries, call, session -> use(session, address, queries, canaries, call));
  }

  /** Data have no name. With a path, Sophos' engine may go by the extension. */
  @Override
  public boolean goesByNames(EndpointAddress address) {
    return settings.byPath(address.endpoint().address());
  }

  @Override
  public void tryCanary(EndpointAddress address, DaemonCanaries canaries, ScanCall call)
      throws IOException {
    inSession(
        address,
        canaries,
        call,
        session ->
            inItsWay(
                session,
                address,
                byPath ->
                    canaries
                        .of(address, byPath)
                        .now(trial(session, address, byPath, canaries, call), call)));
  }

  /** What is done in a session. */
  private interface SessionWork {
    void in(SsspSession session) throws IOException;
  }

  private void inSession(
      EndpointAddress address, DaemonCanaries canaries, ScanCall call, SessionWork work)
      throws IOException {
    SsspSession kept = takeIdle(address, canaries);
    if (kept != null) {
      try {
        kept.serves(call);
        use(kept, address, work);
        return;
      } catch (SocketTimeoutException | ProtocolException | CanaryLost e) {
        throw e;
      } catch (IOException e) {
        if (call.isCancelled()) {
          throw e;
        }
        // savdid closed it in this very moment, or was restarted: all once more, in a new one.
        canaries.doubt(address);
      }
    }
    use(SsspSession.open(address.socket(), options, call), address, work);
  }

  private void use(SsspSession session, EndpointAddress address, SessionWork work)
      throws IOException {
    boolean whole = false;
    try {
      work.in(session);
      whole = true;
    } finally {
      if (whole) {
        giveBack(address, session);
      } else {
        session.close();
      }
    }
  }

  /** Paths are not permitted (allowscanfile), and we may send the data. */
  private static final class NoPaths extends ProtocolException {
    private static final long serialVersionUID = 1L;
  }

  private void use(
      SsspSession session,
      EndpointAddress address,
      FileQueries queries,
      DaemonCanaries canaries,
      ScanCall call)
      throws IOException {
    inItsWay(
        session,
        address,
        byPath -> {
          CanaryWatch watch = canaries.of(address, byPath);
          CanaryWatch.Trial trial = trial(session, address, byPath, canaries, call);
          long since = watch.before(trial, call);
          try {
            if (queries.wantsState()) {
              queries.stateBefore(askState(session, address.endpoint(), call));
            } else if (address.endpoint().isDateDue(ticker.nanos())) {
              askState(session, address.endpoint(), call);
            }
            scanAll(session, address, byPath, queries, call);
            if (queries.wantsState()) {
              queries.stateAfter(askState(session, address.endpoint(), call));
            }
            if (canaries.confirms(queries)) {
              watch.after(since, trial, call);
              queries.confirmed();
            }
          } finally {
            watch.leave();
          }
        });
  }

  /** What is done by path, or with data. */
  private interface TransferTask {
    void go(boolean byPath) throws IOException;
  }

  /** By path where that is wanted; all of it with data where savdid does not permit that. */
  private void inItsWay(SsspSession session, EndpointAddress address, TransferTask way)
      throws IOException {
    boolean byPath = settings.byPath(address.endpoint().address()) && !session.refusesPaths();
    try {
      way.go(byPath);
    } catch (NoPaths e) {
      session.refusePaths();
      way.go(false);
    }
  }

  /** Only where the site leaves the choice to us. */
  private void failIfRefused(SsspSession.Reply reply, boolean byPath) throws NoPaths {
    if (reply == SsspSession.Reply.NOT_PERMITTED && byPath && settings.transfer().equals("auto")) {
      throw new NoPaths();
    }
  }

  private CanaryWatch.Trial trial(
      SsspSession session,
      EndpointAddress address,
      boolean byPath,
      DaemonCanaries canaries,
      ScanCall call) {
    if (byPath) {
      return canaries.file(file -> {
        SsspAnswer answer = new SsspAnswer();
        SsspSession.Reply reply = session.scanFile(file, answer, call);
        failIfRefused(reply, true);
        return saidOfCanary(reply, answer, address);
      });
    }
    return () -> {
      SsspAnswer answer = new SsspAnswer();
      byte[] octets = Canary.octets();
      try {
        return saidOfCanary(session.scanData(octets, answer, call), answer, address);
      } finally {
        Canary.wipe(octets);
      }
    };
  }

  /** Null if it was found. */
  private static @Nullable String saidOfCanary(
      SsspSession.Reply reply, SsspAnswer answer, EndpointAddress address) throws IOException {
    switch (reply) {
      case TOO_BIG -> {
        return "that 68 octets are too many (maxscandata)";
      }
      case NOT_PERMITTED -> {
        return "that this command is not permitted (allowscanfile, allowscandata): see"
            + " savdi.transfer";
      }
      default -> {
        Tally tally = new Tally();
        answer.addTo(tally, address.toString());
        return tally.hasThreats() ? null : tally.hasGaps() ? tally.firstGap() : "DONE OK, no virus";
      }
    }
  }

  /** The engine's version and each file of its data with its date; null if it tells no date. */
  private @Nullable String askState(SsspSession session, Endpoint endpoint, ScanCall call)
      throws IOException {
    List<String> engine = session.query("ENGINE", call);
    Instant date = newest(engine);
    endpoint.setDataDate(date, ticker.nanos());
    return date == null ? null : String.join("\n", engine);
  }

  private void scanAll(
      SsspSession session,
      EndpointAddress address,
      boolean byPath,
      FileQueries queries,
      ScanCall call)
      throws IOException {
    for (Path file : queries.unknown()) {
      if (queries.size(file) == 0) {
        continue; // nothing in it, and SCANDATA 0 is nowhere described
      }
      SsspAnswer answer = new SsspAnswer();
      SsspSession.Reply reply =
          byPath
              ? session.scanFile(file, answer, call)
              : scanData(session, queries, file, answer, call);
      failIfRefused(reply, byPath);
      Tally tally = queries.of(file);
      switch (reply) {
        case ANSWERED -> answer.addTo(tally, address.toString());
        case TOO_BIG ->
            tally.limit(
                address
                    + ": a part of "
                    + queries.size(file)
                    + " bytes is larger than maxscandata of savdid.conf allows (REJ 4)");
        case NOT_PERMITTED ->
            tally.gap(
                address
                    + " does not permit "
                    + (byPath ? "SCANFILE (allowscanfile)" : "SCANDATA (allowscandata)")
                    + ": see savdi.transfer");
      }
    }
  }

  private static SsspSession.Reply scanData(
      SsspSession session, FileQueries queries, Path file, SsspAnswer answer, ScanCall call)
      throws IOException {
    try (InputStream data = queries.open(file)) {
      return session.scanData(data, queries.size(file), answer, call);
    }
  }

  /** One that savdid has closed may have ended with it: who answers next may be another. */
  private @Nullable SsspSession takeIdle(EndpointAddress address, DaemonCanaries canaries) {
    List<SsspSession> gone = new ArrayList<>();
    SsspSession found = takeIdle(address, gone);
    for (SsspSession session : gone) {
      if (session.isEnded()) {
        canaries.doubt(address);
      }
      session.close();
    }
    return found;
  }

  private @Nullable SsspSession takeIdle(EndpointAddress address, List<SsspSession> gone) {
    long now = ticker.nanos();
    synchronized (idle) {
      Deque<SsspSession> sessions = idle.get(address.socket());
      while (sessions != null && !sessions.isEmpty()) {
        SsspSession session = sessions.removeLast();
        if (!session.isEnded() && session.isFresh(now, LONGEST_IDLE, LONGEST_LIFE)) {
          return session;
        }
        gone.add(session);
      }
    }
    return null;
  }

  private void giveBack(EndpointAddress address, SsspSession session) {
    synchronized (idle) {
      Deque<SsspSession> sessions = idle.get(address.socket());
      if (sessions == null) {
        sessions = new ArrayDeque<>();
        idle.put(address.socket(), sessions);
      }
      sessions.addLast(session);
      if (sessions.size() > MOST_IDLE) {
        sessions.removeFirst().close();
      }
    }
  }

  /** The engine names the date of each of its files; the form of a date is nowhere described. */
  private static @Nullable Instant newest(List<String> engine) {
    Instant newest = null;
    for (String line : engine) {
      Instant date = line.startsWith("date:") ? ScannerDates.find(line) : null;
      if (date != null && (newest == null || date.isAfter(newest))) {
        newest = date;
      }
    }
    return newest;
  }

  @Override
  public EndpointHealth health(EndpointAddress address, ScanCall call) throws IOException {
    try (SsspSession session = SsspSession.open(address.socket(), options, call)) {
      List<String> server = session.query("SERVER", call);
      String version = value(server, "version: ");
      List<String> engine = session.query("ENGINE", call);
      String engineVersion = value(engine, "engineversion: ");
      String trouble = trouble(session, address, call);
      return new EndpointHealth(
          address.toString(),
          version + (engineVersion.isEmpty() ? "" : ", engine " + engineVersion),
          newest(engine),
          List.of(),
          settings.byPath(address.endpoint().address())
              ? 0
              : number(value(server, "maxscandata: ")),
          trouble == null ? null : settings.key() + " " + trouble);
    }
  }

  /** What stands between it and calling a harmless text clean; null if nothing does. */
  private @Nullable String trouble(SsspSession session, EndpointAddress address, ScanCall call)
      throws IOException {
    SsspAnswer answer = new SsspAnswer();
    if (session.scanData(PROBE, answer, call) != SsspSession.Reply.ANSWERED) {
      return settings.byPath(address.endpoint().address())
          ? null // not asked for in daily life either
          : address + " does not permit SCANDATA (allowscandata): see savdi.transfer";
    }
    Tally tally = new Tally();
    answer.addTo(tally, address.toString());
    try {
      Finding finding = tally.finding();
      if (finding.verdict() instanceof Verdict.Clean) {
        return null;
      }
      return finding.notes().isEmpty()
          ? address + " calls a harmless text " + finding.verdict()
          : String.join("; ", finding.notes());
    } catch (ScanFailure e) {
      return e.getMessage();
    }
  }

  /** What savdid takes with SCANDATA; 0 is no limit, and so is what is no number. */
  private static long number(String text) {
    try {
      return Math.max(0, Long.parseLong(text.strip()));
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  private static String value(List<String> lines, String name) {
    for (String line : lines) {
      if (line.startsWith(name)) {
        return line.substring(name.length());
      }
    }
    return "";
  }
}
