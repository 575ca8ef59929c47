package org.qscan.engine.extract;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Random;
import org.apache.james.mime4j.codec.Base64InputStream;
import org.apache.james.mime4j.codec.DecodeMonitor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Beside Mime4j's own decoder, on base64 as it is sent and on what only looks like it. */
class Base64BodyTest {

  private static byte[] ours(byte[] encoded, Random random) throws IOException {
    return new Base64Body(new InBits(encoded, random)).readAllBytes();
  }

  private static byte[] mime4j(byte[] encoded) throws IOException {
    return new Base64InputStream(new ByteArrayInputStream(encoded), DecodeMonitor.SILENT)
        .readAllBytes();
  }

  /** A stream that gives what it has in pieces of any size. */
  private static final class InBits extends InputStream {
    private final ByteArrayInputStream all;
    private final Random random;

    InBits(byte[] octets, Random random) {
      this.all = new ByteArrayInputStream(octets);
      this.random = random;
    }

    @Override
    public int read() {
      return all.read();
    }

    @Override
    public int read(byte[] to, int offset, int length) {
      return all.read(to, offset, Math.min(length, 1 + random.nextInt(5000)));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ABCDwxyz0189+/",
        "ABCDwxyz0189+/\r\n",
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ\r\n =",
        "AB=",
        "Az09+/-_.,:!\0\t\r\n \u00c1\u00ff"
      })
  void whateverIsInItIsDecodedAsMime4jDoes(String alphabet) throws IOException {
    Random random = new Random(alphabet.hashCode());
    for (int run = 0; run < 2000; run++) {
      byte[] encoded = new byte[random.nextInt(run % 50 == 0 ? 40_000 : 60)];
      for (int i = 0; i < encoded.length; i++) {
        encoded[i] = (byte) alphabet.charAt(random.nextInt(alphabet.length()));
      }
      assertThat(ours(encoded, random)).isEqualTo(mime4j(encoded));
    }
  }

  @Test
  void aFileIsDecodedWhole() throws IOException {
    Random random = new Random(1);
    for (int length = 0; length < 200; length++) {
      byte[] file = new byte[length * 331];
      random.nextBytes(file);
      byte[] encoded = Base64.getMimeEncoder().encode(file);
      assertThat(ours(encoded, random)).isEqualTo(file);
    }
  }

  @Test
  void anOctetAtATimeIsTheSame() throws IOException {
    InputStream body =
        new Base64Body(
            new ByteArrayInputStream("aGVs\r\nbG8=".getBytes(StandardCharsets.US_ASCII)));
    StringBuilder text = new StringBuilder();
    for (int octet = body.read(); octet >= 0; octet = body.read()) {
      text.append((char) octet);
    }
    assertThat(text).hasToString("hello");
    assertThat(body.read(new byte[1], 0, 1)).isNegative();
  }
}
