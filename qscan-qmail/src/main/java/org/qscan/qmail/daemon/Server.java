package org.qscan.qmail.daemon;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.LogLine;
import org.qscan.engine.ScanEngine;
import org.qscan.engine.scan.VerdictCache;

/**
 * Receives messages: one thread and one buffer for all connections. It reads, counts time and hands
 * whole messages to the {@link Pool}; it never waits for anything but events.
 *
 * <p>With {@code daemon.max-connections} under way it accepts no more. The others wait in the
 * kernel's queue, or are sent away by the kernel where that is full; either way qscan-client gives
 * up when its patience is over, having read nothing.
 */
final class Server implements Connection.Host, AutoCloseable {

  private static final int BUFFER = 65536;
  private static final int BACKLOG = 4096;
  private static final long TICK_MILLIS = 500;

  /**
   * A message of which nothing comes for so long is not waited for by one that was told to stop.
   */
  private static final Duration SILENCE = Duration.ofSeconds(10);

  private final Listener listener;
  private final Selector selector;
  private final SelectionKey accepting;
  private final Pool pool;
  private final DaemonLog log;
  private final Statistics statistics;
  private final Budget budget;
  private final ScannerWatch scanners;
  private final SpoolWriter spool = new SpoolWriter();
  private final Connection.Host host;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
  private final Set<Connection> connections = new HashSet<>();
  private final List<Connection> closed = new ArrayList<>();
  private final Queue<Runnable> callbacks = new ConcurrentLinkedQueue<>();
  private volatile Service service;
  private volatile boolean stopping;
  private boolean someoneWaits;
  private long stoppedAt;

  private Server(
      Listener listener,
      Selector selector,
      SelectionKey accepting,
      Service service,
      DaemonLog log,
      Statistics statistics,
      UnaryOperator<Connection.Host> host) {
    this.listener = listener;
    this.selector = selector;
    this.accepting = accepting;
    this.service = service;
    this.log = log;
    this.statistics = statistics;
    this.pool = new Pool(service.slots(), service.engine().largestBatch());
    this.budget = new Budget(service.daemon().memory());
    this.scanners = new ScannerWatch();
    this.host = host.apply(this);
  }

  /** Listens; clients may connect from now on, and are served by {@link #run}. */
  static Server open(Service service, DaemonLog log, Statistics statistics) throws IOException {
    return open(service, log, statistics, UnaryOperator.identity());
  }

  /**
   * The same for tests.
   *
   * @param host what connections ask, in place of the server itself
   */
  static Server open(
      Service service, DaemonLog log, Statistics statistics, UnaryOperator<Connection.Host> host)
      throws IOException {
    Listener listener = Listener.open(service.daemon(), BACKLOG);
    Selector selector = Selector.open();
    SelectionKey accepting = listener.channel().register(selector, SelectionKey.OP_ACCEPT);
    return new Server(listener, selector, accepting, service, log, statistics, host);
  }

  /** Whether the socket was made by whoever started us. */
  boolean isInherited() {
    return listener.isInherited();
  }

  /** Serves until told to stop, and then what is under way. */
  void run() throws IOException {
    long ticked = System.nanoTime();
    while (!isDone()) {
      selector.select(this::ready, TICK_MILLIS);
      for (Runnable callback = callbacks.poll(); callback != null; callback = callbacks.poll()) {
        callback.run();
      }
      long now = System.nanoTime();
      if (now - ticked > Duration.ofMillis(TICK_MILLIS).toNanos()) {
        ticked = now;
        connections.forEach(connection -> guard(connection, () -> connection.tick(now)));
      }
      removeClosed();
      drain(now);
      accept();
    }
  }

  private void ready(SelectionKey key) {
    if (key.equals(accepting)) {
      someoneWaits = true;
    } else if (key.attachment() instanceof Connection connection && !connection.isClosed()) {
      read(connection);
    }
  }

  private void read(Connection connection) {
    if (spool.isFull() && connection.mayWrite(BUFFER)) {
      listen(connection, 0);
      spool.hold(connection);
    } else {
      guard(connection, () -> connection.read(buffer.clear()));
    }
  }

  private void listen(Connection connection, int operations) {
    SelectionKey key = connection.channel().keyFor(selector);
    if (key != null && key.isValid()) {
      key.interestOps(operations);
    }
  }

  /**
   * A connection's fault is that connection's: whatever it makes us throw ends it, and the others
   * go on. Of an OutOfMemoryError this sees only those that the virtual machine does not end itself
   * for (no more threads, no more direct buffers).
   */
  private void guard(Connection connection, Runnable work) {
    try {
      work.run();
    } catch (RuntimeException | Error e) {
      failed(connection, e);
    }
  }

  private void failed(Connection connection, Throwable e) {
    statistics.fault();
    String fault = Fault.of(e);
    boolean tells = connection.isGreeted() && !connection.isClosed(); // in its own line
    try {
      connection.fail(fault);
    } catch (RuntimeException | Error again) {
      tells = false;
    }
    if (!tells) {
      log.write("err", "a connection was ended: " + fault);
      connection.abandon();
      closed.add(connection);
    }
  }

  /** Not by a look at all: there may be thousands that stand still. */
  private void removeClosed() {
    if (!closed.isEmpty()) {
      closed.forEach(connections::remove);
      closed.clear();
      statistics.connections(connections.size());
    }
  }

