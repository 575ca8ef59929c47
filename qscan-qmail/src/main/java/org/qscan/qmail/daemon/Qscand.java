package org.qscan.qmail.daemon;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.Health;
import org.qscan.engine.LogLine;
import org.qscan.engine.ScanFailure;
import org.qscan.engine.config.Configuration;
import org.qscan.engine.config.ConfigurationException;
import org.qscan.engine.config.Key;

/**
 * {@code bin/qscand}: stays in the foreground, serves qscan-client, and logs to standard error. On
 * TERM and INT, it finishes the messages that have arrived, and ends. On HUP, it reads the
 * configuration again and tries it; if it is bad, the old one stays in force.
 */
public final class Qscand {

  /**
   * The exit code for a failure that may be over the next time; by the convention of daemontools.
   */
  private static final int FAILED = 111;

  /**
   * The longest sentence, in characters. It is long, because the end of a sentence says what to
   * check.
   */
  private static final int LONGEST = 800;

  /**
   * How long clients wait for the scanners when qscand starts. The default of
   * daemon.restart-patience allows for it.
   */
  private static final Duration PROOF = Duration.ofSeconds(15);

  /** The additional time to end a scanner that has not answered. */
  private static final Duration PROOF_ENDS = Duration.ofSeconds(5);

  private final @Nullable String file;
  private final Map<String, String> environment;
  private final DaemonLog log;
  private volatile Configuration inForce = Configuration.defaults();
  private @Nullable Path lastFile;

  /** Whether clients could find the published file at least once. */
  private volatile boolean published;

  private final ExecutorService reloads = Executors.newSingleThreadExecutor();

  private Qscand(@Nullable String file, Map<String, String> environment, DaemonLog log) {
    this.file = file;
    this.environment = environment;
    this.log = log;
  }

  /**
   * Runs until told to stop.
   *
   * @param args no arguments, or {@code -c FILE}
   */
  public static void main(String[] args) {
    HangUps hangUps = HangUps.heard();
    DaemonLog log = new DaemonLog(new FileOutputStream(FileDescriptor.err));
    int code = FAILED;
    Thread.setDefaultUncaughtExceptionHandler((thread, e) -> alarm(log, thread, e));
    try {
      if (args.length != 0 && !(args.length == 2 && args[0].equals("-c"))) {
        log.write("err", "usage: qscand [-c FILE]");
      } else {
        new Qscand(args.length == 0 ? null : args[1], System.getenv(), log).run(hangUps);
        code = 0;
      }
    } catch (ConfigurationException e) {
      log.write("err", "configuration: " + LogLine.escape(e.getMessage(), 500));
    } catch (ScanFailure | IOException e) {
      log.write(
          "err", "qscand cannot go on: " + LogLine.escape(String.valueOf(e.getMessage()), 500));
    } catch (RuntimeException | Error e) {
      log.write("err", "qscand failed: " + LogLine.escape(e.toString(), 500));
    } finally {
      log.close();
      Runtime.getRuntime().halt(code);
    }
  }

  /** Logs an exception that ends a thread, so that no thread of qscand ends unnoticed. */
  private static void alarm(DaemonLog log, Thread thread, Throwable e) {
    log.write("err", "ALARM: thread " + thread.getName() + ": " + Fault.of(e));
  }

  private void run(HangUps hangUps) throws ConfigurationException, ScanFailure, IOException {
    Configuration configuration = read();
    inForce = configuration;
    Service service = Service.of(configuration);
    log.syslog(service.qmail().syslog());
    tellAlarms(service);
    checkPatience(service, configuration);
    warn(configuration);
    try (Server server = Server.open(service, log, new Statistics())) {
      publish(configuration);
      CompletableFuture<List<String>> proof = new CompletableFuture<>();
      Runnable stop =
          () -> {
            server.stop();
            proof.complete(List.of());
          };
      Signals.on("TERM", stop);
      Signals.on("INT", stop);
      hangUps.run(() -> reloads.execute(() -> reload(server)));
      // From here on, clients can connect, but they have to wait until the scanners were tried.
      awaitProof(service, proof);
      log.write(
          "notice",
          "qscand is ready at "
              + service.daemon().socket()
              + (server.isInherited() ? ", a socket that it was given as descriptor 0" : ""));
      Readiness.tell(environment);
      tellScanners(service);
      Upkeep upkeep = upkeep(server);
      try {
        server.run();
      } finally {
        upkeep.close();
      }
      log.write("notice", "qscand ends");
    }
  }

  private Upkeep upkeep(Server server) {
    return Upkeep.of(
        log,
        Map.of(
            "daemon.socket",
            server::lookAfterSocket,
            "work.directory",
            server::lookAfterWork,
            "bin/qmail-queue",
            server::lookAtDiversion,
            "what qscan-client reads",
            () -> lookAfterPublished(server)));
  }

  /**
   * Checks the published file. This does nothing if it could never be written: that was reported,
   * and clients use the configuration instead.
   */
  private Upkeep.UpkeepReport lookAfterPublished(Server server) {
    Configuration configuration = inForce;
    Path file = Published.file(configuration);
    if (!published || server.isStopping() || Published.isThere(configuration)) {
      return Upkeep.UpkeepReport.WELL;
    }
    if (!Files.isDirectory(file.resolveSibling("."))) {
      return Upkeep.UpkeepReport
          .WELL; // the alarm of daemon.socket tells it, and it is made again with it
    }
    try {
      write(configuration);
      return new Upkeep.UpkeepReport(
          List.of(
              file
                  + " was removed and has been made again: find out what removes it, and stop that"),
          "");
    } catch (IOException e) {
      return new Upkeep.UpkeepReport(
          List.of(),
          file
              + " is gone and cannot be made again ("
              + ScanFailure.inWords(e)
              + "), so qscan-client takes its timeouts and exit codes from qscan.properties: let"
              + " qscand's user write its directory");
    }
  }

