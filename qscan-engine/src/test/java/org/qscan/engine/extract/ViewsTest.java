package org.qscan.engine.extract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.qscan.engine.ScanFailure;
import org.qscan.engine.process.ProcessTree;
import org.qscan.engine.store.Effort;
import org.qscan.engine.store.Ledger;
import org.qscan.engine.store.MemoryBudget;
import org.qscan.engine.store.MessageStore;
import org.qscan.engine.store.PartStore;
import org.qscan.engine.testing.FakeProgram;
import org.qscan.engine.testing.Mails;
import org.qscan.engine.testing.RealPrograms;

/** Real mails through ripMIME and Mime4j into views, with names as wicked as a sender can make. */
class ViewsTest {

  private static final Limits WIDE = new Limits(2000, 50, 1L << 30);
  private static final Duration LONG = Duration.ofSeconds(60);

  /** What a file in a view may be called. */
  private static final String OURS = "[0-9]+(\\.[a-z0-9]{1,5})?";

  @TempDir Path outer;
  private int sessions;

  @AfterEach
  void nothingIsLeft() throws Exception {
    assertThat(ProcessTree.find(mark())).isEmpty();
    try (Stream<Path> around = Files.list(outer)) {
      assertThat(around.map(path -> path.getFileName().toString()))
          .allMatch(name -> name.matches("session[0-9]+|ripmime-.*"));
    }
  }

  private String mark() {
    return "views-test-" + outer.getFileName();
  }

  private static Extractor ripmime(Limits limits) {
    return new Ripmime(RealPrograms.require("ripmime"), LONG, limits);
  }

  /** The views of a mail, closed. */
  private record Result(Views views, Path root, int succeeded) {

