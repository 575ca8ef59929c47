package org.qscan.qmail.cli;

import java.io.PrintWriter;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.EngineConfig;
import org.qscan.engine.ScanEngine;
import org.qscan.engine.ScanFailure;
import org.qscan.engine.config.Configuration;
import org.qscan.engine.config.ConfigurationException;
import org.qscan.engine.config.Key;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code qscan scan}: judges message files. It queues nothing, and applies no policy. */
@Command(
    name = "scan",
    header = "Judges message files and prints a line for each. It queues nothing.",
    description =
        "Exit code: 0 all clean, 1 something infected, 2 something could not be found out,"
            + " 3 something unscannable; the first of 1, 2, 3, 0 that applies.",
    exitCodeOnExecutionException = 2)
final class ScanCommand implements Callable<Integer> {

  private static final int MOST_JOBS = 100;

  private final Installation installation;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Option(names = "--json", description = "Print a JSON object on each line.")
  private boolean json;

  @Option(
      names = "--scanner",
      paramLabel = "NAME",
      description = "Ask only this scanner, even if the configuration does not name it.")
  private @Nullable String scanner;

  @Option(
      names = "--jobs",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "Judge up to N messages at the same time, 1 to 100, as far as gate.slots permits. The"
              + " lines keep the order of the files.")
  private int jobs;

  @Parameters(
      paramLabel = "FILE|DIR",
      arity = "1..*",
      description =
          "A message, or a directory for all files below it. Links in it are not followed.")
  private List<String> arguments = List.of();

  ScanCommand(Installation installation) {
    this.installation = installation;
  }

  @Override
  public Integer call() throws ConfigurationException {
    EngineConfig config = EngineConfig.from(configuration());
    if (jobs < 1 || jobs > MOST_JOBS) {
      throw new ParameterException(
          spec.commandLine(), "--jobs=" + jobs + ": must be a whole number from 1 to " + MOST_JOBS);
    }
    List<Candidate> candidates = MessageFiles.of(arguments);
    Judges judges;
    try {
      judges = new Judges(ScanEngine.of(config), jobs);
    } catch (ScanFailure e) {
      return report(
              candidates,
              candidate -> FileOutcome.failed(candidate.file(), e.getMessage()),
              () -> false)
          .code();
    }
    // Ctrl-C ends the process from another thread, and no files of the messages under way must be
    // left.
    Runtime.getRuntime().addShutdownHook(new Thread(judges::close));
    IdentityHashMap<Candidate, Future<FileOutcome>> begun = new IdentityHashMap<>();
    for (Candidate candidate : candidates) {
      if (candidate.trouble().isEmpty()) {
        begun.put(candidate, judges.judge(candidate.file()));
      }
    }
    ScanExit exit = report(candidates, candidate -> judged(candidate, begun), judges::isClosed);
    judges.rest();
    return exit.code();
  }

  private Configuration configuration() throws ConfigurationException {
    Configuration configuration = installation.configuration();
    if (scanner != null) {
      configuration.set(Key.SCANNERS.text(), scanner, "--scanner");
    }
    return configuration;
  }

  private static FileOutcome judged(
      Candidate candidate, Map<Candidate, Future<FileOutcome>> begun) {
    Future<FileOutcome> judged = begun.remove(candidate);
    return judged == null
        ? FileOutcome.failed(candidate.file(), candidate.trouble())
        : Judges.wait(judged, candidate.file());
  }

  private ScanExit report(
      List<Candidate> candidates,
      Function<Candidate, FileOutcome> judge,
      BooleanSupplier interrupted) {
    PrintWriter out = spec.commandLine().getOut();
    Results results = json ? new JsonResults() : new TextResults();
    ScanExit worst = ScanExit.CLEAN;
    try (Progress progress = Progress.of(candidates.size())) {
      for (Candidate candidate : candidates) {
        FileOutcome judged = judge.apply(candidate);
        if (interrupted.getAsBoolean()) {
          return ScanExit.FAILED;
        }
        worst = worst.or(judged.exit());
        progress.step(() -> out.println(results.line(judged)));
        if (out.checkError()) {
          return worst.or(ScanExit.FAILED); // nobody can read what would be found out
        }
      }
    }
    return worst;
  }
}