  private synchronized void write(Configuration configuration) throws IOException {
    Published.write(configuration);
    published = true;
  }

  /**
   * Waits until every scanner has found the EICAR test file or has failed, but not for long: it is
   * better to tell senders to try again, with the reason in the log, than to have a qscand that
   * never starts.
   */
  private void awaitProof(Service service, CompletableFuture<List<String>> proof) {
    Thread thread = new Thread(() -> prove(service, proof), "qscan-proof");
    thread.setDaemon(true);
    thread.start();
    try {
      List<String> alarms = proof.get(PROOF.plus(PROOF_ENDS).toMillis(), TimeUnit.MILLISECONDS);
      alarms.forEach(alarm -> tell("err", alarm));
    } catch (TimeoutException e) {
      log.write(
          "err",
          "the scanners have not answered within "
              + PROOF.toSeconds()
              + "s of qscand's start: it takes mail nevertheless, and may have to defer it");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      tell("err", "the scanners could not be tried: " + e.getCause());
    }
  }

  private static void prove(Service service, CompletableFuture<List<String>> proof) {
    try {
      proof.complete(service.engine().tryCanaries(PROOF));
    } catch (RuntimeException | Error e) {
      proof.completeExceptionally(e);
    }
  }

  private void warn(Configuration configuration) {
    configuration.warnings().forEach(warning -> tell("warning", warning));
  }

  private void publish(Configuration configuration) {
    try {
      write(configuration);
    } catch (IOException e) {
      tell(
          "notice",
          "cannot write "
              + Published.file(configuration)
              + " (does the directory belong to qscand's user?), so qscan-client takes its timeouts"
              + " and exit codes from qscan.properties: "
              + ScanFailure.inWords(e));
    }
  }

  /**
   * Reads the configuration. If a file was read before, it must still exist, because otherwise the
   * defaults would replace it unnoticed.
   */
  private Configuration read() throws ConfigurationException {
    Path found = Configuration.locate(file, environment.get(Configuration.ENVIRONMENT));
    if (found == null && lastFile != null) {
      throw new ConfigurationException(
          lastFile + ": this file is gone; qscand does not use the built-in defaults instead");
    }
    lastFile = found;
    return found == null ? Configuration.defaults() : Configuration.read(found);
  }

  /**
   * Warns if qscan-client may give up before its answer, because then its message is scanned in
   * vain, again and again.
   */
  private void checkPatience(Service service, Configuration c) {
    Duration longest = service.engine().longest();
    if (longest.compareTo(c.duration(Key.DAEMON_TIMEOUT)) >= 0) {
      log.write(
          "warning",
          "daemon.timeout is "
              + c.text(Key.DAEMON_TIMEOUT)
              + ", and an answer may take "
              + longest.toSeconds()
              + "s: extract.timeout, gate.patience and scan.timeout"
              + (service.engine().largestBatch() > 1
                  ? ", the last three times where messages share runs"
                  : "")
              + "; qscan-client may give up before the answer: raise daemon.timeout");
    }
  }

  /**
   * Logs once what is wrong with scanners that are daemons: for example, a clamd that says OK
   * because its limits kept it from scanning everything. This may take as long as a scan, and
   * delays no mail.
   */
  private void tellScanners(Service service) {
    String alarm = service.engine().alarm();
    if (!alarm.isEmpty()) {
      tell("err", alarm);
    }
    if (service.engine().asksDaemons()) {
      reloads.execute(() -> {
        Health health = service.engine().askScanners();
        health.failures().forEach(failure -> tell("err", failure));
        health.warnings().forEach(warning -> tell("warning", warning));
      });
    }
  }

  /** Logs when a scanner stops finding the canary, and when it finds it again. */
  private void tellAlarms(Service service) {
    service
        .engine()
        .onAlarm((begins, sentence) ->
            tell(begins ? "err" : "notice", begins ? "ALARM: " + sentence : sentence));
  }

  private void tell(String priority, String sentence) {
    log.write(priority, LogLine.escape(sentence, LONGEST));
  }

  private void reload(Server server) {
    try {
      Configuration configuration = read();
      Service next = Service.of(configuration);
      List<String> troubles = ConfigurationTrial.of(configuration, next, PROOF);
      if (!troubles.isEmpty()) {
        List<String> known = ConfigurationTrial.of(inForce, server.service(), PROOF);
        if (!known.containsAll(troubles)) {
          troubles.forEach(trouble -> keepOld(LogLine.escape(trouble, 500)));
          return;
        }
        // The old one has the same troubles, so there is no reason to keep it. Otherwise, nothing
        // could be changed while a scanner is away.
        troubles.forEach(trouble -> tell("err", trouble + " (also by the old configuration)"));
      }
      tellAlarms(next);
      server.replace(next);
      Configuration before = inForce;
      inForce = configuration;
      log.syslog(next.qmail().syslog());
      checkPatience(next, configuration);
      warn(configuration);
      publish(configuration);
      log.write("notice", "qscand has read its configuration again");
      tellScanners(next);
      if (!configuration.path(Key.DAEMON_SOCKET).equals(before.path(Key.DAEMON_SOCKET))) {
        log.write("warning", "a new daemon.socket needs a restart of qscand");
      }
    } catch (ConfigurationException | ScanFailure e) {
      keepOld(LogLine.escape(String.valueOf(e.getMessage()), 500));
    } catch (RuntimeException | Error e) {
      keepOld(Fault.of(e));
    }
  }

  private void keepOld(String why) {
    log.write("err", "the old configuration stays in force: " + why);
  }
}
