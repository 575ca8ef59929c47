package org.qscan.qmail.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HistogramTest {

  private final Histogram histogram = new Histogram();

  @Test
  void ofNothingAllIsZero() {
    assertThat(histogram.percentile(50)).isZero();
    assertThat(histogram.max()).isZero();
  }

  @Test
  void smallValuesAreExact() {
    for (int i = 1; i <= 50; i++) {
      histogram.add(i);
    }
    assertThat(histogram.percentile(1)).isEqualTo(1);
    assertThat(histogram.percentile(50)).isEqualTo(25);
    assertThat(histogram.percentile(100)).isEqualTo(50);
    assertThat(histogram.max()).isEqualTo(50);
  }

  @Test
  void largeValuesAreExactToA32nd() {
    long[] values = new Random(7).longs(5_000, 0, 1L << 40).map(n -> n >> (n % 38)).toArray();
    for (long value : values) {
      histogram.add(value);
    }
    Arrays.sort(values);
    for (int percent : new int[] {1, 10, 50, 90, 99}) {
      long exact = values[values.length * percent / 100 - 1];
      assertThat(histogram.percentile(percent)).isBetween(exact, exact + exact / 32);
    }
    assertThat(histogram.max()).isEqualTo(values[values.length - 1]);
    assertThat(histogram.percentile(100)).isEqualTo(histogram.max());
  }

  @Test
  void everyValueHasItsPlace() {
    for (long value : new long[] {-1, 0, 63, 64, 65, Integer.MAX_VALUE, Long.MAX_VALUE}) {
      Histogram one = new Histogram();
      one.add(value);
      assertThat(one.percentile(50)).isEqualTo(Math.max(0, value));
    }
  }

  @Test
  void twoAreAddedUp() {
    histogram.add(3);
    Histogram other = new Histogram();
    other.add(900);
    histogram.add(other);
    assertThat(histogram.percentile(50)).isEqualTo(3);
    assertThat(histogram.percentile(99)).isEqualTo(900);
  }
}
