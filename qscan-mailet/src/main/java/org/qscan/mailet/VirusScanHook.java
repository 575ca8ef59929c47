package org.qscan.mailet;

import com.google.inject.Inject;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Set;
import org.apache.commons.configuration2.Configuration;
import org.apache.james.protocols.smtp.SMTPSession;
import org.apache.james.protocols.smtp.hook.HookResult;
import org.apache.james.protocols.smtp.hook.HookReturnCode;
import org.apache.james.smtpserver.JamesMessageHook;
import org.apache.mailet.Mail;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.Facts;
import org.qscan.engine.LogLine;
import org.qscan.engine.ScanFailure;
import org.qscan.engine.config.ConfigurationException;
import org.qscan.engine.config.Key;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Scans a message while its sender waits for the answer to DATA. The answer is 554 5.7.1 if the
 * message is infected, and 451 4.7.1 if QScan could not find out. In smtpserver.xml, once in each
 * handler chain:
 *
 * <pre><code>
 * &lt;handler class="org.qscan.mailet.VirusScanHook"&gt;
 *   &lt;config&gt;/etc/qscan/qscan.properties&lt;/config&gt;
 *   &lt;patience&gt;10s&lt;/patience&gt;
 * &lt;/handler&gt;
 * </code></pre>
 *
 * <p>All parameters are optional. With an unknown parameter or a value that is not allowed, the
 * server does not start:
 *
 * <ul>
 *   <li><b>config</b> and <b>any key of qscan.properties</b>: as for {@link VirusScan}. The mailet
 *       believes this hook only if both have the same values.
 *   <li><b>patience</b>: how long a message waits for its turn to be scanned. Default: {@code
 *       gate.patience}. The hook waits no longer than this, {@code extract.timeout} and {@code
 *       scan.timeout} together.
 *   <li><b>infectedText</b>: what the sender of infected mail is told after 554 5.7.1. {@code
 *       {threats}} and {@code {id}} stand for the names found and the scan's id in the log. Default
 *       {@code virus found: {threats}}; without {@code {threats}}, the sender does not learn the
 *       names.
 *   <li><b>unscannableText</b>: after 554 5.7.1, for mail that cannot be scanned and that the
 *       policy rejects; {@code {reason}} stands for the reason. Default {@code message cannot be
 *       scanned for viruses: {reason}}.
 *   <li><b>failedText</b>: after 451 4.7.1. Default {@code cannot scan the message for viruses now,
 *       try again later}.
 * </ul>
 *
 * <p>Threads: James 3.8 calls hooks on its network threads ({@code ioWorkerCount} in
 * smtpserver.xml, 2 for each processor by default), and a scan stalls all connections of its
 * thread; 3.9 has {@code maxExecutorCount} threads for them. Make it larger than {@code
 * gate.slots}, or scan only in the mailet.
 */
public class VirusScanHook implements JamesMessageHook {

  private static final Logger LOG = LoggerFactory.getLogger(VirusScanHook.class);

  private static final String FRONT = "james-hook";
  private static final String PATIENCE = "patience";
  private static final String INFECTED_TEXT = "infectedText";
  private static final String UNSCANNABLE_TEXT = "unscannableText";
  private static final String FAILED_TEXT = "failedText";

  /** All parameters except {@code config} and the keys of qscan.properties. */
  static final Set<String> PARAMETERS =
      Set.of(PATIENCE, INFECTED_TEXT, UNSCANNABLE_TEXT, FAILED_TEXT);

  static final String INFECTED = "virus found: {threats}";
  static final String UNSCANNABLE = "message cannot be scanned for viruses: {reason}";
  static final String FAILED = "cannot scan the message for viruses now, try again later";

  /** A reply line has at most 512 octets, with its codes and CRLF (RFC 5321, 4.5.3.1.5). */
  private static final int LONGEST_TEXT = 400;

  private final Engines engines;

  private @Nullable MailScanner scanner;
  private Duration patience = Duration.ZERO;
  private String infectedText = INFECTED;
  private String unscannableText = UNSCANNABLE;
  private String failedText = FAILED;

  /**
   * Made by James, once for each element in smtpserver.xml.
   *
   * @param engines shared with all other elements if {@link VirusScanModule} is configured
   */
  @Inject
  public VirusScanHook(Engines engines) {
    this.engines = engines;
  }

