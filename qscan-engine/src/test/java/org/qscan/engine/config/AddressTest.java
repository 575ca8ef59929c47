package org.qscan.engine.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "unix:/var/run/x y",
        "tcp:localhost:4010",
        "tcp:192.0.2.1:1",
        "tcp:[2001:db8::1]:65535"
      })
  void whatIsReadIsPrintedAsItWas(String text) {
    assertThat(Address.of(text)).hasToString(text);
  }

  @Test
  void aSocketIsLocalAndAHostIsNot() {
    assertThat(Address.of("unix:/a").isLocal()).isTrue();
    assertThat(Address.of("tcp:[::1]:3").host()).isEqualTo("::1");
    assertThat(Address.of("tcp:a:3").isLocal()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "unix:",
        "unix:relative",
        "/var/run/x",
        "tcp:",
        "tcp:host",
        "tcp::3310",
        "tcp:host:0",
        "tcp:host:65536",
        "tcp:host:x",
        "tcp:::1:3",
        "udp:host:1",
        "tcp:[]:1"
      })
  void anythingElseIsRefused(String text) throws ConfigurationException {
    assertThatThrownBy(() -> Address.of(text)).isInstanceOf(IllegalArgumentException.class);
    Configuration configuration = Configuration.defaults();
    assertThatThrownBy(() -> configuration.set("clamd.address", text, "test"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("clamd.address")
        .hasMessageContaining("tcp:HOST:PORT");
  }

  @Test
  void severalAreAList() throws ConfigurationException {
    Configuration configuration = Configuration.defaults();
    configuration.set("clamd.address", "unix:/a  tcp:b:1", "test");
    assertThat(configuration.addresses(Key.CLAMD_ADDRESS))
        .containsExactly(Address.of("unix:/a"), Address.of("tcp:b:1"));
    assertThatThrownBy(() -> configuration.set("clamd.address", "unix:/a b", "test"))
        .isInstanceOf(ConfigurationException.class);
  }

  @ParameterizedTest
  @CsvSource({"1h, 1", "7d, 168", "3650d, 87600"})
  void anAgeIsOfHoursOrDays(String value, long hours) throws ConfigurationException {
    Configuration configuration = Configuration.defaults();
    configuration.set("data.max-age", value, "test");
    assertThat(configuration.duration(Key.DATA_MAX_AGE)).isEqualTo(Duration.ofHours(hours));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0d", "7", "60s", "10m", "3651d", "-1d", "1w"})
  void anythingElseIsNoAge(String value) {
    assertThatThrownBy(() -> Configuration.defaults().set("data.max-age", value, "test"))
        .isInstanceOf(ConfigurationException.class);
  }

  @Test
  void noDurationIsInDays() {
    assertThatThrownBy(() -> Configuration.defaults().set("scan.timeout", "1d", "test"))
        .isInstanceOf(ConfigurationException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"*", "?", "A, *", "**?"})
  void aPatternForEverythingIsRefused(String value) {
    assertThatThrownBy(() -> Configuration.defaults().set("ignore.threats", value, "test"))
        .isInstanceOf(ConfigurationException.class);
  }
}
