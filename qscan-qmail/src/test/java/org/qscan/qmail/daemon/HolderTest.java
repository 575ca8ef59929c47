package org.qscan.qmail.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A connection is charged to its user, and to the sending host where the user can be believed. */
class HolderTest {

  private static final List<String> TRUSTED = List.of("qmaild", "qmqpd");

  @ParameterizedTest
  @CsvSource({
    "qmaild, 192.0.2.7, qmaild 192.0.2.7",
    "qmqpd, 192.0.2.7, qmqpd 192.0.2.7",
    "qmaild, '', qmaild",
    "mallory, 192.0.2.7, mallory",
    "qmaild, 2001:db8:1:2:3:4:5:6, qmaild 20010db800010002",
    "qmaild, 2001:db8:1:2::99, qmaild 20010db800010002",
    "qmaild, ::ffff:192.0.2.7, qmaild 192.0.2.7",
    "qmaild, 1:2:not-an-address, qmaild 1:2:not-an-address"
  })
  void isTheUserAndTheHostOfThoseWhoAreTrusted(String caller, String address, String holder) {
    assertThat(Holder.of(caller, address, TRUSTED)).isEqualTo(holder);
  }

  @Test
  void whatIsTooLongForAnAddressIsNone() {
    assertThat(Holder.of("qmaild", "1".repeat(46), TRUSTED)).isEqualTo("qmaild");
  }
}
