package org.qscan.engine.scan.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.qscan.engine.config.Address;
import org.qscan.engine.testing.ManualTicker;

/** In which order the addresses of a daemon are asked. */
class EndpointsTest {

  private final ManualTicker time = new ManualTicker();
  private final Endpoints endpoints =
      new Endpoints(
          List.of(Address.of("unix:/a"), Address.of("tcp:b:1"), Address.of("tcp:[::1]:2")), time);
  private final Endpoint a = endpoints.all().get(0);
  private final Endpoint b = endpoints.all().get(1);
  private final Endpoint c = endpoints.all().get(2);

  @Test
  void theOrderIsThatOfTheConfiguration() {
    assertThat(endpoints.inOrder()).containsExactly(a, b, c);
  }

  @Test
  void oneThatFailedComesLastForASecond() {
    endpoints.failed(a);
    assertThat(endpoints.inOrder()).containsExactly(b, c, a);
    time.advance(Duration.ofMillis(1001));
    assertThat(endpoints.inOrder()).containsExactly(a, b, c);
  }

  @Test
  void itsRestDoublesUpToAMinuteAndEndsWithAnAnswer() {
    for (long seconds : new long[] {1, 2, 4, 8, 16, 32, 60, 60}) {
      endpoints.failed(a);
      time.advance(Duration.ofSeconds(seconds).minusMillis(1));
      assertThat(endpoints.inOrder()).containsExactly(b, c, a);
      time.advance(Duration.ofMillis(2));
      assertThat(endpoints.inOrder()).containsExactly(a, b, c);
    }
    a.answered(new EndpointAddress(a, new InetSocketAddress(1), "a"));
    endpoints.failed(a);
    time.advance(Duration.ofMillis(1001));
    assertThat(endpoints.inOrder()).containsExactly(a, b, c);
  }

  @Test
  void whereAllRestAllAreAskedTheOneThatIsDueFirst() {
    endpoints.failed(b);
    time.advance(Duration.ofMillis(100));
    endpoints.failed(c);
    time.advance(Duration.ofMillis(100));
    endpoints.failed(a);
    assertThat(endpoints.inOrder()).containsExactly(b, c, a);
  }
}
