package org.qscan.engine.config;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where a daemon listens: {@code unix:PATH} or {@code tcp:HOST:PORT}, with an IPv6 address in
 * brackets.
 *
 * @param path of the socket; null for TCP
 * @param host name or address; empty for a socket
 * @param port 1 to 65535; 0 for a socket
 */
public record Address(@Nullable Path path, String host, int port) {

  private static final String UNIX = "unix:";
  private static final String TCP = "tcp:";

  /**
   * Reads an address.
   *
   * @throws IllegalArgumentException if the text is not an address
   */
  public static Address of(String text) {
    if (text.startsWith(UNIX + "/")) {
      return new Address(Path.of(text.substring(UNIX.length())), "", 0);
    }
    int colon = text.lastIndexOf(':');
    if (!text.startsWith(TCP) || colon <= TCP.length()) {
      throw new IllegalArgumentException(text);
    }
    String host = text.substring(TCP.length(), colon);
    int port = Integer.parseInt(text.substring(colon + 1));
    boolean bracketed = host.startsWith("[") && host.endsWith("]") && host.length() > 2;
    if (port < 1 || port > 65535 || (!bracketed && isOdd(host))) {
      throw new IllegalArgumentException(text);
    }
    return new Address(null, bracketed ? host.substring(1, host.length() - 1) : host, port);
  }

  private static boolean isOdd(String host) {
    return host.indexOf(':') >= 0 || host.indexOf('[') >= 0 || host.indexOf(']') >= 0;
  }

  /** Whether this is a socket in the file system. */
  public boolean isLocal() {
    return path != null;
  }

  /** The address as it is written in the configuration. */
  @Override
  public String toString() {
    if (path != null) {
      return UNIX + path;
    }
    return TCP + (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
  }
}
