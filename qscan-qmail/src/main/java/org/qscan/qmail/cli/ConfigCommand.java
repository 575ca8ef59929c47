package org.qscan.qmail.cli;

import java.io.PrintWriter;
import java.util.Arrays;
import java.util.concurrent.Callable;
import org.qscan.engine.config.Configuration;
import org.qscan.engine.config.ConfigurationException;
import org.qscan.engine.config.Key;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code qscan config}: prints what is configured, or what can be configured. */
@Command(
    name = "config",
    header = "Prints every key with its value and the place where it was set.")
final class ConfigCommand implements Callable<Integer> {

  private final Installation installation;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Option(
      names = "--keys",
      description = "Print every key with its default, what is allowed, and what it is for.")
  private boolean keys;

  ConfigCommand(Installation installation) {
    this.installation = installation;
  }

  /** Prints the values or the list of keys. The list needs no valid configuration. */
  @Override
  public Integer call() throws ConfigurationException {
    PrintWriter out = spec.commandLine().getOut();
    if (keys) {
      Arrays.stream(Key.values()).forEach(key -> print(key, out));
    } else {
      Configuration configuration = installation.configuration();
      configuration.describe().forEach(out::println);
      configuration.warnings().forEach(warning -> out.println("# warning: " + warning));
    }
    return 0;
  }

  private static void print(Key key, PrintWriter out) {
    out.println(key.text());
    out.println("    default: " + (key.defaultValue().isEmpty() ? "(empty)" : key.defaultValue()));
    out.println("    allowed: " + key.allowed());
    out.println("    " + key.purpose());
  }
}
