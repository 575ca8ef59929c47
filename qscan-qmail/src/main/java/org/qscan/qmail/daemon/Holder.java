package org.qscan.qmail.daemon;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * Whom a connection is charged to: the user that called. If {@code policy.trusted-users} names that
 * user (the one of qmail-smtpd, say), it is the sending host instead. Of an IPv6 address the first
 * 64 bits count, because whoever has one of these addresses has all of them.
 */
final class Holder {

  private static final int LONGEST = 45;
  private static final int IPV6 = 16;
  private static final int NETWORK = 8;

  private Holder() {}

  /**
   * The name of the holder.
   *
   * @param caller as the kernel says
   * @param address of the sending host, as the client says; from outside
   * @param trusted callers whose word for the address counts
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
      // In brackets it is never looked up as a name.
      InetAddress parsed = InetAddress.getByName("[" + address + "]");
      byte[] octets = parsed.getAddress();
      return octets.length == IPV6
          ? HexFormat.of().formatHex(Arrays.copyOf(octets, NETWORK))
          : parsed.getHostAddress(); // ::ffff: and an address of IPv4
    } catch (UnknownHostException e) {
      return address;
    }
  }
}
