package org.qscan.engine.extract;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.qscan.engine.testing.Mails;

/** What ripMIME is not asked to read, because it would only hurt it. */
class FieldsLookTest {

  private static boolean isTooMuch(String mail) {
    FieldsLook look = new FieldsLook(new ByteArrayInputStream(Mails.octets(mail)));
    byte[] buffer = new byte[1000];
    try {
      while (look.read(buffer, 0, buffer.length) >= 0) {
        // It looks at what passes.
      }
    } catch (IOException e) {
      assertThat(look.isTooMuch()).isTrue();
    }
    return look.isTooMuch();
  }

  @Test
  void aFieldOfManySemicolonsIsTooMuchWhereverItStands() {
    String type = "Content-Type: text/plain";
    String multipart = "Content-Type: multipart/mixed; boundary=b\n\n--b\n";
    assertThat(isTooMuch(type + ";a".repeat(44_000) + "\n\nbody\n")).isTrue();
    assertThat(isTooMuch(type + ";\n a".repeat(44_000) + "\n\nbody\n")).isTrue();
    assertThat(isTooMuch(multipart + type + ";a".repeat(44_000) + "\n\nbody\n--b--\n")).isTrue();
    assertThat(isTooMuch((type + ";a".repeat(2000) + "\n").repeat(20) + "\n\nbody\n")).isTrue();
    assertThat(isTooMuch(type + (";" + "a".repeat(100)).repeat(2000) + "\n\nbody\n")).isTrue();
  }

  @Test
  void ordinaryMailIsNot() {
    String received = "Received: from a (b; c); by d; Mon, 1 Jan 2026 00:00:00 +0000\n";
    String style = "--\na{b:c;d:e}".repeat(10_000);
    assertThat(isTooMuch(received.repeat(200) + "\n" + "a;b\n".repeat(50_000))).isFalse();
    assertThat(isTooMuch("Content-Type: text/html\n\n" + style)).isFalse();
    String rule = "      .c td { color: #123456; padding: 0; }\n";
    String row = "    <tr><td>&nbsp;</td><td>7&nbsp;&euro;</td></tr>\n";
    assertThat(isTooMuch("Content-Type: text/html\n\n<!--\n-->\n" + rule.repeat(5000))).isFalse();
    assertThat(isTooMuch("Content-Type: text/html\n\n<!--\n-->\n" + row.repeat(5000))).isFalse();
    assertThat(isTooMuch("Content-Type: a/b;\n\tname=\"c\"; d=e\n\n" + ";".repeat(200_000)))
        .isFalse();
  }
}
