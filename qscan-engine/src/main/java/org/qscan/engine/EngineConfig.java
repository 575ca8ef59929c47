package org.qscan.engine;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.qscan.engine.config.Configuration;
import org.qscan.engine.config.Key;

/**
 * What the engine needs to know. The keys, their defaults and what is allowed stand in {@link Key}.
 *
 * @param workDirectory {@code work.directory}
 * @param groupReads whether {@code work.mode} is 0750
 * @param extractors {@code extractors}
 * @param ripmime {@code ripmime.program}
 * @param extractTimeout {@code extract.timeout}, counted from the end of the message
 * @param extractCpu {@code extract.cpu-time}
 * @param deferOnExtractFailure whether {@code extract.failure} is defer
 * @param maxParts {@code extract.max-parts}
 * @param maxDepth {@code extract.max-depth}
 * @param maxBytes {@code extract.max-bytes}
 * @param scanners {@code scanners}
 * @param requireAll whether {@code scanners.require} is all
 * @param sweep {@code sweep.program}
 * @param sweepOptions {@code sweep.options}
 * @param sweepEnvironment {@code sweep.environment}
 * @param scanTimeout {@code scan.timeout}
 * @param slots {@code gate.slots}
 * @param patience {@code gate.patience}
 */
public record EngineConfig(
    Path workDirectory,
    boolean groupReads,
    List<String> extractors,
    Path ripmime,
    Duration extractTimeout,
    Duration extractCpu,
    boolean deferOnExtractFailure,
    int maxParts,
    int maxDepth,
    long maxBytes,
    List<String> scanners,
    boolean requireAll,
    Path sweep,
    List<String> sweepOptions,
    Map<String, String> sweepEnvironment,
    Duration scanTimeout,
    int slots,
    Duration patience) {

  public EngineConfig {
    extractors = List.copyOf(extractors);
    scanners = List.copyOf(scanners);
    sweepOptions = List.copyOf(sweepOptions);
    sweepEnvironment = Map.copyOf(sweepEnvironment);
  }

  /** The engine's part of a configuration. */
  public static EngineConfig from(Configuration c) {
    return new EngineConfig(
        c.path(Key.WORK_DIRECTORY),
        c.text(Key.WORK_MODE).equals("0750"),
        c.list(Key.EXTRACTORS),
        c.path(Key.RIPMIME_PROGRAM),
        c.duration(Key.EXTRACT_TIMEOUT),
        c.duration(Key.EXTRACT_CPU_TIME),
        c.text(Key.EXTRACT_FAILURE).equals("defer"),
        c.integer(Key.EXTRACT_MAX_PARTS),
        c.integer(Key.EXTRACT_MAX_DEPTH),
        c.size(Key.EXTRACT_MAX_BYTES),
        c.list(Key.SCANNERS),
        c.text(Key.SCANNERS_REQUIRE).equals("all"),
        c.path(Key.SWEEP_PROGRAM),
        c.words(Key.SWEEP_OPTIONS),
        c.variables(Key.SWEEP_ENVIRONMENT),
        c.duration(Key.SCAN_TIMEOUT),
        c.integer(Key.GATE_SLOTS),
        c.duration(Key.GATE_PATIENCE));
  }
}
