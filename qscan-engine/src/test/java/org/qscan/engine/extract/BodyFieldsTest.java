package org.qscan.engine.extract;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.List;
import org.apache.james.mime4j.stream.BodyDescriptor;
import org.apache.james.mime4j.stream.EntityState;
import org.apache.james.mime4j.stream.MimeConfig;
import org.apache.james.mime4j.stream.MimeTokenStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.qscan.engine.testing.Mails;

/** Beside Mime4j's own, which this is in place of. */
class BodyFieldsTest {

  private static List<String> tokens(MimeTokenStream tokens, String mail) throws Exception {
    tokens.parse(new ByteArrayInputStream(Mails.octets(mail)));
    List<String> all = new ArrayList<>();
    for (EntityState state = tokens.getState();
        state != EntityState.T_END_OF_STREAM;
        state = tokens.next()) {
      String what = state.toString();
      if (state == EntityState.T_BODY || state == EntityState.T_START_MULTIPART) {
        BodyDescriptor body = tokens.getBodyDescriptor();
        what +=
            String.join(
                "|",
                "",
                body.getMimeType(),
                body.getMediaType(),
                body.getSubType(),
                body.getBoundary(),
                body.getCharset(),
                body.getTransferEncoding());
      }
      all.add(what);
    }
    return all;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Content-Type: text/plain\n",
        "CONTENT-TYPE: TEXT/HTML; CHARSET=\" utf-8 \"; charset=\n",
        "Content-Type: Text / X ; charset=latin1; CHARSET=utf-8\n",
        "Content-Type: text/html\nContent-Type: application/x\n",
        "Content-Type: text\nContent-Type: application/pdf; boundary=b\n",
        "Content-Type: text/\n",
        "Content-Type: /plain\n",
        "Content-Type:\n",
        "Content-Type: MULTIPART/Mixed; Boundary=\"b\"\n",
        "Content-Type: multipart/mixed\nContent-Type: multipart/alternative; boundary=b\n",
        "Content-Type: multipart/mixed\n",
        "Content-Type: multipart/digest; boundary=b; boundary=b\n",
        "Content-Type: multipart (a comment) /mixed; boundary=b\n",
        "Content-Type: MESSAGE/RFC822\n",
        "Content-Type: message/rfc822\nContent-Transfer-Encoding: BASE64\n",
        "Content-Transfer-Encoding: Base64 \n",
        "Content-Transfer-Encoding:\nContent-Transfer-Encoding: quoted-printable\n",
        "Content-Transfer-Encoding: 8bit\nContent-Transfer-Encoding: base64\n",
        "Content-Length: 5\nContent-Length: x\n",
        "Content-Type: \u0130mage/\u00c4\n",
      })
  void aHeaderMeansWhatItMeansToMime4j(String header) throws Exception {
    String mail =
        "Subject: x\n" + header + "\n--b\n\nhi\n--b\nContent-Type: IMAGE/GIF\n\nhi\n--b--\n";
    MimeConfig config = MimeConfig.PERMISSIVE;
    assertThat(tokens(new MimeTokenStream(config, new BodyFields()), mail))
        .isEqualTo(tokens(new MimeTokenStream(config), mail));
  }
}
