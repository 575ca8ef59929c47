package org.qscan.qmail.daemon;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import jdk.net.ExtendedSocketOptions;

/** The user at the other end of a Unix socket. */
final class PeerUser {

  private PeerUser() {}

  /**
   * The user that the other end ran as when it connected, as the kernel says (SO_PEERCRED): a name,
   * a number if it has none, empty if unknown. Nothing that the other end says is needed, so nobody
   * can pass for qmail-send. Looks up names, and may take as long as that takes.
   */
  static String user(SocketChannel channel) {
    try {
      return channel.getOption(ExtendedSocketOptions.SO_PEERCRED).user().getName();
    } catch (IOException | RuntimeException e) {
      return "";
    }
  }
}
