package org.qscan.mailet;

import com.google.inject.Inject;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.mailet.Attribute;
import org.apache.mailet.AttributeName;
import org.apache.mailet.AttributeValue;
import org.apache.mailet.Mail;
import org.apache.mailet.ProcessingState;
import org.apache.mailet.base.GenericMailet;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.Facts;
import org.qscan.engine.LogLine;
import org.qscan.engine.ScanFailure;
import org.qscan.engine.config.ConfigurationException;
import org.qscan.engine.config.Key;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Scans a mail, and lets it go on only if it is clean, or if it cannot be scanned and the site's
 * policy accepts it. Place it first in its processor, with matcher {@code All}.
 *
 * <pre><code>
 * &lt;mailet match="All" class="org.qscan.mailet.VirusScan"&gt;
 *   &lt;config&gt;/etc/qscan/qscan.properties&lt;/config&gt;
 *   &lt;virusProcessor&gt;virus&lt;/virusProcessor&gt;
 *   &lt;onMailetException&gt;scan-error&lt;/onMailetException&gt;
 * &lt;/mailet&gt;
 * </code></pre>
 *
 * <p>All parameters are optional. With an unknown parameter or a value that is not allowed, the
 * server does not start:
 *
 * <ul>
 *   <li><b>config</b>: absolute path of qscan.properties. Default: environment {@code
 *       QSCAN_CONFIG}, then {@code /etc/qscan/qscan.properties}, then the built-in defaults.
 *   <li><b>any key of qscan.properties</b>, like {@code <scan.timeout>30s</scan.timeout>}: takes
 *       precedence over the file, for this mailet.
 *   <li><b>virusProcessor</b>: where infected mail goes. Default {@code virus}. It must exist.
 *   <li><b>unscannableProcessor</b>: where mail goes that cannot be scanned and that the policy
 *       ({@code unscannable.*}) rejects. Default: as virusProcessor.
 *   <li><b>onScanFailure</b>: what to do when it could not be found out whether a mail is infected,
 *       or when the policy defers it: {@code throw} an exception (the default), so that {@code
 *       onMailetException} decides; {@code retry}: put the mail back into the queue, to come to
 *       this processor again; {@code processor:NAME}: send it there.
 *   <li><b>retryDelay</b>: for {@code retry}, how long until the next attempt. Default {@code 5m}.
 *   <li><b>retries</b>: for {@code retry}, how many attempts, before an exception is thrown.
 *       Default 288, which with the default delay is a day.
 *   <li><b>header</b>: {@code true} puts {@code X-Virus-Scanned} on each mail and removes any that
 *       came with it. Default {@code false}: no byte of the message changes.
 *   <li><b>ambiguityHeader</b>: {@code true} does the same with {@code MIME-Ambiguity-Results},
 *       which has the name and the purpose that draft-chen-email-mime-ambiguity-defense-00 gives
 *       it; its value has our own syntax. Default {@code false}.
 * </ul>
 *
 * <p>{@code onMailetException} may be a processor, {@code error} or {@code propagate}; {@code
 * ignore} would deliver mail that was not scanned, so the server does not start with it.
 *
 * <p>Attributes set: {@code org.qscan.verdict} (clean, infected, unscannable, failed), {@code
 * org.qscan.threats}, {@code org.qscan.reason}, {@code org.qscan.id}, {@code org.qscan.time}, and
 * {@code org.apache.james.infected} as ClamAVScan sets it.
 *
 * <p>One object serves all spooler threads at the same time. James interrupts these threads five
 * seconds after its shutdown has begun; a scan that is interrupted ends as "could not find out".
 */
public class VirusScan extends GenericMailet {

  static final String HEADER_NAME = "X-Virus-Scanned";
  static final String AMBIGUITY_HEADER_NAME = "MIME-Ambiguity-Results";
  static final AttributeName RETRIES_DONE = AttributeName.of("org.qscan.retries");
  static final AttributeName FROM_OUTSIDE = AttributeName.of("org.qscan.fromOutside");

