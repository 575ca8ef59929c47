package org.qscan.engine.scan.daemon;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.qscan.engine.plain.Calibration;
import org.qscan.engine.plain.CalibrationMail;
import org.qscan.engine.plain.Productions;
import org.qscan.engine.scan.Canary;
import org.qscan.engine.scan.Tally;

/**
 * Shows clamd the calibration mails, one after the other in one session, in the way in which it is
 * shown mail. A mail counts as found if EICAR is found in it and nothing in its twin without EICAR.
 */
final class ClamdCalibration {

  private static final String STREAM = "stream";
  private static final String CLAMAV = "ClamAV ";

  private final ClamdSession session;
  private final EndpointAddress address;
  private final boolean byPath;
  private final DaemonCanaries canaries;

  ClamdCalibration(
      ClamdSession session, EndpointAddress address, boolean byPath, DaemonCanaries canaries) {
    this.session = session;
    this.address = address;
    this.byPath = byPath;
    this.canaries = canaries;
  }

  /**
   * What is found.
   *
   * @throws IOException if it could not be asked, or tells no version
   */
  CalibrationProof prove(ProofWatch.Task task) throws IOException {
    String version = version();
    Productions granted = Productions.NONE;
    List<Productions> missed = new ArrayList<>();
    List<String> missing = new ArrayList<>();
    for (String production : task.productions()) {
      CalibrationMail mail = granted.has(production) ? null : Calibration.of(production);
      if (mail == null) {
        continue;
      }
      if (finds(mail, 0) && isClean(mail.twin())) {
        granted = granted.and(mail.granted());
      } else {
        missed.add(mail.granted());
        missing.add(production);
      }
    }
    int size = 0;
    for (int next = Calibration.SMALLEST_SIZE; next <= task.size(); next *= 2) {
      if (!finds(Calibration.elastic(), next)) {
        missing.add("a message of " + next + " octets");
        break;
      }
      size = next;
    }
    if (!version.equals(version())) {
      throw new IOException("it has loaded other data in the middle of the calibration");
    }
    return new CalibrationProof(granted, missed, missing, size, version, Instant.now());
  }

  private String version() throws IOException {
    int number = session.send("VERSION");
    String version = answerTo(number);
    if (!version.startsWith(CLAMAV)) {
      throw new IOException("it does not tell its version, but: " + version);
    }
    return version;
  }

  private String answerTo(int number) throws IOException {
    ClamdSession.Response answer = session.answer();
    if (answer.command() != number) {
      throw new ProtocolException("answers another question: " + answer.command());
    }
    return answer.text();
  }

  private boolean finds(CalibrationMail mail, int size) throws IOException {
    byte[] mark = Canary.octets();
    byte[] octets = mail.octets(mark);
    Canary.wipe(mark);
    try {
      return show(size == 0
              ? new ByteArrayInputStream(octets)
              : CalibrationMail.stretched(octets, size))
          .hasThreats();
    } finally {
      Canary.wipe(octets);
    }
  }

  private boolean isClean(byte[] octets) throws IOException {
    Tally tally = show(new ByteArrayInputStream(octets));
    return tally.isCertain() && !tally.hasThreats();
  }

  private Tally show(InputStream octets) throws IOException {
    Tally tally = new Tally();
    if (!byPath) {
      int number = session.stream(octets);
      ClamdAnswer.addTo(tally, STREAM, answerTo(number), address.toString());
      return tally;
    }
    Path home = canaries.session();
    if (home == null) {
      throw new IOException("there is no directory for the calibration mails");
    }
    try (Canary canary = Canary.in(home, canaries.groupReads(), octets)) {
      String path =
          new String(
              canary.file().toString().getBytes(StandardCharsets.UTF_8),
              StandardCharsets.ISO_8859_1);
      ClamdAnswer.addTo(tally, path, answerTo(session.send("SCAN " + path)), address.toString());
    }
    return tally;
  }
}
