package org.qscan.engine.scan.daemon;

import java.net.SocketAddress;

/**
 * One daemon: an address of the configuration may be a name with several (A and AAAA records), and
 * what is known of one of them says nothing of the next.
 *
 * @param endpoint the address in the configuration
 * @param socket where to connect to
 * @param name for messages: as in the configuration, with the number behind a name
 */
record EndpointAddress(Endpoint endpoint, SocketAddress socket, String name) {
  @Override
  public String toString() {
    return name;
  }
}
