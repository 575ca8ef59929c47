package org.qscan.engine.scan;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a scanner says of itself at one endpoint.
 *
 * @param endpoint the program's path or the daemon's address
 * @param version its versions in its own words; empty if it does not report them
 * @param dataDate the date of its virus data; null if it does not report it
 * @param warnings what the operator should change, though mail flows; a sentence each
 * @param takesAtMost the most bytes that it accepts for one part; 0 if there is no limit, or if it
 *     does not report one
 * @param failure a sentence that says why it cannot be used; null if it can
 */
public record EndpointHealth(
    String endpoint,
    String version,
    @Nullable Instant dataDate,
    List<String> warnings,
    long takesAtMost,
    @Nullable String failure) {

  public EndpointHealth {
    warnings = List.copyOf(warnings);
  }

  /** An endpoint that reports no limit. */
  public EndpointHealth(
      String endpoint,
      String version,
      @Nullable Instant dataDate,
      List<String> warnings,
      @Nullable String failure) {
    this(endpoint, version, dataDate, warnings, 0, failure);
  }

  /** An endpoint that cannot be used. */
  public static EndpointHealth failed(String endpoint, String why) {
    return new EndpointHealth(endpoint, "", null, List.of(), why);
  }
}
