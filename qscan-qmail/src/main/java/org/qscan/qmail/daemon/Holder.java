package org.qscan.qmail.daemon;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * To whom a connection is charged: the user that called. If {@code policy.trusted-users} names that
 * user (for example, the user of qmail-smtpd), it is charged to the sending host instead. Only the
 * first 64 bits of an IPv6 address count, because a host with one of these addresses has all of
 * them.
 */
final class Holder {

  private static final int LONGEST = 45;
  private static final int IPV6 = 16;
  private static final int NETWORK = 8;

  private Holder() {}

  /**
   * The name of the holder.
   *
   * @param caller the user, as the kernel says
   * @param address of the sending host, as the client says; from outside
   * @param trusted the callers that are trusted to tell the address
   */
  static String of(String caller, String address, List<String> trusted) {
    return address.isEmpty() || address.length() > LONGEST || !trusted.contains(caller)
        ? caller
        : caller + " " + network(address);
  }

  private static String network(String address) {
    if (address.indexOf(':') < 0) {
      return address;
    }
    try {
      // A text in brackets is never looked up as a name.
      InetAddress parsed = InetAddress.getByName("[" + address + "]");
      byte[] octets = parsed.getAddress();
      return octets.length == IPV6
          ? HexFormat.of().formatHex(Arrays.copyOf(octets, NETWORK))
          : parsed.getHostAddress(); // an IPv4 address after ::ffff:
    } catch (UnknownHostException e) {
      return address;
    }
  }
}