    /** Name and content of all files that a view has, though another one may have them as well. */
    Map<String, String> files(String view) {
      Map<String, String> files = new TreeMap<>();
      try {
        for (Path file : view.equals("raw") ? List.of(root.resolve("raw/1.eml")) : views.of(view)) {
          String content = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
          files.put(file.getFileName().toString(), content);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return files;
    }
  }

  private Path newSession() throws Exception {
    return Files.createDirectory(outer.resolve("session" + ++sessions));
  }

  private Result extract(String mail, Limits limits, Extractor... extractors) throws Exception {
    return extract(mail, limits, LONG, extractors);
  }

  private Result extract(String mail, Limits limits, Duration patience, Extractor... extractors)
      throws Exception {
    Path directory = newSession();
    try (Views views =
        Views.start(
            () -> directory, mark(), List.of(extractors), limits, false, MemoryBudget.none())) {
      byte[] octets = Mails.octets(mail);
      for (int at = 0; at < octets.length; at += 65536) {
        byte[] piece = Arrays.copyOfRange(octets, at, Math.min(at + 65536, octets.length));
        views.message().append(piece, 0, piece.length);
      }
      views.message().complete();
      int succeeded = views.finish(patience);
      views.toFiles();
      assertOnlyOurNames(directory, views.directory());
      return new Result(views, views.directory(), succeeded);
    }
  }

  /** No name in the session's directory but ours; nothing left where the extractors wrote. */
  private static void assertOnlyOurNames(Path session, Path views) throws Exception {
    Set<String> known = Set.of("views", "raw", "ripmime", "mime4j");
    try (Stream<Path> all = Files.walk(session)) {
      for (Path path : all.toList()) {
        String name = path.getFileName().toString();
        if (!Files.isDirectory(path)) {
          assertThat(path).startsWith(views);
          assertThat(name).matches(OURS);
        } else if (!path.equals(session)) {
          assertThat(known).contains(name);
        }
      }
    }
  }

  private static Set<String> contents(Result result, String view) {
    Set<String> contents = new TreeSet<>();
    result.files(view).values().forEach(text -> contents.add(text.strip()));
    return contents;
  }

  // What comes out of ordinary mails.

  @Test
  void bothExtractorsFindAttachmentAndText() throws Exception {
    String mail =
        Mails.multipart(
            Mails.text("hello"), Mails.attachment("filename=\"report.DOC\"", "the content"));
    Result result = extract(mail, WIDE, ripmime(WIDE), new Mime4j(WIDE));

    assertThat(result.succeeded()).isEqualTo(2);
    assertThat(result.files("raw")).isEqualTo(Map.of("1.eml", mail));
    assertThat(contents(result, "ripmime")).contains("hello", "the content");
    assertThat(contents(result, "mime4j")).contains("hello", "the content");
    assertThat(result.files("ripmime").keySet()).anyMatch(name -> name.endsWith(".doc"));
    assertThat(result.views().names()).contains("report.DOC");
    assertThat(result.views().failed()).isZero();
    assertThat(result.views().overLimit()).isFalse();
    assertThat(result.views().notes()).isEmpty();
    assertThat(result.views().parts())
        .isEqualTo(result.files("ripmime").size() + result.files("mime4j").size());
  }

  @Test
  void noTwoFilesShareANumber() throws Exception {
    String same = Mails.attachment("filename=\"a.txt\"", "x");
    Result result =
        extract(Mails.multipart(same, same, same), WIDE, ripmime(WIDE), new Mime4j(WIDE));
    List<String> numbers = new ArrayList<>();
    try (Stream<Path> all = Files.walk(result.root())) {
      all.filter(Files::isRegularFile)
          .forEach(file -> numbers.add(file.getFileName().toString().replaceAll("\\..*", "")));
    }
    assertThat(numbers).doesNotHaveDuplicates().contains("1").hasSizeGreaterThan(2);
  }

  @Test
  void whatSeveralViewsShareIsThereOnce() throws Exception {
    String mail = Mails.multipart(Mails.text("hello"), Mails.attachment("", "the content"));
    Extractor first = new Mime4j(WIDE);
    Extractor second = new Renamed("ripmime", new Mime4j(WIDE));
    Result result = extract(mail, WIDE, first, second);
    assertThat(result.views().of("mime4j")).hasSizeGreaterThan(1);
    assertThat(result.views().of("ripmime")).isEqualTo(result.views().of("mime4j"));
    assertThat(result.root().resolve("ripmime")).doesNotExist();
    assertThat(result.views().parts()).isEqualTo(2 * result.views().of("mime4j").size());
  }

  @Test
  void twoOfOneContentAndSeveralExtensionsAreBothThere() throws Exception {
    String script =
        "cat >/dev/null; printf x >\"$4/a.doc\"; printf x >\"$4/b.exe\"; printf x >\"$4/c\"";
    Result result = extract(Mails.plain("y"), WIDE, fakeRipmime(script));
    assertThat(result.files("ripmime").keySet())
        .hasSize(3)
        .allMatch(name -> name.matches("[234](\\.doc|\\.exe|)"));
  }

  /** One that breaks in the moment in which it is to stop. */
  private record Breaking(Extractor extractor) implements Extractor {
    @Override
    public String name() {
      return extractor.name();
    }

    @Override
    public boolean needsFiles() {
      return false;
    }

    @Override
    public Work start(MessageStore message, PartStore store, String session) throws IOException {
      Work work = extractor.start(message, store, session);
      return new Work() {
        @Override
        public Extraction finish(Duration patience) {
          return work.finish(patience);
        }

        @Override
        public Duration took() {
          return work.took();
        }

        @Override
        public void cancel() {
          work.cancel();
          throw new IllegalStateException("broken");
        }
      };
    }
  }

  @Test
  void theMemoryIsGivenBackWhateverFailsAtTheEnd() throws Exception {
    Ledger ledger = new Ledger(1 << 24);
    Ledger.Reservation room = ledger.reserve(true);
    MemoryBudget memory = new MemoryBudget(1 << 20, ledger);
    List<Extractor> extractors = List.of(new Breaking(new Mime4j(WIDE)));
    Path home = Files.createDirectory(outer.resolve("session" + ++sessions));
    Views views =
        Views.start(
            () -> home, mark(), extractors, WIDE, false, memory.share(Effort.any(), room), true);
    views.message().append(Mails.octets("Subject: x\n\nhello\n"), 0, 18);
    assertThat(ledger.taken()).isPositive();
    assertThatThrownBy(views::close).hasMessage("broken");
    assertThat(ledger.taken()).isZero();
  }

  /** An extractor under another name. */
  private record Renamed(String name, Extractor extractor) implements Extractor {
    @Override
    public boolean needsFiles() {
      return extractor.needsFiles();
    }

    @Override
    public Work start(MessageStore message, PartStore store, String session) throws IOException {
      return extractor.start(message, store, session);
    }
  }

  // In memory.

  @Test
  void whatIsSmallStaysInMemoryUntilFilesAreWanted() throws Exception {
    Path session = newSession();
    Ledger ledger = new Ledger(2_000_000);
    MemoryBudget memory = new MemoryBudget(100_000, ledger);
    String mail = Mails.multipart(Mails.text("hello"), Mails.attachment("", "the content"));
    try (Views views = start(session, memory)) {
      feed(views, mail);
      assertThat(session).isEmptyDirectory();
      assertThat(ledger.taken()).isPositive();
      views.toFiles();
      assertThat(ledger.taken()).isZero();
      assertOnlyOurNames(session, views.directory());
      assertThat(views.of("mime4j")).isNotEmpty().allMatch(Files::isRegularFile);
      assertThat(views.message().file()).hasContent(mail);
    }
  }

  @Test
  void whatSeveralReadersMakeIsWrittenOnceWhereEveryScanNeedsFiles() throws Exception {
    Path session = newSession();
    Ledger ledger = new Ledger(2_000_000);
    MemoryBudget memory = MemoryBudget.ofParts(100_000, ledger);
    List<Extractor> readers =
        List.of(ripmime(WIDE), new Mime4j(WIDE), new Renamed("other", new Mime4j(WIDE)));
    String mail = Mails.multipart(Mails.text("hello"), Mails.attachment("", "the content"));
    try (Views views = Views.start(() -> session, mark(), readers, WIDE, false, memory)) {
      views.message().append(Mails.octets(mail), 0, mail.length());
      assertThat(views.message().file()).hasContent(mail); // at once: a program reads it
      views.message().complete();
      assertThat(views.finish(LONG)).isEqualTo(3);
      assertThat(session.resolve("mime4j")).doesNotExist();
      assertThat(session.resolve("other")).doesNotExist();
      views.toFiles();
      assertThat(ledger.taken()).isZero();
      assertThat(views.of("mime4j")).isNotEmpty().allMatch(Files::isRegularFile);
      assertThat(views.of("other")).isEqualTo(views.of("mime4j"));
      assertOnlyOurNames(session, views.directory());
    }
  }

  @Test
  void whatFindsNoRoomInMemoryGoesToFilesAndNothingIsLost() throws Exception {
    for (int room : new int[] {1, 5000, 20_000, 60_000, 200_000}) {
      for (int all : new int[] {5000, 1_000_000}) {
        Path session = newSession();
        Ledger ledger = new Ledger(2L * all);
        MemoryBudget memory = new MemoryBudget(room, ledger);
        String large = "0123456789".repeat(4000);
        String mail = Mails.multipart(Mails.text("hello"), Mails.attachment("", large));
        try (Views views = start(session, memory)) {
          feed(views, mail);
          assertThat(ledger.taken()).isLessThanOrEqualTo(Math.min(room, all));
          views.toFiles();
          assertThat(views.message().file()).hasContent(mail);
          Result result = new Result(views, views.directory(), 1);
          assertThat(contents(result, "mime4j")).contains("hello", large);
        }
        assertThat(ledger.taken()).isZero();
      }
    }
  }

  @Test
  void aMessageOfManyPartsIsPutOffWhileOthersHaveTooManyAndNeverJudgedByHalf() throws Exception {
    Ledger ledger = new Ledger(2 * 150 * MemoryBudget.PIECE);
    MemoryBudget memory = new MemoryBudget(0, ledger);
    String ordinary = Mails.multipart(Mails.text("hello"), Mails.text("again"));
    String large = Mails.multipart(attachments(300));
    try (Views first = start(newSession(), memory)) {
      feed(first, large); // alone it may have them all
      try (Views second = start(newSession(), memory)) {
        assertThatThrownBy(() -> feed(second, large))
            .isInstanceOf(ScanFailure.class)
            .hasMessageContaining("-Xmx")
            .hasMessageContaining("extract.max-parts");
      }
      try (Views third = start(newSession(), memory)) {
        feed(third, ordinary);
      }
    }
    assertThat(ledger.taken()).isZero();
    try (Views again = start(newSession(), memory)) {
      feed(again, large);
    }
  }

  @Test
  void theFilesOfAProgramCountAsWell() throws Exception {
    Ledger ledger = new Ledger(2 * 10 * MemoryBudget.PIECE);
    MemoryBudget memory = new MemoryBudget(0, ledger);
    String large = Mails.multipart(attachments(200));
    Path one = newSession();
    Path other = newSession();
    List<Extractor> ripmime = List.of(ripmime(WIDE));
    try (Views first = Views.start(() -> one, mark() + "-1", ripmime, WIDE, false, memory);
        Views second = Views.start(() -> other, mark() + "-2", ripmime, WIDE, false, memory)) {
      feed(first, large);
      assertThatThrownBy(() -> feed(second, large)).isInstanceOf(ScanFailure.class);
    }
    assertThat(ledger.taken()).isZero();
  }

  private static String[] attachments(int many) {
    String[] attachments = new String[many];
    for (int i = 0; i < many; i++) {
      attachments[i] = Mails.attachment("", "content " + i);
    }
    return attachments;
  }

  private Views start(Path session, MemoryBudget memory) throws Exception {
    return Views.start(() -> session, mark(), List.of(new Mime4j(WIDE)), WIDE, false, memory);
  }

  private static void feed(Views views, String mail) throws Exception {
    for (byte octet : Mails.octets(mail)) {
      views.message().append(new byte[] {octet}, 0, 1);
    }
    views.message().complete();
    assertThat(views.finish(LONG)).isEqualTo(1);
  }

  @Test
  void aMailInAMailIsOpenedEvenWhenItIsEncoded() throws Exception {
    String inner = Mails.multipart(Mails.attachment("filename=\"x.exe\"", "innermost"));
    String plain = "Content-Type: message/rfc822\n\n" + inner;
    String encoded =
        "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n" + Mails.base64(inner);
    assertThat(contents(extract(Mails.multipart(plain), WIDE, new Mime4j(WIDE)), "mime4j"))
        .contains("innermost");
    assertThat(contents(extract(Mails.multipart(encoded), WIDE, new Mime4j(WIDE)), "mime4j"))
        .contains("innermost");
  }

  @Test
  void preambleAndEpilogueAreScannedToo() throws Exception {
    String mail =
        Mails.multipart(Mails.text("x")).replaceFirst("\n\n--", "\n\nbefore all\n--")
            + "after all\n";
    assertThat(contents(extract(mail, WIDE, new Mime4j(WIDE)), "mime4j"))
        .contains("before all", "after all");
  }

  @Test
  void quotedPrintableIsDecoded() throws Exception {
    String mail =
        Mails.multipart(
            "Content-Type: text/plain\nContent-Transfer-Encoding: quoted-printable\n\n=61=62=\nc");
    Result result = extract(mail, WIDE, ripmime(WIDE), new Mime4j(WIDE));
    assertThat(contents(result, "mime4j")).contains("abc");
    assertThat(contents(result, "ripmime")).contains("abc");
  }

  // Names.

  static Stream<String> names() {
    return Stream.of(
        "filename*=utf-8''x%0A%3E%3E%3E%20Virus%20'Forged'%20found%20in%20file%20y.txt",
        "filename*=utf-8''x%0D%0ANo%20viruses%20were%20discovered.",
        "filename=\"a\n\t>>> Virus 'Forged' found in file b\"",
        "filename=\"=?utf-8?B?eAo+Pj4gVmlydXMgJ0ZvcmdlZCcgZm91bmQgaW4gZmlsZSB5?=\"",
        "filename=\"../../../../../../tmp/qscan-evil\"",
        "filename=\"..\"",
        "filename=\".\"",
        "filename=\"/etc/qscan-evil\"",
        "filename=\"..\\\\..\\\\qscan-evil\"",
        "filename*=utf-8''..%2f..%2fqscan-evil",
        "filename=\"-rf\"",
        "filename=\"--help.exe\"",
        "filename=\"-\"",
        "filename=\"\"",
        "filename=\" \"",
        "filename=\"" + "n".repeat(4000) + ".exe\"",
        "filename=\"" + "n/".repeat(2000) + "\"",
        "filename=\"\u00ff\u00fe\u0080.txt\"",
        "filename*=utf-8''%ff%fe%80.txt",
        "filename=\"a\u0000b.txt\"",
        "filename*=utf-8''a%00b.txt",
        "filename=\"\u001b[2J\u0007.txt\"",
        "filename=\"$(touch qscan-evil)`touch qscan-evil`;touch qscan-evil|touch qscan-evil\"",
        "filename=\"a.txt\"; filename=\"../b.txt\"; name=\"-c.txt\"",
        "filename=\"1\"",
        "filename=\"views\"",
        "filename=\"_headers_\"",
        "filename=\"CON.txt\"",
        "filename=\"x.verylongextension\"",
        "filename=\"x.e\u00e9e\"",
        "filename=\"unfinished");
  }

  @ParameterizedTest
  @MethodSource("names")
  void noNameOfTheSendersIsTheNameOfAFile(String name) throws Exception {
    String content = "the content of the attachment";
    String mail =
        Mails.multipart(
            Mails.text("hello"),
            Mails.attachment(name, content),
            // The other places where a name can stand.
            "Content-Type: application/x; "
                + name.replace("filename", "name")
                + "\nContent-Transfer-Encoding: base64\n\n"
                + Mails.base64(content),
            "Content-Type: text/plain\n\nbegin 644 "
                + name.replaceFirst("^filename[*]?=", "")
                + "\n#86)C\n`\nend\n");
    // assertOnlyOurNames has been asked by extract, and what lies around by nothingIsLeft.
    Result result = extract(mail, WIDE, ripmime(WIDE), new Mime4j(WIDE));
    assertThat(contents(result, "mime4j")).contains(content);
    assertThat(Path.of("/tmp/qscan-evil")).doesNotExist();
    assertThat(Path.of("/etc/qscan-evil")).doesNotExist();
  }

  @Test
  void namesAreReportedAsTheyWere() throws Exception {
    String mail =
        Mails.multipart(
            Mails.attachment("filename=\"../a b.exe\"", "x"),
            Mails.attachment("filename=\"-rf\"", "x"));
    assertThat(extract(mail, WIDE, new Mime4j(WIDE)).views().names())
        .containsExactly("../a b.exe", "-rf");
  }

  @ParameterizedTest
  @CsvSource({
    "report.doc, .doc",
    "REPORT.DOC, .doc",
    "a.b.c.ZIP, .zip",
    "archive.tar.gz, .gz",
    "x.7z, .7z",
    "x.jpeg2, .jpeg2",
    "x.jpeg22, ''",
    "noextension, ''",
    "trailing., ''",
    ".hidden, ''",
    "x.e-e, ''",
    "'x.a b', ''",
    "'x.exe ', ''",
    "x.\u00e9xe, ''",
    "x.\u0131, ''",
    "x.\u212aB, ''",
    "'', ''",
    "., ''"
  })
  void anExtensionIsKeptOnlyWhereItIsShortAndHarmless(String name, String extension) {
    if (name.equals(".hidden")) {
      assertThat(Views.extension(name)).matches("|\\.[a-z]*");
    } else {
      assertThat(Views.extension(name)).isEqualTo(extension);
    }
  }

  // Mails that are no mails.

  @Test
  void theMailThatCrashesRipmimeFailsRipmimeAlone() throws Exception {
    Result result = extract("=??B?\"\n\n", WIDE, ripmime(WIDE), new Mime4j(WIDE));
    assertThat(result.succeeded()).isEqualTo(1);
    assertThat(result.views().failed()).isEqualTo(1);
    assertThat(result.views().notes()).hasSize(1).first().asString().contains("died of signal 11");
    assertThat(result.files("raw")).isEqualTo(Map.of("1.eml", "=??B?\"\n\n"));
  }

  @Test
  void aMailWithoutABlankLineIsStillThereAsItIs() throws Exception {
    String mail = "Subject: x\nMIME-Version: 1.0\nContent-Type: text/plain\nX5O!P%@AP";
    Result result = extract(mail, WIDE, ripmime(WIDE), new Mime4j(WIDE));
    assertThat(result.succeeded()).isEqualTo(2);
    assertThat(result.files("raw")).isEqualTo(Map.of("1.eml", mail));
  }

  static Stream<String> oddMails() {
    return Stream.of(
        "",
        "\n",
        "x",
        "\0",
        "\0".repeat(10_000),
        "\r\n\r\n",
        "\u00ff\u00fe",
        "Content-Type: multipart/mixed\n\n--\n--\n",
        "Content-Type: multipart/mixed; boundary=\"\"\n\n--\n\nx\n----\n",
        "Content-Type: multipart/mixed; boundary=a\n\nno boundary at all",
        "Content-Type: multipart/mixed; boundary=a\n\n--a",
        "Content-Type: multipart/mixed; boundary=a\n\n--a\n\n--a--\n--a\n\nafter the end\n--a--\n",
        "Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\n!!!not base64!!!",
        "Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\nYWJ",
        "Content-Type: text/plain\nContent-Transfer-Encoding: quoted-printable\n\n=ZZ=\n==",
        "Content-Type: text/plain\nContent-Transfer-Encoding: nonsense\n\nx",
        "Content-Type: /\nContent-Disposition: ;;;===\n\nx",
        "Content-Type: message/rfc822\n\n",
        "From a@b Thu Jan  1 00:00:00 1970\nSubject: x\n\nmbox",
        "a line of text that is no header\n\nbody",
        ": no name\n\nx",
        " begins with a blank\n\nx");
  }

  @ParameterizedTest
  @MethodSource("oddMails")
  void whatIsNoMailDoesNotFailMime4jAndIsThereAsItIs(String mail) throws Exception {
    Result result = extract(mail, WIDE, new Mime4j(WIDE));
    assertThat(result.views().notes()).isEmpty();
    assertThat(result.succeeded()).isEqualTo(1);
    assertThat(result.files("raw")).isEqualTo(Map.of("1.eml", mail));
  }

  @Test
  void aLineOfTwentyMegabytesPasses() throws Exception {
    String mail = Mails.plain("x".repeat(20 << 20));
    Result result = extract(mail, WIDE, ripmime(WIDE), new Mime4j(WIDE));
    assertThat(result.views().notes()).isEmpty();
    assertThat(result.succeeded()).isEqualTo(2);
    assertThat(result.files("mime4j").values()).anyMatch(text -> text.length() == 20 << 20);
    assertThat(result.files("raw").get("1.eml")).hasSize(mail.length());
  }

  @Test
  void aHugeHeaderLineFailsNoMoreThanMime4j() throws Exception {
    for (int size : new int[] {200_000, 1 << 18, 3 << 20}) {
      String header = "X-Long: " + "y".repeat(size) + "\n";
      String mail = header + Mails.multipart(Mails.attachment("filename=\"a.b\"", "content"));
      Result result = extract(mail, WIDE, ripmime(WIDE), new Mime4j(WIDE));
      assertThat(result.succeeded()).isPositive();
      assertThat(result.files("raw").get("1.eml")).hasSize(mail.length());
      if (size < 1 << 18) {
        assertThat(contents(result, "mime4j")).contains("content");
      }
    }
  }

  @Test
  void tenThousandHeadersPass() throws Exception {
    StringBuilder mail = new StringBuilder();
    for (int i = 0; i < 10_000; i++) {
      mail.append("X-Header-").append(i).append(": value\n");
    }
    mail.append(Mails.multipart(Mails.attachment("filename=\"a.b\"", "content")));
    Result result = extract(mail.toString(), WIDE, ripmime(WIDE), new Mime4j(WIDE));
    assertThat(result.succeeded()).isEqualTo(2);
    assertThat(contents(result, "mime4j")).contains("content");
    assertThat(contents(result, "ripmime")).contains("content");
  }

  // Limits.

  @Test
  void asManyPartsAsAllowedPassAndOneMoreDoesNot() throws Exception {
    Limits three = new Limits(3, 50, 1 << 20);
    String part = Mails.attachment("filename=\"a.b\"", "x");
    // The line end behind the last boundary would be an epilogue, and so a part.
    Result within = extract(Mails.multipart(part, part, part).strip(), three, new Mime4j(three));
    assertThat(within.views().overLimit()).isFalse();
    assertThat(within.succeeded()).isEqualTo(1);
    Result over = extract(Mails.multipart(part, part, part, part), three, new Mime4j(three));
    assertThat(over.views().overLimit()).isTrue();
    assertThat(over.succeeded()).isZero();
    assertThat(over.views().failed()).isZero();
    assertThat(over.views().notes()).first().asString().contains("extract.max-parts");
    Result ripped = extract(Mails.multipart(part, part, part, part), three, ripmime(three));
    assertThat(ripped.views().overLimit()).isTrue();
    assertThat(ripped.views().notes()).first().asString().contains("extract.max-parts");
  }

  @Test
  void asDeepAsAllowedPassesAndOneDeeperDoesNot() throws Exception {
    Limits ten = new Limits(2000, 10, 1 << 20);
    Result within = extract(Mails.nested(10), ten, new Mime4j(ten));
    assertThat(within.views().overLimit()).isFalse();
    assertThat(contents(within, "mime4j")).contains("the innermost");
    Result over = extract(Mails.nested(11), ten, new Mime4j(ten));
    assertThat(over.views().overLimit()).isTrue();
    assertThat(over.views().notes()).first().asString().contains("extract.max-depth 10");
  }

  @Test
  void theDeepestAllowedNestingDoesNotOverflowTheStack() throws Exception {
    Limits deep = new Limits(2000, 1000, 1 << 20);
    Result result = extract(Mails.nested(1000), deep, new Mime4j(deep));
    assertThat(result.views().notes()).isEmpty();
    assertThat(result.succeeded()).isEqualTo(1);
    assertThat(contents(result, "mime4j")).contains("the innermost");
  }

  @Test
  void asManyOctetsAsAllowedPassAndMoreDoNot() throws Exception {
    Limits small = new Limits(2000, 50, 10_000);
    String half = Mails.attachment("filename=\"a.b\"", "x".repeat(5_000));
    String more = Mails.attachment("filename=\"a.b\"", "x".repeat(5_001));
    Result within = extract(Mails.multipart(half, half).strip(), small, new Mime4j(small));
    assertThat(within.views().overLimit()).isFalse();
    Result over = extract(Mails.multipart(half, more), small, new Mime4j(small));
    assertThat(over.views().overLimit()).isTrue();
    assertThat(over.views().notes()).first().asString().contains("extract.max-bytes");
    Result ripped = extract(Mails.multipart(half, more), small, ripmime(small));
    assertThat(ripped.views().overLimit()).isTrue();
  }

  @Test
  void oneFileOverTheLimitIsOverTheLimitForRipmimeToo() throws Exception {
    Limits small = new Limits(2000, 50, 10_000);
    String large = Mails.attachment("filename=\"a.b\"", "x".repeat(200_000));
    Result result = extract(Mails.multipart(large), small, ripmime(small));
    assertThat(result.views().overLimit()).isTrue();
    assertThat(result.succeeded()).isZero();
  }

  // Extractors that misbehave.

  private Extractor fakeRipmime(String script) {
    return new Ripmime(FakeProgram.write(outer, "ripmime", script), LONG, WIDE);
  }

  @Test
  void missingRipmimeIsOurFailureWhateverTheOthersSee() {
    Extractor missing = new Ripmime(outer.resolve("no-such-ripmime"), LONG, WIDE);
    assertThatThrownBy(() -> extract(Mails.plain("x"), WIDE, missing, new Mime4j(WIDE)))
        .isInstanceOf(ScanFailure.class)
        .hasMessageStartingWith("ripmime.program " + outer.resolve("no-such-ripmime"))
        .hasMessageContaining("could not be executed");
  }

  @Test
  void ripmimeThatDoesNotReadTheMessageHasFailed() throws Exception {
    Result result =
        extract(Mails.plain("x".repeat(1_000_000)), WIDE, fakeRipmime("exit 0"), new Mime4j(WIDE));
    assertThat(result.succeeded()).isEqualTo(1);
    assertThat(result.views().notes())
        .singleElement()
        .asString()
        .contains("did not read the whole message");
  }

  @Test
  void hangingRipmimeIsAFailureOfRipmimeAloneAndLeavesNoProcess() throws Exception {
    Extractor hanging = fakeRipmime("setsid sleep 300 & sleep 300");
    Result result =
        extract(Mails.plain("x"), WIDE, Duration.ofSeconds(3), new Mime4j(WIDE), hanging);
    assertThat(result.succeeded()).isEqualTo(1);
    assertThat(result.views().notes()).first().asString().contains("did not end within");
  }

  /** The patience is for all extractors together; who has ended has not been too slow. */
  @Test
  void anExtractorThatWaitsBehindAHangingOneIsStillAskedForItsResult() throws Exception {
    Extractor hanging = fakeRipmime("sleep 300");
    Result result =
        extract(Mails.plain("hello"), WIDE, Duration.ofSeconds(3), hanging, new Mime4j(WIDE));
    assertThat(result.succeeded()).isEqualTo(1);
    assertThat(contents(result, "mime4j")).contains("hello");
  }

  @Test
  void ripmimeThatNeverReadsHoldsUpNeitherTheMessageNorAnotherExtractor() throws Exception {
    Extractor deaf = fakeRipmime("exec sleep 300 <&-");
    String mail = Mails.plain("x".repeat(5 << 20));
    Result result = extract(mail, WIDE, Duration.ofSeconds(5), new Mime4j(WIDE), deaf);
    assertThat(result.succeeded()).isEqualTo(1);
    assertThat(result.files("raw").get("1.eml")).hasSize(mail.length());
  }

  @Test
  void talkativeRipmimeIsAFailureAndItsTalkIsCut() throws Exception {
    Result result = extract(Mails.plain("x"), WIDE, fakeRipmime("yes"));
    assertThat(result.succeeded()).isZero();
    assertThat(result.views().notes())
        .first()
        .asString()
        .contains("printed more")
        .hasSizeLessThan(600);
  }

  @Test
  void whatAFailedExtractorMadeIsScannedAllTheSame() throws Exception {
    Extractor half = fakeRipmime("echo half >\"$4/half.doc\"\nkill -SEGV $$");
    Result result = extract(Mails.plain("x"), WIDE, half);
    assertThat(result.succeeded()).isZero();
    assertThat(result.files("ripmime")).isEqualTo(Map.of("2.doc", "half\n"));
  }

  @Test
  void namesThatAreNoTextAreRenamedToo() throws Exception {
    Extractor odd =
        fakeRipmime(
            "cat >/dev/null; cd \"$4\" && for name in \"$(printf 'a\\377\\001b.exe')\" \"$(printf 'x\\ny')\" ./-rf; do"
                + " echo \"$name\" >\"$name\"; done");
    Result result = extract(Mails.plain("x"), WIDE, odd);
    assertThat(result.succeeded()).isEqualTo(1);
    assertThat(result.files("ripmime")).hasSize(3);
    assertThat(result.views().names()).hasSize(3);
  }

  @Test
  void whatIsNoRegularFileIsNeverScannedNorFollowed() {
    for (String script :
        List.of(
            "ln -s . \"$4/link\"",
            "mkfifo \"$4/fifo\"",
            "mkdir \"$4/directory\"",
            "ln -s /no/such/file \"$4/dangling\"")) {
      Extractor odd = fakeRipmime(script);
      assertThatThrownBy(() -> extract(Mails.plain("x"), WIDE, odd))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("not a regular file");
    }
  }

  @Test
  void closingEndsTheExtractorsBeforeItReturns() throws Exception {
    Path program =
        FakeProgram.write(outer, "ripmime", "setsid sleep 300 & cat >/dev/null; sleep 300");
    for (int i = 0; i < 10; i++) {
      Extractor slow = new Ripmime(program, LONG, WIDE);
      Path session = newSession();
      List<Extractor> both = List.of(slow, new Mime4j(WIDE));
      Views views = Views.start(() -> session, mark(), both, WIDE, false, MemoryBudget.none());
      byte[] some = Mails.octets(Mails.plain("x".repeat(1000 * i)));
      views.message().append(some, 0, some.length);
      views.close();
      assertThat(ProcessTree.find(mark())).isEmpty();
      assertThat(FakeProgram.survivors(program)).isEmpty();
    }
  }

  @Test
  void theGroupMayReadEveryViewWhereItIsToldSo() throws Exception {
    String mail = Mails.multipart(Mails.attachment("filename=\"a.b\"", "x"));
    Path session = newSession();
    List<Extractor> both = List.of(ripmime(WIDE), new Mime4j(WIDE));
    try (Views views = Views.start(() -> session, mark(), both, WIDE, true, MemoryBudget.none())) {
      views.message().append(Mails.octets(mail), 0, mail.length());
      views.message().complete();
      views.finish(LONG);
      try (Stream<Path> all = Files.walk(views.directory())) {
        for (Path path : all.toList()) {
          assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
              .isEqualTo(Files.isDirectory(path) ? "rwxr-x---" : "rw-r-----");
        }
      }
    }
  }

  @Test
  void partsThatShareTheirChecksumAreAllScannedHoweverManyThereAre() throws Exception {
    List<String> alike = List.of("plumless", "buckeroo"); // of one CRC-32, and so are those joined
    for (int i = 0; i < 2; i++) {
      List<String> longer = new ArrayList<>();
      for (String one : alike) {
        longer.add(one + "plumless");
        longer.add(one + "buckeroo");
      }
      alike = longer;
    }
    String[] parts =
        alike.stream()
            .map(content -> Mails.attachment("filename=a", content))
            .toArray(String[]::new);
    Result result = extract(Mails.multipart(parts), WIDE, new Mime4j(WIDE));

    assertThat(alike).hasSize(8);
    assertThat(result.files("mime4j").values()).containsAll(alike);
  }
}
