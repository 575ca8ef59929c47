package org.qscan.engine.mime;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.qscan.engine.rules.MimeRule;
import org.qscan.engine.testing.Eicar;
import org.qscan.engine.testing.Mails;

/** What refuses although something of the same kind passes, and what is found by a hair. */
class LinterTest {

  @TempDir Path directory;

  private Set<MimeRule> rules(String mail) throws Exception {
    return Reading.into(directory, mail).hits().stream()
        .map(RuleHit::rule)
        .collect(Collectors.toSet());
  }

  private static String encoded(String fields, String body) {
    return "Subject: x\nContent-Type: application/octet-stream\n" + fields + "\n\n" + body + "\n";
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Transfer-Encoding: mac-binhex40",
        "Content-Transfer-Encoding: mac-binhex40\nContent-Transfer-Encoding: 7bit",
        "Content-Transfer-Encoding: 7bit\nContent-Transfer-Encoding: mac-binhex40",
        "Content-Transfer-Encoding: x-gzip64\nContent-Transfer-Encoding: base64",
        "Content-Transfer-Encoding: 7bit (mac-binhex40)",
      })
  void anEncodingThatWeDoNotDecodeRefusesWhicheverFieldOrCommentNamesIt(String fields)
      throws Exception {
    assertThat(rules(encoded(fields, "hello"))).contains(MimeRule.ENCODING_UNREAD);
  }

  @ParameterizedTest
  @ValueSource(strings = {"(base64) 7bit", "7bit (base64)", "8bit (x)(base64)"})
  void anEncodingInACommentIsDecodedForThoseWhoKnowNoComments(String value) throws Exception {
    String mail = encoded("Content-Transfer-Encoding: " + value, Mails.base64(Mails.eicar()));
    assertThat(rules(mail)).contains(MimeRule.ENCODING_UNKNOWN);
    assertThat(Eicar.isIn(directory.resolve("parts"))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"base64", "x-uuencode", "x-unheard-of"})
  void aMultipartWhosePartsOnlyDecodingCouldShowIsRefused(String encoding) throws Exception {
    String inner = "--b\nContent-Type: text/plain\n\nhello\n--b--\n";
    String mail =
        "Subject: x\nContent-Type: multipart/mixed; boundary=b\n"
            + "Content-Transfer-Encoding: "
            + encoding
            + "\n\n"
            + Mails.base64(inner.repeat(10));
    assertThat(rules(mail)).contains(MimeRule.MULTIPART_ENCODED);
  }

  @Test
  void aBoundaryIsFoundWithoutTheMarksThatAReaderStripsTwice() throws Exception {
    StringBuilder mail =
        new StringBuilder(
            "Subject: x\nContent-Type: multipart/mixed; boundary=\"<real>\"\n\n"
                + "--<real>\n\nhello\n--<real>--\n");
    for (int i = 0; i < 12; i++) {
      mail.append("--real\nXAbcd: ab\nContent-Type: text/plain\n\ntext\n");
    }
    String base64 = Mails.base64(Mails.eicar()).replace("\n", "");
    mail.append("--real\nX: a\nContent-Transfer-Encoding: base64\n\n");
    for (String piece : List.of(base64.split("(?<=\\G.{5})"))) {
      mail.append(piece).append("*\n");
    }
    rules(mail.append("--real--\n").toString());
    assertThat(Eicar.isIn(directory.resolve("parts"))).isTrue();
  }

  @Test
  void aMisspeltFieldIsOnlyThatWhereNothingIsEncoded() throws Exception {
    assertThat(rules(encoded("Content-Transfer-Encaoding: 8bit", "hello")))
        .doesNotContain(MimeRule.HEADER_HIDDEN);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Transfer-Encaoding: base64",
        "Content-Transfer-Encaoding: 8bit (base64)",
        "Content-Transfer-Encaoding: 8bit\nContent-Transfer-Encoding: base64",
        "Content-Transfer-Encoding: quoted-printable\nContent-Transfer-Encaoding: 7bit",
        "ContentType: text/plain"
      })
  void aMisspeltFieldThatMayDecideHowTheBodyIsReadRefuses(String fields) throws Exception {
    assertThat(rules(encoded(fields, "aGVsbG8="))).contains(MimeRule.HEADER_HIDDEN);
  }
}
