package org.qscan.qmail;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.qscan.qmail.Call.Result;

/**
 * Too little of everything: disk, descriptors, file size, address space, processes. Whatever is
 * short, the sender is told to try again, by an exit code, and nothing stays behind; or there was
 * enough, and the message is queued.
 */
@ParameterizedClass
@EnumSource(Front.class)
class ShortageIT {

  private static final int USER = 54_321;

  private final Front front;

  ShortageIT(Front front) {
    this.front = front;
  }

  @Test
  void aFullDiskAtAnyPointIsTemporaryAndLeavesNothing() throws Exception {
    Need.root("mount a small tmpfs");
    List<Integer> kibibytes =
        IntStream.concat(
                IntStream.rangeClosed(1, 22).map(i -> 12 * i), IntStream.of(320, 400, 512, 1024))
            .boxed()
            .toList();
    Map<String, Integer> answers = new TreeMap<>();
    InParallel.each(
        front,
        2,
        (site, worker) -> {
          for (int i = worker; i < kibibytes.size(); i += 2) {
            boolean eicar = i / 2 % 2 == 1;
            try (Tmpfs work = Tmpfs.mount(site.work(), kibibytes.get(i) + "k", 1000)) {
              assertThat(work.directory()).isEmptyDirectory();
              site.stopDaemon(); // it has the other one open
              Result result =
                  site.call()
                      .message(eicar ? Mail.eicarBehind(40_000, "x") : large("x", 40_000))
                      .run();
              count(answers, result);
              check(site, "disk of " + kibibytes.get(i) + " KiB", eicar, result);
            }
          }
        });
    report("disk full", answers);
  }

  @Test
  void noInodesAtAnyPointIsTemporaryAndLeavesNothing() throws Exception {
    Need.root("mount a small tmpfs");
    Map<String, Integer> answers = new TreeMap<>();
    InParallel.each(
        front,
        2,
        (site, worker) -> {
          for (int inodes = 1 + worker; inodes <= 26; inodes += 2) {
            boolean eicar = inodes / 2 % 2 == 1;
            try (Tmpfs work = Tmpfs.mount(site.work(), "4m", inodes)) {
              assertThat(work.directory()).isEmptyDirectory();
              site.stopDaemon(); // it has the other one open
              Result result = site.call().message(eicar ? Mail.eicar("x") : large("x", 1000)).run();
              count(answers, result);
              check(site, inodes + " inodes", eicar, result);
            }
          }
        });
    report("inodes", answers);
  }

  /**
   * The disk is full while the parts are written and has room again when the scanner has looked at
   * what there is of them, as when other messages end meanwhile. ripMIME exits 0 all the same.
   */
  @Test
  void aDiskThatIsFullForAMomentDoesNotHideAVirus() throws Exception {
    Need.root("mount a small tmpfs");
    try (Site site = Site.create(front);
        Tmpfs work = Tmpfs.mount(site.work(), "256k", 1000)) {
      Path others = work.directory().resolve("others");
      Files.write(others, new byte[40 * 1024]);
      site.sweep(
          "rm -f %s\nexec perl %s \"$@\"".formatted(others, Site.resource("sweep-stand-in.pl")));

      Result result = site.call().message(Mail.eicarBehind(100_000, "x")).run();

      assertThat(others)
          .as("the scanner was reached or the message given up before")
          .satisfiesAnyOf(
              gone -> assertThat(gone).doesNotExist(),
              there -> assertThat(result.exit()).isEqualTo(99));
      assertThat(result.exit()).as("%s", result).isIn(39, 99);
      assertThat(site.queued()).isEmpty();
    }
  }

  @Test
  void anyNumberOfDescriptorsIsEnoughOrTemporary() throws Exception {
    Map<Integer, Result> results =
        sweep("-n ", Stream.iterate(3, n -> n <= 64, n -> n < 36 ? n + 1 : n + 4).toList());
    results.forEach((files, result) -> {
      if (front == Front.STANDALONE && files >= 20 && files < 32) { // below, no shell starts
        assertThat(result.logLine()).contains("the limit on open files (" + files, "exit=99");
      }
      if (files >= 36) {
        assertThat(result.exit()).as("%d: %s", files, result).isIn(0, 39);
      }
    });
  }

  @Test
  void anyLimitOnFileSizeIsEnoughOrTemporary() throws Exception {
    // In units of 512 octets; the largest file is the message, of about 55,000.
    sweep(
        "-f ",
        List.of(0, 1, 2, 8, 32, 64, 96, 104, 106, 107, 108, 109, 110, 120, 1000, 2000, 4000));
  }

