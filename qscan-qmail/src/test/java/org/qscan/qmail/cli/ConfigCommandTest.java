package org.qscan.qmail.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qscan.engine.config.Key;
import org.qscan.qmail.cli.Site.Outcome;

class ConfigCommandTest {

  private Site site;

  @BeforeEach
  void makeSite(@TempDir Path directory) {
    site = new Site(directory);
  }

  @Test
  void everyKeyIsPrintedWithItsValueAndWhereItCameFrom() {
    Outcome outcome = site.qscan("config");
    assertThat(outcome.code()).isZero();
    assertThat(outcome.lines())
        .hasSameSizeAs(Key.values())
        .contains(
            "work.directory=" + site.work() + "  # " + site.configuration() + ":1",
            "gate.slots=20  # built-in default");
  }

  @Test
  void keyThatIsRetiredIsWarnedOfAtTheEnd() {
    site.configure("daemon.fallback=standalone");
    Outcome outcome = site.qscan("config");
    assertThat(outcome.code()).isZero();
    assertThat(outcome.lines())
        .last()
        .asString()
        .startsWith(
            "# warning: " + site.configuration() + ":7: daemon.fallback is no longer a key");
  }

  @Test
  void everyKeyIsExplained() {
    String out = site.plain("config", "--keys").out();
    for (Key key : Key.values()) {
      assertThat(out).contains(key.text() + "\n", key.purpose(), "allowed: " + key.allowed());
    }
    assertThat(out).contains("gate.slots\n    default: 20\n    allowed: a whole number from 1");
  }

  @Test
  void keysAreExplainedWhereTheConfigurationCannotBeRead() {
    assertThat(site.plain("-c", "/missing", "config", "--keys").code()).isZero();
    Outcome outcome = site.plain("-c", "/missing", "config");
    assertThat(outcome.code()).isEqualTo(1);
    assertThat(outcome.err()).isEqualTo("qscan: /missing: there is no such file\n");
  }

  @Test
  void theFileCanBeNamedBeforeAndAfterTheCommand() {
    String file = site.configuration().toString();
    assertThat(site.plain("config", "-c", file)).isEqualTo(site.plain("-c", file, "config"));
  }

  @Test
  void helpAndVersionAreGivenEverywhere() {
    for (String command : new String[] {"scan", "check", "config", "janitor", "install-cache"}) {
      Outcome help = site.plain(command, "--help");
      assertThat(help.code()).isZero();
      assertThat(help.out()).startsWith("").contains("Usage: qscan " + command);
      assertThat(site.plain(command, "--version").out()).startsWith("qscan ").contains("Java ");
    }
    assertThat(site.plain("--help").out()).contains("scan", "check", "janitor", "install-cache");
    assertThat(site.plain("--version").out()).doesNotContain("${").doesNotContain("?");
  }
}
