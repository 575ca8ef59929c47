package org.qscan.qmail.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.qscan.engine.EngineConfig;
import org.qscan.engine.Explanation;
import org.qscan.engine.ScanEngine;
import org.qscan.engine.ScanFailure;
import org.qscan.engine.config.Configuration;
import org.qscan.engine.config.ConfigurationException;
import org.qscan.qmail.QmailConfig;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code qscan explain}: shows why a message gets its verdict. It queues nothing. */
@Command(
    name = "explain",
    header = "Shows what each reader sees in a message, and what each scanner says of it.",
    description =
        "Exit code: 0 clean, 1 infected, 2 could not be found out, 3 unscannable. What the sender"
            + " wrote stands in quotes and is escaped.",
    exitCodeOnExecutionException = 2)
final class ExplainCommand implements Callable<Integer> {

  private static final String STANDARD_INPUT = "-";

  private final Installation installation;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Parameters(paramLabel = "FILE", arity = "1", description = "A message; - for standard input.")
  private String argument = STANDARD_INPUT;

  ExplainCommand(Installation installation) {
    this.installation = installation;
  }

  @Override
  public Integer call() throws ConfigurationException {
    Configuration configuration = installation.configuration();
    EngineConfig engineConfig = EngineConfig.from(configuration);
    Explanation explanation;
    try {
      Judge judge = new Judge(ScanEngine.of(engineConfig));
      // Ctrl-C ends the process from another thread, and no files of the message must be left.
      Runtime.getRuntime().addShutdownHook(new Thread(judge::close));
      explanation = explain(judge);
      if (judge.isClosed()) {
        return ScanExit.FAILED.code();
      }
    } catch (ScanFailure e) {
      explanation = Explanation.failed(String.valueOf(e.getMessage()));
    }
    return print(explanation, QmailConfig.from(configuration)).code();
  }

  private Explanation explain(Judge judge) {
    if (argument.equals(STANDARD_INPUT)) {
      return judge.explain(System.in);
    }
    try {
      Path file = Path.of(argument);
      if (Files.isDirectory(file)) {
        return Explanation.failed("is a directory: name a message");
      }
      try (InputStream message = Files.newInputStream(file)) {
        return judge.explain(message);
      }
    } catch (InvalidPathException e) {
      return Explanation.failed("no file can have this name: " + e.getReason());
    } catch (NoSuchFileException e) {
      return Explanation.failed("there is no such file");
    } catch (IOException e) {
      return Explanation.failed("cannot be read: " + ScanFailure.inWords(e));
    }
  }

  private Path file() {
    try {
      return Path.of(argument);
    } catch (InvalidPathException e) {
      return Path.of("?"); // as in ScanCommand
    }
  }

  private ScanExit print(Explanation explanation, QmailConfig config) {
    FileOutcome judged = new FileOutcome(file(), explanation.outcome());
    Explained explained =
        new Explained(judged, explanation, FrontEndAnswer.to(explanation, config));
    if (json) {
      spec.commandLine().getOut().println(ExplanationInJson.of(explained));
    } else {
      ExplanationInText.of(explained).forEach(spec.commandLine().getOut()::println);
    }
    return judged.exit();
  }
}
