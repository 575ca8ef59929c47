package org.qscan.engine.scan.daemon;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.qscan.engine.config.Address;
import org.qscan.engine.scan.Deadline;
import org.qscan.engine.time.Latch;

/** All daemons at an address of the configuration: a name may stand for several. */
final class Resolver {

  private final Lookup lookup;

  /** Who knows names. */
  interface Lookup {
    /**
     * All addresses of a name.
     *
     * @throws UnknownHostException if there is none
     */
    InetAddress[] all(String host) throws UnknownHostException;
  }

  Resolver(Lookup lookup) {
    this.lookup = lookup;
  }

  /**
   * All of them, in the order in which the resolver names them.
   *
   * @throws UnknownHostException if there is no such name; the sentence says so
   * @throws SocketTimeoutException if it was not resolved in time
   */
  List<EndpointAddress> addresses(Endpoint endpoint, Deadline deadline) throws IOException {
    Address configured = endpoint.address();
    Path path = configured.path();
    if (path != null) {
      return List.of(
          new EndpointAddress(endpoint, UnixDomainSocketAddress.of(path), configured.toString()));
    }
    InetAddress[] all = resolve(configured.host(), deadline);
    List<EndpointAddress> addresses = new ArrayList<>(all.length);
    for (InetAddress one : all) {
      boolean numeric = all.length == 1;
      addresses.add(
          new EndpointAddress(
              endpoint,
              new InetSocketAddress(one, configured.port()),
              numeric ? configured.toString() : configured + " (" + one.getHostAddress() + ")"));
    }
    return addresses;
  }

  /** An IPv6 address, or one whose last label is a number, which that of a name never is. */
  private static boolean isNumber(String host) {
    boolean number = !host.endsWith(".");
    for (int i = host.lastIndexOf('.') + 1; i < host.length(); i++) {
      number &= host.charAt(i) >= '0' && host.charAt(i) <= '9';
    }
    return number || host.indexOf(':') >= 0;
  }

  /** The resolver keeps its own time, which may be longer than ours: it is left behind then. */
  private InetAddress[] resolve(String host, Deadline deadline) throws IOException {
    if (isNumber(host)) {
      return new InetAddress[] {InetAddress.getByName(host)}; // an address: nobody is asked
    }
    AtomicReference<InetAddress[]> found = new AtomicReference<>();
    Latch ended = new Latch(deadline.ticker());
    Thread thread =
        new Thread(
            () -> {
              try {
                found.set(lookup.all(host));
              } catch (UnknownHostException e) {
                // Nothing is found: the sentence is below.
              }
              ended.open();
            },
            "qscan-resolver");
    thread.setDaemon(true);
    thread.start();
    try {
      if (!ended.await(deadline.nanosLeft())) {
        throw new SocketTimeoutException("the name " + host + " was not resolved in time");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
    InetAddress[] all = found.get();
    if (all == null) {
      throw new UnknownHostException(
          "the host name "
              + host
              + " is unknown: neither DNS nor /etc/hosts has an address for it");
    }
    return all;
  }
}
