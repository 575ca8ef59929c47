package org.qscan.engine.scan.daemon;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.scan.Canary;
import org.qscan.engine.scan.CanaryRules;
import org.qscan.engine.scan.CanaryWatch;
import org.qscan.engine.scan.CanaryWatch.Trial;

/**
 * The canaries of one scan by a daemon: those of its address and its way, and the session's
 * directory in which their files lie.
 *
 * <p>Of each daemon and way there is a {@link CanaryWatch}, which all scans share.
 */
final class DaemonCanaries {

  /** Of one scanner. A name may stand for other addresses each time it is asked for. */
  static final class Watches {
    private static final int MOST = 64;

    /** A daemon that is well and very busy answers within less. */
    private static final CanaryWatch.Hung HUNG = CanaryWatch.Hung.after(Duration.ofSeconds(5));

    private final String key;
    private final CanaryRules rules;
    private final String advice;
    private final Map<DaemonAndWay, CanaryWatch> watches = new LinkedHashMap<>(16, 0.75f, true);

    /** The sockets of daemons on this host, as they were when they were last used. */
    private final Map<Path, String> sockets = new ConcurrentHashMap<>();

    private record DaemonAndWay(SocketAddress socket, boolean byPath) {}

    /**
     * None yet.
     *
     * @param key the name of the key with the addresses, for sentences
     * @param advice what to check where a canary is not found
     */
    Watches(String key, String advice, CanaryRules rules) {
      this.key = key;
      this.advice = advice;
      this.rules = rules;
    }

    CanaryRules rules() {
      return rules;
    }

    /** One that is forgotten begins anew, with a canary; who has it keeps it. */
    synchronized CanaryWatch of(EndpointAddress address, boolean byPath) {
      CanaryWatch watch =
          watches.computeIfAbsent(
              new DaemonAndWay(address.socket(), byPath),
              way ->
                  new CanaryWatch(
                      key + " " + address + (byPath ? " (by path)" : " (by data)"),
                      advice,
                      rules,
                      HUNG));
      if (watches.size() > MOST) {
        watches.remove(watches.keySet().iterator().next());
      }
      return watch;
    }

    /**
     * Before it is asked. A daemon on this host makes its socket when it starts: another socket is
     * another daemon. Of one on another host this is not seen; there only a connection that fails
     * tells of a restart.
     */
    void lookAt(EndpointAddress address) {
      if (!rules.on() || !(address.socket() instanceof UnixDomainSocketAddress)) {
        return;
      }
      Path socket = ((UnixDomainSocketAddress) address.socket()).getPath();
      String now;
      try {
        BasicFileAttributes facts = Files.readAttributes(socket, BasicFileAttributes.class);
        now = facts.fileKey() + " " + facts.lastModifiedTime(); // a number is soon used again
      } catch (IOException e) {
        return; // whoever connects is told
      }
      String before = sockets.put(socket, now);
      if (before != null && !before.equals(now)) {
        doubt(address);
      }
    }

    /** Of this daemon nothing is sure any more. */
    void doubt(EndpointAddress address) {
      of(address, true).doubt();
      of(address, false).doubt();
    }
  }

  private final Watches watches;
  private final @Nullable Path session;
  private final boolean groupReads;

  /**
   * For one scan.
   *
   * @param session the session's directory; null if it has none, where the daemon gets the data
   * @param groupReads as with the files of the message
   */
  DaemonCanaries(Watches watches, @Nullable Path session, boolean groupReads) {
    this.watches = watches;
    this.session = session;
    this.groupReads = groupReads;
  }

  CanaryWatch of(EndpointAddress address, boolean byPath) {
    return watches.of(address, byPath);
  }

  /** Its connection broke, so it may be another daemon by now: first of all, a canary. */
  void doubt(EndpointAddress address) {
    watches.doubt(address);
  }

  /** Whether the answers so far need a canary behind them before they are believed. */
  boolean confirms(FileQueries queries) {
    return watches.rules().findingsToo() ? !queries.hasGaps() : queries.isWithoutFinding();
  }

  /** What to show where files are shown by path. */
  interface ByPath {
    /**
     * Asks about it.
     *
     * @return null if a threat was found, else what was said
     */
    @Nullable String ask(Path file) throws IOException;
  }

  /** Shows a file. */
  Trial file(ByPath asks) {
    return () -> {
      Path home = session;
      if (home == null) {
        throw new IOException("there is no directory for the EICAR test file");
      }
      try (Canary canary = Canary.in(home, groupReads)) {
        return asks.ask(canary.file());
      }
    };
  }
}
