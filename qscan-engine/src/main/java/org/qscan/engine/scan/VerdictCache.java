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
 * What one scanner has said about parts of messages: clean, or which threats. A verdict is found by
 * the content of the part (SHA-256, with the short extension that we gave to the file), never by
 * its name or place.
 *
 * <p>All verdicts hold for one state of the scanner: its address, its version, its virus data. When
 * the state changes, everything is forgotten. A verdict is also forgotten after {@link #LIFE},
 * because a daemon may not report all changes of its data. Failures and doubtful answers are never
 * kept. Any thread may use this class. The verdict that was not used for the longest time is
 * removed first.
 */
public final class VerdictCache {

  /** How long a verdict is kept at most. */
  static final Duration LIFE = Duration.ofMinutes(15);

  /** How long the last known state of the scanner is believed. */
  static final Duration BELIEF = Duration.ofMinutes(1);

  /** The memory that a verdict needs, in bytes: its key, and an entry in the table. */
  public static final int ENTRY = 240;

  private static final int BUFFER = 65536;

  /** The view of the raw message. It is never seen twice, because it has its own Received line. */
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
   * What the cache has done.
   *
   * @param entries verdicts that it holds
   * @param lookups parts that were looked up
   * @param hits parts that were known
   */
  public record Figures(long entries, long lookups, long hits) {

    /** The sums of these figures and others. */
    public Figures and(Figures other) {
      return new Figures(entries + other.entries, lookups + other.lookups, hits + other.hits);
    }
  }

  /**
   * An empty one.
   *
   * @param most the most verdicts to keep; 0 if it keeps none, and callers need not ask
   */
  public VerdictCache(int most) {
    this(most, Ticker.SYSTEM);
  }

  /** With another time; for tests. */
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
   * The key under which a file's verdict is kept; null if the file cannot be read, and so nothing
   * is known about it.
   *
   * @param file a file whose name QScan chose
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
   * Tells the state in which the scanner is now. If it has changed, all verdicts are forgotten.
   *
   * @param now the state, not empty
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

  /** Forgets everything, because the scanner's state is not known. */
  public synchronized void forget() {
    verdicts.clear();
    infected = 0;
    state = "";
  }

  /**
   * What is known about a part: an empty list if it is clean, null if nothing is known.
   *
   * @param in the state for which the verdict must hold
   */
  public synchronized @Nullable List<String> look(ByteBuffer key, String in) {
    lookups++;
    List<String> threats = state.equals(in) ? verdicts.get(key) : null;
    hits += threats == null ? 0 : 1;
    return threats;
  }

  /** Whether the cache holds any threats, even if the scanner's state was not asked for lately. */
  public synchronized boolean holdsThreats() {
    return infected > 0;
  }

  /** Whether a call of {@link #lookForThreats} can find anything. */
  public synchronized boolean knowsThreats() {
    return infected > 0 && ticker.nanos() - stateSeen <= BELIEF.toNanos();
  }

  /**
   * The threats of the first part of this message that is known to be infected; none if there is no
   * such part.
   */
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

  /**
   * The threats of a part that is known to be infected; none if it is not known. This does not ask
   * the scanner for its state.
   */
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
   * Keeps a verdict if the scanner is still in the state in which it gave it.
   *
   * @param threats the threats; an empty list if the part is clean
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
