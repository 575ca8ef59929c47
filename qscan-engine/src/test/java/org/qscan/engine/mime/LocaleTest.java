package org.qscan.engine.mime;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qscan.engine.testing.JavaProgram;

/**
 * James has the locale of its host, and so have we: whatever that is, the engine works the same. In
 * Turkish and Azeri "I" is not the capital of "i", in Egypt figures are not 0 to 9, and before Java
 * 18 the default charset is the locale's.
 */
class LocaleTest {

  private static final Map<String, List<String>> LOCALES =
      Map.of(
          "Turkish",
          List.of(
              "-Duser.language=tr",
              "-Duser.country=TR",
              "-Dfile.encoding=ISO-8859-9",
              "-Duser.timezone=Europe/Istanbul"),
          "Azeri",
          List.of("-Duser.language=az", "-Duser.country=AZ", "-Duser.timezone=Asia/Baku"),
          "Arabic",
          List.of(
              "-Duser.language=ar",
              "-Duser.country=EG",
              "-Dfile.encoding=UTF-16",
              "-Duser.timezone=Africa/Cairo"),
          "C",
          List.of("-Duser.language=en", "-Duser.country=", "-Dfile.encoding=US-ASCII"));

  @TempDir Path scratch;

  @Test
  void theEngineWorksTheSameInEveryLocale() throws Exception {
    Map<String, JavaProgram> programs = new LinkedHashMap<>();
    try {
      LOCALES.forEach((name, options) -> {
        List<String> all = new ArrayList<>(options);
        all.add("-Djava.io.tmpdir=" + scratch);
        programs.put(
            name,
            JavaProgram.start(
                List.of(), all, LocaleProgram.class, scratch.resolve(name).toString()));
      });
      List<String> here = LocaleProgram.output(scratch.resolve("here"));
      assertThat(here)
          .as("each reader sees the attachment, and the engine what is in it")
          .anyMatch(line -> line.matches("pine, 3 files .*I\\.com.*"))
          .anyMatch(line -> line.contains("Infected.I"));
      for (Map.Entry<String, JavaProgram> program : programs.entrySet()) {
        assertThat(program.getValue().rest()).as(program.getKey()).isEqualTo(here);
        assertThat(program.getValue().await()).isZero();
      }
    } finally {
      programs.values().forEach(JavaProgram::close);
    }
  }
}
