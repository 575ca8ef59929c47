package org.qscan.engine.scan;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.ScanFailure;
import org.qscan.engine.time.Ticker;

/**
 * What one scanner has said of parts of messages: clean, or which threats. By content (SHA-256,
 * with the short extension that we gave to the file), never by name or place.
 *
 * <p>All of it holds for one state of the scanner: its address, its version, its virus data. With
 * another state everything is forgotten, and so it is after {@link #LIFE}: a daemon's own word
 * about its data need not cover all of them. What the scanner could not find out is never kept, nor
 * what it had doubts about. For any thread; the least recently used goes first.
 */
public final class VerdictCache {

  /** How long the oldest verdict lasts at most. */
  static final Duration LIFE = Duration.ofMinutes(15);

  /** How long a state that was not asked for again is believed. */
  static final Duration BELIEF = Duration.ofMinutes(1);

  /** What a verdict costs in memory, in bytes: its key, an entry of the table. */
  public static final int ENTRY = 240;

  private static final int BUFFER = 65536;

  /** The raw message is never seen twice, for it has a Received line of its own. */
  private static final String RAW = "raw";

  private final int most;
  private final Ticker ticker;
  private final Map<ByteBuffer, List<String>> verdicts = new LinkedHashMap<>(16, 0.75f, true);
  private String state = "";
  private long stateSince;
  private long stateSeen;
  private int infected;
  private long lookups;
  private long hits;

  /**
   * What it has done.
   *
   * @param entries verdicts it holds
   * @param lookups parts that were looked up
   * @param hits parts that were known
   */
  public record Figures(long entries, long lookups, long hits) {

    /** These and those. */
    public Figures and(Figures other) {
      return new Figures(entries + other.entries, lookups + other.lookups, hits + other.hits);
    }
  }

  /**
   * An empty one.
   *
   * @param most verdicts to keep; 0: none, and nobody should take the trouble to ask
   */
  public VerdictCache(int most) {
    this(most, Ticker.SYSTEM);
  }

  /** With a time of its own: for tests. */
  VerdictCache(int most, Ticker ticker) {
    this.most = most;
    this.ticker = ticker;
  }

  /** Whether anything is kept at all. */
  public boolean isOn() {
    return most > 0;
  }

  /** Whether the file is a part, whose verdict is worth keeping. */
  public static boolean isPart(Path file) {
    Path directory = file.getParent();
    return directory != null && !directory.endsWith(RAW);
  }

  /**
   * What a file's verdict is kept under; null if it cannot be read: then nothing is known of it.
   *
   * @param file with a name of ours
   */
  public static @Nullable ByteBuffer key(ScanInput input, Path file) {
    try (InputStream in = input.open(file)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      String name = String.valueOf(file.getFileName());
      int dot = name.lastIndexOf('.');
      String extension = dot < 0 ? "" : name.substring(dot);
      digest.update((extension + "\0").getBytes(StandardCharsets.UTF_8));
      byte[] buffer = new byte[BUFFER];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        digest.update(buffer, 0, n);
      }
      return ByteBuffer.wrap(digest.digest());
    } catch (IOException e) {
      return null; // the scanner will meet the same
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /**
   * The scanner is in this state now; another one than before drops everything.
   *
   * @param now not empty
   */
  public synchronized void enter(String now) {
    long time = ticker.nanos();
    if (!state.equals(now) || time - stateSince > LIFE.toNanos()) {
      forget();
      state = now;
      stateSince = time;
    }
    stateSeen = time;
  }

  /** Of this scanner's state nothing is known. */
  public synchronized void forget() {
    verdicts.clear();
    infected = 0;
    state = "";
  }

  /**
   * What is known of a part: no threats if it is clean, null if nothing is known.
   *
   * @param in the state for which it must hold
   */
  public synchronized @Nullable List<String> look(ByteBuffer key, String in) {
    lookups++;
    List<String> threats = state.equals(in) ? verdicts.get(key) : null;
    hits += threats == null ? 0 : 1;
    return threats;
  }

  /** Whether there are any threats, if only for a state that was not asked for lately. */
  public synchronized boolean holdsThreats() {
    return infected > 0;
  }

  /** Whether it is worth while to {@link #lookForThreats}. */
  public synchronized boolean knowsThreats() {
    return infected > 0 && ticker.nanos() - stateSeen <= BELIEF.toNanos();
  }

  /** The threats of a part of this message that is known to be infected, else none. */
  public List<String> knownThreats(ScanInput input) {
    List<Path> files;
    try {
      files = input.files();
    } catch (ScanFailure e) {
      return List.of(); // the scan will say so
    }
    for (Path file : files) {
      ByteBuffer key = isPart(file) ? key(input, file) : null;
      List<String> threats = key == null ? List.of() : lookForThreats(key);
      if (!threats.isEmpty()) {
        return threats;
      }
    }
    return List.of();
  }

  /** The threats of a part that is known to be infected, else none. Asks for no state. */
  synchronized List<String> lookForThreats(ByteBuffer key) {
    List<String> threats = knowsThreats() ? verdicts.get(key) : null;
    if (threats == null || threats.isEmpty()) {
      return List.of();
    }
    lookups++;
    hits++;
    return threats;
  }

  /**
   * Keeps a verdict, if the scanner's state is still that in which it was given.
   *
   * @param threats none if it is clean
   * @param in the state before and after the scan
   */
  public synchronized void keep(ByteBuffer key, List<String> threats, String in) {
    if (!isOn() || !state.equals(in)) {
      return;
    }
    remove(key);
    verdicts.put(key, List.copyOf(threats));
    infected += threats.isEmpty() ? 0 : 1;
    while (verdicts.size() > most) {
      remove(verdicts.keySet().iterator().next());
    }
  }

  private void remove(ByteBuffer key) {
    List<String> threats = verdicts.remove(key);
    infected -= threats == null || threats.isEmpty() ? 0 : 1;
  }

  /** What it has done so far. */
  public synchronized Figures figures() {
    return new Figures(verdicts.size(), lookups, hits);
  }
}
