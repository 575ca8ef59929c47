package org.qscan.engine.scan;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qscan.engine.testing.ManualTicker;

class VerdictCacheTest {

  private final ManualTicker time = new ManualTicker();
  private final VerdictCache cache = new VerdictCache(3, time);

  private static ByteBuffer key(String content) {
    return ByteBuffer.wrap(content.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void cleanAndInfectedAreKept() {
    cache.enter("1");
    cache.keep(key("a"), List.of(), "1");
    cache.keep(key("b"), List.of("X"), "1");

    assertThat(cache.look(key("a"), "1")).isEmpty();
    assertThat(cache.look(key("b"), "1")).containsExactly("X");
    assertThat(cache.look(key("c"), "1")).isNull();
    assertThat(cache.figures()).isEqualTo(new VerdictCache.Figures(2, 3, 2));
  }

  @Test
  void anotherStateDropsEverything() {
    cache.enter("1");
    cache.keep(key("a"), List.of(), "1");
    cache.keep(key("b"), List.of("X"), "1");
    cache.enter("2");
    cache.enter("1");

    assertThat(cache.look(key("a"), "1")).isNull();
    assertThat(cache.lookForThreats(key("b"))).isEmpty();
    assertThat(cache.figures().entries()).isZero();
  }

  @Test
  void whatWasFoundInAnotherStateIsNeitherKeptNorTold() {
    cache.enter("1");
    cache.keep(key("a"), List.of(), "0");
    assertThat(cache.look(key("a"), "1")).isNull();
    cache.keep(key("a"), List.of(), "1");
    assertThat(cache.look(key("a"), "0")).isNull();
  }

  @Test
  void ofAnUnknownStateNothingIsKept() {
    cache.enter("1");
    cache.keep(key("a"), List.of("X"), "1");
    cache.forget();
    assertThat(cache.lookForThreats(key("a"))).isEmpty();
    cache.keep(key("a"), List.of("X"), "1");
    assertThat(cache.figures().entries()).isZero();
  }

  @Test
  void itsSizeIsBoundedAndTheLeastRecentlyUsedGoesFirst() {
    cache.enter("1");
    for (String content : List.of("a", "b", "c")) {
      cache.keep(key(content), List.of("X"), "1");
    }
    cache.look(key("a"), "1");
    cache.keep(key("d"), List.of(), "1");

    assertThat(cache.figures().entries()).isEqualTo(3);
    assertThat(cache.look(key("b"), "1")).isNull();
    assertThat(cache.look(key("a"), "1")).isNotNull();
    for (String content : List.of("e", "f", "g")) {
      cache.keep(key(content), List.of(), "1");
    }
    assertThat(cache.knowsThreats()).isFalse();
  }

  @Test
  void everythingIsForgottenAfterAWhileAndAStateThatIsNotAskedForIsNotBelieved() {
    cache.enter("1");
    cache.keep(key("a"), List.of("X"), "1");
    assertThat(cache.lookForThreats(key("a"))).containsExactly("X");
    time.advance(VerdictCache.BELIEF.plusNanos(1));
    assertThat(cache.lookForThreats(key("a"))).isEmpty();
    cache.enter("1");
    assertThat(cache.lookForThreats(key("a"))).containsExactly("X");
    time.advance(VerdictCache.LIFE);
    cache.enter("1");
    assertThat(cache.look(key("a"), "1")).isNull();
  }

  @Test
  void withoutRoomItIsOff() {
    VerdictCache off = new VerdictCache(0);
    off.enter("1");
    off.keep(key("a"), List.of(), "1");
    assertThat(off.isOn()).isFalse();
    assertThat(off.figures().entries()).isZero();
  }

  @Test
  void theContentAndTheExtensionMakeTheKey(@TempDir Path directory) throws Exception {
    Path one = Files.writeString(directory.resolve("2.doc"), "content");
    Path same = Files.writeString(directory.resolve("7.doc"), "content");
    assertThat(key(one)).isNotNull().isEqualTo(key(same));
    for (String other : List.of("3", "3.docx")) {
      Path file = Files.writeString(directory.resolve(other), "content");
      assertThat(key(file)).as(other).isNotEqualTo(key(one));
    }
    Path changed = Files.writeString(directory.resolve("9.doc"), "Content");
    assertThat(key(changed)).isNotEqualTo(key(one));
    assertThat(key(directory.resolve("none"))).isNull();
  }

  private @Nullable ByteBuffer key(Path file) {
    return VerdictCache.key(ScanInput.in(Path.of("/")), file);
  }
}
