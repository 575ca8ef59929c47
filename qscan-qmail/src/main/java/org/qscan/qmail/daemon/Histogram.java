package org.qscan.qmail.daemon;

/**
 * Counts values in buckets that grow with the values: exact below 64, within 1/32 above. It takes
 * 7.5 KiB, whatever is counted. For one thread.
 */
final class Histogram {

  /** The number of buckets for each power of two. */
  private static final int FINE = 32;

  private static final int FINE_BITS = 5;

  private final int[] counts = new int[(64 - FINE_BITS + 1) * FINE];
  private int total;
  private long max;

  void add(long value) {
    long counted = Math.max(0, value);
    counts[bucket(counted)]++;
    total++;
    max = Math.max(max, counted);
  }

  /** Counts what the other has counted. */
  void add(Histogram other) {
    for (int i = 0; i < counts.length; i++) {
      counts[i] += other.counts[i];
    }
    total += other.total;
    max = Math.max(max, other.max);
  }

  /** The largest value; 0 if nothing was counted. */
  long max() {
    return max;
  }

  /**
   * A value that this percentage of all values does not exceed: at most 1/32 above the smallest
   * such value. 0 if nothing was counted.
   *
   * @param percent 1 to 100
   */
  long percentile(int percent) {
    long rank = ((long) total * percent + 99) / 100;
    long seen = 0;
    for (int i = 0; i < counts.length; i++) {
      seen += counts[i];
      if (counts[i] > 0 && seen >= rank) {
        return Math.min(last(i), max);
      }
    }
    return 0;
  }

  /** The bucket of a value: two rows of exact buckets, then a row for each power of two. */
  private static int bucket(long value) {
    if (value < 2 * FINE) {
      return (int) value;
    }
    int power = 63 - Long.numberOfLeadingZeros(value) - FINE_BITS;
    return power * FINE + (int) (value >> power);
  }

  /** The largest value that belongs to a bucket. */
  private static long last(int bucket) {
    if (bucket < 2 * FINE) {
      return bucket;
    }
    int power = bucket / FINE - 1;
    return ((bucket - (long) power * FINE + 1) << power) - 1;
  }
}
