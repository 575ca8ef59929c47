package org.qscan.qmail.daemon;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.LogLine;
import org.qscan.engine.ScanEngine;
import org.qscan.engine.ScanFailure;
import org.qscan.engine.scan.VerdictCache;
import org.qscan.engine.store.Ledger;
import org.qscan.engine.time.Ticker;
import org.qscan.qmail.diversion.Standing;

/**
 * Receives messages: one thread and one buffer for all connections. It reads, counts time and hands
 * whole messages to the {@link Pool}; it never waits for anything but events.
 *
 * <p>If {@code daemon.max-connections} are under way ({@link ConnectionPlaces}), it still accepts
 * connections to see who calls: the holder with the most places makes room for those with fewer.
 * The others wait for the server's HELLO. When its patience is over, qscan-client gives up without
 * having read anything of the message.
 */
final class Server implements ConnectionHost, AutoCloseable {

  private static final int BUFFER = 65536;

  /**
   * The length of the kernel's queue of connections. Any user can fill it at once with connections
   * that are closed already, and can keep it full. All other callers come after these connections
   * (4096 of them delayed ordinary mail by 1.3 s). If the queue is full, qscan-client does not
   * fail, but waits.
   */
  static final int BACKLOG = 64;

  private static final long TICK_MILLIS = 500;

  /**
   * The time between two looks while users are being looked up, because a look-up may hang and
   * another thread has to take over.
   */
  private static final long LOOK_MILLIS = 50;

  /**
   * The most accepted connections whose user has not been looked up yet. They wait in one queue, so
   * it is kept short.
   */
  private static final int MOST_UNKNOWN = 32;

  /** How many buffers are read from the connections of one holder in one turn. */
  private static final int READINGS_OF_ONE = 16;

  /** The fewest connections that may wait for a place, or that have sent nothing yet. */
  private static final int FEWEST_AT_THE_DOOR = 16;

  private static final int MOST_AT_THE_DOOR = 256;

  /**
   * After it was told to stop, qscand does not wait for a message of which nothing has come for
   * this long.
   */
  private static final Duration SILENCE = Duration.ofSeconds(10);

  private final Listener listener;
  private final Selector selector;
  private SelectionKey accepting;
  private final Pool pool;
  private final DaemonLog log;
  private final Statistics statistics;
  private final Budget budget;
  private final ScannerWatch scanners;
  private final SpoolWriter spool = new SpoolWriter();
  private final DiversionWatch diversion = new DiversionWatch();
  private final ConnectionHost host;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
  private final FailureLines failures = new FailureLines();
  private final Callers callers = new Callers(Ticker.SYSTEM);
  private final AcceptedChannels arrivals = new AcceptedChannels();
  private final ConnectionPlaces<Connection> places = new ConnectionPlaces<>();

  /** The connections that have not sent their HELLO. */
  private final ConnectionPlaces<Connection> greeting = new ConnectionPlaces<>();

  /**
   * The connections that have their answer. They hold no place, because they only send one line for
   * the log, and this may take half a minute.
   */
  private final ConnectionPlaces<Connection> leaving = new ConnectionPlaces<>();

  private final List<Connection> ready = new ArrayList<>();
  private final Set<Connection> connections = new HashSet<>();
  private final List<Connection> closed = new ArrayList<>();
  private final Queue<Runnable> callbacks = new ConcurrentLinkedQueue<>();
  private volatile Service service;
  private volatile boolean stopping;
  private boolean someoneWaits;
  private int asked;
  private long turn;
  private final TurnedAway turnedAway = new TurnedAway();
  private long toldTurnedAway = System.nanoTime() - Duration.ofSeconds(1).toNanos();
  private long stoppedAt;