  /** As many as wait, and as there is room for. */
  private void accept() throws IOException {
    if (stopping) {
      return;
    }
    boolean room = connections.size() < service.daemon().connections();
    int wanted = room ? SelectionKey.OP_ACCEPT : 0;
    if (accepting.interestOps() != wanted) {
      accepting.interestOps(wanted);
    }
    while (room && someoneWaits) {
      @Nullable SocketChannel channel;
      try {
        channel = listener.channel().accept();
      } catch (IOException e) {
        log.write("err", "cannot accept a connection: " + e);
        accepting.interestOps(0); // until the next turn: it would be tried without end
        return;
      }
      if (channel == null) {
        someoneWaits = false;
        return;
      }
      try {
        add(channel);
      } catch (IOException | RuntimeException e) {
        log.write("err", "cannot serve a connection: " + Fault.of(e));
        discard(channel);
      }
      room = connections.size() < service.daemon().connections();
    }
    removeClosed(); // who has gone already does not count
    if (connections.size() >= service.daemon().connections()) {
      statistics.full();
      accepting.interestOps(0);
    }
  }

  private void add(SocketChannel channel) throws IOException {
    Connection connection = new Connection(channel, service, budget, host);
    channel.configureBlocking(false);
    channel.register(selector, SelectionKey.OP_READ, connection);
    connections.add(connection);
    statistics.connections(connections.size());
    read(connection); // its greeting is there, as a rule
  }

  private static void discard(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      // It is closed for us.
    }
  }

  // --- changes

  /** Judges what comes from now on by another reading of the configuration. From any thread. */
  void replace(Service next) {
    budget.limit(next.daemon().memory());
    pool.resize(next.slots(), next.engine().largestBatch());
    service = next;
    selector.wakeup();
  }

  /** From any thread. */
  void stop() {
    stopping = true;
    selector.wakeup();
  }

  private boolean isDone() {
    return stopping && stoppedAt != 0 && connections.isEmpty();
  }

  /**
   * What has arrived is judged and answered, and what still arrives as well if it comes soon. The
   * socket stays as it is: who connects waits in the kernel's queue, until the socket ends with us
   * or, where it is not ours, the next qscand takes him. Closed at once, it would turn all away
   * that come while the last scan ends.
   */
  private void drain(long now) {
    if (!stopping) {
      return;
    }
    if (stoppedAt == 0) {
      stoppedAt = now == 0 ? 1 : now;
      accepting.interestOps(0);
      log.write(
          "notice",
          "qscand was told to stop: it takes no more messages, and ends when "
              + connections.size()
              + " that are under way have their answer, or daemon.drain-timeout is over");
    }
    long since = now - stoppedAt;
    for (Connection connection : new ArrayList<>(connections)) {
      guard(connection, () -> drain(connection, since, connection.silence(now)));
    }
    removeClosed();
  }

  private void drain(Connection connection, long since, long silence) {
    long most = service.daemon().drainTimeout().toNanos();
    if (since > most) {
      connection.drop("qscand was told to stop, and daemon.drain-timeout is over");
    } else if (!connection.isGreeted()) {
      connection.drop("qscand was told to stop"); // nothing was begun: it calls the next one
    } else if (!connection.isReceived() && since > most / 2) {
      connection.refuse("qscand was told to stop, and half of daemon.drain-timeout is over");
    } else if (!connection.isReceived() && silence > SILENCE.toNanos()) {
      connection.refuse("qscand was told to stop, and nothing comes of the message");
    }
  }

  // --- what connections ask

  @Override
  public void submit(Scan scan) {
    pool.submit(scan);
  }

  @Override
  public void cancel(Scan scan) {
    pool.cancel(scan);
  }

  @Override
  public void closed(Connection connection) {
    closed.add(connection);
  }

  @Override
  public void forget(SocketChannel channel) {
    SelectionKey key = channel.keyFor(selector);
    if (key != null) {
      key.cancel();
    }
  }

  @Override
  public void aside(Connection connection, Runnable work) {
    pool.aside(() -> {
      try {
        work.run();
      } catch (RuntimeException | Error e) {
        later(connection, () -> failed(connection, e));
      }
    });
  }

  @Override
  public void write(Connection connection, Connection.Write write) {
    listen(connection, 0);
    spool.write(() -> {
      @Nullable IOException failure = tryTo(write);
      callbacks.add(() -> {
        spool.ended();
        guard(connection, () -> connection.written(failure));
        listen(connection, SelectionKey.OP_READ);
        spool.release().forEach(held -> listen(held, SelectionKey.OP_READ));
      });
      selector.wakeup();
    });
  }

  private static @Nullable IOException tryTo(Connection.Write write) {
    try {
      write.run();
      return null;
    } catch (IOException e) {
      return e;
    } catch (RuntimeException | Error e) {
      return new IOException(Fault.of(e), e);
    }
  }

  @Override
  public void discard(Incoming message) {
    spool.execute(message::close);
  }

  @Override
  public void later(Connection connection, Runnable callback) {
    callbacks.add(() -> guard(connection, callback));
    selector.wakeup();
  }

  @Override
  public void log(String priority, LogLine line, String caller) {
    statistics.count(line);
    log.write(
        priority,
        line + " user=" + (caller.isEmpty() ? "-" : LogLine.escape(caller, LogLine.LONGEST)));
  }

  @Override
  public String report() {
    Report report = new Report();
    ScanEngine engine = service.engine();
    statistics.report().forEach(report::add);
    report.addGate(engine);
    report.add("scans_waiting", pool.waiting());
    report.add("scans_running", pool.running());
    report.add("batch_waiting", engine.waiting());
    report.add("memory_bytes", budget.taken());
    report.add("log_dropped", log.dropped());
    VerdictCache.Figures cache = engine.cacheFigures();
    report.add("cache_entries", cache.entries());
    report.add("cache_lookups", cache.lookups());
    report.add("cache_hits", cache.hits());
    report.addScanners(engine, scanners.look(engine));
    return report.toString();
  }

  @Override
  public void close() throws IOException {
    listener.close();
    selector.close();
    pool.close();
    spool.close();
    service.engine().rest();
  }
}