  private static final AttributeName SENT_BY_MAILET = Mail.SENT_BY_MAILET_ATTRIBUTE.getName();

  private static final String FRONT = "james-mailet";
  private static final String VIRUS_PROCESSOR = "virusProcessor";
  private static final String UNSCANNABLE_PROCESSOR = "unscannableProcessor";
  private static final String ON_SCAN_FAILURE = "onScanFailure";
  private static final String RETRY_DELAY = "retryDelay";
  private static final String RETRIES = "retries";
  private static final String HEADER = "header";
  private static final String AMBIGUITY_HEADER = "ambiguityHeader";
  private static final String PROCESSOR = "processor:";
  private static final int A_DAY = 288;

  /** All parameters except {@code config} and the keys of qscan.properties. */
  static final Set<String> PARAMETERS =
      Set.of(
          VIRUS_PROCESSOR,
          UNSCANNABLE_PROCESSOR,
          ON_SCAN_FAILURE,
          RETRY_DELAY,
          RETRIES,
          HEADER,
          AMBIGUITY_HEADER);

  private final Engines engines;

  private static final Logger LOG = LoggerFactory.getLogger(VirusScan.class);

  private @Nullable MailScanner scanner;
  private Duration patience = Duration.ZERO;
  private String virusProcessor = "virus";
  private String unscannableProcessor = virusProcessor;
  private String onScanFailure = "throw";
  private Duration retryDelay = Duration.ofMinutes(5);
  private int retries = A_DAY;
  private boolean header;
  private boolean ambiguityHeader;

  /** Where James sends a mail for which we throw an exception. */
  private String exceptionProcessor = Mail.ERROR;

  /**
   * Made by James, once for each element in mailetcontainer.xml.
   *
   * @param engines shared with all other elements if {@link VirusScanModule} is configured
   */
  @Inject
  public VirusScan(Engines engines) {
    this.engines = engines;
  }

  @Override
  public String getMailetInfo() {
    return "QScan: scans mails for viruses";
  }

  /**
   * Reads the parameters and opens the engine.
   *
   * @throws IllegalArgumentException if a parameter or a key is unknown or has a bad value, or the
   *     work directory cannot be used; the message says which
   */
  @Override
  public void init() {
    try {
      Parameters parameters = Parameters.of("VirusScan", this, PARAMETERS);
      read(parameters);
      scanner = engines.use(parameters.configuration());
    } catch (ConfigurationException | ScanFailure e) {
      throw new IllegalArgumentException("VirusScan: " + e.getMessage(), e);
    }
  }

  private void read(Parameters parameters) throws ConfigurationException {
    virusProcessor = parameters.text(VIRUS_PROCESSOR, virusProcessor);
    unscannableProcessor = parameters.text(UNSCANNABLE_PROCESSOR, virusProcessor);
    onScanFailure = parameters.text(ON_SCAN_FAILURE, onScanFailure);
    if (!onScanFailure.equals("throw")
        && !onScanFailure.equals("retry")
        && (!onScanFailure.startsWith(PROCESSOR) || failureProcessor().isEmpty())) {
      throw parameters.bad(ON_SCAN_FAILURE, onScanFailure, "throw, retry or processor:NAME");
    }
    retryDelay = parameters.duration(RETRY_DELAY, retryDelay);
    retries = parameters.positive(RETRIES, retries);
    header = parameters.choice(HEADER, "false", "true", "false").equals("true");
    ambiguityHeader = parameters.choice(AMBIGUITY_HEADER, "false", "true", "false").equals("true");
    patience = parameters.configuration().duration(Key.GATE_PATIENCE);
    exceptionProcessor = exceptionProcessor(parameters);
    String match = getInitParameter("onMatchException", "").strip();
    if (match.equalsIgnoreCase("nomatch")) {
      throw parameters.bad(
          "onMatchException",
          match,
          "matchall or a processor, because nomatch would let mail pass unscanned");
    }
  }

