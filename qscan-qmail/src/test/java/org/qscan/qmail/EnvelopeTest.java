package org.qscan.qmail;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.qscan.qmail.Envelope.EnvelopeState;

/** The grammar of facts: F sender NUL (T recipient NUL)* NUL, addresses of at most 1002 octets. */
class EnvelopeTest {

  private static final String TWO = "Fa@x.test\0Tb@y.test\0Tc@z.test\0\0";

  @Test
  void anEnvelopeIsReadAndKeptOctetForOctet(@TempDir Path directory) throws IOException {
    Envelope envelope = read(TWO, directory);

    assertThat(envelope.state()).isEqualTo(EnvelopeState.COMPLETE);
    assertThat(envelope.sender()).isEqualTo("a@x.test");
    assertThat(envelope.recipients()).isEqualTo(2);
    assertThat(kept(envelope)).isEqualTo(TWO);
  }

  @Test
  void cutAnywhereItIsBrokenOffAndNeverComplete(@TempDir Path directory) throws IOException {
    for (int length = 0; length < TWO.length(); length++) {
      String cut = TWO.substring(0, length);
      Envelope envelope = read(cut, directory);
      assertThat(envelope.state())
          .as("cut after %d octets", length)
          .isEqualTo(EnvelopeState.BROKEN_OFF);
      assertThat(kept(envelope)).isEqualTo(cut);
    }
  }

  @Test
  void readInPiecesOfAnySizeItIsTheSame(@TempDir Path directory) throws IOException {
    for (int piece = 1; piece <= TWO.length(); piece++) {
      Envelope envelope = Envelope.read(new Pieces(bytes(TWO), piece), directory.resolve("e"));
      assertThat(envelope.state()).isEqualTo(EnvelopeState.COMPLETE);
      assertThat(kept(envelope)).isEqualTo(TWO);
    }
  }

  @Test
  void anAddressMayHave1002Octets(@TempDir Path directory) throws IOException {
    String longest = "x".repeat(1002);

    assertThat(read("F" + longest + "\0Tb\0\0", directory).state())
        .isEqualTo(EnvelopeState.COMPLETE);
    assertThat(read("F" + longest + "\0Tb\0\0", directory).sender()).isEqualTo(longest);
    assertThat(read("Fa\0T" + longest + "\0\0", directory).state())
        .isEqualTo(EnvelopeState.COMPLETE);
    assertThat(read("Fa\0Tb\0T" + longest + "\0\0", directory).state())
        .isEqualTo(EnvelopeState.COMPLETE);
  }

  @Test
  void anAddressOf1003OctetsIsTooLongEvenBeforeItsEndHasArrived(@TempDir Path directory)
      throws IOException {
    String tooLong = "x".repeat(1003);

    for (String end : new String[] {"", "\0", "\0Tb\0\0", "x".repeat(100_000)}) {
      assertThat(read("F" + tooLong + end, directory).state())
          .isEqualTo(EnvelopeState.ADDRESS_TOO_LONG);
      assertThat(read("Fa\0T" + tooLong + end, directory).state())
          .isEqualTo(EnvelopeState.ADDRESS_TOO_LONG);
      assertThat(read("Fa\0Tb\0T" + tooLong + end, directory).state())
          .isEqualTo(EnvelopeState.ADDRESS_TOO_LONG);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\0",
        "\0\0",
        "X",
        "Xa\0Tb\0\0",
        "fa\0Tb\0\0",
        "Ta\0\0",
        "Fa\0Fb\0Tc\0\0",
        "Fa\0Tb\0Fc\0\0",
        "Fa\0Tb\0X",
        "Fa\0tb\0\0",
        "Fa\0Tb\0Q",
        "Fa\0\nTb\0\0",
        " Fa\0Tb\0\0"
      })
  void whatIsNotOfTheGrammarIsMalformed(String wrong, @TempDir Path directory) throws IOException {
    assertThat(read(wrong, directory).state()).isEqualTo(EnvelopeState.MALFORMED);
  }

