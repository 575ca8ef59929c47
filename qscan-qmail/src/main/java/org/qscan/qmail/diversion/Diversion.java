package org.qscan.qmail.diversion;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.ScanFailure;
import org.qscan.qmail.SecurePath;

/**
 * Gives qscan-client the name qmail-queue, and takes the name away again. Both can be repeated, and
 * may be killed at any instant: there is always a working program with the name qmail-queue,
 * because each step is a single link(2) or rename(2).
 *
 * <p>A copy and not a symbolic link: {@code make setup} of qmail opens the files that it installs
 * and writes into them, so through a link it would overwrite qscan-client itself, and the real
 * qmail-queue would have both names. (Seen with notqmail, install.c.)
 */
public final class Diversion {

  /** The name of the real qmail-queue, beside qmail-queue. The key queue.program has to name it. */
  public static final String REAL = "qmail-queue-old";

  private static final String QUEUE = "qmail-queue";
  private static final String STAGED = "qmail-queue.qscan";

  /**
   * The mode of qscan-client: everybody runs it, and qscand reads it to check whether it is still
   * there.
   */
  private static final Set<PosixFilePermission> MODE = PosixFilePermissions.fromString("rwxr-xr-x");

  private static final int SETUID = 04000;

  private static final String RUNS_ALREADY =
      "another 'qscan enable' or 'qscan disable' is running: wait until it has ended";

  private final Path queue;
  private final Path real;
  private final Path staged;
  private final Path client;
  private final Path marker;

  /**
   * A diversion. This changes nothing yet.
   *
   * @param bin qmail's directory of programs, {@code /var/qmail/bin}
   * @param client qscan-client of this installation
   * @param marker the value of enabled.file
   */
  public Diversion(Path bin, Path client, Path marker) {
    this.queue = bin.resolve(QUEUE);
    this.real = bin.resolve(REAL);
    this.staged = bin.resolve(STAGED);
    this.client = client;
    this.marker = marker;
  }

  /** The name that qmail's programs run. */
  public Path queue() {
    return queue;
  }

  /** Where the real qmail-queue is, while qscan-client has its name. */
  public Path real() {
    return real;
  }

  /** Work that changes files of qmail. */
  @FunctionalInterface
  public interface Work {
    /** Does the work. */
    void run() throws DiversionFailure;
  }

  /**
   * Runs the work while no other process does such work. Otherwise, each one could take the other's
   * copy for the real program.
   */
  public void alone(Work work) throws DiversionFailure {
    Path lock = marker.resolveSibling(marker.getFileName() + ".lock");
    try {
      Marker.makeDirectory(marker);
      failIfOthersMayReplace(marker);
      failIfOthersMayReplace(queue);
      try (FileChannel channel =
              FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          FileLock held = channel.tryLock()) {
        if (held == null) {
          throw new DiversionFailure(RUNS_ALREADY);
        }
        work.run();
      }
    } catch (OverlappingFileLockException e) {
      throw new DiversionFailure(RUNS_ALREADY);
    } catch (IOException e) {
      throw failed(lock, "locked", e);
    }
  }

