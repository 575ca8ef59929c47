package org.qscan.engine.process;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds and ends every process of a family by the mark in its environment ({@link Command#MARK}).
 *
 * <p>The other ways were measured and leak: {@code destroyForcibly} spares grandchildren, a
 * snapshot of {@code descendants()} spares one whose parent has died, a process group spares one
 * that called setsid. The mark is inherited through all of these. It needs Linux' {@code /proc},
 * and a descendant that wipes its environment escapes it; the subreaper that would catch that one
 * too cannot be had without native code.
 */
public final class ProcessTree {

  private static final Path PROC = Path.of("/proc");
  private static final int ROUNDS = 200;

  /**
   * Process (and thread) ids that are looked at one by one before the whole of /proc is cheaper.
   */
  private static final int WINDOW = 256;

  private ProcessTree() {}

  /**
   * Kills every living process that bears the mark, and those that these start meanwhile, until
   * none is left or two seconds are over.
   *
   * @param mark the family
   * @return how many processes were killed
   */
  public static int kill(String mark) {
    return kill(mark, -1);
  }

  /**
   * Like {@link #kill(String)}, but looks only at processes younger than {@code since} where that
   * is cheaper. After every message there may be strays; reading the whole of {@code /proc} each
   * time would cost more than the scan's own bookkeeping.
   *
   * @param mark the family
   * @param since the process id of the family's first member
   * @return how many processes were killed
   */
  public static int kill(String mark, long since) {
    int killed = 0;
    for (int round = 0; round < ROUNDS; round++) {
      List<ProcessHandle> found = find(mark, since);
      if (found.isEmpty()) {
        return killed;
      }
      for (ProcessHandle process : found) {
        if (process.destroyForcibly()) {
          killed++;
        }
      }
      pause(10);
    }
    return killed;
  }

  /**
   * Kills the family and says whether it is gone; a process that waits for a broken disk cannot be
   * killed.
   *
   * @param mark the family
   */
  public static boolean end(String mark) {
    kill(mark);
    return find(mark).isEmpty();
  }

  /** The living processes of the family. */
  public static List<ProcessHandle> find(String mark) {
    return find(mark, -1);
  }

  /*
   * A process that is just becoming another program has no environment for a moment: those without
   * one are asked again. (Kernel threads and zombies never have one.)
   */
  private static List<ProcessHandle> find(String mark, long since) {
    byte[] wanted = ("\0" + Command.MARK + "=" + mark + "\0").getBytes(StandardCharsets.US_ASCII);
    List<ProcessHandle> found = new ArrayList<>();
    List<Long> asked = candidates(since);
    for (int round = 0; round < 3 && !asked.isEmpty(); round++) {
      if (round > 0) {
        pause(2);
      }
      List<Long> again = new ArrayList<>();
      for (long pid : asked) {
        byte[] environment = environment(pid);
        if (environment != null && environment.length == 0) {
          again.add(pid);
        } else if (environment != null && contains(environment, wanted)) {
          ProcessHandle.of(pid).filter(ProcessHandle::isAlive).ifPresent(found::add);
        }
      }
      asked = again;
    }
    return found;
  }

  private static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static List<Long> candidates(long since) {
    List<Long> pids = new ArrayList<>();
    long newest = since < 0 ? -1 : newestPid();
    if (newest >= since && newest - since < WINDOW && since > 0) {
      for (long pid = since; pid <= newest; pid++) {
        pids.add(pid);
      }
      return pids;
    }
    try (DirectoryStream<Path> all = Files.newDirectoryStream(PROC)) {
      for (Path entry : all) {
        String name = entry.getFileName().toString();
        if (name.charAt(0) >= '1' && name.charAt(0) <= '9') {
          pids.add(Long.parseLong(name));
        }
      }
    } catch (IOException | java.nio.file.DirectoryIteratorException e) {
      // No /proc: nothing can be found, and nothing is claimed.
    }
    return pids;
  }

  /** The id given out last: the fifth field of /proc/loadavg (proc(5)); -1 if unknown. */
  private static long newestPid() {
    try {
      String line = Files.readString(PROC.resolve("loadavg")).trim();
      return Long.parseLong(line.substring(line.lastIndexOf(' ') + 1));
    } catch (IOException | NumberFormatException e) {
      return -1;
    }
  }

  /** The environment of a process, with a NUL before each variable; null if it is not to be had. */
  private static byte @Nullable [] environment(long pid) {
    if (pid == ProcessHandle.current().pid()) {
      return null;
    }
    try (InputStream in = Files.newInputStream(PROC.resolve(pid + "/environ"))) {
      byte[] environment = in.readNBytes(1 << 20);
      if (environment.length == 0) {
        return environment;
      }
      byte[] led = new byte[environment.length + 1];
      System.arraycopy(environment, 0, led, 1, environment.length);
      return led;
    } catch (IOException e) {
      return null; // gone, or another user's
    }
  }

  private static boolean contains(byte[] text, byte[] wanted) {
    for (int at = 0; at + wanted.length <= text.length; at++) {
      if (text[at] == 0 && Arrays.equals(text, at, at + wanted.length, wanted, 0, wanted.length)) {
        return true;
      }
    }
    return false;
  }
}
