package org.qscan.engine.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qscan.engine.testing.Until;

class MessageStoreTest {

  @TempDir Path directory;

  private MessageStore create() throws IOException {
    return MessageStore.create(directory.resolve("1.eml"), false);
  }

  private static byte[] random(int size) {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    return bytes;
  }

  private static void append(MessageStore message, byte[] bytes) throws IOException {
    message.append(bytes, 0, bytes.length);
  }

  /** Reads all on a thread of its own; what was read, and then perhaps the error. */
  private static CompletableFuture<byte[]> reader(InputStream in, int chunk, int pause) {
    return CompletableFuture.supplyAsync(
        () -> {
          ByteArrayOutputStream all = new ByteArrayOutputStream();
          byte[] buffer = new byte[chunk];
          try (in) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
              all.write(buffer, 0, n);
              Thread.sleep(pause);
            }
            return all.toByteArray();
          } catch (IOException | InterruptedException e) {
            throw new IllegalStateException("after " + all.size() + " octets", e);
          }
        },
        task -> new Thread(task).start());
  }

  private static byte[] get(CompletableFuture<byte[]> reader) throws Exception {
    return reader.get(120, TimeUnit.SECONDS);
  }

  @Test
  void followersAtDifferentSpeedsAllReadTheSame() throws Exception {
    byte[] all = random(300_000);
    try (MessageStore message = create()) {
      List<CompletableFuture<byte[]>> readers = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        readers.add(reader(message.follow(), 1 << (8 + 3 * i), i == 0 ? 0 : 3 - i));
      }
      Random random = new Random(1);
      for (int at = 0; at < all.length; ) {
        int n = Math.min(all.length - at, random.nextInt(20_000));
        byte[] piece = Arrays.copyOfRange(all, at, at + n);
        append(message, piece);
        at += n;
        if (readers.size() < 8) {
          readers.add(reader(message.follow(), 4096, 0)); // begins later, reads from the start
        }
      }
      message.complete();
      readers.add(reader(message.follow(), 4096, 0));
      for (CompletableFuture<byte[]> reader : readers) {
        assertThat(get(reader)).isEqualTo(all);
      }
      assertThat(message.size()).isEqualTo(all.length);
      assertThat(message.file()).hasBinaryContent(all);
    }
  }

  @Test
  void aFollowerThatStopsReadingHoldsUpNobody() throws Exception {
    byte[] all = random(5_000_000);
    try (MessageStore message = create();
        InputStream stopped = message.follow()) {
      message.follow().close();
      CompletableFuture<byte[]> reader = reader(message.follow(), 8192, 0);
      append(message, random(1));
      assertThat(stopped.read()).isNotNegative();
      append(message, all);
      message.complete();
      assertThat(get(reader)).hasSize(all.length + 1);
    }
  }

  @Test
  void aFollowerWaitsForWhatHasNotArrived() throws Exception {
    try (MessageStore message = create()) {
      CompletableFuture<byte[]> reader = reader(message.follow(), 100, 0);
      Until.stays("it waits", () -> !reader.isDone());
      append(message, new byte[] {'a'});
      Until.stays("it waits", () -> !reader.isDone());
      message.complete();
      assertThat(get(reader)).containsExactly('a');
    }
  }

  @Test
  void anEmptyMessageHasAnEnd() throws Exception {
    try (MessageStore message = create();
        InputStream follower = message.follow()) {
      message.complete();
      assertThat(follower.read()).isEqualTo(-1);
      assertThat(follower.read(new byte[0])).isZero();
      assertThat(follower.read(new byte[5], 0, 5)).isEqualTo(-1);
    }
  }

  @Test
  void octetsAbove127AreNoEnd() throws Exception {
    try (MessageStore message = create();
        InputStream follower = message.follow()) {
      append(message, new byte[] {(byte) 0xff, 0});
      message.complete();
      assertThat(follower.read()).isEqualTo(0xff);
      assertThat(follower.read()).isZero();
      assertThat(follower.read()).isEqualTo(-1);
    }
  }

  @Test
  void afterAnAbortFollowersMeetAnErrorAndNeverAnEnd() throws Exception {
    try (MessageStore message = create();
        InputStream follower = message.follow()) {
      CompletableFuture<byte[]> waiting = reader(message.follow(), 10, 0);
      append(message, new byte[] {'a', 'b'});
      message.abort();
      assertThat(follower.read()).isEqualTo('a');
      assertThat(follower.read()).isEqualTo('b');
      for (int i = 0; i < 3; i++) {
        assertThatThrownBy(follower::read)
            .isInstanceOf(IOException.class)
            .hasMessageContaining("before it was complete");
      }
      assertThatThrownBy(() -> get(waiting)).hasMessageContaining("after 2 octets");

      message.complete(); // too late
      assertThatThrownBy(follower::read).isInstanceOf(IOException.class);
      try (InputStream late = message.follow()) {
        assertThat(late.readNBytes(2)).containsExactly('a', 'b');
        assertThatThrownBy(late::read).isInstanceOf(IOException.class);
      }
    }
  }

  @Test
  void closingWithoutTheEndIsAnAbort() throws Exception {
    InputStream follower;
    try (MessageStore message = create()) {
      follower = message.follow();
      append(message, new byte[] {'a'});
    }
    try (follower) {
      assertThat(follower.read()).isEqualTo('a');
      assertThatThrownBy(follower::read).isInstanceOf(IOException.class);
    }
  }

  @Test
  void anAbortAfterTheEndChangesNothing() throws Exception {
    try (MessageStore message = create();
        InputStream follower = message.follow()) {
      message.complete();
      message.abort();
      assertThat(follower.read()).isEqualTo(-1);
    }
  }

  @Test
  void anInterruptedFollowerGivesUp() throws Exception {
    try (MessageStore message = create();
        InputStream follower = message.follow()) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(follower::read).isInstanceOf(IOException.class);
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void aFileThatIsCutShortIsNoEnd() throws Exception {
    try (MessageStore message = create();
        InputStream follower = message.follow()) {
      append(message, new byte[100]);
      message.complete();
      assertThat(follower.readNBytes(50)).hasSize(50);
      try (FileChannel other = FileChannel.open(message.file(), StandardOpenOption.WRITE)) {
        other.truncate(50);
      }
      assertThatThrownBy(follower::read).hasMessageContaining("truncated");
    }
  }

  @Test
  void theFileIsNewAndOurs() throws Exception {
    Path file = directory.resolve("1.eml");
    try (MessageStore message = MessageStore.create(file, false)) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(message.file())))
          .isEqualTo("rw-------");
    }
    assertThatThrownBy(() -> MessageStore.create(file, false))
        .isInstanceOf(FileAlreadyExistsException.class);
    Path link = Files.createSymbolicLink(directory.resolve("link"), directory.resolve("target"));
    assertThatThrownBy(() -> MessageStore.create(link, false))
        .isInstanceOf(FileAlreadyExistsException.class);
    assertThat(directory.resolve("target")).doesNotExist();
  }

  @Test
  void theGroupMayReadItWhereItIsToldSo() throws Exception {
    try (MessageStore message = MessageStore.create(directory.resolve("1.eml"), true)) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(message.file())))
          .isEqualTo("rw-r-----");
    }
  }
}
