package org.qscan.qmail.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code qscan install-cache}: after an installation, and after an update of the JDK. */
@Command(
    name = "install-cache",
    header = "Builds the class archive that lets bin/qscan-queue start faster.",
    description =
        "Uses the newest JDK that is found. Run it as the owner of lib, each time that QScan or the"
            + " JDK has been installed.")
final class InstallCacheCommand implements Callable<Integer> {

  private final Installation installation;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  InstallCacheCommand(Installation installation) {
    this.installation = installation;
  }

  @Override
  public Integer call() throws CacheFailure {
    Path home = installation.home();
    if (home == null) {
      throw new CacheFailure("this was not started by bin/qscan, so there is no lib to write to");
    }
    PrintWriter out = spec.commandLine().getOut();
    out.println("from now on, lib/launch starts Java with " + new CacheBuilder(home, out).build());
    return 0;
  }
}
