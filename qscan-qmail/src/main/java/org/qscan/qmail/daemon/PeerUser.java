package org.qscan.qmail.daemon;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import jdk.net.ExtendedSocketOptions;

/** The user at the other end of a Unix socket. */
final class PeerUser {

  private PeerUser() {}

  /**
   * The user as which the other end ran when it connected, as the kernel says (SO_PEERCRED): a
   * name, or a number if there is no name, or empty if unknown. Nothing that the other end says is
   * used, so nobody can pretend to be qmail-send. This looks up names, and may take as long as that
   * takes.
   */
  static String user(SocketChannel channel) {
    try {
      return channel.getOption(ExtendedSocketOptions.SO_PEERCRED).user().getName();
    } catch (IOException | RuntimeException e) {
      return "";
    }
  }
}
