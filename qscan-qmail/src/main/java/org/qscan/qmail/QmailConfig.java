package org.qscan.qmail;

import java.nio.file.Path;
import java.time.Duration;
import org.qscan.engine.Policy;
import org.qscan.engine.config.Configuration;
import org.qscan.engine.config.Key;

/**
 * The configuration of the qmail front end. {@link Key} lists the keys, their defaults and the
 * values that are allowed.
 *
 * @param queueProgram {@code queue.program}
 * @param queueTimeout {@code queue.timeout}
 * @param policy {@code unscannable.*}
 * @param bounceInfected {@code bounce.infected}
 * @param bounceUser {@code bounce.user}
 * @param exitInfected {@code exit.infected}
 * @param exitFailed {@code exit.failed}
 * @param syslog {@code log.syslog}
 */
public record QmailConfig(
    Path queueProgram,
    Duration queueTimeout,
    Policy policy,
    String bounceInfected,
    String bounceUser,
    int exitInfected,
    int exitFailed,
    boolean syslog) {

  /** The front end's part of a configuration. */
  public static QmailConfig from(Configuration c) {
    return new QmailConfig(
        c.path(Key.QUEUE_PROGRAM),
        c.duration(Key.QUEUE_TIMEOUT),
        Policy.from(c),
        c.text(Key.BOUNCE_INFECTED),
        c.text(Key.BOUNCE_USER),
        c.integer(Key.EXIT_INFECTED),
        c.integer(Key.EXIT_FAILED),
        c.bool(Key.LOG_SYSLOG));
  }
}
