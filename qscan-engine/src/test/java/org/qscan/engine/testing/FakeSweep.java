package org.qscan.engine.testing;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Stand-ins for Sophos' {@code sweep}, one behaviour each. They take sweep's command line: options,
 * then the directory to scan.
 */
public final class FakeSweep {

  /** The threat that {@link #infected} and {@link #findsEicar} name. */
  public static final String THREAT = "EICAR-AV-Test";

  private static final String LAST_ARGUMENT = "for directory; do :; done\n";

  private FakeSweep() {}

  private static Path write(Path directory, String script) {
    return FakeProgram.write(directory, "sweep", script);
  }

  /** Finds nothing and, as sweep does with {@code -ss}, says nothing. */
  public static Path clean(Path directory) {
    return write(directory, "exit 0");
  }

  /** Finds something in every message. */
  public static Path infected(Path directory) {
    return write(
        directory,
        LAST_ARGUMENT
            + "echo \">>> Virus '"
            + THREAT
            + "' found in file $directory/raw/1.eml\"\nexit 3");
  }

  /** Finds the EICAR test string in files as they lie there; knows no archives, no encodings. */
  public static Path findsEicar(Path directory) {
    return write(
        directory,
        LAST_ARGUMENT
            + "found=$(grep -rl 'EICAR-STANDARD-ANTIVIRUS-TEST-FILE' \"$directory\")\n"
            + "[ -n \"$found\" ] || exit 0\n"
            + "echo \"$found\" | while read -r file; do\n"
            + "  echo \">>> Virus '"
            + THREAT
            + "' found in file $file\"\n"
            + "done\n"
            + "exit 3");
  }

  /** Prints this text, octet for octet, and gives this exit code. */
  public static Path exits(Path directory, int code, String text) {
    Path program = write(directory, "cat \"$HERE/text\"\nread -r code <\"$HERE/code\"\nexit $code");
    says(program, code, text);
    return program;
  }

  /** Changes what a program made by {@link #exits} prints and gives. */
  public static void says(Path program, int code, String text) {
    FakeProgram.give(program, "text", text);
    FakeProgram.give(program, "code", code + "\n");
  }

  /** Notes its arguments and its environment, for {@link #arguments} and {@link #environment}. */
  public static Path records(Path directory) {
    return write(
        directory,
        "for argument; do printf '%s\\n' \"$argument\" >>\"$HERE/arguments\"; done\n"
            + "env >\"$HERE/environment\"\n"
            + LAST_ARGUMENT
            + "(cd \"$directory\" && find . | sort) >\"$HERE/files\"");
  }

  /** The arguments that a recording sweep was given. */
  public static List<String> arguments(Path program) {
    return FakeProgram.lines(program, "arguments");
  }

  /** The environment of a recording sweep. */
  public static List<String> environment(Path program) {
    return FakeProgram.lines(program, "environment");
  }

  /** What a recording sweep saw below the directory it was to scan. */
  public static List<String> files(Path program) {
    return FakeProgram.lines(program, "files");
  }

  /** Takes its time, finds nothing; see {@link #mostAtOnce}. */
  public static Path takes(Path directory, Duration time) {
    return write(
        directory,
        "echo + >>\"$HERE/journal\"\nsleep "
            + time.toMillis() / 1000.0
            + "\necho - >>\"$HERE/journal\"");
  }

  /** Finds nothing, and does not end before {@link #letGo}; see {@link #mostAtOnce}. */
  public static Path waits(Path directory) {
    return write(
        directory,
        "echo + >>\"$HERE/journal\"\nuntil [ -e \"$HERE/go\" ]; do sleep 0.05; done\n"
            + "echo - >>\"$HERE/journal\"");
  }

  /** Lets all runs of a {@linkplain #waits waiting} sweep come to their end. */
  public static void letGo(Path program) {
    FakeProgram.give(program, "go", "");
  }

  /** How many of a {@linkplain #takes slow} sweep ran at the same time, at most. */
  public static int mostAtOnce(Path program) {
    int now = 0;
    int most = 0;
    for (String line : FakeProgram.lines(program, "journal")) {
      now += line.equals("+") ? 1 : -1;
      most = Math.max(most, now);
    }
    return most;
  }

  /** Never ends. */
  public static Path hangs(Path directory) {
    return write(directory, "sleep 300 & echo $! >>\"$HERE/pids\"\nwait");
  }

  /** Never ends, SIGTERM or not. */
  public static Path ignoresTerm(Path directory) {
    return write(directory, "trap '' TERM INT HUP\nwhile :; do sleep 1; done");
  }

  /** Never ends, and neither does a child of its that has left the process group. */
  public static Path leavesGrandchildOutOfTheGroup(Path directory) {
    return write(directory, "setsid sleep 300 & echo $! >>\"$HERE/pids\"\nsleep 300");
  }

  /** Says that all is clean, and leaves a child out of the group that holds none of its output. */
  public static Path leavesSilentGrandchild(Path directory) {
    return write(
        directory,
        "setsid sleep 300 </dev/null >/dev/null 2>&1 & echo $! >>\"$HERE/pids\"\nexit 0");
  }

  /** Says that all is clean, and leaves a child out of the group that may print more. */
  public static Path leavesGrandchildWithTheOutput(Path directory) {
    return write(directory, "setsid sleep 300 & echo $! >>\"$HERE/pids\"\nexit 0");
  }

  /** Prints a gigabyte of lines that sweep might print. */
  public static Path floods(Path directory) {
    return write(directory, "yes 'Using IDE file abc.ide' | head -c 1073741824");
  }

  /** Says that all is clean, and dies of a signal. */
  public static Path diesOfSignal(Path directory, int signal) {
    return write(directory, "echo 'No viruses were discovered.'\nkill -" + signal + " $$");
  }

  /** Is not there. */
  public static Path missing(Path directory) {
    return directory.resolve("no-such-sweep");
  }

  /** Is there, and may not be executed. */
  public static Path notExecutable(Path directory) {
    Path program = clean(directory);
    if (!program.toFile().setExecutable(false, false) || Files.isExecutable(program)) {
      throw new IllegalStateException("cannot take the right to execute from " + program);
    }
    return program;
  }
}
