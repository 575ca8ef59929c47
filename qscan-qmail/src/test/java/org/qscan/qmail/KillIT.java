package org.qscan.qmail;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.qscan.qmail.Call.Result;
import org.qscan.qmail.Call.Running;
import org.qscan.qmail.Site.Queued;

/**
 * SIGKILL at random instants, to the process that the caller has started and to each of its
 * children; clean messages and EICAR by turns. However it ends:
 *
 * <ul>
 *   <li>EICAR is never in the queue, nor a message that is not whole;
 *   <li>0 only where the message is in the queue with its envelope;
 *   <li>the next run, or the janitor, removes all that is left.
 * </ul>
 *
 * <p>{@code -Dqscan.kill.runs=N} sets the number of runs in each of the two series; Maven's profile
 * {@code slow} sets 200.
 */
@ParameterizedClass
@EnumSource(Front.class)
class KillIT {

  private static final int RUNS = Integer.getInteger("qscan.kill.runs", 40);
  private static final long SEED = Long.getLong("qscan.kill.seed", 20_261_122);

  private static final Pattern SUBJECT = Pattern.compile("\nSubject: run (\\d+)\n");

  /** What a child is called that is not another program yet. */
  private static final Pattern STARTING = Pattern.compile("qscan-(client|queue) -c");

  /** Long enough to be met alive. */
  private static final String SLOW_SWEEP =
      "sleep 0.05\nexec perl " + Site.resource("sweep-stand-in.pl") + " \"$@\"";

  /** Whom to kill: a word of the command line, for a child. */
  enum Victim {
    JAVA("org[.]qscan[.]qmail[.](QscanQueue|daemon[.]Qscand)"),
    RIPMIME("/ripmime"),
    SWEEP("/sweep"),
    QUEUE("qmail-queue-old|queue-stand-in"),
    EVERYTHING("");

    private final Pattern words;

    Victim(String words) {
      this.words = Pattern.compile(words);
    }

    boolean is(ProcessHandle process) {
      return words.matcher(Processes.arguments(process)).find();
    }
  }

  private final Front front;

  KillIT(Front front) {
    this.front = front;
  }

  /** Runs by what they were killed at, and by what came of them. */
  private final Map<String, Integer> stages = new ConcurrentSkipListMap<>();

  private final Map<String, Integer> answers = new ConcurrentSkipListMap<>();

  /** The messages of both workers by the number of the run, and the runs whose are in the queue. */
  private final Map<Integer, byte[]> sent = new ConcurrentSkipListMap<>();

  private final Set<Integer> inQueue = new ConcurrentSkipListSet<>();

  @Test
  void killedAtAnyInstantTheFrontEndNeverQueuesWhatItShouldNotNorSaysSo() throws Exception {
    long duration = duration();
    InParallel.each(
        front,
        2,
        (site, worker) -> {
          site.sweep(SLOW_SWEEP);
          Random random = new Random(SEED + worker);
          for (int run = worker; run < RUNS; run += 2) {
            killFrontEnd(site, run, duration, random);
          }
          site.clean();
          site.assertNothingIsLeft();
          newInQueue(site);
        });
    System.out.printf(
        Locale.ROOT,
        "SIGKILL to the front end, %d runs (a run takes %d ms): %s; answers: %s%n",
        RUNS,
        duration,
        stages,
        answers);
    assertThat(stages.keySet()).as("stages hit").hasSizeGreaterThan(RUNS < 50 ? 1 : 3);
  }

  @ParameterizedTest
  @EnumSource
  void aChildThatIsKilledAtAnyInstantNeverMakesItQueueWhatItShouldNot(Victim victim)
      throws Exception {
    int runs = Math.max(2, RUNS / Victim.values().length);
    InParallel.each(
        front,
        2,
        (site, worker) -> {
          site.sweep(SLOW_SWEEP);
          if (site.isResident()) { // it begins with the whole message, and would soon be done
            Path slow = site.script("ripmime", "sleep 0.05; exec /usr/bin/ripmime \"$@\"");
            site.set("ripmime.program", slow);
          }
          Random random = new Random(SEED + worker);
          for (int run = worker; run < runs; run += 2) {
            killChild(site, run, victim, random);
          }
          site.clean();
          Eventually.holds("no process is left", () -> site.processes().isEmpty());
          newInQueue(site);
        });
    System.out.printf(
        Locale.ROOT, "SIGKILL to %s, %d runs: %s; answers: %s%n", victim, runs, stages, answers);
  }

