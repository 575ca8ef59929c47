package org.qscan.engine.scan.daemon;

import java.util.List;
import org.qscan.engine.config.Address;

/**
 * How a scanner that is a daemon is reached.
 *
 * @param key the name of the key with its addresses, for messages
 * @param addresses where it listens, the preferred one first
 * @param transfer {@code path}, {@code data} or {@code auto}
 * @param groupReads whether {@code work.mode} lets a daemon of another user read the files
 */
public record DaemonSettings(
    String key, List<Address> addresses, String transfer, boolean groupReads) {
  public DaemonSettings {
    addresses = List.copyOf(addresses);
  }

  /** Whether the daemon at this address is told the paths of files, not sent their data. */
  boolean byPath(Address address) {
    return switch (transfer) {
      case "path" -> true;
      case "data" -> false;
      default -> address.isLocal() && groupReads;
    };
  }
}