  private Server(
      Listener listener,
      Selector selector,
      SelectionKey accepting,
      Service service,
      DaemonLog log,
      Statistics statistics,
      UnaryOperator<ConnectionHost> host) {
    this.listener = listener;
    this.selector = selector;
    this.accepting = accepting;
    this.service = service;
    this.log = log;
    this.statistics = statistics;
    this.pool = new Pool(service.slots(), service.engine().largestBatch());
    this.budget = new Budget(service.daemon().memory());
    this.scanners = new ScannerWatch(Ticker.SYSTEM);
    this.host = host.apply(this);
  }

  /** Listens; clients may connect from now on, and are served by {@link #run}. */
  static Server open(Service service, DaemonLog log, Statistics statistics) throws IOException {
    return open(service, log, statistics, UnaryOperator.identity());
  }

  /**
   * The same for tests.
   *
   * @param host takes the calls of connections, in place of the server itself
   */
  static Server open(
      Service service, DaemonLog log, Statistics statistics, UnaryOperator<ConnectionHost> host)
      throws IOException {
    Listener listener = Listener.open(service.daemon(), BACKLOG);
    Selector selector = Selector.open();
    SelectionKey accepting = listener.channel().register(selector, SelectionKey.OP_ACCEPT);
    return new Server(listener, selector, accepting, service, log, statistics, host);
  }

  /** Whether the process that started us has made the socket. */
  boolean isInherited() {
    return listener.isInherited();
  }

  /** Serves until it is told to stop, and then finishes the messages that are under way. */
  void run() throws IOException {
    long ticked = System.nanoTime();
    while (!isDone()) {
      selector.select(this::ready, asked > 0 ? LOOK_MILLIS : TICK_MILLIS);
      readAll();
      for (Runnable callback = callbacks.poll(); callback != null; callback = callbacks.poll()) {
        callback.run();
      }
      long now = System.nanoTime();
      if (now - ticked > Duration.ofMillis(TICK_MILLIS).toNanos()) {
        ticked = now;
        connections.forEach(connection -> guard(connection, () -> connection.tick(now)));
        relieveDisk();
      }
      beginArrivals();
      makeRoom(now);
      drain(now);
      accept();
    }
  }

  private void ready(SelectionKey key) {
    if (key.equals(accepting)) {
      someoneWaits = true;
    } else if (key.attachment() instanceof Connection connection) {
      ready.add(connection);
    }
  }

  /**
   * Reads all connections that are ready. Those that have not been read for the longest time come
   * first, and each holder has only a few readings in a turn: a holder who sends as fast as
   * possible over hundreds of connections must not make a turn long for everybody.
   */
  private void readAll() {
    turn++;
    if (ready.size() > READINGS_OF_ONE) {
      ready.sort(Comparator.comparingLong(Connection::turn));
    }
    Map<String, Integer> readings = new HashMap<>();
    for (Connection connection : ready) {
      if (!connection.isClosed()
          && readings.merge(connection.holder(), 1, Integer::sum) <= READINGS_OF_ONE) {
        connection.turn(turn);
        read(connection);
      }
    }
    ready.clear();
  }

  private void read(Connection connection) {
    if (spool.isFull() && connection.mayWrite(BUFFER)) {
      listen(connection, 0);
      spool.hold(connection);
    } else {
      guard(connection, () -> connection.read(buffer));
    }
  }

  private void listen(Connection connection, int operations) {
    SelectionKey key = connection.channel().keyFor(selector);
    if (key != null && key.isValid()) {
      key.interestOps(operations);
    }
  }

  /**
   * Runs the work of one connection. Any exception ends only this connection, and the others go on.
   * (Most kinds of OutOfMemoryError end the virtual machine before they get here. This one sees
   * those for lack of threads or direct buffers.)
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
    boolean tells =
        connection.isGreeted() && !connection.isClosed(); // its own log line tells the fault
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

  /**
   * Removes closed connections, without checking all of them: there may be thousands that are idle.
   */
  private void removeClosed() {
    if (!closed.isEmpty()) {
      closed.forEach(connection -> {
        if (connections.remove(connection)) {
          Ledger.ofThisProcess().give(Connection.HEAP);
        }
        places.leave(connection);
        greeting.leave(connection);
        leaving.leave(connection);
      });
      closed.clear();
      statistics.connections(connections.size());
    }
  }

