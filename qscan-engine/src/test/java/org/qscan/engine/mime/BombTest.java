package org.qscan.engine.mime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.qscan.engine.extract.Limits;
import org.qscan.engine.rules.MimeRule;
import org.qscan.engine.rules.RuleTiers;
import org.qscan.engine.store.PartStore;
import org.qscan.engine.testing.JavaProgram;
import org.qscan.engine.testing.Mails;

/** Mail that is made to keep a reader busy: its work grows as the mail does, and has an end. */
class BombTest {

  private static final Limits NO_LIMITS = new Limits(1_000_000, 1000, 1L << 40);
  private static final Limits USUAL = new Limits(2000, 50, 1L << 30);

  @TempDir Path directory;
  private int mails;

  /** A kind of mail, of any size. */
  record Family(String name, IntFunction<String> mail) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Family family(String name, IntFunction<String> mail) {
    return new Family(name, mail);
  }

  static List<Family> families() {
    String multipart = "Content-Type: multipart/mixed; boundary=x\n\n";
    String base64 = "Content-Transfer-Encoding: base64\n\n";
    String quoted = "Content-Transfer-Encoding: quoted-printable\n\n";
    String html = "Content-Type: text/html\n\n";
    String flowed = "Content-Type: text/plain; format=flowed\n\n";
    return List.of(
        family("parts", n -> multipart + "--x\n\na\n".repeat(n)),
        family("parts of base64", n -> multipart + ("--x\n" + base64 + "QUJD\n").repeat(n)),
        family("lines like boundaries", n -> multipart + "--y z\n".repeat(n)),
        family(
            "lines like undeclared boundaries", n -> "A: b\n\n" + "--y\nContent-X: y\n".repeat(n)),
        family(
            "boundaries", n -> "Content-Type: multipart/mixed" + "; boundary=aaaaaaaa".repeat(n)),
        family("fields", n -> "Content-Type: a/b; name=c\n".repeat(n) + "\nhello"),
        family("headers within", n -> "A: b\n\n" + "Content-Type: a/b\n\n".repeat(n)),
        family("a long field", n -> "Content-Type: a/b; " + "name=\"b\"; ".repeat(n) + "\n\nhello"),
        family("folds", n -> "Content-Type: a/b;" + "\n x=y;".repeat(n) + "\n\nhello"),
        family("comments", n -> "Content-Type: a/b" + "(".repeat(n) + "\n\nhello"),
        family("encoded words", n -> "Content-Type: a/b; name=" + "=?".repeat(n) + "\n\nhello"),
        family("a long line", n -> "A: b\n\n" + "a".repeat(n)),
        family("blanks", n -> "A: b\n" + quoted + " ".repeat(n) + "x"),
        family("equals signs", n -> "A: b\n" + quoted + "=".repeat(n)),
        family("equals signs in base64", n -> "A: b\n" + base64 + "A=".repeat(n)),
        family("blank lines in base64", n -> "A: b\n" + base64 + "QUJD\n\n".repeat(n)),
        family("junk in base64", n -> "A: b\n" + base64 + "QUJD#=\n".repeat(n)),
        family("short runs", n -> "A: b\n\n" + ("QUJD".repeat(8) + "\n-\n").repeat(n)),
        family("beginnings", n -> "A: b\n\n" + "begin 644 a\n#86)C\n".repeat(n)),
        family("beginnings of yEnc", n -> "A: b\n\n" + "=ybegin name=a\nabc\n".repeat(n)),
        family("beginnings of BinHex", n -> "A: b\n\n" + (":" + "!".repeat(40) + "\n").repeat(n)),
        family("quoted beginnings", n -> "A: b\n\n" + "> begin 644 a\n> #86)C\n".repeat(n)),
        family("flowed beginnings", n -> flowed + " begin 644 a\n #86 \n".repeat(n)),
        family("one flowed beginning", n -> flowed + " begin 644 a\n" + " M86 \n".repeat(n)),
        family("quoted base64", n -> "A: b\n\n" + "> QUJD\n>> QUJD\n".repeat(n)),
        family("data URIs", n -> html + "data:,a ".repeat(n)),
        family("heads of data URIs", n -> html + "data:;base64;".repeat(n)),
        family("references", n -> html + "&#x26".repeat(n) + "&amp".repeat(n)),
        family("entities", n -> html + "<!ENTITY a 'bcd'>".repeat(n)),
        family("an entity", n -> html + "<!ENTITY a '" + "b".repeat(n) + "'>&a;&a;"),
        family("empty entities", n -> html + "<!ENTITY a ''>" + "&a;".repeat(n)),
        family(
            "entities of entities",
            n -> html + "<!ENTITY a 'data:,b '><!ENTITY b '&a;'>" + "&b;".repeat(n)),
        family("open entities", n -> html + "<!ENTITY a '".repeat(n)),
        family(
            "no references in an entity", n -> html + "<!ENTITY a '" + "&#;&#x".repeat(n) + "'>"),
        family("references without an end", n -> html + "<!ENTITY a ''>" + "&a-".repeat(n)),
        family("escapes", n -> html + "data:," + "%4%".repeat(n)),
        family("strings", n -> html + "atob" + "'QUJD'+".repeat(n)),
        family("quotes", n -> html + "atob" + "'QUJD\"".repeat(n)),
        family("folds of a card", n -> "A: b\n\nBEGIN:VCARD\nenc" + "\n :QUJD".repeat(n)),
        family("values of a card", n -> "A: b\n\nBEGIN:VCARD\nenc" + ":QUJD,".repeat(n)),
        family("shifts", n -> "Content-Type: a/b; charset=utf-7\n\n" + "+-+AEE-".repeat(n)),
        family("charsets", n -> "Content-Type: a/b" + "; charset=utf-16".repeat(n) + "\n\nhello"),
        family("UTF-16 in UTF-16", n -> "A: b\n\n" + "a\0\0\0\0\0\0\0".repeat(n)),
        family("CRs", n -> "A: b\r\n\r\n" + "a\r".repeat(n)),
        family("NULs", n -> "A: b\n" + base64 + "\0".repeat(n)));
  }