  /**
   * Fails if other users may replace the file: we write there as root, and they could make us write
   * elsewhere.
   */
  private static void failIfOthersMayReplace(Path file) throws DiversionFailure, IOException {
    if (!Files.isDirectory(file.resolveSibling("."))) {
      return; // the code that needs it reports that
    }
    int self = (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    String trouble = SecurePath.trouble("the path", file, self);
    if (!trouble.isEmpty()) {
      throw new DiversionFailure(trouble);
    }
  }

  /**
   * Whether nothing is left to do: the name belongs to a file of its own that is the same as
   * qscan-client of this installation, and this is noted.
   */
  public boolean isDone() {
    try {
      return !Files.isSymbolicLink(queue)
          && Files.mismatch(client, queue) < 0
          && Files.getPosixFilePermissions(queue).equals(MODE)
          && Marker.isReadable(marker)
          && Marker.read(marker).queue().equals(queue)
          && Files.exists(real)
          && !ClientProgram.is(real);
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Makes a copy of qscan-client beside qmail-queue, so that it can be tried where it will be.
   *
   * @return the copy
   * @throws DiversionFailure if qscan-client is missing or is something else, or if qmail is not
   *     there
   */
  public Path stage() throws DiversionFailure {
    if (!ClientProgram.is(client)) {
      throw new DiversionFailure(
          client
              + " is not qscan-client: unpack QScan again ('make setup' of qmail overwrites it"
              + " through a symbolic link)");
    }
    if (!Files.exists(queue, LinkOption.NOFOLLOW_LINKS)) {
      throw new DiversionFailure(queue + " does not exist: name qmail's directory with --qmail");
    }
    try {
      Files.deleteIfExists(staged);
      try (InputStream in = Files.newInputStream(client);
          FileChannel out =
              FileChannel.open(staged, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        in.transferTo(Channels.newOutputStream(out));
        out.force(true);
      }
      Files.setAttribute(staged, "unix:gid", Files.getAttribute(queue, "unix:gid"));
      Files.setPosixFilePermissions(staged, MODE);
      return staged;
    } catch (IOException e) {
      throw failed(staged, "written", e);
    }
  }

  /** Removes the copy if it is not used. */
  public void unstage() throws DiversionFailure {
    try {
      Files.deleteIfExists(staged);
    } catch (IOException e) {
      throw failed(staged, "removed", e);
    }
  }

  /**
   * Gives the real qmail-queue its second name. After an upgrade of qmail, the new one gets this
   * name.
   *
   * @return whether no file had that name before
   * @throws DiversionFailure if it is not clear which file is the real one
   */
  public boolean keepReal() throws DiversionFailure {
    boolean isNew = !Files.exists(real, LinkOption.NOFOLLOW_LINKS);
    try {
      if (ClientProgram.is(queue)) {
        failIfNoReal();
      } else if (isNew) {
        Files.createLink(real, queue); // the same file: owner, mode and setuid bit are kept
      } else if (!Files.isSameFile(queue, real)) {
        failIfUnknown();
        link(queue, real);
      }
      Marker.sync(real.resolveSibling("."));
      return isNew;
    } catch (IOException e) {
      throw failed(real, "made a second name of " + queue, e);
    }
  }

  /**
   * Removes the second name again.
   *
   * @param isNew what {@link #keepReal} returned: a name that was there before stays
   */
  public void forgetReal(boolean isNew) throws DiversionFailure {
    try {
      if (isNew && Files.isSameFile(queue, real)) {
        Files.delete(real);
      }
    } catch (IOException e) {
      throw failed(real, "removed", e);
    }
  }

  private void failIfNoReal() throws DiversionFailure {
    if (!Files.exists(real)) {
      throw new DiversionFailure(
          queue
              + " is qscan-client, and "
              + real
              + " does not exist, so no mail can be queued: put the real qmail-queue there, with its"
              + " owner and mode (as a rule qmailq and 4711)");
    }
    if (ClientProgram.is(real)) {
      throw new DiversionFailure(
          queue
              + " and "
              + real
              + " are both qscan-client, so no mail can be queued: put the real qmail-queue at "
              + real
              + ", with its owner and mode (as a rule qmailq and 4711)");
    }
  }

  /**
   * Fails if the file is not known to be the real qmail-queue from before the upgrade, because only
   * that one may be overwritten.
   */
  private void failIfUnknown() throws DiversionFailure, IOException {
    if (!ClientProgram.is(real) && Files.mismatch(queue, real) >= 0 && !isTheOneOfBefore()) {
      throw new DiversionFailure(
          queue
              + " and "
              + real
              + " differ, and neither is qscan-client. If "
              + queue
              + " is the real qmail-queue, after an upgrade for example, remove "
              + real
              + "; if it is some other program, move it away and give "
              + real
              + " the name "
              + queue
              + ". Then run this again");
    }
  }

  private boolean isTheOneOfBefore() throws IOException {
    return Objects.equals(digestOfBefore(), Marker.digest(real)) && isLike(queue, real);
  }

  private @Nullable String digestOfBefore() {
    try {
      return Marker.read(marker).realDigest();
    } catch (IOException e) {
      return null; // there is no such file, or it was not written by QScan
    }
  }

  /**
   * Whether one file may be the successor of the other. An upgrade of qmail keeps the owner and the
   * setuid bit; a wrapper (simscan, qmail-scanner, a script) has another owner or no such bit. A
   * wrapper may call the real one by exactly the name that it would get here.
   */
  private static boolean isLike(Path file, Path other) throws IOException {
    return Files.getAttribute(file, "unix:uid").equals(Files.getAttribute(other, "unix:uid"))
        && isSetuid(file) == isSetuid(other);
  }

  private static boolean isSetuid(Path file) throws IOException {
    return ((Integer) Files.getAttribute(file, "unix:mode") & SETUID) != 0;
  }

  /**
   * Gives the copy that {@link #stage} made the name qmail-queue. It is noted first: if we are
   * killed between the two steps, there is an alarm, and not a gap that nobody notices.
   *
   * @param now the time for the note
   */
  public void divert(Instant now) throws DiversionFailure {
    try {
      if (!ClientProgram.is(queue) && !Files.isSameFile(queue, real)) {
        throw new DiversionFailure(
            queue + " was replaced while qscan-client was tried: run this again");
      }
      new Marker(queue, Marker.digest(real), now).write(marker);
    } catch (IOException e) {
      throw failed(marker, "written", e);
    }
    try {
      Files.move(staged, queue, StandardCopyOption.ATOMIC_MOVE);
      Marker.sync(queue.resolveSibling("."));
    } catch (IOException e) {
      throw failed(queue, "replaced", e);
    }
  }

  /**
   * Gives the real qmail-queue its name back. The second name stays, because a running qscand may
   * still have mail for it.
   *
   * @return whether qscan-client had the name
   */
  public boolean restore() throws DiversionFailure {
    boolean diverted = ClientProgram.is(queue);
    if (diverted) {
      failIfNoReal();
      try {
        link(real, queue);
        Marker.sync(queue.resolveSibling("."));
      } catch (IOException e) {
        throw failed(queue, "replaced", e);
      }
    }
    unstage();
    try {
      Files.deleteIfExists(marker);
    } catch (IOException e) {
      throw failed(marker, "removed", e);
    }
    return diverted;
  }

  /** Makes another name for a file. It replaces a file with that name. */
  private static void link(Path file, Path name) throws IOException {
    Path fresh = name.resolveSibling("." + name.getFileName() + ".new");
    Files.deleteIfExists(fresh);
    Files.createLink(fresh, file);
    Files.move(fresh, name, StandardCopyOption.ATOMIC_MOVE);
  }

  private static DiversionFailure failed(Path file, String done, IOException e) {
    return new DiversionFailure(
        file + " cannot be " + done + ": " + ScanFailure.inWords(e) + ": run this as root");
  }
}
