package org.qscan.mailet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.james.core.healthcheck.Result;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qscan.engine.testing.FakeSweep;
import org.qscan.engine.testing.Mails;
import reactor.core.publisher.Mono;

class VirusScanHealthCheckTest {

  @TempDir private Path directory;
  private Server server;

  @BeforeEach
  void makeServer() throws Exception {
    server = new Server(directory);
  }

  private Result check() {
    Result result =
        Mono.from(new VirusScanHealthCheck(server.engines()).check()).blockOptional().orElseThrow();
    assertThat(result.getComponentName().getName()).isEqualTo("Virus scan");
    return result;
  }

  @Test
  void whereNobodyUsesTheEngineItSaysWhatToConfigure() {
    assertThat(check().isDegraded()).isTrue();
    assertThat(check().getCause().orElse("")).contains("org.qscan.mailet.VirusScanModule");
  }

  @Test
  void aServerThatCanScanIsHealthy() throws Exception {
    VirusScan mailet = server.mailet();
    assertThat(check().isHealthy()).isTrue();

    mailet.service(TestMail.of(Mails.plain(Mails.eicar())));
    assertThat(check().isHealthy()).as("an infected mail is no illness of ours").isTrue();
  }

  @Test
  void aMissingScannerOrWorkDirectoryIsNamed() throws Exception {
    server.sweep(FakeSweep.missing(directory));
    server.mailet();
    assertThat(check().isUnHealthy()).isTrue();
    assertThat(check().getCause().orElse("")).contains("sweep.program", "does not exist");

    Files.delete(server.work.resolve(".live"));
    Files.delete(server.work.resolve(".gate"));
    Files.delete(server.work);
    assertThat(check().getCause().orElse("")).contains("work.directory", "does not exist");
  }

  @Test
  void aMailThatCouldNotBeScannedIsToldUntilOneCould() throws Exception {
    Path sweep = FakeSweep.exits(directory, 0, "speaks in tongues\n");
    server.sweep(sweep);
    VirusScan mailet = server.mailet();
    assertThatThrownBy(() -> mailet.service(TestMail.of(Mails.plain("x"))))
        .isInstanceOf(MailNotScannedException.class);
    assertThat(check().isDegraded()).isTrue();
    assertThat(check().getCause().orElse("")).contains("the last mail", "could not be scanned");

    FakeSweep.says(sweep, 0, "");
    mailet.service(TestMail.of(Mails.plain("x")));
    assertThat(check().isHealthy()).isTrue();
  }
}
