package org.qscan.qmail;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Looks at processes from outside, through /proc. */
final class Processes {

  private static final Path PROC = Path.of("/proc");

  private Processes() {}

  /**
   * The living processes, but for ourselves, with one of these words in arguments or environment.
   */
  static List<ProcessHandle> of(String... words) {
    List<ProcessHandle> found = new ArrayList<>();
    for (Path entry : Site.list(PROC)) {
      String name = entry.getFileName().toString();
      if (Character.isDigit(name.charAt(0))) {
        long pid = Long.parseLong(name);
        String all = read(pid, "cmdline") + "\0" + read(pid, "environ");
        for (String word : words) {
          if (pid != ProcessHandle.current().pid() && all.contains(word)) {
            ProcessHandle.of(pid).filter(ProcessHandle::isAlive).ifPresent(found::add);
            break;
          }
        }
      }
    }
    return found;
  }

  /** The first descendant whose command line contains this word. */
  static Optional<ProcessHandle> below(ProcessHandle top, String word) {
    return top.descendants().filter(one -> arguments(one).contains(word)).findFirst();
  }

  /** The command line, its words separated by blanks. */
  static String arguments(ProcessHandle process) {
    return read(process.pid(), "cmdline").replace('\0', ' ');
  }

  static String describe(List<ProcessHandle> processes) {
    return processes.stream().map(one -> one.pid() + " " + arguments(one)).toList().toString();
  }

  /** Whether a process has a handler for this signal. */
  static boolean catches(long pid, int signal) {
    for (String line : read(pid, "status").split("\n", -1)) {
      if (line.startsWith("SigCgt:")) {
        return (Long.parseUnsignedLong(line.substring(7).strip(), 16) >> (signal - 1) & 1) == 1;
      }
    }
    return false;
  }

  /** A number of /proc/PID/status, like VmHWM in KiB; -1 if the process is gone. */
  static long status(long pid, String field) {
    for (String line : read(pid, "status").split("\n", -1)) {
      if (line.startsWith(field + ":")) {
        return Long.parseLong(line.replaceAll("[^0-9]", ""));
      }
    }
    return -1;
  }

  private static String read(long pid, String file) {
    try (InputStream in = Files.newInputStream(PROC.resolve(pid + "/" + file))) {
      return new String(in.readNBytes(1 << 20), ISO_8859_1);
    } catch (IOException e) {
      return ""; // gone, or another user's
    }
  }
}
