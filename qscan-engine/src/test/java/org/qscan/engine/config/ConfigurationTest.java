package org.qscan.engine.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.assertj.core.api.AbstractThrowableAssert;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigurationTest {

  @TempDir Path directory;

  private Path file(String text) throws IOException {
    return Files.writeString(directory.resolve("qscan.properties"), text);
  }

  private Configuration read(String text) throws IOException, ConfigurationException {
    return Configuration.read(file(text));
  }

  private AbstractThrowableAssert<?, ? extends Throwable> assertRefused(String text)
      throws IOException {
    Path file = file(text);
    return assertThatThrownBy(() -> Configuration.read(file))
        .isInstanceOf(ConfigurationException.class);
  }

  private String place(int line) {
    return directory.resolve("qscan.properties") + ":" + line + ": ";
  }

  @Test
  void valuesCommentsAndEmptyLinesAreRead() throws Exception {
    Configuration configuration =
        read(
            """
            # a comment

              gate.slots = 3\s
            work.directory=/tmp/a=b
            gate.patience=1500ms
            extract.max-bytes=25MiB
            log.syslog=false
            extractors= mime4j , ripmime
            sweep.options=-f  -all -p=/tmp/x
            sweep.environment=SAV_IDE=/ide LD_LIBRARY_PATH=/a:/b EMPTY=
            unscannable.limit=reject
            """);
    assertThat(configuration.integer(Key.GATE_SLOTS)).isEqualTo(3);
    assertThat(configuration.path(Key.WORK_DIRECTORY)).isEqualTo(Path.of("/tmp/a=b"));
    assertThat(configuration.duration(Key.GATE_PATIENCE)).isEqualTo(Duration.ofMillis(1500));
    assertThat(configuration.size(Key.EXTRACT_MAX_BYTES)).isEqualTo(25L << 20);
    assertThat(configuration.bool(Key.LOG_SYSLOG)).isFalse();
    assertThat(configuration.list(Key.EXTRACTORS)).containsExactly("mime4j", "ripmime");
    assertThat(configuration.words(Key.SWEEP_OPTIONS)).containsExactly("-f", "-all", "-p=/tmp/x");
    assertThat(configuration.variables(Key.SWEEP_ENVIRONMENT))
        .isEqualTo(Map.of("SAV_IDE", "/ide", "LD_LIBRARY_PATH", "/a:/b", "EMPTY", ""));
    assertThat(configuration.text(Key.UNSCANNABLE_LIMIT)).isEqualTo("reject");
  }

  @Test
  void eachValueSaysWhereItCameFrom() throws Exception {
    Configuration configuration = read("\ngate.slots=3\n");
    configuration.set("gate.patience", "5s", "option -o");

    assertThat(configuration.source(Key.GATE_SLOTS)).isEqualTo(place(2).replace(": ", ""));
    assertThat(configuration.source(Key.GATE_PATIENCE)).isEqualTo("option -o");
    assertThat(configuration.source(Key.SCANNERS)).isEqualTo("built-in default");
    assertThat(configuration.describe())
        .hasSize(Key.values().length)
        .contains("gate.slots=3  # " + configuration.source(Key.GATE_SLOTS))
        .contains("daemon.socket=/run/qscan/qscand.sock  # built-in default");
  }

  @Test
  void windowsLineEndsAreNoPartOfAValue() throws Exception {
    assertThat(read("gate.slots=3\r\nscanners=sweep\r\n").integer(Key.GATE_SLOTS)).isEqualTo(3);
  }

  @Test
  void anEmptyFileGivesTheDefaults() throws Exception {
    assertThat(read("").integer(Key.GATE_SLOTS)).isEqualTo(20);
  }

  @Test
  void anUnknownKeyIsRefusedWithItsPlace() throws Exception {
    assertRefused("gate.slots=3\n\ngate.slits=3\n")
        .hasMessageStartingWith(place(3) + "unknown key gate.slits");
  }

  @ParameterizedTest
  @CsvSource({
    "Gate.Slots,gate.slots",
    "gate_slots,gate.slots",
    "gateSlots,gate.slots",
    "extract.maxparts,extract.max-parts",
    "scan-timeout,scan.timeout"
  })
  void aKeyInAnotherSpellingIsRefusedWithTheRightOne(String wrong, String right) throws Exception {
    assertRefused(wrong + "=3\n")
        .hasMessage(place(1) + "unknown key " + wrong + ": did you mean " + right + "?");
  }

  @Test
  void aByteOrderMarkIsRefusedWithTheKeyThatWasMeant() throws Exception {
    assertRefused("\ufeffgate.slots=3\n").hasMessageEndingWith("did you mean gate.slots?");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "gate.slots|0",
        "gate.slots|10001",
        "gate.slots|many",
        "gate.slots|''",
        "gate.slots|99999999999999999999",
        "gate.patience|60",
        "gate.patience|0s",
        "gate.patience|-1s",
        "gate.patience|1.5s",
        "gate.patience|60 s",
        "gate.patience|25h",
        "gate.patience|s",
        "gate.patience|1d",
        "gate.patience|9223372036854775807h",
        "extract.max-bytes|25",
        "extract.max-bytes|25MB",
        "extract.max-bytes|0B",
        "extract.max-bytes|9223372036854775807GiB",
        "work.directory|relative/path",
        "work.directory|''",
        "work.mode|0777",
        "extractors|''",
        "extractors|mime4j,mime4j",
        "extractors|mime4j,unzip",
        "extractors|auto,mime4j",
        "scanners|clamscan",
        "scanners|sweep,none",
        "scanners.require|most",
        "log.syslog|yes",
        "sweep.environment|NAME",
        "sweep.environment|=VALUE",
        "exit.infected|11",
        "exit.infected|0",
        "exit.failed|0",
        "exit.failed|82",
        "exit.failed|88",
        "exit.failed|112",
        "bounce.user|two words",
        "bounce.user|''",
        "unscannable.limit|ignore",
        "mime.rules|no-such-rule:note",
        "mime.rules|boundary-conflict:drop",
        "mime.rules|boundary-conflict",
        "mime.rules|boundary-conflict:note,boundary-conflict:refuse"
      })
  void aBadValueIsRefusedWithKeyPlaceAndWhatIsAllowed(String key, String value) throws Exception {
    Key known = Objects.requireNonNull(Key.of(key));
    assertRefused("# first\n" + key + "=" + value + "\n")
        .hasMessage(place(2) + key + "=" + value + ": must be " + known.allowed());
  }

  @Test
  void aKeySetTwiceIsRefusedWithBothPlaces() throws Exception {
    assertRefused("gate.slots=3\nscanners=sweep\ngate.slots=3\n")
        .hasMessage(
            place(3) + "gate.slots is set a second time; first at " + place(1).replace(": ", ""));
  }

  @Test
  void anOptionMayOverrideTheFile() throws Exception {
    Configuration configuration = read("gate.slots=3\n");
    configuration.set("gate.slots", "4", "option -o");
    assertThat(configuration.integer(Key.GATE_SLOTS)).isEqualTo(4);
  }

  @ParameterizedTest
  @ValueSource(strings = {"sweep.options=-f \\", "sweep.options=\\u002df", "work.directory=/a\\ b"})
  void aBackslashIsRefused(String line) throws Exception {
    assertRefused("\n" + line + "\n -all\n").hasMessageStartingWith(place(2) + "a backslash");
  }

  @ParameterizedTest
  @ValueSource(strings = {"gate.slots", "gate.slots: 3", "=3", "!comment"})
  void aLineWithoutKeyAndValueIsRefused(String line) throws Exception {
    assertRefused(line + "\n").hasMessageStartingWith(place(1) + "expected key=value");
  }

  @Test
  void aMissingFileIsRefusedByName() {
    Path missing = directory.resolve("missing.properties");
    assertThatThrownBy(() -> Configuration.read(missing))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(missing + ": there is no such file");
  }

  @Test
  void aDirectoryInPlaceOfAFileIsRefusedByName() {
    assertThatThrownBy(() -> Configuration.read(directory))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith(directory + ": cannot be read");
  }

  @Test
  void aFileThatIsNotUtf8IsRefused() throws Exception {
    Path file = directory.resolve("latin1.properties");
    Files.write(file, "# f\u00fcr uns\n".getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> Configuration.read(file))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(file + ": is not UTF-8");
  }

  @Test
  void theNamedFileIsTakenBeforeTheOneInTheEnvironment() throws Exception {
    Path named = Files.writeString(directory.resolve("named"), "gate.slots=1\n");
    Path environment = Files.writeString(directory.resolve("environment"), "gate.slots=2\n");

    assertThat(slots(named.toString(), environment.toString())).isEqualTo(1);
    assertThat(slots(null, environment.toString())).isEqualTo(2);
  }

  @Test
  void aNamedFileThatIsMissingIsNotPassedOver() throws Exception {
    Path environment = Files.writeString(directory.resolve("environment"), "gate.slots=2\n");
    String missing = directory.resolve("missing").toString();

    assertThatThrownBy(() -> Configuration.find(missing, environment.toString()))
        .hasMessageContaining(missing);
    assertThatThrownBy(() -> Configuration.find(null, missing)).hasMessageContaining(missing);
  }

  @Test
  void withoutAnyFileTheDefaultsHold() throws Exception {
    assertThat(Configuration.locate(null, null, directory.resolve("none"))).isNull();
    assertThat(Configuration.locate(null, "", directory.resolve("none"))).isNull();
    assertThat(Configuration.locate(null, null, directory)).isEqualTo(directory);
    assertThat(Configuration.defaults().integer(Key.GATE_SLOTS)).isEqualTo(20);
  }

  private static int slots(@Nullable String named, @Nullable String environment)
      throws ConfigurationException {
    return Configuration.find(named, environment).integer(Key.GATE_SLOTS);
  }

  @Test
  void aKeyThatIsRetiredIsAWarningWithItsPlaceWhateverItsValue() throws Exception {
    Configuration configuration = read("gate.slots=3\ndaemon.fallback=\ndaemon.fallback=pass\n");

    assertThat(configuration.integer(Key.GATE_SLOTS)).isEqualTo(3);
    assertThat(configuration.warnings())
        .containsExactly(
            place(2)
                + "daemon.fallback is no longer a key and is ignored: "
                + RetiredKey.DAEMON_FALLBACK.instead(),
            place(3)
                + "daemon.fallback is no longer a key and is ignored: "
                + RetiredKey.DAEMON_FALLBACK.instead());
    assertThat(configuration.describe()).noneMatch(line -> line.contains("fallback"));
    assertThat(read("gate.slots=3\n").warnings()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void noRetiredKeyIsAKey(RetiredKey key) {
    assertThat(Key.of(key.text())).isNull();
    assertThat(RetiredKey.of(key.text())).isEqualTo(key);
    assertThat(key.instead()).isNotBlank().doesNotEndWith(".");
  }
}
