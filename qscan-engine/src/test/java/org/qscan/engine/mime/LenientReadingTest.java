package org.qscan.engine.mime;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qscan.engine.extract.Limits;
import org.qscan.engine.testing.Eicar;
import org.qscan.engine.testing.Mails;

/** The kinds of reading, and the table of those that are lenient. */
class LenientReadingTest {

  private static final Limits USUAL = new Limits(2000, 100, 1L << 30);

  @TempDir Path directory;

  private Reading read(String mail) throws Exception {
    return Reading.of(Mails.octets(mail), directory, USUAL);
  }

  private static Set<LenientReading> rows(Reading reading) {
    Set<LenientReading> rows = EnumSet.noneOf(LenientReading.class);
    for (Origin origin : reading.reader().origins().values()) {
      for (Origin step = origin; step != null; step = step.parent()) {
        if (step.way() != null && step.way().row() != null) {
          rows.add(step.way().row());
        }
      }
    }
    return rows;
  }

  /** Each trick of the collections is read by some row, and no row is for nothing. */
  @Test
  void eachRowOfTheTableIsExercised() throws Exception {
    Set<LenientReading> missing = EnumSet.allOf(LenientReading.class);
    missing.removeAll(
        rows(read("Content-Transfer-Encoding: quoted-printable\n\na=20blank, \nand a line\n")));
    for (Evasions.Evasion evasion : Evasions.all()) {
      if (missing.isEmpty()) {
        return;
      }
      missing.removeAll(rows(read(evasion.around().apply(Eicar.zip()))));
    }
    assertThat(missing).isEmpty();
  }

  @Test
  void theEssayHasTheTable() throws Exception {
    StringBuilder table =
        new StringBuilder("| departure | made by | which sees |\n|---|---|---|\n");
    for (LenientReading row : LenientReading.values()) {
      table.append("| ").append(row.departure());
      table.append(" | ").append(row.program());
      table.append(" | ").append(row.sees()).append(" |\n");
    }
    assertThat(Files.readString(Path.of("docs/lenient.md"))).contains(table);
  }

  @Test
  void everyPartKnowsItsKindAndItsPathFromTheTop() throws Exception {
    String inner =
        Mails.multipart("Content-Type: text/plain\n\nhello\n", Mails.attachment("a", "some text"));
    String mail =
        Mails.multipart(
            Mails.text("hello, you"),
            "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n"
                + Mails.base64(inner),
            Mails.text("and see:\nbegin 644 a\n" + Evasions.uuencode("a file") + "end\n"),
            Mails.text("=48=65=6C=6C=6F=2C =79=6F=75\n".repeat(2)));
    Reading reading = read(mail);
    assertThat(reading.reader().origins()).hasSameSizeAs(reading.parts());
    assertThat(reading.reader().origins().values())
        .extracting(origin -> origin.kind() + " " + origin.path())
        .contains(
            "DECLARED 2 as it is",
            "DECLARED 3 base64",
            "DECLARED 3 base64, 2 as it is",
            "LENIENT 4 uuencode",
            "GUESSED 5 quoted-printable");
  }

  @Test
  void whatIsReadOfAGuessIsAGuess() throws Exception {
    String inner = Mails.multipart(Mails.attachment("a", "some text"));
    Reading reading = read("A: b\n\nhello\n" + Mails.base64(inner) + "\n");
    assertThat(reading.reader().origins().values())
        .filteredOn(origin -> origin.path().contains("base64"))
        .hasSizeGreaterThan(1)
        .allMatch(origin -> origin.kind() == ReadingKind.GUESSED);
  }
}
