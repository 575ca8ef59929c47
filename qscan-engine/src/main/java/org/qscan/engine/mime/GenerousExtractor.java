package org.qscan.engine.mime;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.qscan.engine.ScanFailure;
import org.qscan.engine.extract.Ambiguity;
import org.qscan.engine.extract.Extraction;
import org.qscan.engine.extract.Extractor;
import org.qscan.engine.extract.FiredRule;
import org.qscan.engine.extract.InProcess;
import org.qscan.engine.extract.Insight;
import org.qscan.engine.extract.Limits;
import org.qscan.engine.rules.MimeRule;
import org.qscan.engine.rules.RuleTiers;
import org.qscan.engine.store.MessageStore;
import org.qscan.engine.store.PartStore;
import org.qscan.engine.store.Spend;

/**
 * QScan's own reader, on its own thread in this process. It finds the parts while the message
 * arrives, and decodes them when all of it is there. It reports no names to the log, because no
 * mail program shows most of the names that it finds possible.
 */
public final class GenerousExtractor implements Extractor {

  private final Limits limits;
  private final RuleTiers tiers;

  /**
   * The reader within these limits.
   *
   * @param limits on parts, depth and bytes
   * @param tiers the tiers of the rules
   */
  public GenerousExtractor(Limits limits, RuleTiers tiers) {
    this.limits = limits;
    this.tiers = tiers;
  }

  @Override
  public String name() {
    return "generous";
  }

  @Override
  public boolean needsFiles() {
    return false;
  }

  @Override
  public Work start(MessageStore message, PartStore store, String session) throws IOException {
    Spend.Account account = message.spend().account(name());
    return new Running(message, new GenerousReader(store, limits, tiers, account), tiers).begin();
  }

  private static final class Running extends InProcess {
    private final MessageStore message;
    private final GenerousReader reader;
    private final RuleTiers tiers;

    Running(MessageStore message, GenerousReader reader, RuleTiers tiers) throws IOException {
      super(message);
      this.message = message;
      this.reader = reader;
      this.tiers = tiers;
    }

    @Override
    protected Extraction read(InputStream arriving) {
      try {
        reader.read(arriving, () -> ByteSource.of(message), this::isGivenUp);
        return withHits(Extraction.done(List.of()));
      } catch (OverLimitException e) {
        return withHits(Extraction.overLimit(String.valueOf(e.getMessage()), List.of()));
      } catch (IOException e) {
        // It reads and writes files of ours alone.
        return Extraction.unable(
            "generous: cannot read or write a part (disk full?): " + ScanFailure.inWords(e));
      } catch (OutOfMemoryError | StackOverflowError | RuntimeException e) {
        // This is a bug of QScan, and a sender who knows it must not be able to use it.
        return Extraction.unable("generous: " + e);
      }
    }

    /**
     * The work is bounded by the size of the message, so it took too long because this host is
     * busy.
     */
    @Override
    protected Extraction late() {
      return Extraction.unable(
          "generous did not end within extract.timeout: is this host too busy?");
    }

    private Extraction withHits(Extraction extraction) {
      Map<MimeRule, Long> lines = new LinkedHashMap<>(); // the first line of each: the log is short
      Set<String> refused = new LinkedHashSet<>();
      for (RuleHit hit : reader.hits()) {
        lines.putIfAbsent(hit.rule(), hit.line());
        if (tiers.of(hit.rule()) == MimeRule.Tier.REFUSE && !tiers.monitoring()) {
          refused.add(hit.rule().text());
        }
      }
      List<String> noted = new ArrayList<>();
      lines.forEach((rule, line) -> noted.add(rule.text() + " in line " + line));
      List<String> notes = new ArrayList<>();
      if (!noted.isEmpty()) {
        notes.add("mime: " + String.join(", ", noted));
      }
      if (reader.hasPassedOver()) {
        notes.add(
            "generous: more of this message looks encoded, though nobody says that it is, than is"
                + " tried in one of its size");
      }
      boolean whole = extraction.outcome() == Extraction.Result.DONE;
      return extraction
          .with(notes, List.copyOf(refused), ambiguity(lines.keySet(), whole))
          .withGuessed(reader.guessed());
    }

    private Ambiguity ambiguity(Set<MimeRule> rules, boolean whole) {
      Ambiguity.AmbiguityLevel highest = Ambiguity.AmbiguityLevel.NONE;
      List<String> names = new ArrayList<>();
      for (MimeRule rule : rules) {
        names.add(rule.text());
        Ambiguity.AmbiguityLevel level = Ambiguity.AmbiguityLevel.of(tiers.of(rule).text());
        highest = level.compareTo(highest) > 0 ? level : highest;
      }
      return new Ambiguity(whole ? highest : Ambiguity.AmbiguityLevel.UNKNOWN, names);
    }

    /** What it knows; nothing while the thread may still be working. */
    @Override
    public Insight insight() {
      if (!hasEnded()) {
        return Insight.NONE;
      }
      List<FiredRule> rules = new ArrayList<>();
      for (FiredRules.Fired fired : reader.fired()) {
        MimeRule rule = fired.hit().rule();
        MimeRule.Tier tier = tiers.of(rule);
        rules.add(
            new FiredRule(
                rule.text(),
                rule.meaning(),
                tier.text(),
                tier == MimeRule.Tier.REFUSE && !tiers.monitoring(),
                fired.file(),
                fired.hit().line(),
                fired.hit().text()));
      }
      return new Insight(reader.labels(), rules, List.copyOf(reader.names()));
    }
  }
}
