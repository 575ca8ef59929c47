package org.qscan.engine.process;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Finds and ends all processes of a family, which is a child and all its descendants, by the mark
 * in their environment ({@link Command#MARK}).
 *
 * <p>The other ways were tried, and each one misses processes: {@code destroyForcibly} misses
 * grandchildren, a snapshot of {@code descendants()} misses a process whose parent has died, and a
 * process group misses one that called setsid. The mark is inherited in all these cases. It needs
 * Linux' {@code /proc}, and it misses a descendant that clears its environment. A subreaper would
 * find that one too, but it needs native code.
 */
public final class ProcessTree {

  private static final Path PROC = Path.of("/proc");
  private static final int ROUNDS = 200;

  /**
   * How many ids of processes and threads are checked one by one; for more of them, reading all of
   * /proc is cheaper.
   */
  private static final int WINDOW = 256;

  /** How long the first process of a family is remembered: process ids come round again. */
  private static final long REMEMBERED_NANOS = TimeUnit.MINUTES.toNanos(1);

  private static final int MOST_REMEMBERED = 1024;

  private static final int LOOKS = 100;
  private static final int LOOKS_AT_CLOSED = 10;
  private static final int VSIZE = 23;
  private static final int ENV_START = 50;
  private static final int ENV_END = 51;

  private static final FirstProcess UNKNOWN = new FirstProcess(-1, System.nanoTime());

  /** By the mark; the eldest is forgotten first, and then all processes are looked at. */
  private static final Map<String, FirstProcess> FIRST =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, FirstProcess> eldest) {
          return size() > MOST_REMEMBERED;
        }
      };

  /**
   * The first process of a family.
   *
   * @param pid its id; all others of the family have larger ones, until the ids come round
   * @param started when, in nanoseconds
   */
  private record FirstProcess(long pid, long started) {}

  private ProcessTree() {}

  /**
   * Remembers where to look for a family. Messages that are given up are the rule under an attack,
   * and to look at the environment of every process of the host for each of them cost a third of a
   * processor.
   *
   * @param mark the family
   * @param pid the id of a process that has just been started for it
   */
  static void started(String mark, long pid) {
    FirstProcess one = new FirstProcess(pid, System.nanoTime());
    synchronized (FIRST) { // no lambda: to link one may need a descriptor, and there may be none
      long before = FIRST.getOrDefault(mark, UNKNOWN).pid();
      if (before < 0 || pid < before) {
        FIRST.put(mark, one);
      }
    }
  }

  /** The id of the family's first process; -1 if it is not known, or was too long ago. */
  private static long first(String mark) {
    synchronized (FIRST) {
      FirstProcess one = FIRST.getOrDefault(mark, UNKNOWN);
      return System.nanoTime() - one.started() > REMEMBERED_NANOS ? -1 : one.pid();
    }
  }

  /**
   * Kills every living process that has the mark, and those that they start meanwhile, until none
   * is left or two seconds are over.
   *
   * @param mark the family
   * @return how many processes were killed
   */
  public static int kill(String mark) {
    return kill(mark, -1, List.of());
  }

  /**
   * Like {@link #kill(String)}, but checks only processes younger than {@code since} if that is
   * cheaper. There may be strays after every message, and reading all of {@code /proc} each time
   * would cost more than all other work for a scan.
   *
   * @param mark the family
   * @param since the process id of the family's first member; -1: checks all processes
   * @param timer the command line of a process that is killed as well, but not counted; empty: none
   * @return how many processes were killed
   */
  static int kill(String mark, long since, List<String> timer) {
    boolean interrupted =
        Thread.interrupted(); // a thread that is told to stop kills them nevertheless
    try {
      return killAll(mark, since, timer);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static int killAll(String mark, long since, List<String> timer) {
    int killed = 0;
    int missed = 0;
    for (int round = 0; round < ROUNDS; round++) {
      Search look = look(mark, since);
      List<ProcessHandle> found = look.found();
      if (look.blind() && found.isEmpty()) {
        pause(10);
        continue;
      }
      // A single look can miss a process that is just starting another program. After every
      // message, one look has to be enough. If a process was found, three looks in a row must find
      // none.
      if (found.isEmpty() && (++missed == 3 || (since >= 0 && killed == 0))) {
        return killed;
      }
      missed = found.isEmpty() ? missed : 0;
      for (ProcessHandle process : found) {
        boolean counts = timer.isEmpty() || !runs(process.pid(), timer);
        if (process.destroyForcibly() && counts) {
          killed++;
        }
      }
      pause(10);
    }
    return killed;
  }

  /** Whether this is the whole command line of a process, so that it cannot be another program. */
  private static boolean runs(long pid, List<String> words) {
    byte[] wanted = (String.join("\0", words) + "\0").getBytes(StandardCharsets.UTF_8);
    try (InputStream in = Files.newInputStream(PROC.resolve(pid + "/cmdline"))) {
      return Arrays.equals(in.readNBytes(wanted.length + 1), wanted);
    } catch (IOException e) {
      return false; // it has ended, or we may not look at it: it counts as a stray
    }
  }

  /** Kills the present members of the family, except one that will reap them. */
  static void killBelow(String mark, long pid) {
    for (ProcessHandle process : find(mark)) {
      if (process.pid() != pid) {
        process.destroyForcibly();
      }
    }
  }

  /**
   * Kills the family, and tells whether it is gone: a process that waits for a broken disk cannot
   * be killed, and if no descriptor is free, processes cannot be found.
   *
   * @param mark the family
   */
  public static boolean end(String mark) {
    kill(mark);
    Search look = look(mark, -1);
    return look.found().isEmpty() && !look.blind();
  }

  /** The living processes of the family. */
  public static List<ProcessHandle> find(String mark) {
    return look(mark, -1).found();
  }

  /**
   * The result of a look at the processes.
   *
   * @param found the processes of the family
   * @param blind whether there may be more, because some processes could not be checked
   */
  private record Search(List<ProcessHandle> found, boolean blind) {}

  private static Search look(String mark, long since) {
    byte[] wanted = ("\0" + Command.MARK + "=" + mark + "\0").getBytes(StandardCharsets.US_ASCII);
    List<ProcessHandle> found = new ArrayList<>();
    boolean blind = false;
    try {
      for (long pid : candidates(since < 0 ? first(mark) : since)) {
        if (pid != ProcessHandle.current().pid() && bears(pid, wanted)) {
          Optional<ProcessHandle> process = ProcessHandle.of(pid);
          process.filter(ProcessHandle::isAlive).ifPresent(found::add);
        }
      }
    } catch (IOException e) { // probably no descriptor is free
      blind = true;
    }
    return new Search(found, blind);
  }

  private static List<Long> candidates(long since) throws IOException {
    List<Long> pids = new ArrayList<>();
    long newest = since < 0 ? -1 : newestPid();
    boolean inOrder = since > 0 && newest >= since; // else the ids have come round since then
    if (inOrder && newest - since < WINDOW) {
      for (long pid = since; pid <= newest; pid++) {
        if (isThere(pid)) {
          pids.add(pid);
        }
      }
      return pids;
    }
    try (DirectoryStream<Path> all = Files.newDirectoryStream(PROC)) {
      for (Path entry : all) {
        String name = entry.getFileName().toString();
        if (name.charAt(0) >= '1' && name.charAt(0) <= '9') {
          long pid = Long.parseLong(name);
          if (!inOrder || pid >= since) {
            pids.add(pid);
          }
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    } catch (NoSuchFileException e) {
      // There is no /proc, so nothing can be found.
    }
    return pids;
  }

  /**
   * Whether there is a process or thread with this id. Most ids in question belong to processes
   * that have ended. A call of stat(2) by {@link File} finds that out at a tenth of the cost of an
   * open that fails. It needs no descriptor, so that a lack of descriptors is not taken for the end
   * of a process.
   */
  private static boolean isThere(long pid) {
    return new File("/proc/" + pid).exists();
  }

  /**
   * The process id that was given out last: the fifth field of /proc/loadavg (proc(5)); -1 if
   * unknown.
   */
  private static long newestPid() {
    try {
      String line = Files.readString(PROC.resolve("loadavg")).trim();
      return Long.parseLong(line.substring(line.lastIndexOf(' ') + 1));
    } catch (IOException | NumberFormatException e) {
      return -1;
    }
  }

  /**
   * Whether a process has the mark.
   *
   * @throws IOException if it exists and could not be checked
   */
  private static boolean bears(long pid, byte[] wanted) throws IOException {
    for (int look = 0; look < LOOKS; look++) {
      try {
        byte[] environment = environment(pid);
        if (environment.length > 0 || !isBetweenPrograms(pid)) {
          // The first variable has no NUL before it, but is compared as if it had one.
          return startsWith(environment, 0, wanted, 1) || contains(environment, wanted);
        }
      } catch (AccessDeniedException e) {
        if (look == LOOKS_AT_CLOSED || !isOurs(pid)) {
          return false;
        }
      } catch (FileSystemException e) {
        if (canLookAt(pid)) {
          return false; // it has ended, or is about to end
        }
        if (look >= LOOKS_AT_CLOSED) {
          throw e;
        }
      } catch (IOException e) {
        return false; // it has ended
      }
      if (!pause(1)) {
        return false;
      }
    }
    return false;
  }

  /**
   * Whether files of the process can be opened, so that the failure before was not a lack of
   * descriptors.
   */
  private static boolean canLookAt(long pid) {
    try {
      Files.readString(PROC.resolve(pid + "/stat"), StandardCharsets.ISO_8859_1);
      return true;
    } catch (NoSuchFileException e) {
      return true;
    } catch (FileSystemException e) {
      return false;
    } catch (IOException e) {
      return true; // it was opened, and the process has ended since
    }
  }

  private static boolean pause(long millis) {
    try {
      Thread.sleep(millis);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /**
   * Whether a process whose environment we may not read runs as the same user as we do. Such a
   * process may be in the middle of execve(2), before the kernel lets us read it.
   */
  private static boolean isOurs(long pid) {
    try {
      String status = Files.readString(PROC.resolve(pid + "/status"), StandardCharsets.ISO_8859_1);
      int uid = status.indexOf("\nUid:\t");
      String ours = Files.getAttribute(PROC.resolve("self"), "unix:uid").toString();
      // Uid: real, effective, ...
      return uid >= 0 && status.substring(uid).split("\t", 4)[2].equals(ours);
    } catch (IOException e) {
      return false;
    }
  }

  private static byte[] environment(long pid) throws IOException {
    try (InputStream in = Files.newInputStream(PROC.resolve(pid + "/environ"))) {
      return in.readNBytes(1 << 20);
    }
  }

  /**
   * Whether a process whose environment was empty may have another one. In the middle of execve(2),
   * a file that was opened before belongs to the old memory, and the new memory has no environment
   * yet. Without a second look, a process that starts programs fast enough would be missed. A dead
   * process, or one of the kernel, has no memory (proc(5), fields of /proc/PID/stat).
   */
  private static boolean isBetweenPrograms(long pid) throws IOException {
    String stat = Files.readString(PROC.resolve(pid + "/stat"), StandardCharsets.ISO_8859_1);
    // Fields are counted from the third on, because the second is any text, in brackets.
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    if (fields.length <= ENV_END - 3 || fields[VSIZE - 3].equals("0")) {
      return false;
    }
    String start = fields[ENV_START - 3];
    return start.equals("0") || !start.equals(fields[ENV_END - 3]);
  }

  private static boolean contains(byte[] text, byte[] wanted) {
    for (int at = 0; at + wanted.length <= text.length; at++) {
      if (text[at] == 0 && startsWith(text, at, wanted, 0)) {
        return true;
      }
    }
    return false;
  }

  private static boolean startsWith(byte[] text, int at, byte[] wanted, int from) {
    if (at + wanted.length - from > text.length) {
      return false;
    }
    for (int i = from; i < wanted.length; i++) {
      if (text[at + i - from] != wanted[i]) {
        return false;
      }
    }
    return true;
  }
}
