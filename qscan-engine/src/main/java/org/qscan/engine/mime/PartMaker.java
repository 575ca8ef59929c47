package org.qscan.engine.mime;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.extract.Insight;
import org.qscan.engine.extract.Limits;
import org.qscan.engine.store.PartBytes;
import org.qscan.engine.store.PartStore;

/**
 * Makes the parts that the decoders write. It pays for each part, labels it, and puts it into the
 * queue of parts that are to be read next.
 */
final class PartMaker implements AutoCloseable {

  private final DecodedParts decoded;
  private final Meter meter;
  private final FileNames names = new FileNames();
  private final Map<String, Insight.Label> labels = new HashMap<>();
  private final Map<String, Origin> origins = new HashMap<>();
  private final Deque<Layer> layers = new ArrayDeque<>();
  private BooleanSupplier givenUp = () -> false;

  PartMaker(PartStore store, Limits limits, Meter meter) {
    this.meter = meter;
    this.decoded = new DecodedParts(store, limits, () -> givenUp.getAsBoolean(), meter);
  }

  /**
   * Sets a condition that is asked often from now on.
   *
   * @param stop whether to stop
   */
  void stopWhen(BooleanSupplier stop) {
    givenUp = stop;
  }

  /** Names of files that some reader could take for given. */
  FileNames names() {
    return names;
  }

  /** What the header of the part says of each file that was made of one. */
  Map<String, Insight.Label> labels() {
    return labels;
  }

  /** Where each file comes from. */
  Map<String, Origin> origins() {
    return origins;
  }

  /** The part to read next; null if all parts were read. */
  @Nullable Layer next() {
    return layers.poll();
  }

  /** Whether there is a part to read. */
  boolean hasNext() {
    return !layers.isEmpty();
  }

  /** See {@link DecodedParts#allowOnly}. */
  void allowOnly(int others) {
    decoded.allowOnly(others);
  }

  /** How many were made of guesses. */
  int guessed() {
    return decoded.guessed();
  }

  /** Whether no other can be made. */
  boolean isFull() {
    return decoded.isFull();
  }

  /** Pays for work, unless it is to stop. */
  void spend(long units) throws IOException, OverLimitException {
    if (givenUp.getAsBoolean()) {
      throw new IOException("given up");
    }
    meter.pay(units);
  }

  /**
   * Begins another one, which is decoded octet by octet.
   *
   * @param range of which
   * @return where its octets go
   */
  DecodedParts begin(ByteRange range) throws IOException, OverLimitException {
    spendOn(range);
    decoded.begin();
    return decoded;
  }

  /** Pays for the decoding of a range, octet by octet. */
  void spendOn(ByteRange range) throws IOException, OverLimitException {
    spend(Meter.DECODING + Meter.SLOW_OCTET * range.length());
  }

  /**
   * Ends the part. If it is new, it is read in its turn.
   *
   * @param way how it was decoded
   */
  void end(Place place, Way way) throws IOException, OverLimitException {
    PartBytes made = decoded.end();
    Origin origin = label(made, place, way);
    if (made != null) {
      layers.add(new Layer(made, place.depth() + 1, place.hints(), origin));
    }
  }

  /** Makes a part of a range without decoding it. Its content was read already at its place. */
  void copy(ByteRange range, Place place, Way way, ByteSource in)
      throws IOException, OverLimitException {
    spend(Meter.DECODING + range.length());
    decoded.begin();
    in.seek(range.start(), range.end());
    for (int n = in.available(); n > 0; n = in.available()) {
      decoded.write(in.array(), in.position(), n);
      in.skip(n);
    }
    label(decoded.end(), place, way);
  }

  private Origin label(@Nullable PartBytes made, Place place, Way way) {
    Origin origin = place.origin().then(place.number(), way);
    if (made != null) {
      origins.put(made.name(), origin);
      if (place.part() != null) {
        labels.put(made.name(), place.part().label(way.words()));
      }
    }
    return origin;
  }

  /** For a decoder that makes several of them. */
  Sink sink(Place place, Way way) {
    return new Sink() {
      @Override
      public void pay(long units) throws OverLimitException {
        meter.pay(units);
      }

      @Override
      public void name(String name) {
        names.add(name);
      }

      @Override
      public void begin() throws IOException {
        decoded.begin();
      }

      @Override
      public void write(int octet) throws IOException, OverLimitException {
        decoded.write(octet);
      }

      @Override
      public void end() throws IOException, OverLimitException {
        spend(Meter.DECODING);
        PartMaker.this.end(place, way);
      }
    };
  }

  @Override
  public void close() throws IOException {
    decoded.close();
  }
}
