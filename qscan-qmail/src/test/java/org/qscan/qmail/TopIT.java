package org.qscan.qmail;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code qscan top} at a terminal: one that script(1) of util-linux makes. */
class TopIT {

  private static final String HOME = "\033[H";

  private final Site site;
  private Path screen = Path.of("/");

  TopIT() throws IOException {
    site = Site.create(Front.RESIDENT);
  }

  @BeforeEach
  void send() throws IOException {
    screen = site.directory().resolve("screen");
    assertThat(site.call().run().exit()).isZero();
  }

  @AfterEach
  void close() throws IOException {
    site.assertNothingIsLeft();
    site.close();
  }

  /**
   * In a terminal of its own, whose settings it prints before and after. Whoever started the tests
   * may ignore the interrupt, as a shell does for what it runs in the background; a user's terminal
   * does not.
   */
  private Process start() throws IOException {
    String top = Site.home().resolve("bin/qscan") + " -c " + site.configuration() + " top";
    String script =
        "trap : INT; echo before=$(stty -g); "
            + top
            + " --interval 1; echo code=$?; echo after=$(stty -g)";
    return new ProcessBuilder(
            List.of(
                "env",
                "--default-signal=INT",
                Need.program("script").toString(),
                "-qec",
                script,
                "/dev/null"))
        .redirectErrorStream(true)
        .redirectOutput(screen.toFile())
        .start();
  }

  private static int end(Process terminal) throws InterruptedException {
    boolean ended = terminal.waitFor(60, TimeUnit.SECONDS);
    if (!ended) {
      terminal.destroyForcibly();
    }
    assertThat(ended).as("qscan top has ended").isTrue();
    return terminal.exitValue();
  }

  private String shown() {
    try {
      return Files.readString(screen, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return "";
    }
  }

  private int looks() {
    return shown().split(Pattern.quote(HOME), -1).length - 1;
  }

  private String shown(String what) {
    Matcher line = Pattern.compile(what + "=(\\S+)").matcher(shown());
    assertThat(line.find()).as("%s= in %s", what, shown()).isTrue();
    return line.group(1);
  }

  private static void type(Process terminal, String keys) throws IOException {
    OutputStream keyboard = terminal.getOutputStream();
    keyboard.write(keys.getBytes(StandardCharsets.ISO_8859_1));
    keyboard.flush();
  }

  @Test
  void itShowsWhatHasChangedInTheSamePlaceAndNoKeys() throws Exception {
    Process terminal = start();
    Eventually.holds("two looks", () -> looks() >= 2);
    type(terminal, "xyz");
    assertThat(site.call().run().exit()).isZero();
    Eventually.holds(
        "it has seen the second message",
        () -> Pattern.compile("messages_clean +2\\b").matcher(shown()).find());
    type(terminal, "q");
    assertThat(end(terminal)).isZero();
    assertThat(shown())
        .containsPattern("messages_clean +1\\b")
        .contains("messages_per_s", "\033[J") // what is left of a longer look
        .doesNotContain("xyz")
        .doesNotContain("\n\n\n");
  }

  @ParameterizedTest
  @CsvSource({"q, 0", "Q, 0", "'\3', 130"})
  void qAndInterruptEndItAndTheTerminalIsAsItWas(String key, String code) throws Exception {
    Process terminal = start();
    Eventually.holds("two looks", () -> looks() >= 2);
    type(terminal, key);
    end(terminal);
    assertThat(shown("code")).isEqualTo(code);
    assertThat(shown("after")).isEqualTo(shown("before"));
  }
}