  @Test
  void noRecipientsAtAllAreAllowed(@TempDir Path directory) throws IOException {
    Envelope envelope = read("Fa@x\0\0", directory);

    assertThat(envelope.state()).isEqualTo(EnvelopeState.COMPLETE);
    assertThat(envelope.recipients()).isZero();
  }

  @Test
  void emptyAddressesAreAllowed(@TempDir Path directory) throws IOException {
    Envelope envelope = read("F\0T\0T\0\0", directory);

    assertThat(envelope.state()).isEqualTo(EnvelopeState.COMPLETE);
    assertThat(envelope.sender()).isEmpty();
    assertThat(envelope.recipients()).isEqualTo(2);
  }

  @Test
  void addressesAreNobodysBusiness(@TempDir Path directory) throws IOException {
    String strange = "F\n\r\u00e4\u00ffF T\0T\u0001\u007f\n.\nT\u00a0\0T#@[]\0\0";

    Envelope envelope = read(strange, directory);

    assertThat(envelope.state()).isEqualTo(EnvelopeState.COMPLETE);
    assertThat(envelope.sender()).isEqualTo("\n\r\u00e4\u00ffF T");
    assertThat(kept(envelope)).isEqualTo(strange);
  }

  @Test
  void twentyThousandRecipientsAreAllowed(@TempDir Path directory) throws IOException {
    StringBuilder many = new StringBuilder("Fa@x\0");
    for (int i = 0; i < 20_000; i++) {
      many.append("Trecipient-number-").append(i).append("@y.test\0");
    }
    many.append('\0');

    Envelope envelope = read(many.toString(), directory);

    assertThat(envelope.state()).isEqualTo(EnvelopeState.COMPLETE);
    assertThat(envelope.recipients()).isEqualTo(20_000);
    assertThat(kept(envelope)).isEqualTo(many.toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "\0", "Fa\0Tb\0\0", "Tb\0\0"})
  void octetsAfterTheLastNulAreNotTaken(String after, @TempDir Path directory) throws IOException {
    Envelope envelope = read(TWO + after, directory);

    assertThat(envelope.state()).isEqualTo(EnvelopeState.COMPLETE);
    assertThat(kept(envelope)).isEqualTo(TWO);
  }

  @Test
  void afterTheLastNulNothingMoreIsWaitedFor(@TempDir Path directory) throws IOException {
    InputStream wouldBlock =
        new Pieces(bytes(TWO), 5) {
          @Override
          int atEnd() {
            throw new AssertionError("read again after the last NUL");
          }
        };

    assertThat(Envelope.read(wouldBlock, directory.resolve("e")).state())
        .isEqualTo(EnvelopeState.COMPLETE);
  }

  @Test
  void aReadErrorIsAnEndBeforeTheLastNul(@TempDir Path directory) throws IOException {
    InputStream broken =
        new Pieces(bytes("Fa\0Tb\0"), 100) {
          @Override
          int atEnd() throws IOException {
            throw new IOException("descriptor 1 is not open");
          }
        };

    assertThat(Envelope.read(broken, directory.resolve("e")).state())
        .isEqualTo(EnvelopeState.BROKEN_OFF);
  }

  @Test
  void whereItCannotBeKeptThatIsAnErrorOfOurs(@TempDir Path directory) {
    assertThatThrownBy(() ->
            Envelope.read(
                new ByteArrayInputStream(bytes(TWO)), directory.resolve("missing/envelope")))
        .isInstanceOf(IOException.class);
  }