  /**
   * Declarations, each within the one before, which is not at its end when what is in it is read
   * again.
   */
  static String within(int depth, String text) {
    StringBuilder mail = new StringBuilder();
    StringBuilder ends = new StringBuilder();
    for (int i = 1; i <= depth; i++) {
      mail.append("<!entity a ").append(quote(i));
      ends.insert(0, quote(i) + "X");
    }
    return mail + text + ends;
  }

  /** In turn a double one and a single one; from the third on as a reference to it, and so on. */
  private static String quote(int depth) {
    char quote = depth % 2 == 0 ? '\'' : '"';
    return depth <= 2
        ? String.valueOf(quote)
        : "&" + "#38;".repeat(depth - 3) + "#" + (int) quote + ";";
  }

  private GenerousReader read(String mail, Limits limits) throws Exception {
    Path raw = Files.write(directory.resolve("mail" + ++mails), Mails.octets(mail));
    Path parts = Files.createDirectory(directory.resolve("parts" + mails));
    GenerousReader reader = new GenerousReader(PartStore.of(parts), limits, RuleTiers.DEFAULT);
    try {
      reader.read(new ByteArrayInputStream(Mails.octets(mail)), raw);
    } catch (OverLimitException e) {
      assertThat(limits).isEqualTo(USUAL);
    }
    return reader;
  }

  @ParameterizedTest
  @MethodSource("families")
  void twiceTheMailIsTwiceTheWork(Family family) throws Exception {
    long once = read(family.mail().apply(150), NO_LIMITS).work();
    long twice = read(family.mail().apply(300), NO_LIMITS).work();
    assertThat(twice).isLessThanOrEqualTo(once * 22 / 10 + 100);
  }

  /** With ten thousand of everything: what takes more than the limits allow is given up early. */
  @ParameterizedTest
  @MethodSource("families")
  void muchOfAnythingEndsWithinTheLimits(Family family) throws Exception {
    String mail = family.mail().apply(10_000);
    GenerousReader reader = read(mail, USUAL);
    assertThat(reader.work()).isLessThanOrEqualTo(reader.mostWork());
  }

