package org.qscan.qmail;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.qscan.engine.testing.FakeDaemon;

/**
 * Mail of many senders who mean harm, and ordinary mail beside it. Here it is little and short; to
 * see more, {@code -Dabuse.times=10} sends ten times as many, and {@code -Dabuse.seconds=600} goes
 * on for ten minutes. What each kind came to is printed.
 */
@Tag("slow")
class AbuseIT {

  private static final int TIMES = Integer.getInteger("abuse.times", 1);
  private static final int SECONDS = Integer.getInteger("abuse.seconds", 4);

  private static final String[] CLAMD = {"clamd", "mime4j,generous"};
  private static final String[] SWEEP = {"sweep", "ripmime,mime4j,generous"};

  /** Ordinary mail comes at this pace. */
  private static final int EVERY_MILLIS = 50;

  private final Random seeds = new Random(7);

  /** What ordinary mail met. */
  private static final class Met {
    private final List<Long> millis = new CopyOnWriteArrayList<>();
    private final Map<String, Integer> answers = Collections.synchronizedMap(new TreeMap<>());

    void add(String answer, long nanos) {
      millis.add(TimeUnit.NANOSECONDS.toMillis(nanos));
      answers.merge(answer, 1, Integer::sum);
    }

    long percentile(int percent) {
      List<Long> sorted = new ArrayList<>(millis);
      Collections.sort(sorted);
      return sorted.isEmpty() ? -1 : sorted.get((sorted.size() - 1) * percent / 100);
    }

    @Override
    public String toString() {
      return answers
          + " p50="
          + percentile(50)
          + " p99="
          + percentile(99)
          + " max="
          + percentile(100)
          + " ms";
    }
  }

