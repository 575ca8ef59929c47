package org.qscan.engine.mime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qscan.engine.extract.Limits;
import org.qscan.engine.testing.Mails;

/** Whatever is in a mail, to take it apart costs a small multiple of its size. */
class CostTest {

  private static final Limits USUAL = new Limits(2000, 50, 1L << 30);
  private static final int SIZE = 60_000;
  private static final int TRIES = 5;
  private static final int WARM = 20;

  /**
   * Nanoseconds that any mail may cost beside ten times the cost of an ordinary one. Four times
   * what is meant, and the best of some: a processor that others want as well takes longer for the
   * same.
   */
  private static final long FREE = 4 * 50_000_000L;

  private static final int TIMES = 4 * 10;

  @TempDir Path directory;

  /** What {@code samples/bench/costs -c} has found. */
  private static List<byte[]> found() throws IOException, URISyntaxException {
    Path place = Path.of(Objects.requireNonNull(CostTest.class.getResource("/costly")).toURI());
    List<byte[]> mails = new ArrayList<>();
    try (Stream<Path> files = Files.list(place)) {
      for (Path file : files.sorted().toList()) {
        mails.add(Files.readAllBytes(file));
      }
    }
    return mails;
  }

  @Test
  void noMailCostsMoreThanASmallMultipleOfAnOrdinaryOneOfItsSize() throws Exception {
    Cost cost = new Cost(directory);
    long ordinary = cost.best(CostlyMails.ordinary(SIZE), WARM);
    List<byte[]> mails = found();
    List<String> costly = new ArrayList<>();
    for (CostlyMails.Kind kind : CostlyMails.all()) {
      if (isCostly(cost, kind.mail().apply(SIZE), ordinary)) {
        costly.add(kind.name());
      }
    }
    for (int i = 0; i < mails.size(); i++) {
      if (isCostly(cost, mails.get(i), ordinary)) {
        costly.add("found " + i);
      }
    }
    assertThat(costly).isEmpty();
  }

  private static boolean isCostly(Cost cost, byte[] mail, long ordinary) throws Exception {
    long allowed = FREE + TIMES * ordinary;
    for (int i = 0; i < TRIES; i++) {
      if (cost.of(mail) <= allowed) {
        return false;
      }
    }
    return true;
  }

  /** A program needs a file of each part, and the kernel takes microseconds for each file. */
  @Test
  void eachFileThatIsMadeOfAMailIsPaidFor() throws Exception {
    Cost cost = Cost.inFiles(directory);
    for (CostlyMails.Kind kind : CostlyMails.all()) {
      if (kind.name()
          .matches("parts that differ|parts of (base64|one).*|TNEF: attach.*|begin-.*")) {
        cost.of(kind.mail().apply(SIZE));
        assertThat(cost.files()).as(kind.name()).isPositive();
        assertThat(cost.units()).as(kind.name()).isGreaterThan(cost.files() * 60_000L);
      }
    }
  }

  @Test
  void aMessageThatHasSpentItsBudgetIsOverALimit() throws Exception {
    for (CostlyMails.Kind kind : CostlyMails.more()) {
      if (kind.name().startsWith("parameters")) {
        Reading reading = Reading.of(kind.mail().apply(SIZE), directory, USUAL);
        assertThat(reading.overLimit()).as(kind.name()).isTrue();
        assertThat(reading.reader().work()).isLessThanOrEqualTo(reading.reader().mostWork());
      }
    }
  }

  /** The same units each time: what a message is does not depend on how busy the machine is. */
  @Test
  void theSameMessageSpendsTheSameEachTime() throws Exception {
    byte[] mail = CostlyMails.ordinary(SIZE);
    long once = Reading.of(mail, directory, USUAL).reader().work();
    assertThat(Reading.of(mail, directory, USUAL).reader().work()).isEqualTo(once);
    assertThat(once).isLessThan(40L * SIZE); // far from what it may
  }

  @Test
  void manyPartsOfOrdinaryMailAreNoLimit() throws Exception {
    String[] parts = new String[300];
    for (int i = 0; i < parts.length; i++) {
      parts[i] = Mails.attachment("filename=\"a.b\"", "x".repeat(1000) + i);
    }
    Reading reading = Reading.of(Mails.octets(Mails.multipart(parts)), directory, USUAL);
    assertThat(reading.overLimit()).isFalse();
    assertThat(reading.parts().size()).isGreaterThanOrEqualTo(300);
  }
}
