package org.qscan.qmail.daemon;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import org.jspecify.annotations.Nullable;

/**
 * The socket in the file system. It gets its name when it has its mode and its group, in one step,
 * and takes the place of one that a killed qscand has left. Or it was made by whoever started us,
 * and is our descriptor 0: then it is his, and stays, with those that wait there, for the next
 * qscand.
 */
final class Listener implements AutoCloseable {

  private final ServerSocketChannel channel;
  private final Path path;

  /** Null where the socket is not ours. */
  private final @Nullable Object inode;

  private Listener(ServerSocketChannel channel, Path path, @Nullable Object inode) {
    this.channel = channel;
    this.path = path;
    this.inode = inode;
  }

  /**
   * The socket that descriptor 0 is, else one of our own.
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
    return new Listener(channel, socket, null);
  }

  private static Listener make(DaemonConfig config, int backlog) throws IOException {
    Path path = config.socket();
    if (answers(path)) {
      throw new IOException("another qscand answers at daemon.socket " + path);
    }
    Path unnamed = Path.of(path + ".new");
    Files.deleteIfExists(unnamed);
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
      Listener listener = new Listener(channel, path, inode(path));
      opened = true;
      return listener;
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
    return Files.getAttribute(path, "unix:ino");
  }

  ServerSocketChannel channel() {
    return channel;
  }

  boolean isInherited() {
    return inode == null;
  }

  /**
   * Takes no more; the name goes, unless another qscand has it by now. What was inherited goes with
   * the process: to close it would turn descriptors 0, 1 and 2 into /dev/null, says the JDK.
   */
  @Override
  public void close() throws IOException {
    if (inode == null) {
      return;
    }
    channel.close();
    if (Files.exists(path) && inode.equals(inode(path))) {
      Files.deleteIfExists(path);
    }
  }
}
