package org.qscan.qmail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.qscan.qmail.Call.Result;

/**
 * Each system call of qscan-client fails, at each of its occurrences and at all of them, with each
 * of some errors, by strace's hand; over a clean message and an infected one. Whatever fails: never
 * 0 without a message in the queue, never an infected one in it, an exit code, and an end.
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
    String option() {
      return "inject=" + call + ":error=" + error + ":when=" + when;
    }
  }

  private final Path strace = Need.program("strace");
  private final Site site;

  InjectionIT() throws IOException {
    site = Site.create(Front.RESIDENT);
    site.set("daemon.patience", "300ms").set("daemon.restart-patience", "5s");
    site.set("queue.timeout", "20s");
  }

  @AfterEach
  void close() throws IOException {
    site.assertNothingIsLeft();
    site.close();
  }

  @Test
  void whateverCallFailsNothingIsQueuedThatShouldNotAndNothingSaidToBeThatIsNot()
      throws IOException {
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

  private int attempt(Fault fault, Map<String, Integer> answers) throws IOException {
    int before = site.queued().size();
    Result result = run(fault.infected(), "-e", fault.option());
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
    assumeTrue(
        Files.exists(trace) && Files.size(trace) > 0,
        "strace may not trace here: ptrace(2) is forbidden, as in some containers");
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

  private Result run(boolean infected, String... options) throws IOException {
    List<Object> words = new ArrayList<>(List.of(strace, "-qq"));
    if (!options[0].equals("-o")) {
      words.addAll(List.of("-o", "/dev/null"));
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