  @Test
  void muchThatIsOnlyNotedDoesNotHideWhatIsRefused() throws Exception {
    String mail =
        "Content-Type: multipart/mixed; boundary=x\n\n"
            + "--x\nContent-Type: text/plain\nbroken\n\nhello\n".repeat(300)
            + "--x\nContent-Transfer-Encoding: base64\n"
            + "Content-Transfer-Encoding: quoted-printable\n\nQUJD\n--x--\n";
    assertThat(read(mail, USUAL).hits())
        .extracting(RuleHit::rule)
        .contains(MimeRule.HEADER_BROKEN, MimeRule.ENCODING_CONFLICT);
  }

  /** What is behind as many pieces as are kept is not passed over: the message is over a limit. */
  @Test
  void nothingHidesBehindManyOfAnything() throws Exception {
    StringBuilder boundaries = new StringBuilder("A: b\n");
    for (int i = 0; i < 5001; i++) {
      boundaries.append("Content-Type: a/b; boundary=b").append(10_000 + i).append('\n');
    }
    String html = "Content-Type: text/html\n\n";
    StringBuilder entities = new StringBuilder(html);
    for (int i = 0; i < 20_000; i++) {
      entities.append("<!ENTITY a").append(i).append(" ''>");
    }
    String large = html + "<!ENTITY a '" + "b".repeat(1 << 20) + "'>&a;";
    String again = html + "<!ENTITY a '<!entity b \"'>" + "&a;".repeat(10_000);
    String within = html + "<!ENTITY a ''>" + within(20, "x".repeat(1000));
    String name = "a".repeat(65);
    String longName = html + "<!ENTITY " + name + " 'b'>&" + name + ";";
    String decoy = html + "<!--<!ENTITY a 'b'>--><!ENTITY a 'c'>&a;";
    String laughs = html + "<!ENTITY a '" + "b".repeat(10_000) + "'>" + "&a;".repeat(20) + "&a;";
    String endless = html + "<!ENTITY a '&a;'>&a;";
    for (String mail :
        List.of(
            boundaries + "\nhello\n",
            entities + "&a19999;",
            large,
            laughs,
            endless,
            again,
            within,
            longName,
            decoy)) {
      Path raw = Files.write(directory.resolve("mail" + ++mails), Mails.octets(mail));
      Path parts = Files.createDirectory(directory.resolve("parts" + mails));
      GenerousReader reader = new GenerousReader(PartStore.of(parts), USUAL, RuleTiers.DEFAULT);
      assertThatThrownBy(() -> reader.read(new ByteArrayInputStream(Mails.octets(mail)), raw))
          .isInstanceOf(OverLimitException.class);
    }
  }

  @Test
  void tooDeepIsOverTheLimit() throws Exception {
    String mail = Mails.plain("deep");
    for (int i = 0; i < 10; i++) {
      mail = "Content-Transfer-Encoding: base64\n\n" + Mails.base64(mail) + "\n";
    }
    String deep = mail;
    Path raw = Files.write(directory.resolve("deep"), Mails.octets(deep));
    GenerousReader reader =
        new GenerousReader(
            PartStore.of(Files.createDirectory(directory.resolve("out"))),
            new Limits(2000, 5, 1L << 30),
            RuleTiers.DEFAULT);
    assertThatThrownBy(() -> reader.read(new ByteArrayInputStream(Mails.octets(deep)), raw))
        .isInstanceOf(OverLimitException.class)
        .hasMessageContaining("extract.max-depth 5");
  }

  /** It ends the daemon to have none left, and with it all that is under way. */
  @Test
  void theHeapOfTheDaemonIsEnoughForAnyMail() throws Exception {
    try (JavaProgram program =
        JavaProgram.start(List.of(), List.of("-Xmx48m"), SmallHeap.class, directory.toString())) {
      assertThat(program.line()).isEqualTo("alive");
    }
  }
}
