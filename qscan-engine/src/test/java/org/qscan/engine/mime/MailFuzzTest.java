package org.qscan.engine.mime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.qscan.engine.testing.Mails;

/** What {@link MailFuzz} demands, of what the fuzzer has found and of some mail made at random. */
class MailFuzzTest {

  private static final int TRIES = 300;

  private static final List<String> BITS =
      List.of(
          "\n",
          "\r\n",
          "\n\n",
          "=",
          "--x\n",
          "begin 644 a\n",
          "=ybegin name=a\n",
          ":" + "!".repeat(40) + "\n",
          "Content-Type: multipart/mixed; boundary=x\n",
          "Content-Type: text/html; charset=utf-7\n",
          "Content-Transfer-Encoding: base64\n",
          "Content-Transfer-Encoding: quoted-printable\n",
          "Content-Transfer-Encoding: x-uuencode\n",
          "QUJDREVGR0hJSktMTU5P\n",
          "<html>data:a;base64,'",
          "BEGIN:VCARD\nenc:",
          "<!ENTITY a 'data:,b'>&a;",
          "\0",
          " ",
          "> ");

  /** Minimized, by samples/fuzz. */
  private static List<Path> corpus() throws IOException, URISyntaxException {
    Path directory =
        Path.of(Objects.requireNonNull(MailFuzzTest.class.getResource("/fuzz/mail")).toURI());
    try (Stream<Path> files = Files.list(directory)) {
      return files.sorted().toList();
    }
  }

  @Test
  void whatTheFuzzerFoundIsReadAsItShould() throws Exception {
    List<Path> inputs = corpus();
    for (Path input : inputs) {
      try {
        MailFuzz.fuzzerTestOneInput(Files.readAllBytes(input));
      } catch (IllegalStateException e) {
        throw new IllegalStateException(input.getFileName() + ": " + e.getMessage(), e);
      }
    }
    assertThat(inputs).isNotEmpty();
  }

  /** The same ones each time. */
  @Test
  void whateverIsPutBetweenEmptyLinesIsFoundDecoded() throws Exception {
    Random random = new Random(6);
    List<String> mails = new ArrayList<>();
    for (Evasions.Evasion evasion : Evasions.all()) {
      mails.add(evasion.around().apply("harmless"));
    }
    for (int i = 0; i < TRIES; i++) {
      StringBuilder mail = new StringBuilder(mails.get(random.nextInt(mails.size())));
      for (int edit = random.nextInt(6); edit > 0; edit--) {
        int at = random.nextInt(mail.length());
        mail.insert(at, BITS.get(random.nextInt(BITS.size())).repeat(1 + random.nextInt(3)));
      }
      byte[] choices = new byte[MailFuzz.CHOICES];
      random.nextBytes(choices);
      byte[] octets = Mails.octets("xxxx" + mail);
      System.arraycopy(choices, 0, octets, 0, choices.length);
      MailFuzz.fuzzerTestOneInput(octets);
    }
  }
}