  @Test
  void itAgreesWithASimplerReaderOnEnvelopesThatAreNearlyRight(@TempDir Path directory)
      throws IOException {
    Random random = new Random(20_260_101);
    Map<EnvelopeState, Integer> seen = new EnumMap<>(EnvelopeState.class);
    for (int round = 0; round < 5000; round++) {
      byte[] octets = nearlyRight(random);
      Path file = directory.resolve("e");
      Envelope envelope = Envelope.read(new Pieces(octets, 1 + random.nextInt(2000)), file);
      Reference wanted = Reference.of(octets);

      assertThat(envelope.state()).as(Arrays.toString(octets)).isEqualTo(wanted.state());
      seen.merge(envelope.state(), 1, Integer::sum);
      if (envelope.isComplete()) {
        assertThat(Files.readAllBytes(file)).isEqualTo(Arrays.copyOf(octets, wanted.length()));
        assertThat(envelope.recipients()).isEqualTo(wanted.recipients());
      }
    }
    for (EnvelopeState state :
        List.of(
            EnvelopeState.COMPLETE,
            EnvelopeState.BROKEN_OFF,
            EnvelopeState.MALFORMED,
            EnvelopeState.ADDRESS_TOO_LONG)) {
      assertThat(seen.getOrDefault(state, 0)).as(state.name()).isGreaterThan(200);
    }
  }

  /** Right in the main; then cut, or an octet changed, or something put in. */
  private static byte[] nearlyRight(Random random) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write('F');
    address(random, out);
    for (int recipients = random.nextInt(4); recipients > 0; recipients--) {
      out.write('T');
      address(random, out);
    }
    out.write(0);
    byte[] octets = out.toByteArray();
    return switch (random.nextInt(4)) {
      case 0 -> Arrays.copyOf(octets, random.nextInt(octets.length + 1));
      case 1 -> {
        octets[random.nextInt(octets.length)] = (byte) "\0FTQx\n".charAt(random.nextInt(6));
        yield octets;
      }
      case 2 -> Arrays.copyOf(octets, octets.length + random.nextInt(5));
      default -> octets;
    };
  }

  private static void address(Random random, ByteArrayOutputStream out) {
    int length =
        switch (random.nextInt(6)) {
          case 0 -> 0;
          case 1 -> 1001 + random.nextInt(4);
          default -> random.nextInt(30);
        };
    for (int i = 0; i < length; i++) {
      out.write(1 + random.nextInt(255));
    }
    out.write(0);
  }

  /** The same grammar by searching for NULs, where the real one goes octet by octet. */
  private record Reference(EnvelopeState state, int length, int recipients) {
    static Reference of(byte[] octets) {
      String text = new String(octets, ISO_8859_1);
      int at = 0;
      for (int addresses = 0; ; addresses++) {
        if (at == text.length()) {
          return new Reference(EnvelopeState.BROKEN_OFF, at, addresses - 1);
        }
        if (addresses > 0 && text.charAt(at) == 0) {
          return new Reference(EnvelopeState.COMPLETE, at + 1, addresses - 1);
        }
        if (text.charAt(at) != (addresses == 0 ? 'F' : 'T')) {
          return new Reference(EnvelopeState.MALFORMED, at, addresses - 1);
        }
        int nul = text.indexOf(0, at + 1);
        if ((nul < 0 ? text.length() : nul) - at - 1 > 1002) {
          return new Reference(EnvelopeState.ADDRESS_TOO_LONG, at, addresses - 1);
        }
        at = nul < 0 ? text.length() : nul + 1;
        if (nul < 0) {
          return new Reference(EnvelopeState.BROKEN_OFF, at, addresses - 1);
        }
      }
    }
  }

  /** Gives a few octets at a time, as a pipe does. */
  private static class Pieces extends InputStream {
    private final byte[] octets;
    private final int most;
    private int at;

    Pieces(byte[] octets, int most) {
      this.octets = octets;
      this.most = most;
    }

    int atEnd() throws IOException {
      return -1;
    }

    @Override
    public int read() {
      throw new UnsupportedOperationException("one by one is too slow");
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      if (at == octets.length) {
        return atEnd();
      }
      int n = Math.min(Math.min(length, most), octets.length - at);
      System.arraycopy(octets, at, buffer, offset, n);
      at += n;
      return n;
    }
  }

  private static Envelope read(String octets, Path directory) throws IOException {
    return Envelope.read(new ByteArrayInputStream(bytes(octets)), directory.resolve("envelope"));
  }

  private static String kept(Envelope envelope) throws IOException {
    return Files.readString(envelope.file(), ISO_8859_1);
  }

  private static byte[] bytes(String octets) {
    return octets.getBytes(ISO_8859_1);
  }
}
