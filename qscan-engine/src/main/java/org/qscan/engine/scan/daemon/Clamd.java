package org.qscan.engine.scan.daemon;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.scan.CanaryWatch;
import org.qscan.engine.scan.EndpointHealth;
import org.qscan.engine.scan.ScanCall;
import org.qscan.engine.scan.Tally;
import org.qscan.engine.time.Ticker;

/**
 * ClamAV's clamd: a session a message, in which each file is a command of its own ({@code SCAN} by
 * path, or {@code INSTREAM}), so that each is answered for by itself, and clamd looks at several at
 * a time. {@code CONTSCAN} of the directory would be one command, and passes over in silence what
 * it does not scan; {@code FILDES} needs a descriptor passed, which Java cannot.
 */
final class Clamd implements Protocol {

  /** Commands under way: clamd's own queue (MaxQueue 100) is there for others too. */
  private static final int MOST_UNANSWERED = 8;

  private static final String STREAM = "stream";

  private final DaemonSettings settings;
  private final Ticker ticker;

  Clamd(DaemonSettings settings, Ticker ticker) {
    this.ticker = ticker;
    this.settings = settings;
  }

  /** What is asked of clamd for one file: the answer begins with the subject. */
  private record FileCommand(String subject, Path file) {}

  /**
   * A part was longer than clamd takes, which is the answer for that part. clamd closes the session
   * then; the parts that have no answer yet are asked for in another.
   */
  private static final class StreamTooLong extends IOException {
    private static final long serialVersionUID = 1L;

    private final long since;

    StreamTooLong(long since) {
      this.since = since;
    }
  }

  @Override
  public void scan(
      EndpointAddress address, FileQueries queries, DaemonCanaries canaries, ScanCall call)
      throws IOException {
    StreamTooLong earlier = null;
    while (true) { // each time at least one part has got its answer
      try {
        scan(address, queries, canaries, call, earlier);
        return;
      } catch (StreamTooLong e) {
        earlier = earlier == null ? e : earlier;
      }
    }
  }

  /**
   * In one session.
   *
   * @param earlier what ended the first session of this message: canaries must have been found
   *     since that began
   */
  private void scan(
      EndpointAddress address,
      FileQueries queries,
      DaemonCanaries canaries,
      ScanCall call,
      @Nullable StreamTooLong earlier)
      throws IOException {
    boolean byPath = settings.byPath(address.endpoint().address());
    CanaryWatch watch = canaries.of(address, byPath);
    try (ClamdSession session = ClamdSession.open(address, call)) {
      CanaryWatch.Trial trial = trial(session, address, byPath, canaries);
      long begun = watch.before(trial, call);
      long since = earlier == null ? begun : earlier.since;
      try {
        if (queries.wantsState()) {
          queries.stateBefore(askState(session, address.endpoint()));
        }
        scan(session, address, byPath, queries, since);
        if (queries.wantsState()) {
          queries.stateAfter(askState(session, address.endpoint()));
        }
        if (canaries.confirms(queries)) {
          watch.after(since, trial, call);
          queries.confirmed();
        }
      } finally {
        watch.leave();
      }
      session.send("END");
    }
  }

  /** clamd knows a file by its content, also where it is told the path. */
  @Override
  public boolean goesByNames(EndpointAddress address) {
    return false;
  }

  @Override
  public void tryCanary(EndpointAddress address, DaemonCanaries canaries, ScanCall call)
      throws IOException {
    boolean byPath = settings.byPath(address.endpoint().address());
    try (ClamdSession session = ClamdSession.open(address, call)) {
      canaries.of(address, byPath).now(trial(session, address, byPath, canaries), call);
      session.send("END");
    }
  }

  /** Nothing else may be unanswered in this session. */
  private static CanaryWatch.Trial trial(
      ClamdSession session, EndpointAddress address, boolean byPath, DaemonCanaries canaries) {
    if (!byPath) {
      return () -> {
        session.streamCanary();
        return saidOfCanary(session.answer().text(), STREAM, address);
      };
    }
    return canaries.file(file -> {
      String path = octets(file);
      session.send("SCAN " + path);
      return saidOfCanary(session.answer().text(), path, address);
    });
  }

  /** Null if it was found. */
  private static @Nullable String saidOfCanary(
      String text, String subject, EndpointAddress address) {
    Tally tally = new Tally();
    ClamdAnswer.addTo(tally, subject, text, address.toString());
    return tally.hasThreats() ? null : text;
  }

