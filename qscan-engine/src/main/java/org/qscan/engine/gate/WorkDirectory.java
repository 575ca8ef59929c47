package org.qscan.engine.gate;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.ScanFailure;
import org.qscan.engine.time.Ticker;

/**
 * The directory that all front ends on a host share. Layout:
 *
 * <pre>
 * work.directory/
 *   19ab...-4711-1/       the directory of one message, named by its session's id
 *   19ab...-4711-1/.alive another name of its lock file
 *   .live/19ab...-4711-1  locked as long as that session's process lives
 *   .gate/                tickets, see {@link Gate}
 *   .NUMBER.ID            another name of each ticket
 * </pre>
 *
 * <p>A session makes its lock file, the lock and the directory, in this order. It removes the
 * directory, the lock file and the lock, in this order. So a directory whose lock file is missing
 * or not locked belongs to no living session, at whatever instant its owner was killed. This is all
 * that the {@link Janitor} has to know.
 *
 * <p>The locks are POSIX record locks, which the kernel drops with the process, and which, as
 * {@link FileLock} says, are also dropped when <em>any</em> channel to the same file is closed in
 * the same process. A process therefore never opens a lock file of its own a second time: {@link
 * #take} names them.
 *
 * <p>Somebody may remove {@code .live} or {@code .gate}, or a file in them, under running
 * processes. So there are second names outside of these directories: the lock of a living session
 * is found by its directory ({@code .alive}, a hard link, so the lock is the same), a ticket in the
 * work directory itself ({@link Tickets}). A process that does not find a directory makes it again
 * ({@link #restore}), and restores its content from the second names. So no living session is taken
 * for dead, and no slot is given away twice.
 */
public final class WorkDirectory {

  static final String LIVE = ".live";
  static final String GATE = ".gate";

  /** In a session's directory, another name of its lock file. */
  static final String ALIVE = ".alive";

  private static final String TAKEN = "org.qscan.taken.";

  private static final SessionIds IDS = new SessionIds();
  static final FileAttribute<Set<PosixFilePermission>> OURS_ALONE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private static final FileAttribute<Set<PosixFilePermission>> OUR_DIRECTORY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  /**
   * The most sentences that are kept for {@link #lookAfter}, because perhaps nobody ever asks for
   * them.
   */
  private static final int MOST_NEWS = 16;

  private final Path root;
  private final boolean groupReads;
  private final Ticker ticker;
  private final Tickets tickets;
  private final Queue<String> news = new ConcurrentLinkedQueue<>();

  /**
   * Reserves a name in this process, even if several class loaders have a copy of this class: one
   * copy must not lose a lock that another one holds. The system properties are the only table that
   * all copies see. Only strings are stored in it, because other code prints it.
   *
   * @return false if the name is reserved already
   */
  static boolean take(String name) {
    return System.getProperties().putIfAbsent(TAKEN + name, "") == null;
  }

  static boolean isTaken(String name) {
    return System.getProperties().containsKey(TAKEN + name);
  }

  static void giveBack(String name) {
    System.getProperties().remove(TAKEN + name);
  }

  private WorkDirectory(Path root, boolean groupReads, Ticker ticker) {
    this.ticker = ticker;
    this.root = root;
    this.groupReads = groupReads;
    this.tickets = new Tickets(root);
  }

  /**
   * Checks that the directory is safe to work in and opens it.
   *
   * @param directory the value of {@code work.directory}
   * @param groupReads whether sessions are made with mode 0750 instead of 0700
   * @throws ScanFailure if it is missing, is a symbolic link, belongs to another user, or is
   *     writable by others; the message says which, and what to do
   */
  public static WorkDirectory open(Path directory, boolean groupReads) throws ScanFailure {
    return open(directory, groupReads, Ticker.SYSTEM);
  }

  /** With another time; for tests. */
  static WorkDirectory open(Path directory, boolean groupReads, Ticker ticker) throws ScanFailure {
    String key = "work.directory " + directory;
    try {
      check(directory);
      WorkDirectory work = new WorkDirectory(directory.toRealPath(), groupReads, ticker);
      work.makeRoom(LIVE);
      work.makeRoom(GATE);
      return work;
    } catch (NoSuchFileException e) {
      throw missing(key);
    } catch (IOException e) {
      throw new ScanFailure(key + " cannot be used", e);
    }
  }

  private static ScanFailure missing(String key) {
    return new ScanFailure(
        key + " does not exist: create it, owned by the user that runs qscan, with mode 0700");
  }

