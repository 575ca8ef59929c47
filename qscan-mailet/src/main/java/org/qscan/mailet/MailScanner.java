package org.qscan.mailet;

import java.io.IOException;
import java.io.OutputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.james.metrics.api.TimeMetric;
import org.apache.mailet.Mail;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.Facts;
import org.qscan.engine.Health;
import org.qscan.engine.Policy;
import org.qscan.engine.ScanEngine;
import org.qscan.engine.ScanFailure;
import org.qscan.engine.ScanSession;
import org.qscan.engine.time.Ticker;

/**
 * Scans mails with one engine under one policy, for all mailets and hooks of the server that have
 * the same configuration. If QScan cannot find out what a mail is, {@link #scan} returns {@link
 * MailDecision.MailFate#TRY_AGAIN} and throws no exception, so that no caller can let mail pass
 * because of one.
 */
final class MailScanner {

  /**
   * How long running scans may take at the end. James interrupts its own threads after the same
   * time.
   */
  private static final Duration GRACE = Duration.ofSeconds(5);

  private static final Duration ASK_AGAIN = Duration.ofMinutes(5);

  private final ScanEngine engine;
  private final Policy policy;
  private final VirusScanMetrics metrics;
  private final Ticker ticker;
  private final Receipts receipts = new Receipts(Clock.systemUTC());
  private final Set<ScanSession> sessions = ConcurrentHashMap.newKeySet();
  private int running;
  private boolean closing;
  private volatile @Nullable Last last;
  private final Object asking = new Object();
  private @Nullable Health scanners;
  private long askAgain;
  private List<String> alarms = List.of(); // as of the time when the scanners were asked

  /**
   * The last verdict, for the health check.
   *
   * @param verdict as in the log
   * @param reason as in the log
   * @param when the time at which it was given
   */
  record Last(String verdict, String reason, Instant when) {}

  MailScanner(ScanEngine engine, Policy policy, VirusScanMetrics metrics) {
    this(engine, policy, metrics, Ticker.SYSTEM);
  }

  /** With another clock; for tests. */
  MailScanner(ScanEngine engine, Policy policy, VirusScanMetrics metrics, Ticker ticker) {
    this.ticker = ticker;
    this.engine = engine;
    this.policy = policy;
    this.metrics = metrics;
  }

  /**
   * Scans a mail, unless it has a valid receipt of this scanner for the same bytes.
   *
   * @param patience how long to wait for a slot at most
   */
  MailDecision scan(Mail mail, Duration patience) {
    if (Receipts.isOn(mail)) {
      Optional<MailDecision> known = redeem(mail);
      if (known.isPresent()) {
        return known.get();
      }
    }
    return scan(mail, patience, Receipts.digest());
  }

  /** Scans a mail, and puts a receipt on it if it may pass. */
  MailDecision scanForReceipt(Mail mail, Duration patience) {
    MessageDigest digest = Receipts.digest();
    MailDecision outcome = scan(mail, patience, digest);
    mail.removeAttribute(Receipts.NAME);
    if (outcome.fate() == MailDecision.MailFate.PASS) {
      mail.setAttribute(receipts.issue(digest.digest(), outcome));
    }
    return outcome;
  }

  private Optional<MailDecision> redeem(Mail mail) {
    MessageDigest digest = Receipts.digest();
    try (OutputStream out = new DigestOutputStream(OutputStream.nullOutputStream(), digest)) {
      MessageAccess.writeTo(mail, out);
    } catch (IOException e) {
      return Optional.empty(); // the scan will report what is wrong
    }
    return receipts.redeem(mail, digest.digest());
  }

  private MailDecision scan(Mail mail, Duration patience, MessageDigest digest) {
    TimeMetric total = metrics.start();
    if (!enter()) {
      return MailDecision.failed("the server is shutting down", Facts.none());
    }
    MailDecision outcome;
    try {
      outcome = judge(mail, patience, digest);
    } catch (RuntimeException | Error e) { // for example, no more threads: only this mail fails
      outcome = MailDecision.failed("an unforeseen error: " + e, Facts.none());
    } finally {
      leave();
    }
    last = new Last(outcome.verdict(), outcome.reason(), Instant.now());
    total.stopAndPublish();
    metrics.count(outcome.verdict());
    return outcome;
  }

  private MailDecision judge(Mail mail, Duration patience, MessageDigest digest) {
    Facts facts = Facts.none();
    try (ScanSession session = engine.open()) {
      sessions.add(session);
      try {
        session.receive(out -> MessageAccess.writeTo(mail, new DigestOutputStream(out, digest)));
        return MailDecision.of(session.scan(patience), policy);
      } finally {
        facts = session.facts();
        sessions.remove(session);
      }
    } catch (ScanFailure e) {
      return MailDecision.failed(e.getMessage(), facts);
    }
  }

  private synchronized boolean enter() {
    if (closing) {
      return false;
    }
    running++;
    return true;
  }

  private synchronized void leave() {
    running--;
    notifyAll();
  }

  /** How many mails are being scanned, or wait for that. */
  synchronized int running() {
    return running;
  }

  /** The last verdict; null before the first. */
  @Nullable Last last() {
    return last;
  }

  /**
   * Files are checked each time. Scanners are asked, which may take as long as a scan, at most once
   * in {@link #ASK_AGAIN}, or once a minute after one has failed.
   */
  Health health() {
    Health files = engine.health();
    synchronized (asking) {
      return files.and(scannersHealth());
    }
  }

  private Health scannersHealth() {
    long now = ticker.nanos();
    Health known = scanners;
    List<String> current = engine.alarms();
    if (known == null || now - askAgain >= 0 || !current.equals(alarms)) {
      alarms = current;
      known = engine.askScanners();
      scanners = known;
      Duration pause = known.failures().isEmpty() ? ASK_AGAIN : Duration.ofMinutes(1);
      askAgain = now + pause.toNanos();
    }
    return known;
  }

  /**
   * Accepts no more mails, waits for a short time for the running scans, and then ends them. Their
   * mails count as not scanned.
   */
  void close() {
    try {
      awaitEnd();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    List<ScanSession> late = List.copyOf(sessions);
    late.forEach(ScanSession::giveUp);
    late.forEach(ScanSession::close);
    engine.rest();
  }

  private synchronized void awaitEnd() throws InterruptedException {
    closing = true;
    long deadline = ticker.nanos() + GRACE.toNanos();
    for (long left = GRACE.toNanos(); running > 0 && left > 0; left = deadline - ticker.nanos()) {
      ticker.awaitMonitor(this, left);
    }
  }
}
