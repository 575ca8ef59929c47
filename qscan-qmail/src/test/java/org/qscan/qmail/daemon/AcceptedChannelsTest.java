package org.qscan.qmail.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who has filled the kernel's queue waits behind himself, and not before the others. */
class AcceptedChannelsTest {

  private final AcceptedChannels arrivals = new AcceptedChannels();
  private final List<SocketChannel> all = new ArrayList<>();

  private SocketChannel channel() throws Exception {
    SocketChannel channel = SocketChannel.open();
    all.add(channel);
    return channel;
  }

  @AfterEach
  void close() throws Exception {
    for (SocketChannel one : all) {
      one.close();
    }
  }

  @Test
  void whoComesLastIsBegunWithTheFirstOfOneWhoHasMany() throws Exception {
    for (int i = 0; i < 100; i++) {
      assertThat(arrivals.add(channel(), "mallory")).isNull();
    }
    SocketChannel one = channel();
    arrivals.add(one, "alice");
    assertThat(arrivals.next())
        .hasSizeLessThan(50)
        .contains(new AcceptedChannels.UserChannel(one, "alice"));
    int turns = 1;
    while (!arrivals.isEmpty()) {
      assertThat(arrivals.next()).isNotEmpty();
      turns++;
    }
    assertThat(turns).isEqualTo(7);
    assertThat(arrivals.next()).isEmpty();
  }

  @Test
  void ofTooManyWhoeverHasMostLosesTheOldest() throws Exception {
    SocketChannel one = channel();
    arrivals.add(one, "alice");
    SocketChannel oldest = channel();
    arrivals.add(oldest, "mallory");
    for (int i = 2; i < AcceptedChannels.MOST; i++) {
      assertThat(arrivals.add(channel(), "mallory")).isNull();
    }
    assertThat(arrivals.add(channel(), "bob")).isSameAs(oldest);
  }
}