  private static void check(Path directory) throws IOException, ScanFailure {
    String key = "work.directory " + directory;
    Map<String, Object> facts =
        Files.readAttributes(
            directory, "unix:uid,mode,isDirectory,isSymbolicLink", LinkOption.NOFOLLOW_LINKS);
    if (Boolean.TRUE.equals(facts.get("isSymbolicLink"))) {
      throw new ScanFailure(key + " is a symbolic link: name the directory itself");
    }
    if (!Boolean.TRUE.equals(facts.get("isDirectory"))) {
      throw new ScanFailure(key + " is not a directory");
    }
    int mode = (Integer) facts.getOrDefault("mode", 0);
    if ((mode & 022) != 0) {
      throw new ScanFailure(
          key
              + " is writable by its group or by others (mode "
              + Integer.toOctalString(mode & 07777)
              + "): chmod 0755 or stricter");
    }
    int owner = (Integer) facts.getOrDefault("uid", -1);
    int self = effectiveUid();
    if (owner != self) {
      throw new ScanFailure(
          key
              + " belongs to uid "
              + owner
              + ", but this process runs as uid "
              + self
              + ": run it as that user, or chown the directory");
    }
  }

  /**
   * Makes {@code .live} and {@code .gate} again if they are missing, and restores their content
   * from the second names. This needs no lock: only names of living sessions and of tickets are
   * added, and a session that leaves removes both names of its ticket.
   *
   * @throws ScanFailure if the work directory itself is missing or not safe to work in, which only
   *     the operator can repair; after that, it is used again
   */
  void restore() throws ScanFailure {
    try {
      check(root);
      if (makeRoom(LIVE)) {
        tell(LIVE);
        restoreLocks();
      }
      if (makeRoom(GATE)) {
        tell(GATE);
        mendTickets();
      }
    } catch (NoSuchFileException e) {
      throw missing("work.directory " + root);
    } catch (IOException e) {
      throw new ScanFailure("work.directory " + root + " cannot be used", e);
    }
  }

  private void tell(String room) {
    if (news.size() < MOST_NEWS) {
      news.add(
          root.resolve(room)
              + " was removed and has been made again: find out what removes it, and stop that");
    }
  }

  /**
   * Checks whether everything is there, and makes again what QScan may make. A process that lives
   * long calls this about once a second; a session that needs a directory checks by itself as well.
   *
   * @return what was made again since the last call, a sentence each
   * @throws ScanFailure if there is something that only the operator can repair
   */
  public List<String> lookAfter() throws ScanFailure {
    restore();
    try {
      mendTickets(); // if a directory is still there, but some of its files were removed
    } catch (IOException e) {
      throw new ScanFailure("cannot write the tickets in " + root.resolve(GATE), e);
    }
    List<String> sentences = new ArrayList<>();
    for (String sentence = news.poll(); sentence != null; sentence = news.poll()) {
      sentences.add(sentence);
    }
    return sentences;
  }

  /**
   * Restores the lock files of living sessions from their second names in the sessions'
   * directories.
   */
  private void restoreLocks() throws IOException {
    for (String id : names(root)) {
      if (isId(id)) {
        restoreLock(id);
      }
    }
  }

  private void restoreLock(String id) throws IOException {
    try {
      Files.createLink(lockFile(id), root.resolve(id).resolve(ALIVE));
    } catch (FileAlreadyExistsException | NoSuchFileException e) {
      // It is there by now; or the session has just ended; or it was made by a version without
      // second names.
    }
  }

  private void mendTickets() throws IOException {
    try {
      tickets.mend();
    } catch (NoSuchFileException e) {
      // It was removed once more; the next process that does not find it makes it again.
    }
  }

  /** The names in a directory; none if there is no such directory. */
  static List<String> names(Path directory) throws IOException {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      for (Path entry : entries) {
        names.add(entry.getFileName().toString());
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    } catch (NoSuchFileException e) {
      // There is no such directory.
    }
    return names;
  }

  /** The effective uid of this process: it owns /proc/self (proc(5)). */
  private static int effectiveUid() throws IOException {
    return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
  }