  @ParameterizedTest
  @CsvSource({
    "RIPMIME_SEMICOLONS, 14, true",
    "PARAMETERS_IN_BASE64, 8, false",
    "SAME_NAME, 10, false",
  })
  void ordinaryMailBesideItIsNeitherPutOffNorLast(Attack attack, int many, boolean program)
      throws Exception {
    try (Trial trial = new Trial(program ? SWEEP : CLAMD, 48)) {
      trial.ordinary(20, new Met());
      Met before = new Met();
      trial.ordinary(20, before);
      Met attackers = new Met();
      trial.attack(attack, many * TIMES, attackers);
      Met beside = trial.besideTheAttack();
      System.out.printf(
          Locale.ROOT,
          "abuse: %s x %d: before %s; beside %s; the attack %s%n",
          attack,
          many * TIMES,
          before,
          beside,
          attackers);
      assertThat(beside.answers).as("%s", trial.log()).containsOnlyKeys("Q");
      trial.isAlive();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {48, 32})
  void unfinishedAndManyPartMailDoesNotEndItWhateverItsHeap(int mebibytes) throws Exception {
    try (Trial trial = new Trial(CLAMD, mebibytes)) {
      trial.ordinary(10, new Met());
      trial.unfinished(20 * TIMES);
      Met attackers = new Met();
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
      trial.attackUntil(end, 25 * TIMES, attackers);
      Met beside = trial.besideTheAttack();
      System.out.printf(
          Locale.ROOT,
          "abuse: all kinds, heap %d MiB, %d s: beside %s; the attack %s; resident %s%n",
          mebibytes,
          SECONDS,
          beside,
          attackers,
          trial.resident());
      assertThat(beside.answers).as("%s", trial.log()).containsOnlyKeys("Q");
      trial.isAlive();
    }
  }

  /** A daemon, a scanner that finds nothing, and many who send. */
  private final class Trial implements AutoCloseable {
    private final Site site = Site.create(Front.RESIDENT);
    private final FakeDaemon clamd;
    private final Daemon daemon;
    private final Path log = site.directory().resolve("abuse.log");
    private final ExecutorService senders = Executors.newCachedThreadPool();
    private final AtomicInteger attacking = new AtomicInteger();
    private final AtomicInteger addresses = new AtomicInteger();
    private final List<SocketChannel> held = new ArrayList<>();

    Trial(String[] scanner, int mebibytes) throws IOException {
      clamd = new FakeDaemon("unix:" + site.directory().resolve("clamd"), AbuseIT::clamd);
      site.set("scanners", scanner[0]);
      site.set("extractors", scanner[1]);
      site.set("clamd.address", "unix:" + site.directory().resolve("clamd"));
      daemon = Daemon.startFrom(homeWith(mebibytes), site, log);
      if (!daemon.isReady()) {
        throw new IOException("it does not start: " + log());
      }
    }

    private Path homeWith(int mebibytes) throws IOException {
      Path home = site.directory().resolve("home");
      try (Stream<Path> all = Files.walk(Site.home())) {
        for (Path one : (Iterable<Path>) all::iterator) {
          Files.copy(
              one,
              home.resolve(Site.home().relativize(one).toString()),
              StandardCopyOption.COPY_ATTRIBUTES);
        }
      }
      Path program = home.resolve("bin/qscand");
      String script = Files.readString(program);
      assertThat(script).contains("-Xmx48m");
      Files.writeString(program, script.replace("-Xmx48m", "-Xmx" + mebibytes + "m"));
      return home;
    }

    List<String> log() throws IOException {
      List<String> lines = Daemon.lines(log);
      return lines.subList(Math.max(0, lines.size() - 20), lines.size());
    }

    void ordinary(int many, Met met) throws IOException {
      for (int i = 0; i < many; i++) {
        sendOrdinary(met);
      }
    }

    private void sendOrdinary(Met met) throws IOException {
      Random random = new Random(seeds.nextLong());
      byte[] mail = Attack.ordinary(random);
      long began = System.nanoTime();
      String answer = send("192.0.2." + random.nextInt(200), mail);
      met.add(answer, System.nanoTime() - began);
    }

    /** All of them at once. */
    void attack(Attack attack, int many, Met met) {
      for (int i = 0; i < many; i++) {
        byte[] mail = attack.mail(new Random(seeds.nextLong()));
        attacking.incrementAndGet();
        senders.execute(() -> attackWith(mail, met));
      }
    }

    /** So many at a time, of all kinds. */
    void attackUntil(long end, int many, Met met) {
      Attack[] kinds = Attack.values();
      for (int i = 0; i < many; i++) {
        Random random = new Random(seeds.nextLong());
        attacking.incrementAndGet();
        senders.execute(() -> {
          while (System.nanoTime() - end < 0) {
            attacking.incrementAndGet();
            attackWith(kinds[random.nextInt(kinds.length)].mail(random), met);
          }
          attacking.decrementAndGet();
        });
      }
    }

    private void attackWith(byte[] mail, Met met) {
      long began = System.nanoTime();
      String answer;
      try {
        answer = send("198.51.100." + addresses.incrementAndGet() % 200, mail);
      } catch (IOException e) {
        answer = e.toString();
      }
      met.add(answer, System.nanoTime() - began);
      attacking.decrementAndGet();
    }

    /** Messages of which a megabyte comes, and no end. */
    void unfinished(int many) throws IOException {
      for (int i = 0; i < many; i++) {
        SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(site.socket()));
        held.add(channel);
        DataOutputStream out = new DataOutputStream(Channels.newOutputStream(channel));
        hello(out, "203.0.113." + i % 200);
        message(out, new byte[1_000_000]);
        out.flush();
      }
    }

    /** Ordinary mail at its pace, as long as the attack goes on. */
    Met besideTheAttack() throws Exception {
      Met met = new Met();
      List<Future<?>> all = new ArrayList<>();
      while (attacking.get() > 0 && daemon.isAlive()) {
        all.add(
            senders.submit(() -> {
              try {
                sendOrdinary(met);
              } catch (IOException e) {
                met.add(e.toString(), 0);
              }
            }));
        TimeUnit.MILLISECONDS.sleep(EVERY_MILLIS);
      }
      for (Future<?> one : all) {
        one.get();
      }
      return met;
    }

    void isAlive() throws IOException {
      assertThat(daemon.isAlive()).as("%s", log()).isTrue();
      Met last = new Met();
      ordinary(1, last);
      assertThat(last.answers).as("%s", log()).containsOnlyKeys("Q");
    }

    String resident() throws IOException {
      for (String line : Files.readAllLines(Path.of("/proc/" + daemon.pid() + "/status"))) {
        if (line.startsWith("VmHWM")) {
          return line;
        }
      }
      return "unknown";
    }

    private String send(String address, byte[] mail) throws IOException {
      try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(site.socket()))) {
        DataOutputStream out = new DataOutputStream(Channels.newOutputStream(channel));
        hello(out, address);
        message(out, mail);
        frame(out, 'E', ByteBuffer.allocate(8).putLong(mail.length).array());
        byte[] sender = Mail.octets("a@b.test");
        frame(
            out,
            'V',
            ByteBuffer.allocate(9 + sender.length).put((byte) 1).putLong(1).put(sender).array());
        DataInputStream in = new DataInputStream(Channels.newInputStream(channel));
        while (true) {
          char type = (char) in.readByte();
          byte[] frame = new byte[in.readInt()];
          in.readFully(frame);
          if (type == 'A') {
            frame(out, 'X', ByteBuffer.allocate(10).put(frame, 1, 1).put((byte) 1).array());
            return String.valueOf((char) frame[0]);
          }
        }
      }
    }

    @Override
    public void close() throws IOException {
      senders.shutdownNow();
      for (SocketChannel one : held) {
        one.close();
      }
      daemon.close();
      clamd.close();
      site.close();
    }
  }

  private static void hello(DataOutputStream out, String address) throws IOException {
    frame(out, 'H', Mail.octets("qscan\001" + address));
  }

  private static void message(DataOutputStream out, byte[] mail) throws IOException {
    for (int at = 0; at < mail.length; at += 65536) {
      int n = Math.min(65536, mail.length - at);
      out.write('M');
      out.writeInt(n);
      out.write(mail, at, n);
    }
  }

  private static void frame(DataOutputStream out, char type, byte[] octets) throws IOException {
    ByteBuffer frame = ByteBuffer.allocate(5 + octets.length);
    out.write(frame.put((byte) type).putInt(octets.length).put(octets).array());
  }

  /** Finds EICAR, and keeps nothing. */
  private static void clamd(FakeDaemon.Wire wire) throws IOException, InterruptedException {
    for (int number = 0; ; ) {
      String command = wire.readTo('\0');
      if (command.equals("zEND")) {
        return;
      }
      if (command.equals("zVERSION")) {
        wire.send(++number + ": ClamAV 1.4.6/27500/Fri Nov 20 08:32:11 2026\0");
      } else if (command.equals("zINSTREAM")) {
        boolean found = false;
        for (int n = ByteBuffer.wrap(wire.read(4)).getInt();
            n > 0;
            n = ByteBuffer.wrap(wire.read(4)).getInt()) {
          byte[] octets = wire.read(n);
          found |= n < 200_000 && Mail.text(octets).contains("EICAR-STANDARD-ANTIVIRUS");
        }
        wire.send(++number + ": stream: " + (found ? "Eicar FOUND" : "OK") + "\0");
      } else if (command.startsWith("zSCAN ")) {
        String text = Mail.text(Files.readAllBytes(Path.of(command.substring(6))));
        boolean found = text.contains("EICAR-STANDARD-ANTIVIRUS");
        wire.send(
            ++number + ": " + command.substring(6) + (found ? ": Eicar FOUND" : ": OK") + "\0");
      }
    }
  }

  @Test
  void thereIsAnAttackOfEachKindAndNoneIsLargerThanItsCostIsOrdinary() {
    for (Attack attack : Attack.values()) {
      assertThat(attack.mail(new Random(1)).length).as("%s", attack).isBetween(10_000, 1_200_000);
    }
  }
}
