package org.qscan.qmail.daemon;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * To whom a connection is charged: the user that called, or, where that is one who speaks for
 * others and is trusted to say for whom (qmail-smtpd's), the host that sends. Of IPv6 the first 64
 * bits count: whoever has one address has all of these.
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
