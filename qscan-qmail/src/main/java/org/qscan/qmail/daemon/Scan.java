package org.qscan.qmail.daemon;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.Facts;
import org.qscan.engine.ScanFailure;
import org.qscan.engine.ScanReport;
import org.qscan.engine.ScanSession;
import org.qscan.engine.batch.Arrival;
import org.qscan.engine.gate.Patience;

/** The scan of one message that has arrived, for a thread of the pool. */
final class Scan {

  private final Service service;
  private final Incoming message;
  private final Duration arrival;
  private final SocketChannel client;
  private final Consumer<Judgement> result;
  private final long submitted = System.nanoTime();
  private volatile @Nullable ScanSession session;
  private volatile boolean cancelled;
  private volatile boolean ended;

  /**
   * A scan to be run.
   *
   * @param message whole; closed at the end of the scan
   * @param arrival how long it took to arrive
   * @param client who sent it
   * @param result gets the judgement, on the thread that runs the scan
   */
  Scan(
      Service service,
      Incoming message,
      Duration arrival,
      SocketChannel client,
      Consumer<Judgement> result) {
    this.service = service;
    this.message = message;
    this.arrival = arrival;
    this.client = client;
    this.result = result;
  }

  /**
   * Scans it.
   *
   * @param extracting gives leave to take the message apart
   */
  void run(Semaphore extracting) {
    String caller = Peer.user(client);
    Judgement judgement;
    try (message;
        Arrival arrival = service.engine().arrive();
        Leave leave = new Leave(extracting)) {
      judgement = judge(caller, arrival, leave);
    } catch (RuntimeException | Error e) { // whatever happens, there is an answer
      judgement = Judgement.failed(Fault.of(e), Facts.none(), caller);
    }
    handIn(judgement);
  }

  private void handIn(Judgement judgement) {
    try {
      result.accept(judgement);
    } finally {
      ended = true;
    }
  }

  /** Whether the judgement has been handed in, or could not be. */
  boolean hasEnded() {
    return ended;
  }

  /** Gives it up before it has begun. */
  void fail(String why) {
    try (message) {
      handIn(Judgement.failed(why, Facts.none(), Peer.user(client)));
    }
  }

  private Judgement judge(String caller, Arrival arrival, Leave leave) {
    Duration waited = Duration.ofNanos(System.nanoTime() - submitted);
    Facts facts = Facts.none();
    try (ScanSession opened = open(waited)) {
      try {
        receive(opened);
        arrival.close();
        opened.extract();
        leave.close();
        ScanReport report = opened.scan(service.patience().minus(waited));
        facts = report.facts();
        return new Judgement(report.verdict(), "", plus(facts, waited), caller);
      } catch (ScanFailure | IOException e) {
        facts = opened.facts();
        throw e;
      }
    } catch (ScanFailure e) {
      return Judgement.failed(e.getMessage(), plus(facts, waited), caller);
    } catch (IOException e) {
      return Judgement.failed("cannot read the message again: " + e, plus(facts, waited), caller);
    }
  }

  /** What is in memory is not copied: it stays until the session has ended. */
  @SuppressWarnings("ByteBufferBackingArray") // it wraps its array from the first octet
  private void receive(ScanSession opened) throws ScanFailure, IOException {
    ByteBuffer whole = message.inMemory();
    if (whole != null) {
      opened.receive(whole.array(), whole.limit());
      return;
    }
    try (InputStream in = message.open()) {
      opened.receive(in);
    }
  }

  /** Leave to take a message apart, given back once. */
  private static final class Leave implements AutoCloseable {
    private final Semaphore from;
    private boolean given = true;

    Leave(Semaphore from) {
      from.acquireUninterruptibly();
      this.from = from;
    }

    @Override
    public void close() {
      if (given) {
        given = false;
        from.release();
      }
    }
  }

  /** Holds no lock: what opens a session may take long, and the server's thread cancels. */
  private ScanSession open(Duration waited) throws ScanFailure {
    failIfCancelled();
    if (waited.compareTo(service.patience()) >= 0) {
      throw new ScanFailure(
          "no free slot within "
              + Patience.of(service.patience())
              + ": all threads of qscand were scanning");
    }
    ScanSession opened = service.engine().open();
    session = opened;
    try { // once more: who cancelled meanwhile has seen no session
      failIfCancelled();
    } catch (ScanFailure e) {
      opened.close();
      throw e;
    }
    return opened;
  }

  private void failIfCancelled() throws ScanFailure {
    if (cancelled) {
      throw new ScanFailure("qscan-client went away");
    }
  }

  /** What the engine saw, with the time before it saw anything. */
  private Facts plus(Facts facts, Duration waited) {
    return new Facts(
        facts.id(),
        facts.size(),
        facts.parts(),
        facts.names(),
        facts.receiveMillis() + arrival.toMillis(),
        facts.extractMillis(),
        facts.waitMillis() + waited.toMillis(),
        facts.scanMillis(),
        facts.totalMillis() + arrival.plus(waited).toMillis(),
        facts.batch(),
        facts.notes(),
        facts.ambiguity(),
        facts.rules());
  }

  /** Says that {@link #cancel} will follow; waits for nothing. */
  void giveUp() {
    ScanSession open = cancelled();
    if (open != null) {
      open.giveUp();
    }
  }

  /** Ends it: nobody wants to know any more. May take a moment. */
  void cancel() {
    ScanSession open = cancelled();
    if (open != null) {
      open.close();
    }
  }

  private @Nullable ScanSession cancelled() {
    cancelled = true;
    return session;
  }
}