  /** Accepts a few connections from the kernel's queue, so that others are served in between. */
  private void accept() {
    if (stopping) {
      return;
    }
    callers.help();
    int room = Math.min(MOST_UNKNOWN - callers.waiting(), AcceptedChannels.MOST - asked);
    int wanted = room > 0 ? SelectionKey.OP_ACCEPT : 0;
    if (accepting.interestOps() != wanted) {
      accepting.interestOps(wanted);
    }
    while (room > 0 && someoneWaits) {
      @Nullable SocketChannel channel;
      try {
        channel = listener.channel().accept();
      } catch (IOException e) {
        log.write("err", "cannot accept a connection: " + ScanFailure.inWords(e));
        accepting.interestOps(0); // until the next turn, or it would be tried without end
        return;
      }
      if (channel == null) {
        someoneWaits = false;
        return;
      }
      identify(channel);
      room--;
    }
  }

  private void identify(SocketChannel channel) {
    asked++;
    callers.ask(
        channel,
        caller -> {
          callbacks.add(() -> {
            asked--;
            SocketChannel tooMany = arrivals.add(channel, caller);
            if (tooMany != null) {
              turnedAway.add(TurnedAway.Why.ARRIVING);
              discard(tooMany); // nothing was begun, so it connects again
            }
          });
          selector.wakeup();
        });
  }

  private void beginArrivals() {
    for (AcceptedChannels.UserChannel one : arrivals.next()) {
      begin(one.channel(), one.caller());
    }
    if (!arrivals.isEmpty()) {
      selector.wakeup(); // the next turn follows at once
    }
  }

  private void begin(SocketChannel channel, String caller) {
    if (stopping) {
      discard(channel); // nothing was begun: it calls the next one
      return;
    }
    try {
      Connection connection = new Connection(channel, caller, service, budget, host);
      channel.configureBlocking(false);
      channel.register(selector, SelectionKey.OP_READ, connection);
      connections.add(connection);
      Ledger.ofThisProcess().force(Connection.HEAP);
      greeting.ask(connection);
      statistics.connections(connections.size());
      read(connection); // usually its greeting has arrived already
    } catch (IOException | RuntimeException e) {
      log.write("err", "cannot serve a connection: " + Fault.of(e));
      discard(channel);
    }
  }

  // --- places

  private int limit() {
    return service.daemon().connections();
  }

  private void handOutPlaces() {
    for (Connection next = places.next(limit()); next != null; next = places.next(limit())) {
      Connection admitted = next;
      guard(admitted, admitted::admitted);
    }
  }

  /**
   * Makes room for holders with fewer connections than others. Those that wait for a place must not
   * keep others out either.
   */
  private void makeRoom(long now) {
    int share = service.daemon().connectionsPerUser();
    removeClosed();
    handOutPlaces();
    for (Connection one = places.toGiveWay(limit(), share, now);
        one != null;
        one = places.toGiveWay(limit(), share, now)) {
      Connection victim = one;
      statistics.gaveWay();
      guard(victim, victim::giveWay);
      removeClosed();
      handOutPlaces();
    }
    int door = Math.max(FEWEST_AT_THE_DOOR, Math.min(MOST_AT_THE_DOOR, limit() / 4));
    turnAway(places, door, TurnedAway.Why.WAITING);
    turnAway(greeting, door, TurnedAway.Why.SILENT);
    int afterwards = Math.max(FEWEST_AT_THE_DOOR, limit() / 2);
    for (Connection one = leaving.tooMany(afterwards);
        one != null;
        one = leaving.tooMany(afterwards)) {
      Connection last = one;
      guard(last, last::stopListening);
      removeClosed();
    }
    tellTurnedAway(now);
  }

