package org.qscan.qmail.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.ScanFailure;
import org.qscan.engine.config.Configuration;
import org.qscan.engine.config.Key;
import org.qscan.engine.process.Ending;
import org.qscan.qmail.QueueExit;

/**
 * Sends an EICAR mail the whole way of a mail of qmail: through {@code bin/qscan-queue} in a
 * process of its own, with the real qmail-queue, which must not get the envelope. The envelope has
 * no recipients, so if the mail is let through nevertheless, qmail-send drops it.
 */
final class WholePathCheck {

  private static final String WHAT = "EICAR mail";
  private static final String REASON = " reason=\"";
  private static final Duration START = Duration.ofSeconds(30);

  private WholePathCheck() {}

  static void run(Path home, Configuration configuration, @Nullable Path file, Findings findings) {
    Path program = home.resolve("bin/qscan-queue");
    List<String> argv = new ArrayList<>();
    argv.add(program.toString());
    if (file != null) {
      argv.addAll(List.of("-c", file.toAbsolutePath().toString()));
    }
    long start = System.nanoTime();
    Ending ending;
    try {
      ending = QueueRun.of(argv, TestMail.eicar(), patience(configuration));
    } catch (IOException e) {
      findings.fail(WHAT, "cannot write a temporary file: " + ScanFailure.inWords(e));
      return;
    }
    long millis = (System.nanoTime() - start) / 1_000_000;
    int wanted = configuration.integer(Key.EXIT_INFECTED);
    if (ending.exited(wanted)) {
      findings.ok(WHAT, "refused with exit code " + wanted + " in " + millis + " ms");
    } else {
      findings.fail(WHAT, verdict(program, ending, wanted));
    }
  }

  private static Duration patience(Configuration configuration) {
    return START
        .plus(configuration.duration(Key.EXTRACT_TIMEOUT))
        .plus(configuration.duration(Key.GATE_PATIENCE))
        .plus(configuration.duration(Key.SCAN_TIMEOUT));
  }

  private static String verdict(Path program, Ending ending, int wanted) {
    String said = reason(new String(ending.output(), StandardCharsets.UTF_8).strip());
    if (ending.exited(QueueExit.QUEUED.code())) {
      return "an EICAR mail was let through: the scanner did not find it, or a policy accepts it: "
          + said;
    }
    return program + " " + ending.inWords() + " on an EICAR mail, not " + wanted + ": " + said;
  }

  /** The reason in a log line; the whole line if there is none. */
  private static String reason(String said) {
    int start = said.indexOf(REASON);
    int end = start < 0 ? -1 : said.indexOf('"', start + REASON.length());
    return end < 0 ? said : said.substring(start + REASON.length(), end);
  }
}
