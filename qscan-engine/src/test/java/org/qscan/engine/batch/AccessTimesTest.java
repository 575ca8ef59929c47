package org.qscan.engine.batch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qscan.engine.testing.Until;

/** On the file system that tests run on, which is mounted relatime or strictatime. */
class AccessTimesTest {

  @TempDir Path root;
  @TempDir Path elsewhere;
  private final List<Path> places = new ArrayList<>();

  @BeforeEach
  void fourMessagesOfTwoFiles() throws IOException {
    for (int i = 1; i <= 4; i++) {
      Path place = root.resolve(Integer.toString(i));
      Files.createDirectories(place.resolve("raw"));
      Files.writeString(place.resolve("raw/1.eml"), "message " + i);
      Files.writeString(place.resolve("2.txt"), "part");
      places.add(place);
    }
  }

  private void read(int... numbers) throws Exception {
    for (int number : numbers) {
      twoTicks();
      assertThat(Files.readString(root.resolve(number + "/raw/1.eml"))).isNotEmpty();
    }
  }

  /** Times of files are as fine as the kernel's tick: 10 ms at most. */
  private void twoTicks() throws Exception {
    Path clock = Files.createTempFile(elsewhere, "clock", "");
    Instant begin = Files.getLastModifiedTime(clock).toInstant();
    Until.holds(
        "two ticks are over",
        () -> {
          Files.writeString(clock, "x");
          return Files.getLastModifiedTime(clock).toInstant().isAfter(begin.plusMillis(20));
        });
  }

  @Test
  void theOneThatWasReadLastIsTold() throws Exception {
    AccessTimes.wipe(root);
    read(2, 4, 1);
    assertThat(AccessTimes.last(root, places)).containsExactly(root.resolve("1"));
  }

  @Test
  void whatWasReadBeforeTheRunDoesNotCount() throws Exception {
    read(1, 2, 3, 4);
    AccessTimes.wipe(root);
    read(3);
    assertThat(AccessTimes.last(root, places)).containsExactly(root.resolve("3"));
  }

  @Test
  void ofThoseReadInOneTickInTheOrderOfTheirNamesTheLastIsTold() throws Exception {
    AccessTimes.wipe(root);
    for (int number = 1; number <= 3; number++) {
      Files.readString(root.resolve(number + "/2.txt"));
    }
    assertThat(AccessTimes.last(root, places)).contains(root.resolve("3"));
  }

  /** As Linux 6.13 and newer tell it of a file that was wiped in the tick in which it was read. */
  @Test
  void aTimeThatIsLaterByLessThanATickIsNotLater() throws Exception {
    AccessTimes.wipe(root);
    Instant now = Instant.now();
    readAt(1, now.plusNanos(2_134_000));
    readAt(2, now);
    readAt(3, now);
    assertThat(AccessTimes.last(root, places)).contains(root.resolve("3"));
  }

  private void readAt(int number, Instant time) throws IOException {
    Files.getFileAttributeView(root.resolve(number + "/2.txt"), BasicFileAttributeView.class)
        .setTimes(null, FileTime.from(time), null);
  }

  @Test
  void inTheOrderOfTheDirectoryAsWell() throws Exception {
    AccessTimes.wipe(root);
    List<Path> listed;
    try (Stream<Path> list = Files.list(root)) {
      listed = list.toList();
    }
    for (Path place : listed.subList(0, 3)) {
      Files.readString(place.resolve("2.txt"));
    }
    assertThat(AccessTimes.last(root, places)).contains(listed.get(2));
  }

  @Test
  void nothingIsToldWhereNothingWasReadOrAll() throws Exception {
    AccessTimes.wipe(root);
    assertThat(AccessTimes.last(root, places)).isEmpty();
    read(1, 2, 3, 4);
    assertThat(AccessTimes.last(root, places)).isEmpty();
  }

  @Test
  void theTimeOfTheLastChangeStays() throws Exception {
    Path file = root.resolve("1/2.txt");
    long before = Files.getLastModifiedTime(file).toMillis();
    AccessTimes.wipe(root);
    assertThat(Files.getLastModifiedTime(file).toMillis()).isEqualTo(before);
  }

  @Test
  void aDirectoryThatIsGoneIsNoError() throws Exception {
    AccessTimes.wipe(root.resolve("gone"));
    assertThat(AccessTimes.last(root.resolve("gone"), List.of(root.resolve("gone/1")))).isEmpty();
  }
}