  private void turnAway(ConnectionPlaces<Connection> from, int room, TurnedAway.Why why) {
    for (Connection one = from.tooMany(room); one != null; one = from.tooMany(room)) {
      Connection last = one;
      guard(last, last::turnAway);
      removeClosed();
      turnedAway.add(why);
    }
  }

  /**
   * Logs how many were turned away, once a second: a caller that connects as often as possible must
   * not fill the log.
   */
  private void tellTurnedAway(long now) {
    if (!turnedAway.isNone() && now - toldTurnedAway > Duration.ofSeconds(1).toNanos()) {
      log.write("warning", turnedAway.tell(limit()));
      toldTurnedAway = now;
    }
  }

  /**
   * If the disk is nearly full, the holder with the most octets there loses the largest message.
   */
  private void relieveDisk() {
    if (!service.spool().isLow() || places.isOfOne()) {
      return;
    }
    Map<String, Long> octets = new HashMap<>();
    for (Connection connection : connections) {
      if (connection.spooled() > 0 && !connection.isExempt()) {
        octets.merge(connection.holder(), connection.spooled(), Long::sum);
      }
    }
    Connection largest = null;
    long most = 0;
    for (Connection connection : connections) {
      Long all = octets.get(connection.holder());
      if (all != null
          && connection.spooled() > 0
          && (all > most
              || (all == most && largest != null && connection.spooled() > largest.spooled()))) {
        most = all;
        largest = connection;
      }
    }
    if (largest != null) {
      Connection victim = largest;
      statistics.gaveWay();
      guard(
          victim,
          () ->
              victim.refuse(
                  "the disk of work.directory is nearly full, and this sender uses the most of all senders"));
    }
  }

