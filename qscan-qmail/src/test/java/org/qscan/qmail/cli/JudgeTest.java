package org.qscan.qmail.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qscan.engine.EngineConfig;
import org.qscan.engine.ScanEngine;
import org.qscan.engine.config.Configuration;
import org.qscan.engine.testing.Until;

class JudgeTest {

  @Test
  void closedInTheMiddleOfAScanItLeavesNothingAndBeginsNothing(@TempDir Path directory)
      throws Exception {
    Site site = new Site(directory);
    site.script("sweep", "touch '" + directory + "/started'; sleep 100");
    Path mail = site.mail("mail", "hello");
    Judge judge =
        new Judge(ScanEngine.of(EngineConfig.from(Configuration.read(site.configuration()))));
    CompletableFuture<FileOutcome> under = CompletableFuture.supplyAsync(() -> judge.judge(mail));
    Until.holds("it scans", () -> Files.exists(directory.resolve("started")));
    judge.close();
    assertThat(under.get(120, TimeUnit.SECONDS).exit()).isEqualTo(ScanExit.FAILED);
    assertThat(judge.isClosed()).isTrue();
    assertThat(judge.judge(mail).outcome().failure()).isEqualTo("interrupted");
    assertThat(site.residue()).isEmpty();
  }
}
