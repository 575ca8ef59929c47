package org.qscan.qmail.daemon;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.qscan.engine.ScanFailure;

/** Asks a running qscand for its status. */
public final class DaemonStatus {

  private DaemonStatus() {}

  /**
   * Names and values, in an order for people. A name that ends in {@code _ms} or {@code _s} is a
   * time.
   *
   * @param socket {@code daemon.socket}
   * @throws ScanFailure if no qscand answers there, or if it does not answer to this user
   */
  public static Map<String, String> ask(Path socket) throws ScanFailure {
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
        DataInputStream in = new DataInputStream(Channels.newInputStream(channel))) {
      channel.write(Frame.status());
      char type = (char) in.readUnsignedByte();
      byte[] octets = in.readNBytes(Math.min(in.readInt(), Frame.LONGEST));
      if (type != Frame.REPORT) {
        throw new ScanFailure(
            "qscand at daemon.socket "
                + socket
                + " reports its status only to root and to its own user");
      }
      return values(new String(octets, StandardCharsets.ISO_8859_1));
    } catch (IOException e) {
      throw new ScanFailure("no qscand answers at daemon.socket " + socket, e);
    }
  }

  private static Map<String, String> values(String text) {
    Map<String, String> values = new LinkedHashMap<>();
    for (String line : text.split("\n", -1)) {
      int equals = line.indexOf('=');
      if (equals > 0) {
        values.put(line.substring(0, equals), line.substring(equals + 1));
      }
    }
    return values;
  }
}