  private static void discard(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      // It is closed for us.
    }
  }

  boolean isStopping() {
    return stopping;
  }

  // --- what somebody has removed

  /**
   * Checks whether clients find the socket, and makes another one if necessary. For a thread that
   * may wait.
   *
   * @return what was done, or what the operator has to repair
   */
  Upkeep.UpkeepReport lookAfterSocket() {
    if (stopping) {
      return Upkeep.UpkeepReport.WELL;
    }
    Listener.SocketCheck look = listener.lookAfter(service.daemon(), BACKLOG);
    ServerSocketChannel before = look.before();
    if (before == null) {
      return new Upkeep.UpkeepReport(List.of(), look.trouble());
    }
    callbacks.add(() -> moveTo(listener.channel(), before));
    selector.wakeup();
    return new Upkeep.UpkeepReport(
        List.of(
            "daemon.socket "
                + service.daemon().socket()
                + " was removed and has been made again: find out what removes it, and stop that"
                + (listener.isInherited() ? ", and restart its holder (qscan-socket, say)" : "")),
        "");
  }

  /** Does the same for the work directory. */
  Upkeep.UpkeepReport lookAfterWork() {
    Service current = service;
    try {
      List<String> remade = new ArrayList<>(current.engine().lookAfter());
      remade.addAll(current.spool().lookAfter());
      return new Upkeep.UpkeepReport(remade, "");
    } catch (ScanFailure e) {
      return new Upkeep.UpkeepReport(
          List.of(), String.valueOf(e.getMessage()) + "; until then all mail is deferred");
    }
  }

  /** Checks whether mail still comes through QScan. */
  Upkeep.UpkeepReport lookAtDiversion() {
    return new Upkeep.UpkeepReport(List.of(), diversion.trouble(service.daemon()));
  }

  /**
   * Listens at another socket. The clients that wait at the old one, to which nobody can connect
   * any more, are served first.
   */
  private void moveTo(ServerSocketChannel fresh, ServerSocketChannel before) {
    try {
      accepting.cancel();
      accepting = fresh.register(selector, stopping ? 0 : SelectionKey.OP_ACCEPT);
      for (SocketChannel waiting = before.accept();
          waiting != null && !stopping;
          waiting = before.accept()) {
        identify(waiting);
      }
      if (!before.equals(System.inheritedChannel())) {
        before.close(); // descriptor 0 must stay open
      }
    } catch (IOException | RuntimeException e) {
      log.write("err", "cannot listen at the socket that was made again: " + Fault.of(e));
    }
  }

  // --- changes

  /**
   * Judges the messages that come from now on by another configuration. Any thread may call this.
   */
  void replace(Service next) {
    budget.limit(next.daemon().memory());
    pool.resize(next.slots(), next.engine().largestBatch());
    service = next;
    selector.wakeup();
  }

  /** The configuration by which messages are judged now. Any thread may call this. */
  Service service() {
    return service;
  }

  /** Tells the server to stop. Any thread may call this. */
  void stop() {
    stopping = true;
    selector.wakeup();
  }

  private boolean isDone() {
    return stopping && stoppedAt != 0 && connections.isEmpty();
  }

  /**
   * Messages that have arrived are judged and answered, and so are those that still arrive, if they
   * come soon. The socket stays open: clients that connect wait in the kernel's queue until it ends
   * with this process or, if it is inherited, until the next qscand accepts them. If it were closed
   * at once, all clients that connect during the last scan would be turned away.
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
          "qscand was told to stop: it takes no more messages, and ends when the "
              + connections.size()
              + " that are under way have their answers, at the latest after daemon.drain-timeout");
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
      connection.refuse("qscand was told to stop, and the client sends nothing more");
    }
  }

  // --- what connections ask

  @Override
  public void admit(Connection connection) {
    greeting.leave(connection);
    places.ask(connection);
    handOutPlaces();
    if (!connection.isGreeted()) {
      statistics.full();
    }
  }

  @Override
  public Duration mayTake() {
    return places.mayTake(service.daemon().receiveTimeout(), limit());
  }

  @Override
  public void submit(Scan scan) {
    pool.submit(scan);
  }

  @Override
  public void cancel(Scan scan) {
    pool.cancel(scan);
  }

  @Override
  public void answered(Connection connection) {
    places.leave(connection);
    leaving.ask(connection);
  }

  @Override
  public void closed(Connection connection) {
    closed.add(connection);
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
  public void write(Connection connection, ConnectionHost.Write write) {
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

  private static @Nullable IOException tryTo(ConnectionHost.Write write) {
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
    String user = caller.isEmpty() ? "-" : LogLine.escape(caller, LogLine.LONGEST);
    DaemonConfig config = service.daemon();
    boolean bound = !caller.equals("root") && !config.trustedUsers().contains(caller);
    if (bound && line.verdict().equals("failed")) {
      long left = failures.oneMore(caller, System.nanoTime());
      if (left < 0) {
        return;
      }
      if (left > 0) {
        log.write("warning", left + " more messages of user=" + user + " failed, without a line");
      }
    }
    log.write(priority, line + " user=" + user);
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
    report.add("ledger_bytes", Ledger.ofThisProcess().taken());
    report.add("ledger_highest_bytes", Ledger.ofThisProcess().highest());
    report.add("ledger_most_bytes", Ledger.ofThisProcess().most());
    report.add("log_dropped", log.dropped());
    Standing standing = diversion.look(service.daemon());
    report.add("in_the_way", standing.state().text());
    report.add("in_the_way_says", standing.sentence());
    VerdictCache.Figures cache = engine.cacheFigures();
    report.add("cache_entries", cache.entries());
    report.add("cache_lookups", cache.lookups());
    report.add("cache_hits", cache.hits());
    report.add("extractors", String.join(",", engine.readers()));
    report.addScanners(engine, scanners.look(engine));
    return report.toString();
  }

  @Override
  public void close() throws IOException {
    listener.close();
    selector.close();
    callers.close();
    pool.close();
    spool.close();
    service.engine().rest();
  }
}