  /**
   * Reads the parameters and opens the engine.
   *
   * @throws IllegalArgumentException if a parameter or a key is unknown or has a bad value, or the
   *     work directory cannot be used; the message says which
   */
  @Override
  public void init(Configuration config) {
    try {
      Parameters parameters = Parameters.of("VirusScanHook", config, PARAMETERS);
      patience =
          parameters.duration(PATIENCE, parameters.configuration().duration(Key.GATE_PATIENCE));
      infectedText = reply(parameters, INFECTED_TEXT, infectedText);
      unscannableText = reply(parameters, UNSCANNABLE_TEXT, unscannableText);
      failedText = reply(parameters, FAILED_TEXT, failedText);
      scanner = engines.use(parameters.configuration());
    } catch (ConfigurationException | ScanFailure e) {
      throw new IllegalArgumentException("VirusScanHook: " + e.getMessage(), e);
    }
  }

  private static String reply(Parameters parameters, String name, String absent)
      throws ConfigurationException {
    String text = parameters.text(name, absent);
    if (text.isEmpty()
        || text.length() > LONGEST_TEXT / 2
        || !text.chars().allMatch(c -> c >= ' ' && c <= '~')) {
      throw parameters.bad(
          name, text, "1 to " + LONGEST_TEXT / 2 + " printable ASCII characters in one line");
    }
    return text;
  }

  /** The answer to a message. It never throws, because that would end the sender's connection. */
  @Override
  public HookResult onMessage(SMTPSession session, Mail mail) {
    try {
      return answer(session, mail);
    } catch (Throwable e) { // an Error as well: whatever happens, the message is not accepted
      return failed(e);
    }
  }

  private HookResult failed(Throwable e) {
    try {
      LOG.error("qscan: a message could not be scanned", e);
    } catch (Throwable again) {
      // Probably there is no memory; the reply tells enough.
    }
    return reply(HookReturnCode.denySoft(), "451", "4.7.1 " + failedText);
  }

  private HookResult answer(SMTPSession session, Mail mail) {
    Verdicts.clear(mail);
    MailScanner opened = scanner;
    MailDecision outcome =
        opened == null
            ? MailDecision.failed("VirusScanHook was not initialised", Facts.none())
            : opened.scanForReceipt(mail, patience);
    Verdicts.put(mail, outcome);
    HookResult result =
        switch (outcome.fate()) {
          case PASS -> HookResult.DECLINED; // the next one decides
          case INFECTED ->
              reply(HookReturnCode.deny(), "554", "5.7.1 " + fill(infectedText, outcome));
          case UNSCANNABLE ->
              reply(HookReturnCode.deny(), "554", "5.7.1 " + fill(unscannableText, outcome));
          case TRY_AGAIN ->
              reply(HookReturnCode.denySoft(), "451", "4.7.1 " + fill(failedText, outcome));
        };
    String code = outcome.fate() == MailDecision.MailFate.PASS ? "pass" : result.getSmtpRetCode();
    MailLog.write(FRONT, outcome, code, mail, client(session));
    return result;
  }

  private static HookResult reply(HookReturnCode kind, String code, String text) {
    return HookResult.builder()
        .hookReturnCode(kind)
        .smtpReturnCode(code)
        .smtpDescription(text)
        .build();
  }

  /** The names come from the scanner, and partly from the person who packed the archive. */
  private static String fill(String text, MailDecision outcome) {
    // Placeholders are replaced in one pass, so that inserted text is not searched for placeholders
    // again.
    StringBuilder filled = new StringBuilder();
    for (int at = 0; at < text.length(); ) {
      String rest = text.substring(at);
      if (rest.startsWith("{threats}")) {
        filled.append(LogLine.escape(String.join(", ", outcome.threats()), 150));
        at += "{threats}".length();
      } else if (rest.startsWith("{reason}")) {
        filled.append(LogLine.escape(outcome.reasonInWords(), 150));
        at += "{reason}".length();
      } else if (rest.startsWith("{id}")) {
        filled.append(outcome.facts().id());
        at += "{id}".length();
      } else {
        filled.append(text.charAt(at++));
      }
    }
    return filled.length() > LONGEST_TEXT ? filled.substring(0, LONGEST_TEXT) : filled.toString();
  }

  private static String client(SMTPSession session) {
    InetSocketAddress address = session.getRemoteAddress();
    return address == null || address.getAddress() == null
        ? ""
        : address.getAddress().getHostAddress();
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
