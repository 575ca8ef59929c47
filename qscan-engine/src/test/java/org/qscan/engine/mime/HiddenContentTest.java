package org.qscan.engine.mime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qscan.engine.extract.Extractor;
import org.qscan.engine.extract.Mime4j;
import org.qscan.engine.extract.Ripmime;
import org.qscan.engine.extract.Views;
import org.qscan.engine.rules.RuleTiers;
import org.qscan.engine.store.MemoryBudget;
import org.qscan.engine.store.PartStore;
import org.qscan.engine.testing.Eicar;
import org.qscan.engine.testing.FakeProgram;
import org.qscan.engine.testing.RealPrograms;

/**
 * The score on a corpus of mail that hides things: github.com/noxxi/mime-is-broken, 372 mails that
 * each hide EICAR in a zip archive by another trick, and 176 that hide the name of a file. It is
 * under the GPL and not part of QScan: {@code QSCAN_MIME_CORPUS} names the directory that has
 * {@code hide-content.d} and {@code hide-filename.d}.
 */
class HiddenContentTest {

  private static final Duration LONG = Duration.ofSeconds(60);
  private static final String RAW = "raw";
  private static final String LINTER = "linter";

  @TempDir Path directory;
  private int sessions;

  private static List<Path> corpus(String name) throws IOException {
    @Nullable String place = System.getenv("QSCAN_MIME_CORPUS");
    assumeTrue(
        place != null, "QSCAN_MIME_CORPUS does not name a copy of noxxi/mime-is-broken: no score");
    try (Stream<Path> files = Files.walk(Path.of(place).resolve(name))) {
      return files.filter(Files::isRegularFile).toList();
    }
  }

  /** The views that have EICAR, and the linter if it would refuse the mail. */
  private Set<String> finders(Path mail, List<Extractor> extractors) throws Exception {
    Set<String> finders = new LinkedHashSet<>();
    for (Extractor extractor : extractors) { // each alone: what several views share is there once
      finders.addAll(finders(mail, extractor));
    }
    return finders;
  }

  private Set<String> finders(Path mail, Extractor extractor) throws Exception {
    Path session = Files.createDirectory(directory.resolve("session" + ++sessions));
    Set<String> finders = new LinkedHashSet<>();
    try (Views views =
        Views.start(
            () -> session,
            FakeProgram.session(),
            List.of(extractor),
            Reading.WIDE,
            false,
            MemoryBudget.none())) {
      byte[] octets = Files.readAllBytes(mail);
      views.message().append(octets, 0, octets.length);
      views.message().complete();
      views.finish(LONG);
      if (!views.objections().isEmpty()) {
        finders.add(LINTER);
      }
      try (Stream<Path> all = Files.list(views.directory())) {
        for (Path view : all.toList()) {
          if (Eicar.isIn(view)) {
            finders.add(view.getFileName().toString());
          }
        }
      }
    }
    return finders;
  }

  @Test
  void allHiddenContentIsFoundOrRefused() throws Exception {
    List<Path> mails = corpus("hide-content.d");
    List<Extractor> extractors = new ArrayList<>();
    extractors.add(new Ripmime(RealPrograms.require("ripmime"), LONG, Reading.WIDE));
    extractors.add(new Mime4j(Reading.WIDE));
    extractors.add(new GenerousExtractor(Reading.WIDE, RuleTiers.DEFAULT));
    List<Set<String>> finders = new ArrayList<>();
    List<Path> missed = new ArrayList<>();
    for (Path mail : mails) {
      Set<String> found = finders(mail, extractors);
      finders.add(found);
      if (found.isEmpty()) {
        missed.add(mail);
      }
    }
    List<String> views = List.of(RAW, "ripmime", "mime4j", "generous");
    Map<String, Set<String>> rows = new LinkedHashMap<>();
    for (String view : views) {
      rows.put(view + " alone", Set.of(view));
    }
    for (String view : views) {
      Set<String> others = new LinkedHashSet<>(views);
      others.remove(view);
      rows.put("all views but " + view, others);
    }
    rows.put("all views", new LinkedHashSet<>(views));
    rows.put("linter alone", Set.of(LINTER));
    for (String view : views) {
      rows.put(view + " or linter", Set.of(view, LINTER));
    }
    rows.put("all views or linter", Set.of(RAW, "ripmime", "mime4j", "generous", LINTER));
    StringBuilder table = new StringBuilder("\n| of " + mails.size() + " | found |\n|---|---|\n");
    rows.forEach((row, names) ->
        table.append("| ").append(row).append(" | ").append(count(finders, names)).append(" |\n"));
    Files.writeString(Path.of("target", "mime-score.md"), table);
    assertThat(missed).isEmpty();
    assertThat(mails).hasSizeGreaterThanOrEqualTo(372);
  }

  private static long count(List<Set<String>> finders, Set<String> names) {
    return finders.stream().filter(found -> found.stream().anyMatch(names::contains)).count();
  }

  /** Each mail has a file.zip that some readers take for a file of another name, or of none. */
  @Test
  void allHiddenNamesAreKnown() throws Exception {
    List<Path> missed = new ArrayList<>();
    for (Path mail : corpus("hide-filename.d")) {
      Path parts = Files.createDirectory(directory.resolve("names" + ++sessions));
      GenerousReader reader =
          new GenerousReader(PartStore.of(parts), Reading.WIDE, RuleTiers.DEFAULT);
      try (InputStream in = Files.newInputStream(mail)) {
        reader.read(in, mail);
      }
      boolean picture = Files.readString(mail, StandardCharsets.ISO_8859_1).contains(".png 2022");
      String hidden = picture ? "file.png" : "file;?[.]zip";
      if (reader.names().stream().noneMatch(name -> name.matches(hidden))) {
        missed.add(mail);
      }
    }
    assertThat(missed).isEmpty();
  }
}