  private long duration() throws IOException {
    long[] millis = new long[5];
    try (Site site = Site.create(front).sweep(SLOW_SWEEP)) {
      for (int i = 0; i < millis.length; i++) {
        millis[i] = site.call().message(message(0, new Random(i))).run().millis();
      }
    }
    Arrays.sort(millis);
    return millis[millis.length / 2];
  }

  private void killFrontEnd(Site site, int run, long duration, Random random) throws Exception {
    byte[] message = message(run, random);
    sent.put(run, message);
    Running running = slow(site.call().message(message), random).start();
    if (random.nextInt(4) == 0) {
      Thread.sleep(random.nextInt((int) duration));
    } else {
      awaitStage(site, running, random);
    }
    running.front().destroyForcibly();

    Result result = running.await();
    Eventually.holds("all that is not a scan has ended", () -> workers(site).isEmpty());
    count(stages, result.signal() < 0 ? "it had answered" : stage(site));
    check(site, run, result);
    Eventually.holds(
        "the queue program was never killed and leaves nothing",
        () -> site.residue().stream().noneMatch(name -> name.contains("/queue/.")));
  }

  private void killChild(Site site, int run, Victim victim, Random random) throws Exception {
    byte[] message = message(run, random);
    sent.put(run, message);
    Running running = slow(site.call().message(message), random).start();
    if (victim != Victim.RIPMIME && victim != Victim.SWEEP) {
      awaitStage(site, running, random);
    } else {
      Eventually.within(
          10_000, () -> !running.isAlive() || !victims(site, running, victim).isEmpty());
      Thread.sleep(random.nextInt(victim == Victim.SWEEP ? 80 : 40));
    }
    List<ProcessHandle> victims = victims(site, running, victim);
    String met = victims.isEmpty() ? "it had ended" : stage(site);
    if (victim == Victim.EVERYTHING) {
      victims.forEach(ProcessHandle::destroyForcibly);
      running.front().destroyForcibly();
    } else if (!victims.isEmpty()) {
      victims.get(random.nextInt(victims.size())).destroyForcibly();
    }

    Result result = running.await();
    if (site.isResident() && (victim == Victim.JAVA || victim == Victim.EVERYTHING)) {
      Eventually.holds("the daemon is dead", site::isDaemonGone);
    }
    count(stages, met);
    if (victim != Victim.EVERYTHING) {
      assertThat(result.exit()).as("an exit code, whatever happens: %s", result).isNotNegative();
    }
    Eventually.holds("all that is not a scan has ended", () -> workers(site).isEmpty());
    check(site, run, result);
    if (victim != Victim.JAVA && victim != Victim.EVERYTHING) {
      Eventually.holds("no process is left", () -> site.processes().isEmpty());
      Eventually.holds(
          "nothing is left in the work directory",
          () -> site.residue().stream().allMatch(name -> name.contains("/queue/")));
    }
  }

  /** The rules, for one run. */
  private void check(Site site, int run, Result result) throws IOException {
    count(answers, result.signal() < 0 ? "exit " + result.exit() : "signal " + result.signal());
    newInQueue(site);
    String story = "run " + run + ": " + result;
    if (result.exit() == 0) {
      assertThat(inQueue).as("0 is said; " + story).contains(run);
    }
    if (result.exit() > 0) {
      assertThat(result.exit()).as(story).isIn(isEicar(run) ? List.of(39, 99) : List.of(99));
    }
  }

