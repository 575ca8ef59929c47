package org.qscan.qmail.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import org.qscan.engine.EngineConfig;
import org.qscan.engine.ScanFailure;
import org.qscan.engine.config.ConfigurationException;
import org.qscan.engine.gate.Janitor;
import org.qscan.engine.gate.WorkDirectory;
import org.qscan.engine.process.ProcessTree;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * {@code qscan janitor}: cleans the work directory as every front end does when it starts, and
 * prints what it removed.
 */
@Command(
    name = "janitor",
    header = "Removes what dead sessions left in the work directory, and leaves live ones alone.")
final class JanitorCommand implements Callable<Integer> {

  private final Installation installation;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  JanitorCommand(Installation installation) {
    this.installation = installation;
  }

  @Override
  public Integer call() throws ConfigurationException, ScanFailure {
    EngineConfig config = EngineConfig.from(installation.configuration());
    WorkDirectory work = WorkDirectory.open(config.workDirectory(), config.groupReads());
    List<String> ids;
    try {
      ids = new Janitor(work, ProcessTree::end).clean();
    } catch (IOException e) {
      throw new ScanFailure("work.directory " + work.path() + " cannot be read", e);
    }
    PrintWriter out = spec.commandLine().getOut();
    ids.forEach(out::println);
    out.println(ids.size() + (ids.size() == 1 ? " dead session" : " dead sessions") + " removed");
    return 0;
  }
}