  @Test
  void anyLimitOnAddressSpaceIsEnoughOrTemporaryWithALineThatSaysSo() throws Exception {
    int needed = neededKib();
    List<Integer> mebibytes =
        List.of(1, 2, 4, 8, 20, 40, 64, 100, 200, 300, 400, 580, 700, 900, 1200, 2000);
    // With 1 MiB the kernel cannot load a program in C that has its library in it, and ends it.
    int least = front == Front.STANDALONE ? 1 : 2;
    Map<Integer, Result> results =
        sweep(
            "-v ",
            Stream.concat(
                    mebibytes.stream().filter(n -> n >= least).map(n -> n * 1024),
                    Stream.of(needed))
                .toList());
    results.forEach((kibibytes, result) -> {
      if (front == Front.STANDALONE
          && kibibytes >= 20 * 1024
          && result.exit() == 99) { // below, no shell starts
        assertThat(result.logLine())
            .as("%d KiB", kibibytes)
            .contains("too small for a Java virtual machine", "exit=99");
      }
      if (kibibytes >= needed) { // what qscan-queue(8) asks for is enough
        assertThat(result.exit()).as("%d KiB: %s", kibibytes, result).isIn(0, 39);
      }
    });
  }

  /** The one record of it; {@code DocumentationTest} compares the documents with it. */
  private static int neededKib() throws Exception {
    for (String line : Files.readAllLines(Site.home().resolve("lib/launch"))) {
      if (line.startsWith("NEEDED_KIB=")) {
        return Integer.parseInt(line.substring("NEEDED_KIB=".length()));
      }
    }
    throw new AssertionError("lib/launch has no NEEDED_KIB");
  }

  @Test
  void anyLimitOnDataIsEnoughOrTemporary() throws Exception {
    // With less than 300 KiB the kernel cannot give a C program its memory, and ends it.
    sweep(
        "-d ",
        List.of(
            front == Front.STANDALONE ? 100 : 300,
            1000,
            10_000,
            50_000,
            90_000,
            110_000,
            200_000,
            400_000));
  }

  @Test
  void anyLimitOnTheStackIsEnoughOrTemporary() throws Exception {
    sweep("-s ", List.of(16, 64, 128, 256, 1024, 100_000));
  }

  @Test
  void anyNumberOfProcessesIsEnoughOrTemporary() throws Exception {
    Need.root("run as another user, whose processes can be limited");
    // Threads count too; the JVM alone has a dozen.
    sweep("-u ", Stream.iterate(1, n -> n <= 44, n -> n + 2).toList());
  }

  private Map<Integer, Result> sweep(String limit, List<Integer> values) throws Exception {
    Map<Integer, Result> results = new TreeMap<>();
    Map<String, Integer> answers = new TreeMap<>();
    InParallel.each(
        front,
        2,
        (site, worker) -> {
          for (int i = worker; i < values.size(); i += 2) {
            boolean eicar = i / 2 % 2 == 1;
            Call call =
                site.call().message(eicar ? Mail.eicarBehind(40_000, "x") : large("x", 40_000));
            if (limit.equals("-u ")) {
              asAnotherUser(site, call);

              call.option("nproc", values.get(i));
            } else {
              call.option("limit", limit + values.get(i));
            }
            Result result = call.run();
            synchronized (results) {
              results.put(values.get(i), result);
            }
            count(answers, result);
            check(site, "ulimit " + limit + values.get(i), eicar, result);
          }
        });
    report("ulimit " + limit, answers);
    return results;
  }

  /** A user with no other processes; everything it needs, it can reach. */
  private static void asAnotherUser(Site site, Call call) throws IOException {
    if (!Files.exists(site.directory().resolve("home"))) {
      site.openToAll();
      Files.setAttribute(site.queueDirectory(), "unix:uid", USER);
      if (!site.isResident()) {
        Files.setAttribute(site.work(), "unix:uid", USER);
      }
    }
    call.option("uid", USER).program(site.program(), "-c", site.configuration());
  }

  private static byte[] large(String text, int size) {
    return Mail.withAttachment(text, "x.bin", new byte[size]);
  }

  private static void check(Site site, String what, boolean eicar, Result result) {
    String story = what + (eicar ? ", EICAR" : ", clean") + ": " + result;
    assertThat(result.signal()).as("death by a signal; " + story).isEqualTo(-1);
    if (result.exit() == 0) {
      assertThat(eicar).as("EICAR let through; " + story).isFalse();
      assertThat(site.queued()).as(story).isNotEmpty();
    } else if (!eicar || result.exit() != QueueExit.INFECTED.code()) {
      assertThat(result.exit()).as("permanent; " + story).matches(code -> code < 11 || code > 40);
    }
    List<Site.Queued> queued = new ArrayList<>(site.queued());
    assertThat(queued).as(story).hasSize(result.exit() == 0 ? 1 : 0);
    for (Site.Queued one : queued) {
      assertThat(one.envelopeOctets()).as(story).isEqualTo(Mail.ENVELOPE);
      assertThat(one.octets()).as(story).contains(Mail.octets("--b--\n"));
      one.message().toFile().delete();
      one.envelope().toFile().delete();
    }
    // Where no thread could be had to wait for it, the real queue removes its files by itself.
    Eventually.holds("no process is left; " + story, () -> site.processes().isEmpty());
    assertThat(site.residueAtRest()).as("files left; " + story).isEmpty();
  }

  private static void count(Map<String, Integer> answers, Result result) {
    synchronized (answers) {
      answers.merge("exit " + result.exit(), 1, Integer::sum);
    }
  }

  private static void report(String what, Map<String, Integer> answers) {
    System.out.printf(Locale.ROOT, "shortage, %s: %s%n", what, answers);
  }
}
