package org.qscan.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qscan.engine.testing.Engines;
import org.qscan.engine.testing.FakeSweep;
import org.qscan.engine.testing.Mails;
import org.qscan.engine.testing.Outcomes;

/** What {@link ScanSession} says of the order of its calls is held, and not only said. */
class SessionOrderTest {

  @TempDir Path scratch;
  private Path work = Path.of("/");

  @BeforeEach
  void makeWorkDirectory() throws IOException {
    work = Files.createDirectory(scratch.resolve("work"));
  }

  private ScanSession open(String... settings) throws Exception {
    String[] all = new String[settings.length + 1];
    all[0] = "extractors=mime4j,generous";
    System.arraycopy(settings, 0, all, 1, settings.length);
    return ScanEngine.of(Engines.config(work, FakeSweep.clean(scratch), all)).open();
  }

  private static InputStream mail() {
    return Mails.stream(Mails.plain("hello"));
  }

  @Test
  void scanWithoutReceiveIsRefusedAtOnce() throws Exception {
    // Accepted, it waited for a message until extract.timeout: here that would be an hour.
    try (ScanSession session = open("extract.timeout=1h")) {
      assertThatThrownBy(session::scan)
          .isInstanceOf(IllegalStateException.class)
          .hasMessage(
              "scan() was called out of order: in this session, the message has not been received");
      assertThatThrownBy(session::explain).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(session::extract).isInstanceOf(IllegalStateException.class);
      session.receive(mail()); // a refused call changes nothing
      assertThat(Outcomes.report(session.scan()).verdict()).isEqualTo(new Verdict.Clean());
    }
  }

  @Test
  void aSecondScanIsRefused() throws Exception {
    try (ScanSession session = open()) {
      session.receive(mail());
      session.scan();
      assertThatThrownBy(session::scan)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("scan() or explain() has been called");
      assertThatThrownBy(session::explain).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(session::extract).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void aScanAfterAFailedScanIsRefused() throws Exception {
    try (ScanSession session = open("sweep.program=" + scratch.resolve("missing"))) {
      session.receive(mail());
      assertThat(session.scan()).isInstanceOf(Outcome.Failed.class);
      assertThatThrownBy(session::scan).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void receiveAfterScanIsRefusedAndSoIsASecondReceive() throws Exception {
    try (ScanSession session = open()) {
      session.receive(mail());
      assertThatThrownBy(() -> session.receive(mail())).isInstanceOf(IllegalStateException.class);
      session.scan();
      byte[] more = Mails.octets("more");
      assertThatThrownBy(() -> session.receive(mail())).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> session.receive(more, more.length))
          .isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> session.receive(out -> out.write(more)))
          .isInstanceOf(IllegalStateException.class);
      assertThat(session.facts().size()).isEqualTo(Mails.octets(Mails.plain("hello")).length);
    }
  }

  @Test
  void halfAMessageIsNotScanned() throws Exception {
    try (ScanSession session = open()) {
      assertThatThrownBy(() ->
              session.receive(out -> {
                out.write(Mails.octets("Subject: half"));
                throw new IOException("the store is gone");
              }))
          .isInstanceOf(ScanFailure.class);
      assertThatThrownBy(session::scan)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("receive() has not ended, or has failed");
    }
  }

  @Test
  void aMessageThatCouldNotBeTakenApartIsNotScanned() throws Exception {
    try (ScanSession session = open("extractors=ripmime", "ripmime.program=/bin/false")) {
      session.receive(mail());
      assertThatThrownBy(session::extract).isInstanceOf(ScanFailure.class);
      assertThatThrownBy(session::scan)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("extract() has not ended, or has failed");
    }
  }
}
