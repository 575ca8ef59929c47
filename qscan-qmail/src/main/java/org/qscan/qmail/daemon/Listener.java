package org.qscan.qmail.daemon;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.ScanFailure;
import org.qscan.engine.config.Key;
import org.qscan.qmail.SecurePath;

/**
 * The socket in the file system. It gets its name in one step when it already has its mode and its
 * group, and replaces a socket that a killed qscand has left. If the process that started qscand
 * has made the socket, as descriptor 0, it belongs to that process. Then it stays for the next
 * qscand, together with the clients that wait there.
 *
 * <p>If somebody removes the name of a socket, it cannot be restored. So {@link #lookAfter} makes
 * another socket of that name. It does so for an inherited socket as well, until the holder is
 * restarted.
 */
final class Listener implements AutoCloseable {

  private final boolean inherited;
  private final Path path;
  private volatile ServerSocketChannel channel;

  /** The inode that has its name; null if the name was removed before we started. */
  private @Nullable Object inode;

  /** Whether we have made the socket that has the name. */
  private boolean own;

  private Listener(
      ServerSocketChannel channel, Path path, @Nullable Object inode, boolean inherited) {
    this.channel = channel;
    this.path = path;
    this.inode = inode;
    this.inherited = inherited;
    this.own = !inherited;
  }

  /**
   * Opens the socket: descriptor 0 if that is one, else a socket of our own.
   *
   * @throws IOException if another qscand listens at {@code daemon.socket}, if it cannot be made
   *     there, or if descriptor 0 is a socket of another name
   */
  static Listener open(DaemonConfig config, int backlog) throws IOException {
    Listener inherited = inherited(config.socket());
    return inherited == null ? make(config, backlog) : inherited;
  }

  private static @Nullable Listener inherited(Path socket) throws IOException {
    if (!(System.inheritedChannel() instanceof ServerSocketChannel channel)) {
      return null;
    }
    if (!(channel.getLocalAddress() instanceof UnixDomainSocketAddress address)
        || !address.getPath().equals(socket)) {
      throw new IOException(
          "descriptor 0 listens at "
              + channel.getLocalAddress()
              + ", and daemon.socket is "
              + socket
              + ": name the same");
    }
    channel.configureBlocking(false);
    return new Listener(
        channel,
        socket,
        Files.exists(socket, LinkOption.NOFOLLOW_LINKS) ? inode(socket) : null,
        true);
  }

  private static Listener make(DaemonConfig config, int backlog) throws IOException {
    Path path = config.socket();
    if (answers(path)) {
      throw new IOException("another qscand answers at daemon.socket " + path);
    }
    ServerSocketChannel channel = bind(config, backlog);
    return new Listener(channel, path, inode(path), false);
  }

  private static ServerSocketChannel bind(DaemonConfig config, int backlog) throws IOException {
    Path path = config.socket();
    Path unnamed = StagingDirectory.pathFor(path);
    ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    boolean opened = false;
    try {
      channel.bind(UnixDomainSocketAddress.of(unnamed), backlog);
      if (!config.socketGroup().isEmpty()) {
        setGroup(unnamed, config.socketGroup());
      }
      Files.setAttribute(unnamed, "unix:mode", Integer.parseInt(config.socketMode(), 8));
      channel.configureBlocking(false);
      Files.move(unnamed, path, StandardCopyOption.ATOMIC_MOVE);
      opened = true;
      return channel;
    } finally {
      if (!opened) {
        channel.close();
        Files.deleteIfExists(unnamed);
      }
    }
  }

  private static void setGroup(Path socket, String name) throws IOException {
    GroupPrincipal group =
        socket.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByGroupName(name);
    Files.getFileAttributeView(socket, PosixFileAttributeView.class).setGroup(group);
  }

  private static boolean answers(Path path) {
    try (SocketChannel probe = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
      return probe.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  private static Object inode(Path path) throws IOException {
    return Files.getAttribute(path, "unix:ino", LinkOption.NOFOLLOW_LINKS);
  }

  private static int user(@Nullable Path file) throws IOException {
    return file == null ? 0 : (Integer) Files.getAttribute(file, "unix:uid");
  }

  /**
   * Tells why qscan-client would not believe that this is qscand (see daemon.c). A client that does
   * not believe qscand sends it nothing, so the log has to tell this at the start.
   *
   * @param user the user that listens
   * @param owner of the socket's directory
   * @return a sentence; empty if qscan-client believes us
   */
  static String disbelief(Path socket, int user, int owner) {
    return user == 0 || user == owner
        ? ""
        : "qscan-client believes nobody at daemon.socket "
            + socket
            + " but root and the owner of its directory (user "
            + owner
            + "), and qscand runs as user "
            + user
            + ", so all mail is deferred: chown the directory to qscand's user";
  }

  ServerSocketChannel channel() {
    return channel;
  }

  boolean isInherited() {
    return inherited;
  }

  /**
   * The result of {@link #lookAfter}.
   *
   * @param before the channel that has lost its name, if another one was made; else null
   * @param trouble a sentence that says what the operator has to repair; empty if all is well
   */
  record SocketCheck(@Nullable ServerSocketChannel before, String trouble) {}

  /**
   * Checks whether clients still find the socket. If its name was removed and its directory exists,
   * makes another socket, but never in place of a file that is not ours. For a thread that may
   * wait.
   */
  synchronized SocketCheck lookAfter(DaemonConfig config, int backlog) {
    try {
      Object found = Files.exists(path, LinkOption.NOFOLLOW_LINKS) ? inode(path) : null;
      if (found != null) {
        return found.equals(inode)
            ? new SocketCheck(null, doubt())
            : new SocketCheck(
                null,
                "a file that is not qscand's socket is at daemon.socket "
                    + path
                    + ": remove it, or, if the socket's holder made it, restart qscand");
      }
      Path directory = path.getParent();
      if (directory == null || !Files.isDirectory(directory)) {
        return new SocketCheck(
            null,
            "daemon.socket "
                + path
                + " is gone with its directory, and no mail comes in: make the directory, writable"
                + " by qscand's user alone");
      }
      ServerSocketChannel before = channel;
      channel = bind(config, backlog);
      inode = inode(path);
      own = true;
      return new SocketCheck(before, "");
    } catch (IOException e) {
      return new SocketCheck(
          null,
          "daemon.socket "
              + path
              + " is gone, and no mail comes in; it cannot be made again ("
              + ScanFailure.inWords(e)
              + "): let qscand's user write its directory, or restart the socket's holder");
    }
  }

  /** Says why clients would not believe us, or who could replace the socket. */
  private String doubt() throws IOException {
    int owner = user(path.getParent());
    String disbelief = own ? disbelief(path, user(path), owner) : "";
    return disbelief.isEmpty()
        ? SecurePath.trouble(Key.DAEMON_SOCKET.text(), path, owner)
        : disbelief;
  }

  /**
   * Stops listening, and removes the name, unless another qscand has it by now. An inherited socket
   * stays open until the process ends: closing it would turn descriptors 0, 1 and 2 into /dev/null
   * (by the JDK's documentation).
   */
  @Override
  public synchronized void close() throws IOException {
    if (!own) {
      return;
    }
    channel.close();
    if (Files.exists(path, LinkOption.NOFOLLOW_LINKS) && inode(path).equals(inode)) {
      Files.deleteIfExists(path);
    }
  }
}
