package org.qscan.engine.process;

import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What to run, and how far it may go. Programs are run from a list, never from a string: nothing in
 * {@code argv} is read by a shell.
 *
 * @param argv the program (absolute path) and its arguments
 * @param environment the whole environment of the child, or {@link #INHERITED} for our caller's
 * @param mark names the family of this child: every descendant inherits it in the environment
 *     variable {@link #MARK}, by which {@link ProcessTree} finds them all. Empty for a child that
 *     must never be killed as one of a family
 * @param lifetime the longest it may live; enforced by timeout(1), whoever is left to watch. Zero
 *     for a child that ends with its standard input, and so needs no such watch
 * @param cpuLimit CPU seconds for each process of the child, or zero for no limit
 * @param fileLimit bytes in a single file the child writes, or zero for no limit
 * @param outputLimit bytes of output we read before we call it a flood and end the child
 */
public record Command(
    List<String> argv,
    Map<String, String> environment,
    String mark,
    Duration lifetime,
    Duration cpuLimit,
    long fileLimit,
    int outputLimit) {

  /** Bytes of output that any sane program stays below. */
  public static final int OUTPUT_LIMIT = 1 << 20;

  /** Standard input for a child that gets none. */
  public static final InputStream NO_INPUT = InputStream.nullInputStream();

  /** The environment variable that marks a child and all that descend from it. */
  public static final String MARK = "QSCAN_SESSION";

  /** Stands for "the environment that our caller gave us". */
  @SuppressWarnings("ImmutableCollections") // compared by identity
  public static final Map<String, String> INHERITED = Map.of("*", "*");

  /**
   * The environment of an extractor or scanner: nothing of the caller's. {@code LANG=C}, because
   * sweep speaks the language of its locale (facts: MailScanner's wrapper and IRMA both force it).
   */
  public static final Map<String, String> OWN =
      Map.of("PATH", "/usr/local/bin:/usr/bin:/bin", "LANG", "C", "LC_ALL", "C");

  /*
   * The constant script takes only words of its own from us; "$@" is handed on untouched. It joins
   * standard error to standard output and sets the limits, which Java cannot. A limit that the
   * caller has set lower already stays as it is.
   */
  private static final String CONFINE =
      "ulimit -c 0 2>/dev/null; "
          + "[ \"$1\" = 0 ] || ulimit -S -t \"$1\" 2>/dev/null; " // SIGXCPU, which tells why
          + "[ \"$1\" = 0 ] || ulimit -H -t $(($1 + 1)) 2>/dev/null; " // and then SIGKILL
          + "[ \"$2\" = 0 ] || ulimit -f \"$2\" 2>/dev/null; "
          + "shift 2; exec \"$@\" 2>&1";

  public Command {
    argv = List.copyOf(argv);
  }

  /**
   * A confined child of a family: own environment, own process group, limits, and a lifetime that
   * {@code timeout(1)} enforces even when we are killed.
   *
   * @param argv the program and its arguments
   * @param mark the family, see {@link #MARK}
   * @param lifetime the longest the child may live, whoever is left to watch it
   */
  public static Command confined(List<String> argv, String mark, Duration lifetime) {
    return new Command(argv, OWN, mark, lifetime, Duration.ZERO, 0, OUTPUT_LIMIT);
  }

  /** The same command with a limit on CPU time. */
  public Command withCpuLimit(Duration limit) {
    return new Command(argv, environment, mark, lifetime, limit, fileLimit, outputLimit);
  }

  /** The same command with a limit on the size of each file it writes. */
  public Command withFileLimit(long bytes) {
    return new Command(argv, environment, mark, lifetime, cpuLimit, bytes, outputLimit);
  }

  /** What is really started: a shell that sets limits, then timeout(1), then the program. */
  List<String> wrapped() {
    if (mark.isEmpty()) {
      return argv;
    }
    List<String> words = new ArrayList<>(argv.size() + 9);
    words.addAll(List.of("/bin/sh", "-c", CONFINE, "sh"));
    words.add(Long.toString(cpuLimit.isZero() ? 0 : cpuLimit.plusMillis(999).toSeconds()));
    words.add(Long.toString(fileLimit == 0 ? 0 : fileLimit / 512 + 1));
    words.addAll(guarded());
    return words;
  }

  /**
   * The program under timeout(1). BusyBox' goes on bearing these words after the program's end, as
   * a process that meant to kill it in time, for a second at most: {@link ProcessTree} knows it by
   * them from one that the program has left behind.
   */
  List<String> guarded() {
    List<String> words = new ArrayList<>(argv.size() + 4);
    if (!lifetime.isZero()) {
      words.addAll(List.of("timeout", "-s", "KILL", lifetime.toSeconds() + 5 + "s"));
    }
    words.addAll(argv);
    return words;
  }
}