  /**
   * The rules for all that has come into the queue. What is there need not be of the run that has
   * just ended: a queue program that has the whole envelope queues the message whoever is killed,
   * and a virtual machine scans it whose shell is killed; and a process that is just becoming
   * another program has no words in /proc by which to wait for it.
   */
  private void newInQueue(Site site) throws IOException {
    for (Queued one : site.queued()) {
      Matcher subject = SUBJECT.matcher(new String(one.octets(), ISO_8859_1));
      assertThat(subject.find()).as("a message of ours, from its first line on: %s", one).isTrue();
      int run = Integer.parseInt(subject.group(1));
      assertThat(isEicar(run)).as("EICAR in the queue; run %d", run).isFalse();
      assertThat(one.octets()).as("the whole message of run %d", run).isEqualTo(sent.get(run));
      assertThat(one.envelopeOctets()).as("the envelope of run %d", run).isEqualTo(Mail.ENVELOPE);
      assertThat(inQueue.add(run)).as("run %d is in the queue once", run).isTrue();
      Files.delete(one.message());
      Files.delete(one.envelope());
    }
  }

  private static boolean isEicar(int run) {
    return run / 2 % 2 == 1; // each of two workers gets both
  }

  /** Waits until it has come as far as the chance says, and a moment longer. */
  private static void awaitStage(Site site, Running running, Random random)
      throws InterruptedException {
    String wanted = Integer.toString(1 + random.nextInt(5));
    Eventually.within(10_000, () -> !running.isAlive() || stage(site).compareTo(wanted) >= 0);
    Thread.sleep(random.nextInt(40));
  }

  /** Some are larger than a pipe, some are not. */
  private static byte[] message(int run, Random random) {
    int size = random.nextBoolean() ? random.nextInt(150_000) : random.nextInt(500);
    return isEicar(run)
        ? Mail.eicarBehind(size, "run " + run)
        : Mail.withAttachment("run " + run, "x.bin", new byte[size]);
  }

  private static Call slow(Call call, Random random) {
    return random.nextInt(3) == 0 ? call.option("chunk", 8000).option("pause", 5000) : call;
  }

  private static List<ProcessHandle> victims(Site site, Running running, Victim victim) {
    Stream<ProcessHandle> all = running.front().descendants();
    if (site.isResident()) { // one message at a time: all that the daemon has started is for it
      Optional<ProcessHandle> daemon = ProcessHandle.of(site.daemonPid());
      all = Stream.concat(all, daemon.stream());
      all = Stream.concat(all, daemon.stream().flatMap(ProcessHandle::descendants));
    }
    // A child of the daemon has the daemon's words until it is another program.
    return all.filter(one ->
            (victim == Victim.JAVA && site.isResident())
                ? one.pid() == site.daemonPid()
                : victim.is(one))
        .toList();
  }

  /** The front end and the queue program; what a scanner still does is the janitor's. */
  private static List<ProcessHandle> workers(Site site) {
    return site.processes().stream()
        .filter(one ->
            Victim.JAVA.is(one)
                || Victim.QUEUE.is(one)
                || STARTING.matcher(Processes.arguments(one)).find())
        .toList();
  }

  private static Optional<Path> session(Site site) {
    return Site.list(site.work()).stream()
        .filter(one -> !one.getFileName().toString().startsWith("."))
        .findFirst();
  }

  /** How far it had come, by what lies in the work directory. */
  private static String stage(Site site) {
    Optional<Path> session = session(site);
    if (session.isEmpty()) {
      return "1 before or after the session";
    }
    Path directory = session.get();
    if (Files.exists(directory.resolve("envelope.read"))) {
      return "5 answering";
    }
    if (Stream.of(site.work().resolve(".gate"))
        .flatMap(gate -> Site.list(gate).stream())
        .anyMatch(one -> !one.endsWith("draw.lock"))) {
      return "4 scanning";
    }
    return Files.exists(directory.resolve("views/ripmime")) ? "3 extracting" : "2 receiving";
  }

  private static void count(Map<String, Integer> map, String what) {
    map.merge(what, 1, Integer::sum);
  }
}