  /** Makes a directory; true if it was not there. */
  private boolean makeRoom(String name) throws IOException {
    Path room = root.resolve(name);
    if (Files.isDirectory(room, LinkOption.NOFOLLOW_LINKS)) {
      return false;
    }
    try {
      Files.createDirectory(room, OUR_DIRECTORY);
      return true;
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(room, LinkOption.NOFOLLOW_LINKS)) {
        throw e;
      }
      return false;
    }
  }

  /**
   * The space that is left in the file system of a directory.
   *
   * <p>This does not use {@link Files#getFileStore}, which looks for the mount point above the
   * directory and throws an exception if there is none, as in a chroot whose root is an ordinary
   * directory.
   *
   * @return bytes that this user may still write there; 0 if that cannot be found out
   */
  public static long usableBytes(Path directory) {
    return directory.toFile().getUsableSpace();
  }

  Tickets tickets() {
    return tickets;
  }

  /** The directory itself, absolute and without symbolic links. */
  public Path path() {
    return root;
  }

  /**
   * Makes the directory of a new session and the lock that proves it alive.
   *
   * @throws ScanFailure if they cannot be made, for example because the disk is full or no
   *     descriptor is free
   */
  public SessionLease enter() throws ScanFailure {
    for (int attempt = 0; attempt < 100; attempt++) {
      SessionLease lease = reserve();
      if (lease.isNew()) {
        return lease;
      }
    }
    throw new ScanFailure("no free name for a session in work.directory " + root);
  }

  /**
   * A new session that has nothing on the disk yet, see {@link SessionLease#settle}.
   *
   * @throws ScanFailure if there are no random numbers
   */
  public SessionLease reserve() throws ScanFailure {
    try {
      return new SessionLease(this, IDS.next(), ticker);
    } catch (IOException e) {
      throw new ScanFailure("cannot read " + SessionIds.RANDOM, e);
    }
  }

  Path makeDirectory(Path directory) throws IOException {
    Files.createDirectory(directory, OUR_DIRECTORY);
    if (groupReads) {
      letGroupRead(directory);
    }
    return directory;
  }

  /**
   * Sets mode 0750. It is set after the creation, because a umask of 077 would remove the group's
   * rights. A set-group-id bit, by which the group is inherited, is kept.
   */
  private static void letGroupRead(Path directory) throws IOException {
    int mode = (Integer) Files.getAttribute(directory, "unix:mode");
    Files.setAttribute(directory, "unix:mode", (mode & 07000) | 0750);
  }

  /** Whether this could be the id of a session, and so the name of a directory that QScan made. */
  static boolean isId(String name) {
    int dashes = 0;
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c == '-') {
        dashes++;
      } else if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) {
        return false;
      }
    }
    return dashes == 2 && name.length() < 64;
  }

  /** Makes and locks a file. Null if the name is taken, or if a janitor was faster. */
  static @Nullable FileChannel lockNew(Path file) throws IOException {
    if (!take(file.toString())) {
      return null;
    }
    FileChannel channel = null;
    boolean locked = false;
    try {
      channel =
          FileChannel.open(
              file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), OURS_ALONE);
      // A janitor may have locked and removed it after its creation and before this lock.
      locked = channel.tryLock() != null && Files.exists(file, LinkOption.NOFOLLOW_LINKS);
      return locked ? channel : null;
    } catch (FileAlreadyExistsException e) {
      return null;
    } finally {
      if (!locked) {
        if (channel != null) {
          channel.close();
        }
        giveBack(file.toString());
      }
    }
  }

  /** Whether the process that made this session is alive. */
  boolean isAlive(String id) throws IOException {
    Path file = lockFile(id);
    if (isTaken(file.toString())) {
      return true;
    }
    FileChannel proof = seize(file);
    if (proof != null) {
      proof.close();
      return false;
    }
    // Not exists(): if the question fails, that does not prove that the session is dead.
    return !Files.notExists(file, LinkOption.NOFOLLOW_LINKS) || isAliveByOtherName(id);
  }

  /**
   * Checks the second name of the lock: somebody may have removed the lock file of a living
   * session.
   */
  private boolean isAliveByOtherName(String id) throws IOException {
    Path directory = root.resolve(id);
    if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
      return false;
    }
    Path other = directory.resolve(ALIVE);
    FileChannel proof = seize(other);
    if (proof != null) {
      proof.close();
      return false;
    }
    boolean alive = !Files.notExists(other, LinkOption.NOFOLLOW_LINKS);
    if (alive) {
      restoreLock(id);
    }
    return alive;
  }

  Path lockFile(String id) {
    return root.resolve(LIVE).resolve(id);
  }

  /**
   * Takes over the lock of a dead session.
   *
   * @return the locked channel, or null if its owner lives or there is no such lock file
   */
  @Nullable FileChannel seize(String id) throws IOException {
    Path file = lockFile(id);
    return isTaken(file.toString()) ? null : seize(file);
  }

  private static @Nullable FileChannel seize(Path file) throws IOException {
    FileChannel channel;
    try {
      channel = FileChannel.open(file, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
    } catch (NoSuchFileException e) {
      return null;
    }
    FileLock lock = null;
    try {
      lock = channel.tryLock();
      if (lock != null && !Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
        lock = null; // its owner was about to end, and has left nothing
      }
    } catch (OverlappingFileLockException e) {
      // Another thread of this process is removing it.
    } finally {
      if (lock == null) {
        channel.close();
      }
    }
    return lock == null ? null : channel;
  }

  void forget(String id) {
    giveBack(lockFile(id).toString());
  }
}
