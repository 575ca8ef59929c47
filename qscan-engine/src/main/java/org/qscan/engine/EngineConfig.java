package org.qscan.engine;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.qscan.engine.config.Configuration;
import org.qscan.engine.config.Key;
import org.qscan.engine.scan.daemon.DaemonSettings;
import org.qscan.engine.scan.program.ProgramSettings;

/**
 * The configuration of the engine. {@link Key} lists the keys, their defaults and the values that
 * are allowed.
 *
 * @param workDirectory {@code work.directory}
 * @param groupReads whether {@code work.mode} is 0750
 * @param extractors {@code extractors}, with the names that {@code auto} stands for
 * @param ripmime {@code ripmime.program}
 * @param extractTimeout {@code extract.timeout}, counted from the end of the message
 * @param extractCpu {@code extract.cpu-time}
 * @param deferOnExtractFailure whether {@code extract.failure} is defer
 * @param maxParts {@code extract.max-parts}
 * @param maxDepth {@code extract.max-depth}
 * @param maxBytes {@code extract.max-bytes}
 * @param extractMemory {@code extract.memory}
 * @param mimeRules {@code mime.rules}
 * @param mimeMonitor whether {@code mime.mode} is monitor
 * @param scanners {@code scanners}
 * @param requireAll whether {@code scanners.require} is all
 * @param sweep {@code sweep.*}
 * @param savscan {@code savscan.*}
 * @param avscanner {@code avscanner.*}
 * @param savdi {@code savdi.address} and {@code savdi.transfer}
 * @param savdiOptions {@code savdi.options}
 * @param clamd {@code clamd.address} and {@code clamd.transfer}
 * @param scanTimeout {@code scan.timeout}
 * @param confirmByCanary whether {@code canary} is confirm
 * @param canaryEvery {@code canary.every}
 * @param dataMaxAge {@code data.max-age}
 * @param ignoredThreats {@code ignore.threats}
 * @param slots {@code gate.slots}
 * @param patience {@code gate.patience}
 * @param batchMessages {@code batch.max-messages}
 * @param batchBytes {@code batch.max-bytes}
 * @param cacheEntries {@code cache.entries}
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
    long extractMemory,
    Map<String, String> mimeRules,
    boolean mimeMonitor,
    List<String> scanners,
    boolean requireAll,
    ProgramSettings sweep,
    ProgramSettings savscan,
    ProgramSettings avscanner,
    DaemonSettings savdi,
    Map<String, String> savdiOptions,
    DaemonSettings clamd,
    Duration scanTimeout,
    boolean confirmByCanary,
    Duration canaryEvery,
    Duration dataMaxAge,
    List<String> ignoredThreats,
    int slots,
    Duration patience,
    int batchMessages,
    long batchBytes,
    int cacheEntries) {

  public EngineConfig {
    extractors = List.copyOf(extractors);
    mimeRules = Map.copyOf(mimeRules);
    scanners = List.copyOf(scanners);
    savdiOptions = Map.copyOf(savdiOptions);
    ignoredThreats = List.copyOf(ignoredThreats);
  }

  private static final String NO_SCANNER = "none";

  /** Whether no scanner is configured on purpose, for benchmarks. */
  public boolean scansNothing() {
    return scansNothing(scanners);
  }

  static boolean scansNothing(List<String> scanners) {
    return scanners.contains(NO_SCANNER);
  }

  /** Whether one of these scanners is a program, which walks the directory of a message. */
  private static boolean hasProgram(List<String> scanners) {
    return scanners.contains("sweep")
        || scanners.contains("savscan")
        || scanners.contains("avscanner");
  }

  /**
   * What {@code auto} stands for. ripMIME costs a message two or three children, and finds nothing
   * in the collections of evasive mail that the other two miss. It stays where a scanner is a
   * program, because there it costs little beside the scanner, and because the original had it.
   */
  private static List<String> extractors(List<String> chosen, List<String> scanners) {
    if (!chosen.contains("auto")) {
      return chosen;
    }
    return hasProgram(scanners)
        ? List.of("ripmime", "mime4j", "generous")
        : List.of("mime4j", "generous");
  }

  /** The engine's part of a configuration. */
  public static EngineConfig from(Configuration c) {
    return new EngineConfig(
        c.path(Key.WORK_DIRECTORY),
        c.text(Key.WORK_MODE).equals("0750"),
        extractors(c.list(Key.EXTRACTORS), c.list(Key.SCANNERS)),
        c.path(Key.RIPMIME_PROGRAM),
        c.duration(Key.EXTRACT_TIMEOUT),
        c.duration(Key.EXTRACT_CPU_TIME),
        c.text(Key.EXTRACT_FAILURE).equals("defer"),
        c.integer(Key.EXTRACT_MAX_PARTS),
        c.integer(Key.EXTRACT_MAX_DEPTH),
        c.size(Key.EXTRACT_MAX_BYTES),
        c.size(Key.EXTRACT_MEMORY),
        c.tiers(Key.MIME_RULES),
        c.text(Key.MIME_MODE).equals("monitor"),
        c.list(Key.SCANNERS),
        c.text(Key.SCANNERS_REQUIRE).equals("all"),
        program(c, Key.SWEEP_PROGRAM, Key.SWEEP_OPTIONS, Key.SWEEP_ENVIRONMENT),
        program(c, Key.SAVSCAN_PROGRAM, Key.SAVSCAN_OPTIONS, Key.SAVSCAN_ENVIRONMENT),
        program(c, Key.AVSCANNER_PROGRAM, Key.AVSCANNER_OPTIONS, Key.AVSCANNER_ENVIRONMENT),
        daemon(c, Key.SAVDI_ADDRESS, Key.SAVDI_TRANSFER),
        c.variables(Key.SAVDI_OPTIONS),
        daemon(c, Key.CLAMD_ADDRESS, Key.CLAMD_TRANSFER),
        c.duration(Key.SCAN_TIMEOUT),
        c.text(Key.CANARY).equals("confirm"),
        c.duration(Key.CANARY_EVERY),
        c.duration(Key.DATA_MAX_AGE),
        c.list(Key.IGNORE_THREATS),
        c.integer(Key.GATE_SLOTS),
        c.duration(Key.GATE_PATIENCE),
        c.integer(Key.BATCH_MAX_MESSAGES),
        c.size(Key.BATCH_MAX_BYTES),
        c.integer(Key.CACHE_ENTRIES));
  }

  private static ProgramSettings program(
      Configuration c, Key program, Key options, Key environment) {
    return new ProgramSettings(c.path(program), c.words(options), c.variables(environment));
  }

  private static DaemonSettings daemon(Configuration c, Key address, Key transfer) {
    return new DaemonSettings(
        address.text(),
        c.addresses(address),
        c.text(transfer),
        c.text(Key.WORK_MODE).equals("0750"));
  }
}
