package org.qscan.qmail.daemon;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.Health;
import org.qscan.engine.LogLine;
import org.qscan.engine.ScanFailure;
import org.qscan.engine.config.Configuration;
import org.qscan.engine.config.ConfigurationException;
import org.qscan.engine.config.Key;

/**
 * {@code bin/qscand}: stays in the foreground, serves qscan-client, logs to standard error. TERM
 * and INT: finishes what has arrived and ends. HUP: reads the configuration again; a bad one is
 * refused and the old one kept.
 */
public final class Qscand {

  /** By custom of daemontools: something that may be better the next time. */
  private static final int FAILED = 111;

  private final @Nullable String file;
  private final Map<String, String> environment;
  private final DaemonLog log;
  private final ExecutorService reloads = Executors.newSingleThreadExecutor();

  private Qscand(@Nullable String file, Map<String, String> environment, DaemonLog log) {
    this.file = file;
    this.environment = environment;
    this.log = log;
  }

  /**
   * Runs until told to stop.
   *
   * @param args nothing, or {@code -c FILE}
   */
  public static void main(String[] args) {
    DaemonLog log = new DaemonLog(new FileOutputStream(FileDescriptor.err));
    int code = FAILED;
    try {
      if (args.length != 0 && !(args.length == 2 && args[0].equals("-c"))) {
        log.write("err", "usage: qscand [-c FILE]");
      } else {
        new Qscand(args.length == 0 ? null : args[1], System.getenv(), log).run();
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

  private void run() throws ConfigurationException, ScanFailure, IOException {
    Configuration configuration = read();
    Service service = Service.of(configuration);
    log.syslog(service.qmail().syslog());
    checkPatience(service, configuration);
    try (Server server = Server.open(service, log, new Statistics())) {
      Signals.on("TERM", server::stop);
      Signals.on("INT", server::stop);
      Signals.on("HUP", () -> reloads.execute(() -> reload(server, service.daemon())));
      log.write(
          "notice",
          "qscand is ready at "
              + service.daemon().socket()
              + (server.isInherited() ? ", which is descriptor 0" : ""));
      Readiness.tell(environment);
      tellScanners(service);
      server.run();
      log.write("notice", "qscand ends");
    }
  }

  private Configuration read() throws ConfigurationException {
    return Configuration.find(file, environment.get(Configuration.ENVIRONMENT));
  }

  /** A client that gives up before its answer is scanned for nothing, again and again. */
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
              + "; qscan-client may give up on one that is still to come");
    }
  }

  /**
   * What is wrong with scanners that are daemons, once: a clamd whose limits make it say OK of what
   * it has not looked at, say. It may take as long as a scan, and holds up no mail.
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

  private void tell(String priority, String sentence) {
    log.write(priority, LogLine.escape(sentence, 500));
  }

  private void reload(Server server, DaemonConfig first) {
    try {
      Configuration configuration = read();
      Service next = Service.of(configuration);
      server.replace(next);
      log.syslog(next.qmail().syslog());
      checkPatience(next, configuration);
      log.write("notice", "qscand has read its configuration again");
      tellScanners(next);
      if (!next.daemon().socket().equals(first.socket())) {
        log.write("warning", "a new daemon.socket needs a restart of qscand");
      }
    } catch (ConfigurationException | ScanFailure | RuntimeException e) {
      log.write(
          "err",
          "the old configuration stays in force: "
              + LogLine.escape(String.valueOf(e.getMessage()), 500));
    }
  }
}
