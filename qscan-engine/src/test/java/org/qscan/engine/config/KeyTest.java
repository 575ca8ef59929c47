package org.qscan.engine.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class KeyTest {

  @ParameterizedTest
  @EnumSource
  void everyDefaultIsAllowedByItsOwnRule(Key key) throws ConfigurationException {
    assertThat(Values.isAllowed(key, key.defaultValue())).isTrue();

    Configuration configuration = Configuration.defaults();
    configuration.set(key.text(), key.defaultValue(), "test");
    assertThat(configuration.text(key)).isEqualTo(key.defaultValue());
  }

  @ParameterizedTest
  @EnumSource
  void everyKeyIsFoundByItsNameAndSaysWhatItIsFor(Key key) {
    assertThat(Key.of(key.text())).isEqualTo(key);
    assertThat(key.text()).matches("[a-z]+(\\.[a-z]+(-[a-z]+)*)*");
    assertThat(key.purpose()).endsWith(".");
    assertThat(key.allowed()).isNotBlank();
  }

  @Test
  void noTwoKeysHaveOneName() {
    Set<String> names = new HashSet<>();
    for (Key key : Key.values()) {
      assertThat(names.add(key.text())).as(key.text()).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource
  void theDefaultCanBeReadWithTheGetterOfItsType(Key key) {
    Configuration defaults = Configuration.defaults();
    Object value =
        switch (key.type()) {
          case PATH -> defaults.path(key);
          case DURATION, AGE -> defaults.duration(key);
          case SIZE -> defaults.size(key);
          case INTEGER -> defaults.integer(key);
          case BOOLEAN -> defaults.bool(key);
          case CHOICES, NAMES -> defaults.list(key);
          case TIERS -> defaults.tiers(key);
          case WORDS -> defaults.words(key);
          case ADDRESSES -> defaults.addresses(key);
          case VARIABLES -> defaults.variables(key);
          case CHOICE, TEXT -> defaults.text(key);
        };
    assertThat(value).isNotNull();
  }

  /** What the issue fixes: other programs and sites' files depend on these. */
  @Test
  void theDefaultsThatOthersDependOnAreTheAgreedOnes() {
    assertThat(Key.WORK_DIRECTORY.defaultValue()).isEqualTo("/var/qmail/qscan");
    assertThat(Key.QUEUE_PROGRAM.defaultValue()).isEqualTo("/var/qmail/bin/qmail-queue-old");
    assertThat(Key.EXTRACTORS.defaultValue()).isEqualTo("auto");
    assertThat(Key.RIPMIME_PROGRAM.defaultValue()).isEqualTo("/usr/bin/ripmime");
    assertThat(Key.EXTRACT_TIMEOUT.defaultValue()).isEqualTo("30s");
    assertThat(Key.EXTRACT_FAILURE.defaultValue()).isEqualTo("continue");
    assertThat(Key.SCANNERS.defaultValue()).isEqualTo("sweep");
    assertThat(Key.SCANNERS_REQUIRE.defaultValue()).isEqualTo("all");
    assertThat(Key.SCAN_TIMEOUT.defaultValue()).isEqualTo("120s");
    assertThat(Key.GATE_SLOTS.defaultValue()).isEqualTo("20");
    assertThat(Key.GATE_PATIENCE.defaultValue()).isEqualTo("60s");
    assertThat(Key.EXIT_INFECTED.defaultValue()).isEqualTo("39");
    assertThat(Key.EXIT_FAILED.defaultValue()).isEqualTo("99");
    assertThat(Key.UNSCANNABLE_ENCRYPTED.defaultValue()).isEqualTo("accept");
    assertThat(Key.UNSCANNABLE_CORRUPT.defaultValue()).isEqualTo("accept");
    assertThat(Key.UNSCANNABLE_LIMIT.defaultValue()).isEqualTo("reject");
    assertThat(Key.BOUNCE_INFECTED.defaultValue()).isEqualTo("accept");
    assertThat(Key.BOUNCE_USER.defaultValue()).isEqualTo("qmails");
    assertThat(Key.LOG_SYSLOG.defaultValue()).isEqualTo("true");
    assertThat(Key.DAEMON_SOCKET.defaultValue()).isEqualTo("/run/qscan/qscand.sock");
  }
}
