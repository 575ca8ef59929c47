package org.qscan.engine.mime;

import java.io.IOException;
import java.util.Objects;
import java.util.PriorityQueue;

/** The guesses that wait until everything that is declared has been read. */
final class Guesses {

  /** The most guesses that wait. If there are more, the weakest are discarded. */
  private static final int MOST_GUESSES = 8000;

  private final Meter meter;
  private PriorityQueue<Guess> waiting = new PriorityQueue<>();
  private long soFar;
  private boolean begun;
  private boolean passedOver;

  Guesses(Meter meter) {
    this.meter = meter;
  }

  /** Something to be tried later, if there is enough left. */
  void add(ByteRange range, Place place, Guess.Attempt attempt) {
    add(new Part.Evidence(range, false), false, place, attempt);
  }

  /**
   * Something to be tried later, if there is enough left.
   *
   * @param again whether the same range has been decoded in the usual way
   */
  void add(Part.Evidence evidence, boolean again, Place place, Guess.Attempt attempt) {
    waiting.add(new Guess(evidence, again, soFar++, place.within(), attempt));
    meter.hold(Meter.ENTRY_BYTES);
    if (waiting.size() > 2 * MOST_GUESSES) {
      PriorityQueue<Guess> strongest = new PriorityQueue<>();
      while (strongest.size() < MOST_GUESSES) {
        strongest.add(Objects.requireNonNull(waiting.poll()));
      }
      waiting = strongest;
      passedOver = true;
    }
  }

  /** Tells that everything that is read from now on is a guess. */
  void begin() {
    begun = true;
  }

  /** Whether all that is declared has been read. */
  boolean haveBegun() {
    return begun;
  }

  boolean isEmpty() {
    return waiting.isEmpty();
  }

  /** Whether the next one, if there is one, is another way to decode what has been decoded. */
  boolean nextIsAgain() {
    Guess next = waiting.peek();
    return next == null || next.again();
  }

  /** Makes the strongest guess. */
  void makeNext(ByteSource message) throws IOException, OverLimitException {
    Guess guess = Objects.requireNonNull(waiting.poll());
    if (guess.within() == null) {
      guess.attempt().make(message);
      return;
    }
    try (ByteSource source = ByteSource.of(guess.within())) {
      guess.attempt().make(source);
    }
  }

  /** Notes that something was not tried. */
  void passOver() {
    passedOver = true;
  }

  /** Whether some of what only looks encoded was not decoded. */
  boolean havePassedOver() {
    return passedOver;
  }
}