  /**
   * Nothing else may be unanswered. clamd answers in any order; and 1.4.6 was seen to write the
   * number of this command, then the answer to another one, and then its version.
   */
  private @Nullable String askState(ClamdSession session, Endpoint endpoint) throws IOException {
    session.send("VERSION");
    String version = session.answer().text();
    endpoint.setDataDate(date(version), ticker.nanos());
    return date(version) == null ? null : version;
  }

  private void scan(
      ClamdSession session,
      EndpointAddress address,
      boolean byPath,
      FileQueries queries,
      long since)
      throws IOException {
    Endpoint endpoint = address.endpoint();
    Map<Integer, FileCommand> unanswered = new HashMap<>();
    if (endpoint.isDateDue(ticker.nanos())) {
      askState(session, endpoint);
    }
    for (Path file : queries.unknown()) {
      if (unanswered.size() >= MOST_UNANSWERED) {
        takeAnswer(session, address, unanswered, queries, since);
      }
      if (byPath) {
        String path = octets(file);
        unanswered.put(session.send("SCAN " + path), new FileCommand(path, file));
      } else {
        try (InputStream data = queries.open(file)) {
          unanswered.put(session.nextNumber(), new FileCommand(STREAM, file));
          session.stream(data);
        } catch (SocketTimeoutException e) {
          throw e;
        } catch (IOException e) {
          takeLastAnswers(session, address, unanswered, queries, since);
          throw e;
        }
      }
    }
    while (!unanswered.isEmpty()) {
      takeAnswer(session, address, unanswered, queries, since);
    }
  }

  /** What clamd had said before it closed the session in the middle of a stream. */
  private void takeLastAnswers(
      ClamdSession session,
      EndpointAddress address,
      Map<Integer, FileCommand> unanswered,
      FileQueries queries,
      long since)
      throws StreamTooLong {
    try {
      while (!unanswered.isEmpty()) {
        takeAnswer(session, address, unanswered, queries, since);
      }
    } catch (StreamTooLong e) {
      throw e;
    } catch (IOException e) {
      // It has not said why: what broke the stream is the failure.
    }
  }

  /** A work directory may have a name beyond ASCII; on the wire a character is an octet. */
  private static String octets(Path file) {
    return new String(
        file.toString().getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  private void takeAnswer(
      ClamdSession session,
      EndpointAddress address,
      Map<Integer, FileCommand> unanswered,
      FileQueries queries,
      long since)
      throws IOException {
    ClamdSession.Response answer = session.answer();
    FileCommand question = unanswered.remove(answer.command());
    if (question == null) {
      throw new ProtocolException("answers twice: " + answer.command() + ": " + answer.text());
    }
    if (answer.text().equals(ClamdAnswer.TOO_LONG) && question.subject().equals(STREAM)) {
      queries
          .of(question.file())
          .limit(
              address
                  + ": a part of "
                  + queries.size(question.file())
                  + " bytes is larger than StreamMaxLength of clamd.conf allows");
      throw new StreamTooLong(since);
    }
    ClamdAnswer.addTo(
        queries.of(question.file()), question.subject(), answer.text(), address.toString());
  }

  /**
   * {@code ClamAV 1.4.6/27500/Mon Nov 17 08:32:11 2026}; without a database of ClamAV's, no date.
   */
  static @Nullable Instant date(String version) {
    int slash = version.lastIndexOf('/');
    return slash < 0 ? null : ScannerDates.ctime(version.substring(slash + 1));
  }

  @Override
  public EndpointHealth health(EndpointAddress address, ScanCall call) throws IOException {
    try (ClamdSession session = ClamdSession.open(address, call)) {
      session.send("VERSION");
      String version = session.answer().text();
      List<String> warnings = new ArrayList<>();
      if (saysOk(session, ClamdProbes.encrypted())) {
        warnings.add(
            "says OK about an encrypted archive: set AlertEncrypted yes in clamd.conf, so that"
                + " unscannable.encrypted has an effect");
      }
      if (saysOk(session, ClamdProbes.nested())) {
        warnings.add(
            "says OK about files that it did not scan because of its limits (MaxRecursion, MaxFileSize"
                + " and so on): set AlertExceedsMax yes in clamd.conf");
      }
      session.send("END");
      return new EndpointHealth(address.toString(), version, date(version), warnings, null);
    }
  }

  private static boolean saysOk(ClamdSession session, byte[] data) throws IOException {
    session.stream(new ByteArrayInputStream(data));
    return session.answer().text().equals(STREAM + ": OK");
  }
}
