package org.qscan.engine.process;

import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What to run, and its limits. A program is run from a list of arguments, never from a string: no
 * shell interprets {@code argv}.
 *
 * @param argv the program (absolute path) and its arguments
 * @param environment the whole environment of the child, or {@link #INHERITED} for that of our
 *     caller
 * @param mark the name of the child's family: all its descendants inherit it in the environment
 *     variable {@link #MARK}, by which {@link ProcessTree} finds them. Empty for a child that must
 *     never be killed together with others
 * @param lifetime how long it may live; timeout(1) enforces this, even after our own end. Zero for
 *     a child that ends with its standard input, and so needs no such limit
 * @param cpuLimit CPU seconds for each process of the child, or zero for no limit
 * @param fileLimit the most bytes in each file that the child writes, or zero for no limit
 * @param outputLimit the most bytes of output; if the child prints more, it is killed
 */
public record Command(
    List<String> argv,
    Map<String, String> environment,
    String mark,
    Duration lifetime,
    Duration cpuLimit,
    long fileLimit,
    int outputLimit) {

  /** The most bytes of output: no program prints as much in ordinary use. */
  public static final int OUTPUT_LIMIT = 1 << 20;

  /** The standard input of a child that gets no input. */
  public static final InputStream NO_INPUT = InputStream.nullInputStream();

  /** The environment variable that marks a child and all its descendants. */
  public static final String MARK = "QSCAN_SESSION";

  /** Stands for the environment that our caller gave us. */
  @SuppressWarnings("ImmutableCollections") // compared by identity
  public static final Map<String, String> INHERITED = Map.of("*", "*");

  /**
   * The environment of an extractor or scanner, which has nothing of the caller's. {@code LANG=C},
   * because sweep prints in the language of its locale (MailScanner's wrapper and IRMA both set
   * it).
   */
  public static final Map<String, String> OWN =
      Map.of("PATH", "/usr/local/bin:/usr/bin:/bin", "LANG", "C", "LC_ALL", "C");

  /*
   * A constant script; "$@" is passed on unchanged. It joins standard error to standard output and sets the limits, which Java cannot do. If the caller has set a lower limit already, that one stays.
   */
  private static final String CONFINE =
      "ulimit -c 0 2>/dev/null; "
          + "[ \"$1\" = 0 ] || ulimit -S -t \"$1\" 2>/dev/null; " // SIGXCPU, which shows the cause
          + "[ \"$1\" = 0 ] || ulimit -H -t $(($1 + 1)) 2>/dev/null; " // and then SIGKILL
          + "[ \"$2\" = 0 ] || ulimit -f \"$2\" 2>/dev/null; "
          + "shift 2; exec \"$@\" 2>&1";

  public Command {
    argv = List.copyOf(argv);
  }

  /**
   * A confined child: with an environment and a process group of its own, limits, and a lifetime
   * that {@code timeout(1)} enforces even if we are killed.
   *
   * @param argv the program and its arguments
   * @param mark the family, see {@link #MARK}
   * @param lifetime how long the child may live, even after our own end
   */
  public static Command confined(List<String> argv, String mark, Duration lifetime) {
    return new Command(argv, OWN, mark, lifetime, Duration.ZERO, 0, OUTPUT_LIMIT);
  }

  /** The same command with a limit on CPU time. */
  public Command withCpuLimit(Duration limit) {
    return new Command(argv, environment, mark, lifetime, limit, fileLimit, outputLimit);
  }

  /** The same command with a limit on the size of each file that it writes. */
  public Command withFileLimit(long bytes) {
    return new Command(argv, environment, mark, lifetime, cpuLimit, bytes, outputLimit);
  }

  /** The command that is started: a shell that sets limits, then timeout(1), then the program. */
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
   * The program under timeout(1). The timeout of BusyBox has another process that would kill the
   * program in time. It lives for up to a second after the program's end, with this command line,
   * by which {@link ProcessTree} tells it from a process that the program has left behind.
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
