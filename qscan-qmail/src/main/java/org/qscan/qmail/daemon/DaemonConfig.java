package org.qscan.qmail.daemon;

import java.nio.file.Path;
import java.time.Duration;
import org.qscan.engine.config.Configuration;
import org.qscan.engine.config.Key;

/**
 * What the daemon needs to know beside its engine. The keys, their defaults and what is allowed
 * stand in {@link Key}.
 *
 * @param socket {@code daemon.socket}
 * @param socketMode {@code daemon.socket-mode}, in octal
 * @param socketGroup {@code daemon.socket-group}
 * @param connections {@code daemon.max-connections}
 * @param memory {@code daemon.memory}
 * @param receiveTimeout {@code daemon.receive-timeout}
 * @param idleTimeout {@code daemon.idle-timeout}
 * @param drainTimeout {@code daemon.drain-timeout}
 */
record DaemonConfig(
    Path socket,
    String socketMode,
    String socketGroup,
    int connections,
    long memory,
    Duration receiveTimeout,
    Duration idleTimeout,
    Duration drainTimeout) {

  static DaemonConfig from(Configuration c) {
    return new DaemonConfig(
        c.path(Key.DAEMON_SOCKET),
        c.text(Key.DAEMON_SOCKET_MODE),
        c.text(Key.DAEMON_SOCKET_GROUP),
        c.integer(Key.DAEMON_MAX_CONNECTIONS),
        c.size(Key.DAEMON_MEMORY),
        c.duration(Key.DAEMON_RECEIVE_TIMEOUT),
        c.duration(Key.DAEMON_IDLE_TIMEOUT),
        c.duration(Key.DAEMON_DRAIN_TIMEOUT));
  }
}