  /**
   * As James reads it, without regard to blanks and case. Its versions differ if it is given twice.
   */
  private String exceptionProcessor(Parameters parameters) throws ConfigurationException {
    String given = getInitParameter("onMailetException", Mail.ERROR);
    String name = given.strip().toLowerCase(Locale.ROOT);
    if (name.isEmpty() || name.equals("ignore") || name.indexOf(',') >= 0) {
      throw parameters.bad(
          "onMailetException",
          given,
          "one processor, error or propagate, because ignore would deliver unscanned mail");
    }
    if (!name.equals(given.strip())) {
      throw parameters.bad(
          "onMailetException", given, "written in small letters, because James looks for it so");
    }
    return name;
  }

  private String failureProcessor() {
    return onScanFailure.substring(PROCESSOR.length());
  }

  /** The processors that mail is sent to: James does not start if one of them is missing. */
  @Override
  public Collection<ProcessingState> requiredProcessingState() {
    Set<ProcessingState> states = new LinkedHashSet<>();
    states.add(new ProcessingState(virusProcessor));
    states.add(new ProcessingState(unscannableProcessor));
    if (onScanFailure.startsWith(PROCESSOR)) {
      states.add(new ProcessingState(failureProcessor()));
    }
    return states;
  }

  /**
   * Scans the mail and sends it where it belongs.
   *
   * @throws MailNotScannedException if QScan could not find out what the mail is, and {@code
   *     onScanFailure} is throw. Nothing else is thrown, not even an Error, because that would cost
   *     James 3.8 a spooler thread for good
   */
  @Override
  public void service(Mail mail) {
    String here = String.valueOf(mail.getState());
    try {
      scan(mail, here);
    } catch (MailNotScannedException e) {
      tell(mail, here, e);
    } catch (Throwable e) {
      tell(mail, here, MailNotScannedException.UNFORESEEN);
    }
  }

  /** James goes on to the next mailet if a mail is sent to the processor that it is in. */
  private void tell(Mail mail, String here, MailNotScannedException e) {
    if (!here.equals(exceptionProcessor)) {
      throw e;
    }
    elsewhere(mail, here, exceptionProcessor);
  }

  private void scan(Mail mail, String here) {
    Verdicts.clear(mail);
    if (mail.removeAttribute(FROM_OUTSIDE).isPresent()) {
      // Set by James when we had put it back; its configurations let such mail relay.
      mail.removeAttribute(SENT_BY_MAILET);
    }
    MailScanner opened = scanner;
    if (opened == null) {
      throw new MailNotScannedException("VirusScan was not initialised");
    }
    MailDecision outcome = opened.scan(mail, patience);
    Verdicts.put(mail, outcome);
    if (header) {
      outcome = stamped(mail, outcome, HEADER_NAME, "verdict=" + outcome.verdict());
    }
    if (ambiguityHeader) {
      outcome = stamped(mail, outcome, AMBIGUITY_HEADER_NAME, ambiguity(outcome.facts()));
    }
    switch (outcome.fate()) {
      case PASS -> pass(mail, outcome);
      case INFECTED -> refuse(mail, outcome, here, virusProcessor);
      case UNSCANNABLE -> refuse(mail, outcome, here, unscannableProcessor);
      case TRY_AGAIN -> tryAgain(mail, outcome, here);
    }
  }

  private static void pass(Mail mail, MailDecision outcome) {
    mail.removeAttribute(RETRIES_DONE);
    log(mail, outcome, "pass");
  }

