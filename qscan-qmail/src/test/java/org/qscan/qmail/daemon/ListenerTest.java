package org.qscan.qmail.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ListenerTest {

  private static final Path SOCKET = Path.of("/run/qscan/qscand.sock");

  @Test
  void whomClientsDoNotBelieveTheOperatorIsTold() {
    assertThat(Listener.disbelief(SOCKET, 998, 0)).contains("user 0", "user 998", "chown");
    assertThat(Listener.disbelief(SOCKET, 998, 998)).isEmpty();
    assertThat(Listener.disbelief(SOCKET, 0, 998)).isEmpty();
  }
}
