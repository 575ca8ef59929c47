package org.qscan.engine.mime;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.qscan.engine.extract.Insight;
import org.qscan.engine.extract.Limits;
import org.qscan.engine.rules.RuleTiers;
import org.qscan.engine.store.PartStore;
import org.qscan.engine.store.Spend;

/**
 * Makes a file for each way to read a message. It is not a parser. Each line that could be a
 * boundary begins a part, whose body is taken from every place where it could begin, and everything
 * that looks encoded is decoded, whatever was declared. If a decoder meets something that readers
 * understand in different ways, it decodes that range in each of these ways. The decoded parts are
 * then read in the same way.
 *
 * <p>This class decides what is read in which order: first the message, then the parts that were
 * decoded from it, layer by layer ({@link LayerReader}), and then the guesses ({@link Guesses}), as
 * far as the account allows.
 */
final class GenerousReader {

  /** Parts that may be made of guesses, for any message and for each so many octets of it. */
  private static final int GUESSED_PARTS = 100;

  private static final int OCTETS_FOR_A_GUESS = 256;

  private final Limits limits;
  private final Meter meter;
  private final FiredRules rules = new FiredRules();
  private final Guesses guesses;
  private final PartMaker maker;
  private final LayerReader reader;

  /**
   * A reader of one message.
   *
   * @param account pays for all that it does
   */
  GenerousReader(PartStore store, Limits limits, RuleTiers tiers, Spend.Account account) {
    this.limits = limits;
    this.meter = new Meter(account);
    this.guesses = new Guesses(meter);
    this.maker = new PartMaker(store, limits, meter);
    this.reader = new LayerReader(limits, tiers, meter, maker, guesses, rules);
  }

  /** A reader that has an account of its own. */
  GenerousReader(PartStore store, Limits limits, RuleTiers tiers) {
    this(store, limits, tiers, new Spend().account("generous"));
  }

  /** The names of files that some reader could find. */
  Set<String> names() {
    return maker.names().all();
  }

  /** The rules that fired, in the order in which they did. */
  List<RuleHit> hits() {
    return rules.hits();
  }

  /** The same, with the file that was read. */
  List<FiredRules.Fired> fired() {
    return rules.all();
  }

  /** What the header of its part says about each file, and where the file comes from. */
  Map<String, Insight.Label> labels() {
    Map<String, Insight.Label> labels = new HashMap<>();
    maker
        .origins()
        .forEach((file, origin) ->
            labels.put(
                file, maker.labels().getOrDefault(file, Insight.UNLABELLED).from(origin.told())));
    return labels;
  }

  /** Where each file comes from, and of what kind it is. */
  Map<String, Origin> origins() {
    return maker.origins();
  }

  /** How many parts were made of content that no header declares. */
  int guessed() {
    return maker.guessed();
  }

  /** Whether some of what only looks encoded was not decoded. */
  boolean hasPassedOver() {
    return guesses.havePassedOver();
  }

  /** Units of work so far, for tests: they must not grow faster than the message. */
  long work() {
    return meter.paid();
  }

  /** Units that the message has. */
  long mostWork() {
    return meter.allowed();
  }

  /**
   * Reads a message.
   *
   * @param arriving the message as it comes
   * @param whole the same message, once {@code arriving} has reached its end
   * @param stop whether to stop; this is asked often
   */
  void read(InputStream arriving, ByteSource.Opener whole, BooleanSupplier stop)
      throws IOException, OverLimitException {
    maker.stopWhen(stop);
    try (maker) {
      readAll(arriving, whole);
    }
  }

  /** Reads a message that is in a file as well, to its end. */
  void read(InputStream arriving, Path file) throws IOException, OverLimitException {
    read(arriving, () -> ByteSource.of(file), () -> false);
  }

  private void readAll(InputStream arriving, ByteSource.Opener whole)
      throws IOException, OverLimitException {
    Outline outline = reader.outline(arriving);
    long size;
    try (ByteSource message = whole.open()) {
      size = message.size();
      meter.arrived(size);
      reader.read(outline, message);
    }
    for (Layer layer = maker.next(); layer != null; layer = maker.next()) {
      reader.read(layer);
    }
    if (!guesses.isEmpty()) {
      guess(whole, size);
    }
  }

  /**
   * Makes the guesses when everything else has been read, as many as are in proportion to the
   * message. If some are left, that says nothing about the message, only about how it looks.
   */
  private void guess(ByteSource.Opener whole, long size) throws IOException, OverLimitException {
    guesses.begin();
    meter.beginGuessing();
    maker.allowOnly((int) Math.min(limits.parts(), GUESSED_PARTS + size / OCTETS_FOR_A_GUESS));
    try (ByteSource message = whole.open()) {
      while (!guesses.isEmpty() || maker.hasNext()) {
        if (maker.isFull() || meter.hasNoneForGuesses()) {
          guesses.passOver();
          return;
        }
        try {
          guessNext(message);
        } catch (OverLimitException e) {
          guesses.passOver(); // that one is too large or too deep; the next may not be
        }
      }
    }
  }

  /**
   * Makes the next guess: first what has not been decoded at all, then what came of it, then the
   * other ways to decode each.
   */
  private void guessNext(ByteSource message) throws IOException, OverLimitException {
    Layer layer = guesses.nextIsAgain() ? maker.next() : null;
    if (layer == null) {
      guesses.makeNext(message);
    } else {
      reader.read(layer);
    }
  }
}
