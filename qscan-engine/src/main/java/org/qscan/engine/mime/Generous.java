package org.qscan.engine.mime;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.qscan.engine.extract.Ambiguity;
import org.qscan.engine.extract.Extraction;
import org.qscan.engine.extract.Extractor;
import org.qscan.engine.extract.FiredRule;
import org.qscan.engine.extract.Insight;
import org.qscan.engine.extract.Limits;
import org.qscan.engine.extract.Message;
import org.qscan.engine.extract.View;

/**
 * The reader of our own in this process, on a thread of its own: it finds the parts while the
 * message arrives, and decodes them when it is there. It reports no names: most that it takes for
 * possible are nobody's, and the log is for those that some reader would show.
 */
public final class Generous implements Extractor {

  private static final int STOPS_WITHIN_SECONDS = 2;

  private final Limits limits;
  private final Tiers tiers;

  /**
   * The reader within these limits.
   *
   * @param limits on parts, depth and bytes
   * @param tiers what becomes of what readers would not agree about
   */
  public Generous(Limits limits, Tiers tiers) {
    this.limits = limits;
    this.tiers = tiers;
  }

  @Override
  public String name() {
    return "generous";
  }

  @Override
  public Work start(Message message, View view, String session) throws IOException {
    Running running =
        new Running(
            message.follow(),
            message.file(),
            new GenerousReader(view.directory(), limits, tiers),
            tiers);
    Thread thread = new Thread(running, "qscan-generous");
    thread.setDaemon(true);
    thread.start();
    return running;
  }

  private static final class Running implements Runnable, Work {
    private final InputStream message;
    private final Path file;
    private final GenerousReader reader;
    private final Tiers tiers;
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile Extraction result = Extraction.failed("generous was not run");

    Running(InputStream message, Path file, GenerousReader reader, Tiers tiers) {
      this.tiers = tiers;
      this.message = message;
      this.file = file;
      this.reader = reader;
    }

    @Override
    public void run() {
      try (message) {
        reader.read(message, file);
        result = remarkable(Extraction.done(List.of()));
      } catch (OverLimitException e) {
        result = remarkable(Extraction.overLimit(String.valueOf(e.getMessage()), List.of()));
      } catch (IOException e) {
        // It reads and writes files of ours alone.
        result = Extraction.unable("generous: cannot read or write a part (disk full?): " + e);
      } catch (OutOfMemoryError | StackOverflowError | RuntimeException e) {
        // A bug of ours, which somebody who knows it must not be able to make use of.
        result = Extraction.unable("generous: " + e);
      } finally {
        ended.countDown();
      }
    }

    private Extraction remarkable(Extraction extraction) {
      Map<Rule, Long> lines = new LinkedHashMap<>(); // the first line of each: the log is short
      Set<String> refused = new LinkedHashSet<>();
      for (Remark remark : reader.remarks()) {
        lines.putIfAbsent(remark.rule(), remark.line());
        if (tiers.of(remark.rule()) == Rule.Tier.REFUSE && !tiers.monitoring()) {
          refused.add(remark.rule().text());
        }
      }
      List<String> noted = new ArrayList<>();
      lines.forEach((rule, line) -> noted.add(rule.text() + " in line " + line));
      List<String> notes =
          noted.isEmpty() ? List.of() : List.of("mime: " + String.join(", ", noted));
      boolean whole = extraction.outcome() == Extraction.Outcome.DONE;
      return extraction.with(notes, List.copyOf(refused), ambiguity(lines.keySet(), whole));
    }

    private Ambiguity ambiguity(Set<Rule> rules, boolean whole) {
      Ambiguity.Level highest = Ambiguity.Level.NONE;
      List<String> names = new ArrayList<>();
      for (Rule rule : rules) {
        names.add(rule.text());
        Ambiguity.Level level = Ambiguity.Level.of(tiers.of(rule).text());
        highest = level.compareTo(highest) > 0 ? level : highest;
      }
      return new Ambiguity(whole ? highest : Ambiguity.Level.UNKNOWN, names);
    }

    @Override
    public Extraction finish(Duration patience) {
      try {
        if (ended.await(patience.toMillis(), TimeUnit.MILLISECONDS)) {
          return result;
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      cancel();
      // Its work is bounded, and still a message can be made to need nearly all of it.
      return Extraction.overLimit("generous did not end within extract.timeout", List.of());
    }

    /** Nothing while the thread may still be at it. */
    @Override
    public Insight insight() {
      if (ended.getCount() > 0) {
        return Insight.NONE;
      }
      List<FiredRule> rules = new ArrayList<>();
      for (GenerousReader.Fired fired : reader.fired()) {
        Rule rule = fired.remark().rule();
        Rule.Tier tier = tiers.of(rule);
        rules.add(
            new FiredRule(
                rule.text(),
                rule.meaning(),
                tier.text(),
                tier == Rule.Tier.REFUSE && !tiers.monitoring(),
                fired.file(),
                fired.remark().line(),
                fired.remark().text()));
      }
      return new Insight(reader.labels(), rules, List.copyOf(reader.names()));
    }

    /** Returns when the thread has stopped: whoever removes its files next must not meet it. */
    @Override
    public void cancel() {
      reader.cancel();
      try {
        message.close();
        ended.await(STOPS_WITHIN_SECONDS, TimeUnit.SECONDS);
      } catch (IOException e) {
        // It was for reading only.
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
