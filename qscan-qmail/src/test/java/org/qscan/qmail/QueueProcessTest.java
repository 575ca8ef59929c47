package org.qscan.qmail;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.qscan.engine.EngineConfig;
import org.qscan.engine.ScanEngine;
import org.qscan.engine.ScanFailure;
import org.qscan.engine.ScanSession;
import org.qscan.engine.config.Configuration;
import org.qscan.engine.config.ConfigurationException;

/** Real shells in the place of the real qmail-queue. */
class QueueProcessTest {

  private static final String MESSAGE = "Subject: x\n\nhello\n";
  private static final String ENVELOPE = "Fa@x\0Tb@y\0\0";
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final Duration SHORT = Duration.ofMillis(600);

  /** Does what qmail-queue does, but for its care: the files are complete once there is "done". */
  private static final String QUEUE =
      "cat >message && cat <&1 >envelope && [ -s envelope ] || exit 54; mv envelope done";

  private final Path directory;
  private final ScanSession session;

  QueueProcessTest(@TempDir Path directory) throws Exception {
    this.directory = directory;
    this.session = open(directory);
  }

  private static ScanSession open(Path directory)
      throws IOException, ConfigurationException, ScanFailure {
    Path work =
        Files.createDirectory(
            directory.resolve("work"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Configuration configuration = Configuration.defaults();
    configuration.set("work.directory", work.toString(), "test");
    configuration.set("extractors", "mime4j", "test");
    return ScanEngine.of(EngineConfig.from(configuration)).open();
  }

  @BeforeEach
  void nothingIsThereYet() throws Exception {
    assertThat(session.directory()).isDirectory();
  }

  @AfterEach
  void end() {
    session.close();
  }

  @Test
  void messageAndEnvelopeAreGivenInThatOrderAndTheCodeComesBack() throws Exception {
    QueueProcess queue = start(QUEUE, LONG);
    receive(MESSAGE);

    assertThat(queue.commit(envelope())).isZero();
    assertThat(directory.resolve("message")).hasContent(MESSAGE);
    assertThat(Files.readString(directory.resolve("done"), ISO_8859_1)).isEqualTo(ENVELOPE);
  }

  @Test
  void theEndOfTheMessageIsHeldBackUntilThereIsAnAnswer() throws Exception {
    QueueProcess queue = start("cat >message; : >ended; exit 54", LONG);
    receive(MESSAGE);
    Eventually.holds(
        "the message has arrived", () -> sizeOf(directory.resolve("message")) == MESSAGE.length());

    Eventually.stays(300, "it waits", () -> !Files.exists(directory.resolve("ended")));
    assertThat(queue.isAlive()).isTrue();
    assertThat(session.directory().resolve("envelope")).isEmptyFile();

    queue.abandon();
    assertThat(directory.resolve("ended")).exists();
  }

  @Test
  void toRefuseIsToEndTheMessageWithoutAnEnvelopeAndToWaitForTheCleaningUp() throws Exception {
    QueueProcess queue = start(QUEUE + "; sleep 0.3; rm -f message envelope", LONG);
    receive(MESSAGE);
    queue.abandon();

    assertThat(queue.isAlive()).isFalse();
    assertThat(directory.resolve("done")).doesNotExist();
  }

  @Test
  void aMessageThatBreaksOffEndsWithoutAnEnvelopeAsWell() throws Exception {
    QueueProcess queue = start(QUEUE, LONG);
    session.breakOff();
    queue.abandon();

    assertThat(queue.isAlive()).isFalse();
    assertThat(directory.resolve("done")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 11, 31, 51, 53, 54, 71, 81, 91, 99, 100, 111, 115, 120})
  void itsExitCodeIsPassedOn(int code) throws Exception {
    QueueProcess queue = start(QUEUE + "; exit " + code, LONG);
    receive(MESSAGE);

    assertThat(queue.commit(envelope())).isEqualTo(code);
  }

  @ParameterizedTest
  @ValueSource(ints = {11, 53, 71})
  void anExitCodeBeforeTheEndOfTheMessageIsPassedOnToo(int code) throws Exception {
    QueueProcess queue = start("exit " + code, LONG);
    receive(MESSAGE);
    Eventually.holds("it has ended", () -> !queue.isAlive());

    assertThat(queue.early()).isEqualTo(code);
  }

  @Test
  void zeroBeforeItHadTheEnvelopeIsNoAnswer() throws Exception {
    QueueProcess queue = start("exit 0", LONG);
    receive(MESSAGE);
    Eventually.holds("it has ended", () -> !queue.isAlive());

    assertThatThrownBy(queue::early).isInstanceOf(ScanFailure.class).hasMessageContaining("before");
  }

  @Test
  void zeroDuringTheScanIsNoAnswerEither() throws Exception {
    QueueProcess queue = start("cat >message & sleep 0.2; kill $!; exit 0", LONG);
    receive(MESSAGE);
    assertThat(queue.isAlive()).isTrue();
    Eventually.holds("it has ended", () -> !queue.isAlive());

    assertThatThrownBy(() -> queue.commit(envelope()))
        .isInstanceOf(ScanFailure.class)
        .hasMessageContaining("before it had the envelope");
  }

  @ParameterizedTest
  @ValueSource(ints = {6, 9, 11, 15})
  void deathByASignalIsNoAnswer(int signal) throws Exception {
    QueueProcess queue = start(QUEUE + "; kill -" + signal + " $$", LONG);
    receive(MESSAGE);

    assertThatThrownBy(() -> queue.commit(envelope()))
        .isInstanceOf(ScanFailure.class)
        .hasMessageContaining("died of signal " + signal);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 126, 127, 255})
  void aCodeThatNoQmailQueueGivesIsNoAnswer(int code) throws Exception {
    QueueProcess queue = start(QUEUE + "; exit " + code, LONG);
    receive(MESSAGE);

    assertThatThrownBy(() -> queue.commit(envelope()))
        .isInstanceOf(ScanFailure.class)
        .hasMessageContaining("exit code " + code);
  }

  @Test
  void oneThatHangsIsKilled() throws Exception {
    QueueProcess queue = start("echo $$ >pid; cat >message; exec sleep 97531", SHORT);
    Eventually.holds("it runs", () -> directory.resolve("pid").toFile().length() > 0);
    receive(MESSAGE);

    assertThatThrownBy(() -> queue.commit(envelope()))
        .isInstanceOf(ScanFailure.class)
        .hasMessageContaining("did not end in time");
    long pid = Long.parseLong(Files.readString(directory.resolve("pid")).strip());
    Eventually.holds("it is dead", () -> ProcessHandle.of(pid).isEmpty());
  }

  @Test
  void oneThatDoesNotReadNeverSeesAnEnvelope() throws Exception {
    QueueProcess queue = start("exec sleep 97532", SHORT);
    receive("x".repeat(1_000_000));

    assertThatThrownBy(() -> queue.commit(envelope()))
        .isInstanceOf(ScanFailure.class)
        .hasMessageContaining("does not read the message");
    assertThat(session.directory().resolve("envelope")).isEmptyFile();
    Eventually.holds("it is dead", () -> !queue.isAlive());
  }

  @Test
  void oneThatIsMissingOrNoProgramIsNamed() throws IOException {
    Path missing = directory.resolve("missing");
    Path plain = Files.writeString(directory.resolve("plain"), "#!/bin/sh\n");

    for (Path program : new Path[] {missing, plain, directory}) {
      assertThatThrownBy(() -> QueueProcess.start(program, LONG, session))
          .isInstanceOf(ScanFailure.class)
          .hasMessageContaining("queue.program " + program)
          .hasMessageContaining("missing or not executable");
    }
  }

  @Test
  void oneWhoseInterpreterIsMissingIsNoAnswer() throws Exception {
    Path program = program("");
    Files.writeString(program, "#!/nonexistent/interpreter\n");
    QueueProcess queue = QueueProcess.start(program, LONG, session);
    receive(MESSAGE);

    assertThatThrownBy(() -> queue.commit(envelope()))
        .isInstanceOf(ScanFailure.class)
        .hasMessageContaining("could not be executed");
  }

  @Test
  void whatItSaysIsKeptForTheLog() throws Exception {
    QueueProcess queue = start(QUEUE + "; echo the trigger is stuck >&2; kill -9 $$", LONG);
    receive(MESSAGE);

    assertThatThrownBy(() -> queue.commit(envelope())).hasMessageContaining("the trigger is stuck");
  }

  @Test
  void itIsToldThatItIsBehindUsSoThatALoopIsNoticed() throws Exception {
    QueueProcess queue = start(QUEUE + "; [ -n \"$" + QueueProcess.LOOP + "\" ] || exit 77", LONG);
    receive(MESSAGE);

    assertThat(queue.commit(envelope())).isZero();
  }

  @Test
  void aMessageLargerThanAnyPipeArrivesWhole() throws Exception {
    byte[] message = new byte[5_000_000];
    new Random(5).nextBytes(message);
    QueueProcess queue = start(QUEUE, LONG);
    session.receive(new ByteArrayInputStream(message));

    assertThat(queue.commit(envelope())).isZero();
    assertThat(Files.readAllBytes(directory.resolve("message"))).isEqualTo(message);
  }

  private QueueProcess start(String script, Duration timeout) throws Exception {
    return QueueProcess.start(program(script), timeout, session);
  }

  private Path program(String script) throws IOException {
    Path program = directory.resolve("queue");
    Files.writeString(program, "#!/bin/sh\ncd " + directory + " || exit 61\n" + script + "\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    return program;
  }

  private void receive(String message) throws ScanFailure {
    session.receive(new ByteArrayInputStream(message.getBytes(ISO_8859_1)));
  }

  private Envelope envelope() throws IOException {
    return Envelope.read(
        new ByteArrayInputStream(ENVELOPE.getBytes(ISO_8859_1)), directory.resolve("envelope.in"));
  }

  private static long sizeOf(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      return -1;
    }
  }
}
