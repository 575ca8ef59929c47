package org.qscan.qmail.daemon;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.qscan.engine.config.Configuration;
import org.qscan.engine.config.Key;

/**
 * The configuration of the daemon, without that of its engine. {@link Key} lists the keys, their
 * defaults and the values that are allowed.
 *
 * @param socket {@code daemon.socket}
 * @param socketMode {@code daemon.socket-mode}, in octal
 * @param socketGroup {@code daemon.socket-group}
 * @param connections {@code daemon.max-connections}
 * @param connectionsPerUser {@code daemon.max-connections-per-user}, or the quarter that is its
 *     default
 * @param trustedUsers {@code policy.trusted-users}
 * @param memory {@code daemon.memory}
 * @param receiveTimeout {@code daemon.receive-timeout}
 * @param idleTimeout {@code daemon.idle-timeout}
 * @param drainTimeout {@code daemon.drain-timeout}
 * @param enabledFile {@code enabled.file}
 * @param queueProgram {@code queue.program}
 */
record DaemonConfig(
    Path socket,
    String socketMode,
    String socketGroup,
    int connections,
    int connectionsPerUser,
    List<String> trustedUsers,
    long memory,
    Duration receiveTimeout,
    Duration idleTimeout,
    Duration drainTimeout,
    Path enabledFile,
    Path queueProgram) {

  static DaemonConfig from(Configuration c) {
    return new DaemonConfig(
        c.path(Key.DAEMON_SOCKET),
        c.text(Key.DAEMON_SOCKET_MODE),
        c.text(Key.DAEMON_SOCKET_GROUP),
        c.integer(Key.DAEMON_MAX_CONNECTIONS),
        perUser(c),
        c.list(Key.POLICY_TRUSTED_USERS),
        c.size(Key.DAEMON_MEMORY),
        c.duration(Key.DAEMON_RECEIVE_TIMEOUT),
        c.duration(Key.DAEMON_IDLE_TIMEOUT),
        c.duration(Key.DAEMON_DRAIN_TIMEOUT),
        c.path(Key.ENABLED_FILE),
        c.path(Key.QUEUE_PROGRAM));
  }

  private static int perUser(Configuration c) {
    int configured = c.integer(Key.DAEMON_MAX_CONNECTIONS_PER_USER);
    return configured > 0 ? configured : Math.max(1, c.integer(Key.DAEMON_MAX_CONNECTIONS) / 4);
  }
}
