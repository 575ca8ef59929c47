package org.qscan.engine.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.qscan.engine.scan.Canary;

/**
 * Writes small shell scripts that stand in for a program. Each gets a directory of its own, where
 * it notes the ids of its processes, so that a test can ask who is still alive without trusting the
 * code under test.
 */
public final class FakeProgram {

  /**
   * The beginning of a script that stands in for sweep or savscan: whatever else it does, it finds
   * the canary, for else it would not be asked about mail.
   */
  public static final String FINDS_CANARY = findsCanary("", "");

  private static String findsCanary(String unless, String note) {
    return "for last; do :; done\n"
        + "if [ -f \"$last/"
        + Canary.NAME
        + "\" ]"
        + unless
        + "; then\n"
        + note
        + "  echo \">>> Virus 'EICAR-AV-Test' found in file $last/"
        + Canary.NAME
        + "\"\n"
        + "  case \" $* \" in *' -eec '*) exit 24 ;; *) exit 3 ;; esac\n"
        + "fi\n";
  }

  private FakeProgram() {}

  /**
   * The id of a session, as a mark of children, that no other virtual machine has. A scanner ends
   * all processes with the mark of its session, and tests run in several virtual machines at a
   * time: with one mark for all, a test would kill the children of another one.
   */
  public static String session() {
    return "1-1-" + ProcessHandle.current().pid();
  }

  /**
   * Writes a program.
   *
   * @param directory where; the program gets a directory of its own in it
   * @param name of the program
   * @param script its lines; {@code $HERE} is the program's own directory
   * @return the program
   */
  public static Path write(Path directory, String name, String script) {
    try {
      Path home = Files.createTempDirectory(directory, name + "-");
      Path program = home.resolve(name);
      String text =
          "#!/bin/sh\n# Written by a test.\nHERE='"
              + home
              + "'\n"
              + (name.equals("sweep") || name.equals("savscan")
                  ? findsCanary(
                      " && [ ! -e \"$HERE/blind\" ]", "  echo canary >>\"$HERE/canaries\"\n")
                  : "")
              + "echo $$ >>\"$HERE/pids\"\n"
              + script
              + "\n";
      Files.writeString(program, text);
      Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
      return program;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** How many canaries a stand-in for sweep or savscan has found. */
  public static int canaries(Path program) {
    return lines(program, "canaries").size();
  }

  /** From now on it treats a canary like any other file. */
  public static void isBlind(Path program) {
    give(program, "blind", "");
  }

  /** From now on it finds canaries again. */
  public static void sees(Path program) {
    try {
      Files.deleteIfExists(program.resolveSibling("blind"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A file that the program finds as {@code $HERE/NAME}. */
  public static void give(Path program, String name, String text) {
    try {
      Files.write(program.resolveSibling(name), text.getBytes(StandardCharsets.ISO_8859_1));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The lines of a file that the program wrote to {@code $HERE/NAME}; none if it did not. */
  public static List<String> lines(Path program, String name) {
    try {
      return Files.readAllLines(program.resolveSibling(name), StandardCharsets.ISO_8859_1);
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** How often the program was started, and what it noted of its children besides. */
  public static List<Long> pids(Path program) {
    return lines(program, "pids").stream().map(line -> Long.valueOf(line.strip())).toList();
  }

  /** Those of the program's processes that still live. */
  public static List<Long> survivors(Path program) {
    return pids(program).stream().filter(FakeProgram::isAlive).toList();
  }

  /** Whether a process lives; one that is dead and not yet reaped does not. */
  public static boolean isAlive(long pid) {
    try {
      String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
      char state = stat.charAt(stat.lastIndexOf(')') + 2);
      return state != 'Z' && state != 'X';
    } catch (IOException e) {
      return false;
    }
  }
}
