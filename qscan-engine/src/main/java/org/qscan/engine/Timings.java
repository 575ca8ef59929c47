package org.qscan.engine;

import java.time.Duration;

/**
 * How long each step with a message took. Each step adds its own.
 *
 * @param receive from the session's start to the end of the message
 * @param extract from there until the extractors were done
 * @param waiting for a slot, or for the run that it shared
 * @param scan scanning
 * @param total since the session's start; more than the sum, for some of our work is in no step
 */
public record Timings(
    Duration receive, Duration extract, Duration waiting, Duration scan, Duration total) {

  /** No step has begun. */
  public static final Timings NONE =
      new Timings(Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO);

  /** Adds time to the step of receiving. */
  public Timings plusReceive(Duration more) {
    return new Timings(receive.plus(more), extract, waiting, scan, total);
  }

  /** Adds time to the step of extracting. */
  public Timings plusExtract(Duration more) {
    return new Timings(receive, extract.plus(more), waiting, scan, total);
  }

  /** Adds time to the step of waiting. */
  public Timings plusWaiting(Duration more) {
    return new Timings(receive, extract, waiting.plus(more), scan, total);
  }

  /** Adds time to the step of scanning. */
  public Timings plusScan(Duration more) {
    return new Timings(receive, extract, waiting, scan.plus(more), total);
  }

  /** Adds time to the total. */
  public Timings plusTotal(Duration more) {
    return new Timings(receive, extract, waiting, scan, total.plus(more));
  }
}
