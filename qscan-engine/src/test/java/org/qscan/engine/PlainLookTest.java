package org.qscan.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qscan.engine.extract.Extractor;
import org.qscan.engine.extract.Limits;
import org.qscan.engine.extract.Mime4j;
import org.qscan.engine.extract.Views;
import org.qscan.engine.mime.GenerousExtractor;
import org.qscan.engine.plain.Oddity;
import org.qscan.engine.plain.PlainMails;
import org.qscan.engine.plain.Plainness;
import org.qscan.engine.rules.RuleTiers;
import org.qscan.engine.store.Ledger;
import org.qscan.engine.store.MemoryBudget;
import org.qscan.engine.testing.Mails;

/** What makes a message odd that is plain by the grammar. */
class PlainLookTest {

  private static final Limits WIDE = new Limits(2000, 50, 1L << 30);
  private static final int MAILS = Integer.getInteger("qscan.plain.mails", 300);

  private static final String TOP =
      "Received: from a by b\nFrom: a@example.org\nMIME-Version: 1.0\n";

  @TempDir Path directory;
  private int sessions;

  private Plainness look(String mail, Extractor... readers) throws Exception {
    Path session = Files.createDirectory(directory.resolve("s" + ++sessions));
    MemoryBudget memory = new MemoryBudget(1 << 20, new Ledger(64L << 20));
    try (Views views = Views.start(() -> session, "test", List.of(readers), WIDE, false, memory)) {
      views.keepTrees();
      byte[] octets = Mails.octets(mail);
      views.message().append(octets, 0, octets.length);
      views.message().complete();
      views.finish(Duration.ofSeconds(60));
      return PlainLook.at(views);
    }
  }

  private Plainness look(String mail) throws Exception {
    return look(mail, new Mime4j(WIDE), new GenerousExtractor(WIDE, RuleTiers.DEFAULT));
  }

  private void isOdd(Oddity oddity, String mail) throws Exception {
    assertThat(look(mail).oddity()).as(mail).isEqualTo(oddity);
  }

  @Test
  void bothReadersSeeWhatTheGrammarSees() throws Exception {
    List<String> odd = new ArrayList<>();
    for (int seed = 0; seed < MAILS; seed++) {
      String mail = PlainMails.of(seed);
      Plainness plainness = look(mail);
      if (!plainness.isPlain() && plainness.oddity() != Oddity.GUESSED) {
        odd.add(seed + " " + plainness.inWords());
      }
    }
    assertThat(odd).isEmpty();
  }

  @Test
  void aLeafThatIsThereTwiceIsSeenOnceByOurReaderAndThatIsEnough() throws Exception {
    String part = "--b\nContent-Type: text/plain\nContent-Transfer-Encoding: base64\n\nSGVsbG8K\n";
    assertThat(
            look(TOP + "Content-Type: multipart/mixed; boundary=b\n\n" + part + part + "--b--\n")
                .isPlain())
        .isTrue();
  }

  @Test
  void oneReaderIsNotEnough() throws Exception {
    String mail = TOP + "\nHello\n";
    assertThat(look(mail).isPlain()).isTrue();
    assertThat(look(mail, new Mime4j(WIDE)).oddity()).isEqualTo(Oddity.NOT_READ);
    assertThat(look(mail, new GenerousExtractor(WIDE, RuleTiers.DEFAULT)).oddity())
        .isEqualTo(Oddity.NOT_READ);
  }

  @Test
  void aReaderThatStoppedAtALimitIsNoReader() throws Exception {
    Limits narrow = new Limits(1, 50, 1L << 30);
    String part = "--b\nContent-Type: text/plain\n\nHello\n";
    String mail =
        TOP
            + "Content-Type: multipart/mixed; boundary=b\n\n"
            + part
            + part.replace("Hello", "world")
            + "--b--\n";
    assertThat(look(mail, new Mime4j(narrow), new GenerousExtractor(WIDE, RuleTiers.DEFAULT)))
        .isEqualTo(Plainness.odd(Oddity.NOT_READ));
  }

  @Test
  void aRuleThatFiredMakesItOddWhateverItsTier() throws Exception {
    isOdd(
        Oddity.RULE,
        TOP + "Subject: a\n\nwhat he wrote\n\nContent-Type: text/plain\nTo: b\n\nHello\n");
  }

  @Test
  void whatOnlyLooksEncodedMakesItOdd() throws Exception {
    String hidden = Mails.base64("MZ" + Mails.eicar().repeat(8));
    isOdd(Oddity.GUESSED, TOP + "\nHello\n\n" + hidden + "\n");
  }

  @Test
  void whatAFormatDeclaresWithinALeafMakesItOdd() throws Exception {
    String picture = Mails.base64("a picture that is none").replace("\n", "");
    isOdd(
        Oddity.MORE_SEEN,
        TOP + "Content-Type: text/html\n\n<img src=\"data:image/png;base64," + picture + "\">\n");
  }

  @Test
  void aMessageThatIsNotInMemoryIsOdd() throws Exception {
    Path session = Files.createDirectory(directory.resolve("file"));
    MemoryBudget none = MemoryBudget.none();
    List<Extractor> readers =
        List.of(new Mime4j(WIDE), new GenerousExtractor(WIDE, RuleTiers.DEFAULT));
    try (Views views = Views.start(() -> session, "test", readers, WIDE, false, none)) {
      views.keepTrees();
      byte[] octets = (TOP + "\nHello\n").getBytes(StandardCharsets.US_ASCII);
      views.message().append(octets, 0, octets.length);
      views.message().complete();
      views.finish(Duration.ofSeconds(60));
      assertThat(PlainLook.at(views)).isEqualTo(Plainness.odd(Oddity.NOT_IN_MEMORY));
    }
  }
}
