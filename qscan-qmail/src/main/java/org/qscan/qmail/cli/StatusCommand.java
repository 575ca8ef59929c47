package org.qscan.qmail.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.qscan.engine.ScanFailure;
import org.qscan.engine.config.ConfigurationException;
import org.qscan.engine.config.Key;
import org.qscan.qmail.daemon.DaemonStatus;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code qscan status}: prints what a running qscand reports about itself. */
@Command(name = "status", header = "Shows what the running qscand has done, and what it is doing.")
final class StatusCommand implements Callable<Integer> {

  private final Installation installation;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Option(names = "--json", description = "Print one JSON object with the same names.")
  private boolean json;

  StatusCommand(Installation installation) {
    this.installation = installation;
  }

  @Override
  public Integer call() throws ConfigurationException, ScanFailure, IOException {
    Map<String, String> status =
        DaemonStatus.ask(installation.configuration().path(Key.DAEMON_SOCKET));
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(inJson(status));
    } else {
      status.forEach((name, value) -> out.println(line(name, value)));
    }
    return 0;
  }

  /** A line with a name and its value; the values are aligned. */
  static String line(String name, String value) {
    return String.format(Locale.ROOT, "%-26s %s", name, value);
  }

  private static String inJson(Map<String, String> status) throws IOException {
    StringWriter text = new StringWriter();
    try (JsonGenerator generator = new JsonFactory().createGenerator(text)) {
      generator.writeStartObject();
      for (Map.Entry<String, String> entry : status.entrySet()) {
        if (entry.getValue().matches("-?[0-9]{1,18}")) {
          generator.writeNumberField(entry.getKey(), Long.parseLong(entry.getValue()));
        } else {
          generator.writeStringField(entry.getKey(), entry.getValue());
        }
      }
      generator.writeEndObject();
    }
    return text.toString();
  }
}
