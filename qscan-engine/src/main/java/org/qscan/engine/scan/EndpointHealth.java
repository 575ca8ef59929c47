package org.qscan.engine.scan;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a scanner says of itself at one endpoint.
 *
 * @param endpoint the program's path or the daemon's address
 * @param version its versions in its own words; empty if it does not tell
 * @param dataDate the date of its virus data; null if it does not tell
 * @param warnings what the operator should change, though mail flows; a sentence each
 * @param takesAtMost the most bytes that it takes for one part, as far as it tells; 0 if there is
 *     no limit, or if it tells none
 * @param failure why it cannot be used, a sentence; null if it can
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

  /** One that tells of no limit. */
  public EndpointHealth(
      String endpoint,
      String version,
      @Nullable Instant dataDate,
      List<String> warnings,
      @Nullable String failure) {
    this(endpoint, version, dataDate, warnings, 0, failure);
  }

  /** It cannot be used. */
  public static EndpointHealth failed(String endpoint, String why) {
    return new EndpointHealth(endpoint, "", null, List.of(), why);
  }
}