  /**
   * Sends the mail to a processor that it is not in. If the configuration names the processor that
   * the mail is in, James would see no change and let the mail go on. So the mail is sent to
   * "error", and from there back into the queue.
   *
   * @return where it goes
   */
  private String elsewhere(Mail mail, String here, String processor) {
    if (!here.equals(processor)) {
      mail.setState(processor);
      return processor;
    }
    LOG.error(
        "qscan: a mail is sent to error, because it is already in processor {}, and would pass. Name"
            + " another processor in the parameters of VirusScan.",
        processor);
    if (!here.equals(Mail.ERROR)) {
      mail.setState(Mail.ERROR);
      return Mail.ERROR;
    }
    queueAgain(mail, here);
    return "retry";
  }

  /** Contains only our own words: names of rules have nothing in them that the sender wrote. */
  private static String ambiguity(Facts facts) {
    return "assessment="
        + facts.ambiguity()
        + (facts.rules().isEmpty() ? "" : "; rules=" + String.join(",", facts.rules()));
  }

  /** If our header cannot be set, the mail does not pass, because it may have a forged one. */
  private static MailDecision stamped(Mail mail, MailDecision outcome, String name, String value) {
    try {
      if (outcome.fate() == MailDecision.MailFate.TRY_AGAIN) {
        MessageAccess.removeHeader(mail, name);
      } else {
        MessageAccess.setHeader(mail, name, "QScan; " + value + "; id=" + outcome.facts().id());
      }
      return outcome;
    } catch (IOException e) {
      MailDecision failed = MailDecision.failed("cannot set " + name + ": " + e, outcome.facts());
      Verdicts.put(mail, failed);
      return failed;
    }
  }

  private void refuse(Mail mail, MailDecision outcome, String here, String processor) {
    // What Bounce and NotifySender tell people.
    mail.setErrorMessage(
        outcome.threats().isEmpty()
            ? "cannot be scanned: " + LogLine.escape(outcome.reasonInWords(), 200)
            : "infected: " + LogLine.escape(String.join(", ", outcome.threats()), 200));
    log(mail, outcome, elsewhere(mail, here, processor));
  }

  private void tryAgain(Mail mail, MailDecision outcome, String here) {
    mail.setErrorMessage("could not be scanned");
    if (onScanFailure.startsWith(PROCESSOR)) {
      log(mail, outcome, elsewhere(mail, here, failureProcessor()));
    } else if (onScanFailure.equals("retry") && mayRetry(mail)) {
      queueAgain(mail, here);
      log(mail, outcome, "retry");
    } else {
      log(mail, outcome, "throw");
      throw new MailNotScannedException(outcome.reason());
    }
  }

  /** If James interrupts the scan, it puts the mail back itself. */
  private boolean mayRetry(Mail mail) {
    int done =
        mail.getAttribute(RETRIES_DONE)
            .map(attribute -> attribute.getValue().value())
            .filter(Integer.class::isInstance)
            .map(Integer.class::cast)
            .orElse(0);
    mail.setAttribute(new Attribute(RETRIES_DONE, AttributeValue.of(done + 1)));
    return done < retries && !Thread.currentThread().isInterrupted();
  }

  /**
   * Puts the mail back into the queue before it is dropped here. If we are killed between the two,
   * the mail arrives twice.
   */
  private void queueAgain(Mail mail, String here) {
    if (mail.getAttribute(SENT_BY_MAILET).isEmpty()) {
      mail.setAttribute(new Attribute(FROM_OUTSIDE, AttributeValue.of(true)));
    }
    try {
      getMailetContext().sendMail(mail, here, retryDelay.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) { // a MessagingException, which cannot be named
      throw new MailNotScannedException("cannot be put back into the queue: " + e);
    }
    mail.setState(Mail.GHOST);
  }

  private static void log(Mail mail, MailDecision outcome, String answer) {
    MailLog.write(FRONT, outcome, answer, mail, String.valueOf(mail.getRemoteAddr()));
  }

  /** James calls this at its end. It waits a little for running scans. */
  @Override
  public void destroy() {
    MailScanner opened = scanner;
    if (opened != null) {
      scanner = null;
      engines.release(opened);
    }
  }
}
