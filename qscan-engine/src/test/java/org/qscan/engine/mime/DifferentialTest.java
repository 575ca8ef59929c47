package org.qscan.engine.mime;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.qscan.engine.extract.Extractor;
import org.qscan.engine.extract.Mime4j;
import org.qscan.engine.extract.Ripmime;
import org.qscan.engine.extract.Views;
import org.qscan.engine.store.MemoryBudget;
import org.qscan.engine.testing.Eicar;
import org.qscan.engine.testing.FakeProgram;
import org.qscan.engine.testing.Mails;
import org.qscan.engine.testing.RealPrograms;

/**
 * M17 of our list of required cases: what another reader hands out of a mail that hides something
 * is in the message or in what ours hands out, octet for octet but for white space. Where it is
 * not, the other reader has spoilt it: nobody sees what was hidden in that, and it is scanned
 * nevertheless, for the other reader is a view as well.
 */
class DifferentialTest {

  private static final Duration LONG = Duration.ofSeconds(60);

  /** What each spoils, and how. */
  private static final Map<String, Set<String>> SPOILT =
      Map.of(
          "ripmime",
          Set.of(
              "M13 nothing but content, as it is", // blanks in place of NULs
              "P OpenPGP: in octets as they are", // the same
              "P TNEF: in octets as they are",
              "T xxencode", // decoded as uuencode
              "S/MIME, signed, in segments of 100", // text after the base64 decoded as well
              "S/MIME, signed, in segments of 1000",
              "S/MIME, signed, in one string"),
          "mime4j",
          Set.of(
              "M08 soft breaks of CR", // "=" CR left in
              "M08 equals signs twice")); // one of them left in

  @TempDir Path directory;
  private int sessions;

  static List<Evasions.Evasion> evasions() {
    return Evasions.all();
  }

  @ParameterizedTest
  @MethodSource("evasions")
  void ripmimeSeesNothingThatWeDoNot(Evasions.Evasion evasion) throws Exception {
    check(evasion, new Ripmime(RealPrograms.require("ripmime"), LONG, Reading.WIDE));
  }

  @ParameterizedTest
  @MethodSource("evasions")
  void mime4jSeesNothingThatWeDoNot(Evasions.Evasion evasion) throws Exception {
    check(evasion, new Mime4j(Reading.WIDE));
  }

  private void check(Evasions.Evasion evasion, Extractor other) throws Exception {
    byte[] mail = Mails.octets(evasion.around().apply(Eicar.zip()));
    List<String> ours = new ArrayList<>();
    ours.add(comparable(mail));
    for (byte[] part : Reading.of(mail, directory, Reading.WIDE).parts()) {
      ours.add(comparable(part));
    }
    List<String> onlyTheirs =
        objects(mail, other).stream()
            .filter(part -> ours.stream().noneMatch(our -> our.contains(part)))
            .toList();
    if (SPOILT.getOrDefault(other.name(), Set.of()).contains(evasion.name())) {
      assertThat(onlyTheirs).as("take it out of SPOILT").isNotEmpty();
    } else {
      assertThat(onlyTheirs).isEmpty();
    }
  }

  private List<String> objects(byte[] mail, Extractor extractor) throws Exception {
    Path session = Files.createDirectory(directory.resolve("session" + ++sessions));
    List<String> objects = new ArrayList<>();
    try (Views views =
        Views.start(
            () -> session,
            FakeProgram.session(),
            List.of(extractor),
            Reading.WIDE,
            false,
            MemoryBudget.none())) {
      views.message().append(mail, 0, mail.length);
      views.message().complete();
      views.finish(LONG);
      Path view = views.directory().resolve(extractor.name());
      if (!Files.exists(view)) { // it saw nothing
        return objects;
      }
      try (Stream<Path> files = Files.walk(view)) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          objects.add(comparable(Files.readAllBytes(file)));
        }
      }
    }
    return objects;
  }

  /** White space aside, with which readers are free. */
  private static String comparable(byte[] octets) {
    return new String(octets, StandardCharsets.ISO_8859_1).replaceAll("[ \t\r\n]+", "");
  }
}
