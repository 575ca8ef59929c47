package org.qscan.engine.mime;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.extract.Limits;
import org.qscan.engine.store.PartBytes;
import org.qscan.engine.store.PartStore;

/**
 * The parts that were decoded from a message: they are numbered, none is empty, no two are equal,
 * and their number and size are within the limits.
 */
final class DecodedParts implements AutoCloseable, Octets {

  private static final int IN_MEMORY = 65536;

  /** The units for an octet, which is written, hashed and compared. */
  private static final int WRITTEN_OCTET = 8;

  private record Print(long size, long checksum) {}

  private final PartStore store;
  private final Limits limits;
  private final BooleanSupplier cancelled;
  private final Meter meter;
  private final Map<Print, PartBytes> known = new HashMap<>();
  private final List<PartBytes> parts = new ArrayList<>();

  private final byte[] buffer = new byte[IN_MEMORY];
  private final CRC32 checksum = new CRC32();
  private int buffered;
  private long size;
  private long total;
  private int mostParts = Integer.MAX_VALUE;
  private int declared = -1; // how many were made before the first guess; -1: there was none
  private @Nullable PartBytes spilled;

  DecodedParts(PartStore store, Limits limits, BooleanSupplier cancelled, Meter meter) {
    this.meter = meter;
    this.store = store;
    this.limits = limits;
    this.cancelled = cancelled;
  }

  /**
   * Sets how many more parts may be made of guesses. From now on, no part makes the message go over
   * a limit.
   */
  void allowOnly(int others) {
    declared = parts.size();
    mostParts = Math.min(parts.size() + others, limits.parts());
  }

  /** How many were made since {@link #allowOnly}. */
  int guessed() {
    return declared < 0 ? 0 : parts.size() - declared;
  }

  /** Whether no other part can be made. */
  boolean isFull() {
    return parts.size() >= mostParts;
  }

  private void failIfFull() throws OverLimitException {
    if (isFull()) {
      throw new OverLimitException("no more parts are made of guesses");
    }
  }

  /** Begins another part. A part that was not ended is discarded. */
  void begin() throws IOException {
    if (spilled != null) {
      store.remove(spilled);
      spilled = null;
      total -= size;
    }
    checksum.reset();
    buffered = 0;
    size = 0;
  }

  @Override
  public void write(int octet) throws IOException, OverLimitException {
    if (buffered == IN_MEMORY) {
      flush();
    }
    buffer[buffered++] = (byte) octet;
  }

  void write(byte[] octets, int offset, int length) throws IOException, OverLimitException {
    int from = offset;
    int left = length;
    while (left > 0) {
      if (buffered == IN_MEMORY) {
        flush();
      }
      int n = Math.min(left, IN_MEMORY - buffered);
      System.arraycopy(octets, from, buffer, buffered, n);
      buffered += n;
      from += n;
      left -= n;
    }
  }

  /** Octets written since {@link #begin()}. */
  long written() {
    return size + buffered;
  }

  /**
   * Ends the part.
   *
   * @return the part, or null if it is empty or the same as another one
   */
  @Nullable PartBytes end() throws IOException, OverLimitException {
    if (spilled == null) {
      return endInMemory();
    }
    flush();
    PartBytes part = spilled;
    spilled = null;
    part.close();
    PartBytes twin = known.putIfAbsent(print(), part);
    if (twin != null && twin.isTwinOf(part)) {
      store.remove(part);
      total -= size;
      return null;
    }
    return add(part);
  }

  private @Nullable PartBytes endInMemory() throws IOException, OverLimitException {
    if (buffered == 0) {
      return null;
    }
    meter.pay(Meter.TWIN + (long) WRITTEN_OCTET * buffered);
    checksum.update(buffer, 0, buffered);
    size = buffered;
    PartBytes twin = known.get(print());
    if (twin != null && isBuffer(twin)) {
      return null;
    }
    meter.pay(Meter.KEPT);
    failIfFull();
    count(buffered);
    PartBytes part = store.add();
    part.write(buffer, 0, buffered);
    part.close();
    known.putIfAbsent(print(), part);
    return add(part);
  }

  private boolean isBuffer(PartBytes other) throws IOException {
    try (InputStream in = other.open()) {
      byte[] octets = in.readAllBytes();
      return Arrays.equals(buffer, 0, buffered, octets, 0, octets.length);
    }
  }

  private PartBytes add(PartBytes part) throws OverLimitException {
    parts.add(part);
    if (parts.size() > limits.parts()) {
      throw new OverLimitException("more parts than extract.max-parts " + limits.parts());
    }
    return part;
  }

  private Print print() {
    return new Print(size, checksum.getValue());
  }

  private void flush() throws IOException, OverLimitException {
    if (cancelled.getAsBoolean()) {
      throw new IOException("given up");
    }
    meter.pay((long) WRITTEN_OCTET * buffered);
    if (spilled == null) {
      meter.pay(Meter.KEPT);
      failIfFull();
      spilled = store.add();
    }
    checksum.update(buffer, 0, buffered);
    count(buffered);
    size += buffered;
    spilled.write(buffer, 0, buffered);
    buffered = 0;
  }

  private void count(int octets) throws OverLimitException {
    if (total + octets > limits.bytes()) {
      throw new OverLimitException("parts are larger than extract.max-bytes " + limits.bytes());
    }
    total += octets;
  }

  @Override
  public void close() throws IOException {
    if (spilled != null) {
      spilled.close();
      spilled = null;
    }
  }
}
