package org.qscan.qmail.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.qscan.engine.LogLine;
import org.qscan.engine.ScanFailure;
import org.qscan.engine.config.Configuration;
import org.qscan.engine.config.Key;
import org.qscan.engine.process.Ending;
import org.qscan.engine.scan.Canary;

/**
 * A real run of {@code qscan-queue}'s Java over a small mail, with stand-ins for the real
 * qmail-queue and the scanner: no mail is queued, and no scanner is needed when the archive is
 * built. (The virtual machine writes the archive even though the run ends with Runtime.halt: tried
 * with 17 and 25.)
 */
final class Training {

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /**
   * The stand-in for the scanner. It finds the canary, because otherwise it would not be believed,
   * and nothing else.
   */
  private static final String SWEEP =
      """
      for last; do :; done
      [ -f "$last/%1$s" ] || exit 0
      echo ">>> Virus 'EICAR-AV-Test' found in file $last/%1$s"
      case " $* " in *' -eec '*) exit 24 ;; esac
      exit 3\
      """
          .replace("%1$s", Canary.NAME);

  private final Path directory;
  private final Launch launch;
  private final Jdk jdk;
  private final Path jar;

  /**
   * Prepares the stand-ins.
   *
   * @param directory an empty directory, in which programs can be executed
   * @param launch has the options of every start
   * @param jdk the Java to run
   * @param jar {@code lib/qscan.jar}
   */
  Training(Path directory, Launch launch, Jdk jdk, Path jar) throws IOException {
    this.directory = directory;
    this.launch = launch;
    this.jdk = jdk;
    this.jar = jar;
    Files.createDirectory(
        directory.resolve("work"),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Path queue = script("queue", "cat >/dev/null; exec cat <&1 >/dev/null");
    Path sweep = script("sweep", SWEEP);
    Path ripmime = Configuration.defaults().path(Key.RIPMIME_PROGRAM);
    if (!Files.isExecutable(ripmime)) {
      ripmime = script("ripmime", "exec cat >/dev/null");
    }
    Files.writeString(
        configuration(),
        String.join(
            "\n",
            Key.WORK_DIRECTORY.text() + "=" + directory.resolve("work"),
            Key.QUEUE_PROGRAM.text() + "=" + queue,
            Key.SWEEP_PROGRAM.text() + "=" + sweep,
            Key.RIPMIME_PROGRAM.text() + "=" + ripmime,
            Key.LOG_SYSLOG.text() + "=false",
            ""));
  }

  private Path script(String name, String body) throws IOException {
    Path script = directory.resolve(name);
    Files.writeString(script, "#!/bin/sh\n" + body + "\n");
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    return script;
  }

  private Path configuration() {
    return directory.resolve("qscan.properties");
  }

  /**
   * Starts Java once, as the launcher does.
   *
   * @param archive the options that make or use an archive
   * @throws CacheFailure if the mail was not queued
   */
  void run(String... archive) throws CacheFailure {
    List<String> argv = new ArrayList<>();
    argv.add(jdk.java().toString());
    argv.addAll(launch.options());
    argv.addAll(List.of(archive));
    argv.addAll(List.of("-cp", jar.toString(), "org.qscan.qmail.QscanQueue"));
    argv.addAll(List.of("-c", configuration().toString()));
    Ending ending;
    try {
      ending = QueueRun.of(argv, TestMail.clean(), PATIENCE);
    } catch (IOException e) {
      throw new CacheFailure("the training run needs a temporary file: " + ScanFailure.inWords(e));
    }
    if (!ending.exited(0)) {
      String said = new String(ending.output(), StandardCharsets.ISO_8859_1).strip();
      throw new CacheFailure(
          "the training run with "
              + String.join(" ", archive)
              + " "
              + ending.inWords()
              + ": "
              + LogLine.escape(said, 1000));
    }
  }
}
