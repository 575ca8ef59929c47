package org.qscan.engine.scan.program;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * How a scanner that is a program is run.
 *
 * @param program {@code NAME.program}
 * @param options {@code NAME.options}; the directory to scan is added at the end
 * @param environment {@code NAME.environment}
 */
public record ProgramSettings(Path program, List<String> options, Map<String, String> environment) {
  public ProgramSettings {
    options = List.copyOf(options);
    environment = Map.copyOf(environment);
  }
}
