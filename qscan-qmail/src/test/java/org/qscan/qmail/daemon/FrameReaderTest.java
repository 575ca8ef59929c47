package org.qscan.qmail.daemon;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Frames are the same, wherever the octets are cut on their way. */
class FrameReaderTest {

  private static final String TALK =
      "H\0\0\0\006qscan\001M\0\0\0\003abcM\0\0\0\001dE\0\0\0\010\0\0\0\0\0\0\0\004S\0\0\0\0";

  /** Notes what it gets; pieces of the message are joined. */
  private static final class Notes implements FrameReader.FrameSink {
    private final List<String> frames = new ArrayList<>();
    private final StringBuilder message = new StringBuilder();

    @Override
    public void message(ByteBuffer octets) {
      message.append(ISO_8859_1.decode(octets));
    }

    @Override
    public void frame(char type, byte[] octets) {
      frames.add(type + new String(octets, ISO_8859_1));
    }
  }

  private static ByteBuffer octets(String text) {
    return ByteBuffer.wrap(text.getBytes(ISO_8859_1));
  }

  @Test
  void framesAreFoundHoweverTheOctetsAreCut() throws Exception {
    Random random = new Random(1);
    for (int run = 0; run < 200; run++) {
      Notes notes = new Notes();
      FrameReader reader = new FrameReader();
      for (int at = 0; at < TALK.length(); ) {
        int n = Math.min(TALK.length() - at, 1 + random.nextInt(12));
        reader.take(octets(TALK.substring(at, at + n)), notes);
        at += n;
      }
      assertThat(notes.message).hasToString("abcd");
      assertThat(notes.frames).containsExactly("Hqscan\001", "E\0\0\0\0\0\0\0\004", "S");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"M\0\0\0\0", "M\0\001\0\001", "M\377\377\377\377", "H\0\0\020\0", "Z\200\0\0\0"})
  void aLengthThatCannotBeIsNoticedWithTheHeader(String header) {
    assertThatThrownBy(() -> new FrameReader().take(octets(header), new Notes()))
        .isInstanceOf(ProtocolException.class);
  }

  @Test
  void behindAnErrorItTakesNothingAndSaysSoWithACheckedException() {
    FrameReader reader = new FrameReader();
    Notes notes = new Notes();
    assertThatThrownBy(() -> reader.take(octets("M\0\0\0\0"), notes))
        .isInstanceOf(ProtocolException.class);
    for (String next : new String[] {"x", TALK}) {
      assertThatThrownBy(() -> reader.take(octets(next), notes))
          .isInstanceOf(ProtocolException.class);
    }
    assertThat(notes.frames).isEmpty();
    assertThat(notes.message).isEmpty();
  }

  @Test
  void whatTheSinkThrowsIsAnErrorToo() {
    FrameReader reader = new FrameReader();
    FrameReader.FrameSink throwing =
        new FrameReader.FrameSink() {
          @Override
          public void message(ByteBuffer octets) {
            throw new IllegalStateException();
          }

          @Override
          public void frame(char type, byte[] octets) {}
        };
    assertThatThrownBy(() -> reader.take(octets("M\0\0\0\002x"), throwing))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> reader.take(octets("y"), new Notes()))
        .isInstanceOf(ProtocolException.class);
  }

  @Test
  void randomOctetsAreFramesOrAnError() {
    Random random = new Random(2);
    for (int run = 0; run < 2_000; run++) {
      byte[] octets = new byte[random.nextInt(60)];
      random.nextBytes(octets);
      for (int i = 0; i < octets.length && i < 4; i++) {
        octets[i] = i == 0 ? (byte) "HMEVXS".charAt(random.nextInt(6)) : 0;
      }
      try {
        new FrameReader().take(ByteBuffer.wrap(octets), new Notes());
      } catch (ProtocolException e) {
        assertThat(e.getMessage()).isNotEmpty();
      }
    }
  }
}
