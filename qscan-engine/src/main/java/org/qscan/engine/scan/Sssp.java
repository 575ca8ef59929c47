package org.qscan.engine.scan;

import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.ScanFailure;
import org.qscan.engine.Verdict;
import org.qscan.engine.Verdict.Reason;

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
  private final Map<Place, Deque<SsspSession>> idle = new HashMap<>();

  Sssp(DaemonSettings settings, Map<String, String> options) {
    this.settings = settings;
    this.options = Map.copyOf(options);
  }

  @Override
  public void scan(Place place, Inquest inquest, Call call) throws IOException {
    SsspSession kept = takeIdle(place);
    if (kept != null) {
      try {
        kept.serves(call);
        use(kept, place, inquest, call);
        return;
      } catch (SocketTimeoutException | ProtocolException e) {
        throw e;
      } catch (IOException e) {
        if (call.isCancelled()) {
          throw e;
        }
        // savdid closed it in this very moment, or was restarted: all once more, in a new one.
      }
    }
    use(SsspSession.open(place.address(), options, call), place, inquest, call);
  }

  private void use(SsspSession session, Place place, Inquest inquest, Call call)
      throws IOException {
    boolean whole = false;
    try {
      if (inquest.wantsState()) {
        inquest.stateBefore(askState(session, place, call));
      } else if (place.isDateDue(System.nanoTime())) {
        askState(session, place, call);
      }
      scanAll(session, place, inquest, call);
      if (inquest.wantsState()) {
        inquest.stateAfter(askState(session, place, call));
      }
      whole = true;
    } finally {
      if (whole) {
        giveBack(place, session);
      } else {
        session.close();
      }
    }
  }

  /** The engine's version and each file of its data with its date; null if it tells no date. */
  private static @Nullable String askState(SsspSession session, Place place, Call call)
      throws IOException {
    List<String> engine = session.query("ENGINE", call);
    Instant date = newest(engine);
    place.setDataDate(date, System.nanoTime());
    return date == null ? null : String.join("\n", engine);
  }

  private void scanAll(SsspSession session, Place place, Inquest inquest, Call call)
      throws IOException {
    boolean byPath = settings.byPath(place.address());
    for (Path file : inquest.unknown()) {
      if (inquest.size(file) == 0) {
        continue; // nothing in it, and SCANDATA 0 is nowhere described
      }
      SsspAnswer answer = new SsspAnswer();
      SsspSession.Reply reply =
          byPath
              ? session.scanFile(file, answer, call)
              : scanData(session, inquest, file, answer, call);
      if (reply == SsspSession.Reply.NOT_PERMITTED
          && byPath
          && settings.transfer().equals("auto")) {
        byPath = false; // savdid has allowscanfile NO
        reply = scanData(session, inquest, file, answer, call);
      }
      Tally tally = inquest.of(file);
      switch (reply) {
        case ANSWERED -> answer.addTo(tally, place.toString());
        case TOO_BIG -> tally.reason(Reason.LIMIT);
        case NOT_PERMITTED ->
            tally.gap(
                place
                    + " does not permit "
                    + (byPath ? "SCANFILE (allowscanfile)" : "SCANDATA (allowscandata)")
                    + ": see savdi.transfer");
      }
    }
  }

  private static SsspSession.Reply scanData(
      SsspSession session, Inquest inquest, Path file, SsspAnswer answer, Call call)
      throws IOException {
    try (InputStream data = inquest.open(file)) {
      return session.scanData(data, inquest.size(file), answer, call);
    }
  }

  private @Nullable SsspSession takeIdle(Place place) {
    long now = System.nanoTime();
    synchronized (idle) {
      Deque<SsspSession> sessions = idle.get(place);
      while (sessions != null && !sessions.isEmpty()) {
        SsspSession session = sessions.removeLast();
        try {
          if (session.isFresh(now, LONGEST_IDLE, LONGEST_LIFE)) {
            return session;
          }
        } catch (IOException e) {
          // Gone.
        }
        session.close();
      }
    }
    return null;
  }

  private void giveBack(Place place, SsspSession session) {
    synchronized (idle) {
      Deque<SsspSession> sessions = idle.get(place);
      if (sessions == null) {
        sessions = new ArrayDeque<>();
        idle.put(place, sessions);
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
      Instant date = line.startsWith("date:") ? Dates.find(line) : null;
      if (date != null && (newest == null || date.isAfter(newest))) {
        newest = date;
      }
    }
    return newest;
  }

  @Override
  public Health health(Place place, Call call) throws IOException {
    try (SsspSession session = SsspSession.open(place.address(), options, call)) {
      String version = value(session.query("SERVER", call), "version: ");
      List<String> engine = session.query("ENGINE", call);
      String engineVersion = value(engine, "engineversion: ");
      String trouble = trouble(session, place, call);
      return new Health(
          place.toString(),
          version + (engineVersion.isEmpty() ? "" : ", engine " + engineVersion),
          newest(engine),
          List.of(),
          trouble == null ? null : settings.key() + " " + trouble);
    }
  }

  /** What stands between it and calling a harmless text clean; null if nothing does. */
  private @Nullable String trouble(SsspSession session, Place place, Call call) throws IOException {
    SsspAnswer answer = new SsspAnswer();
    if (session.scanData(PROBE, answer, call) != SsspSession.Reply.ANSWERED) {
      return settings.byPath(place.address())
          ? null // not asked for in daily life either
          : place + " does not permit SCANDATA (allowscandata): see savdi.transfer";
    }
    Tally tally = new Tally();
    answer.addTo(tally, place.toString());
    try {
      Finding finding = tally.finding();
      if (finding.verdict() instanceof Verdict.Clean) {
        return null;
      }
      return finding.notes().isEmpty()
          ? place + " calls a harmless text " + finding.verdict()
          : String.join("; ", finding.notes());
    } catch (ScanFailure e) {
      return e.getMessage();
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
