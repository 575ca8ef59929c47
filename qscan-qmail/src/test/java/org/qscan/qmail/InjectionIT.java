package org.qscan.qmail;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.qscan.qmail.Call.Result;

/**
 * Each system call of qscan-client fails, at each of its occurrences and at all of them, with each
 * of some errors; over a clean message and an infected one. Whatever fails: never 0 without a
 * message in the queue, never an infected one in it, an exit code, and an end.
 *
 * <p>By {@code test/inject.c}, which needs no ptrace(2); where the kernel has no notification of
 * seccomp(2), or a container forbids that, by strace.
 *
 * <p>{@code -Dqscan.injection.runs=N} sets how many of all these cases are tried, drawn by chance;
 * {@code -Dqscan.injection.runs=0} tries all, some 1,500.
 */
class InjectionIT {

  private static final int RUNS = Integer.getInteger("qscan.injection.runs", 40);
  private static final long SEED = Long.getLong("qscan.injection.seed", System.nanoTime());

  private static final List<String> ERRORS = List.of("EINTR", "EIO", "EAGAIN", "ENOMEM", "ENOSPC");

  /** These two cannot fail and leave a process that goes on as before. */
  private static final List<String> NOT = List.of("execve", "exit_group");

  private static final Pattern CALL = Pattern.compile("^([a-z_0-9]+)\\(");

  /**
   * A call that fails.
   *
   * @param when the number of its occurrence, or {@code 1+} for all
   */
  record Fault(String call, String when, String error, boolean infected) {
    String forInject() {
      return call + ":" + error + ":" + when;
    }

    String forStrace() {
      return "inject=" + call + ":error=" + error + ":when=" + when;
    }
  }

  private final Site site;
  private final Path inject;

  /** Null: by inject. */
  private @Nullable Path strace;

  InjectionIT() throws IOException {
    site = Site.create(Front.RESIDENT);
    site.set("daemon.patience", "300ms").set("daemon.restart-patience", "5s");
    site.set("queue.timeout", "20s");
    inject = site.directory().resolve("inject");
  }

  private void build() throws IOException {
    Process make =
        new ProcessBuilder(
                Need.program("make").toString(),
                "-s",
                "-C",
                Path.of("src/main/c").toAbsolutePath().toString(),
                "OUT=" + site.directory(),
                inject.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(make.getInputStream().readAllBytes(), UTF_8);
    assertThat(make.onExit().join().exitValue()).as(said).isZero();
  }

  @AfterEach
  void close() throws IOException {
    site.assertNothingIsLeft();
    site.close();
  }

  @Test
  void whateverCallFailsNothingIsQueuedThatShouldNotAndNothingSaidToBeThatIsNot()
      throws IOException {
    build();
    List<Fault> faults = new ArrayList<>();
    for (boolean infected : new boolean[] {false, true}) {
      calls(infected)
          .forEach((call, times) -> {
            for (String error : ERRORS) {
              for (int i = 1; i <= times; i++) {
                faults.add(new Fault(call, Integer.toString(i), error, infected));
              }
              faults.add(new Fault(call, "1+", error, infected));
            }
          });
    }
    int all = faults.size();
    assertThat(all).as("faults").isGreaterThan(300);
    if (RUNS > 0) {
      Collections.shuffle(faults, new Random(SEED));
      faults.subList(Math.min(RUNS, all), all).clear();
      faults.add(0, new Fault("wait4", "1", "EIO", false)); // was 0
    }
    Map<String, Integer> answers = new TreeMap<>();
    int longest = 0;
    String slowest = "";
    for (Fault fault : faults) {
      int millis = attempt(fault, answers);
      if (millis > longest) {
        longest = millis;
        slowest = fault.toString();
      }
    }
    System.out.printf(
        Locale.ROOT,
        "%d of %d failing calls (seed %d): %s; the longest took %d ms: %s%n",
        faults.size(),
        all,
        SEED,
        answers,
        longest,
        slowest);
  }

  /** Before it is connected, nobody but the client can log why it fails. */
  @Test
  void aCallOfQscandThatCannotBeSetUpIsLogged() throws IOException {
    build();
    assertThat(calls(false)).containsKey("setsockopt");
    Fault fault = new Fault("setsockopt", "1", "ENOMEM", false);
    Result result = run(false, "-e", strace == null ? fault.forInject() : fault.forStrace());
    assertThat(result.exit()).as("%s", result).isEqualTo(99);
    assertThat(result.logLine()).contains("cannot set up its call of qscand: Cannot allocate");
  }

  private int attempt(Fault fault, Map<String, Integer> answers) throws IOException {
    int before = site.queued().size();
    Result result =
        run(fault.infected(), "-e", strace == null ? fault.forInject() : fault.forStrace());
    int queued = site.queued().size() - before;
    String answer = result.signal() < 0 ? "exit " + result.exit() : "signal " + result.signal();
    answers.merge((fault.infected() ? "infected " : "clean ") + answer, 1, Integer::sum);
    String story = fault + " (seed " + SEED + "): " + result;

    assertThat(result.exit()).as("an exit code; %s", story).isNotNegative();
    if (fault.infected()) {
      assertThat(queued).as("infected and queued; %s", story).isZero();
      assertThat(result.exit()).as(story).isNotZero();
    } else if (result.exit() == 0) {
      assertThat(queued).as("0 is said; %s", story).isEqualTo(1);
    }
    return result.millis();
  }

  /** How often each system call is made. */
  private Map<String, Integer> calls(boolean infected) throws IOException {
    Path trace = site.directory().resolve("trace");
    Result result = run(infected, "-o", trace.toString());
    if (strace == null && isEmpty(trace)) {
      strace = Need.program("strace");
      result = run(infected, "-o", trace.toString());
    }
    Need.that(
        !isEmpty(trace),
        "a way to have system calls fail: neither seccomp(2) with notifications (Linux 5.5) nor"
            + " ptrace(2) is allowed here; allow one of them to this container");
    assertThat(result.exit()).as("%s", result).isEqualTo(infected ? 39 : 0);
    Map<String, Integer> calls = new TreeMap<>();
    for (String line : Daemon.lines(trace)) {
      Matcher call = CALL.matcher(line);
      if (call.find() && !NOT.contains(call.group(1))) {
        calls.merge(call.group(1), 1, Integer::sum);
      }
    }
    return calls;
  }

  private static boolean isEmpty(Path file) throws IOException {
    return !Files.exists(file) || Files.size(file) == 0;
  }

  private Result run(boolean infected, String... options) throws IOException {
    List<Object> words = new ArrayList<>();
    if (strace == null) {
      words.add(inject);
    } else {
      words.addAll(List.of(strace, "-qq"));
      if (!options[0].equals("-o")) {
        words.addAll(List.of("-o", "/dev/null"));
      }
    }
    words.addAll(List.of(options));
    words.addAll(List.of(site.program(), "-c", site.configuration()));
    return site.call()
        .message(infected ? Mail.eicar("x") : Mail.clean("clean"))
        .environment("TCPREMOTEIP", "") // whose line in the log is not waited for
        .program(words.toArray())
        .run();
  }
}
