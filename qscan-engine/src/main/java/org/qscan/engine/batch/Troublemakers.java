package org.qscan.engine.batch;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.qscan.engine.time.Ticker;

/**
 * Remembers messages with which a shared run failed, and then also their own run. Their senders
 * were told to try again and will do so. They are scanned alone for an hour.
 *
 * <p>They are recognised by their bodies, because the header differs at each attempt ({@code
 * Received}). All messages with an empty body look alike: if one of them is known, the others are
 * scanned alone as well, which costs them only time.
 */
final class Troublemakers {

  private static final int MOST = 1000;

  /** How long a message is remembered. The scanner itself may have been the cause. */
  private static final long FORGOTTEN_AFTER = Duration.ofHours(1).toNanos();

  private final Ticker ticker;
  private final Map<String, Long> known = new LinkedHashMap<>(); // since when, the oldest first

  Troublemakers(Ticker ticker) {
    this.ticker = ticker;
  }

  /** Whether this message is known. It is read only if any message is known. */
  boolean knows(Path raw) {
    return isAnyKnown() && isKnown(digest(raw));
  }

  private synchronized boolean isAnyKnown() {
    long now = ticker.nanos();
    known.values().removeIf(since -> now - since > FORGOTTEN_AFTER);
    return !known.isEmpty();
  }

  private synchronized boolean isKnown(String digest) {
    return known.containsKey(digest);
  }

  void add(Path raw) {
    String digest = digest(raw);
    if (!digest.isEmpty()) {
      synchronized (this) {
        known.remove(digest);
        known.put(digest, ticker.nanos());
        if (known.size() > MOST) {
          known.remove(known.keySet().iterator().next());
        }
      }
    }
  }

  /**
   * A digest of everything after the first empty line, or of the whole message if there is none.
   * Empty if it cannot be read.
   */
  private static String digest(Path raw) {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(raw), 65536)) {
      MessageDigest body = MessageDigest.getInstance("SHA-256");
      MessageDigest all = MessageDigest.getInstance("SHA-256");
      boolean header = true;
      int line = 0;
      byte[] buffer = new byte[65536];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        int at = 0;
        while (header && at < n) {
          byte octet = buffer[at++];
          line = octet == '\n' ? line : octet == '\r' ? line : line + 1;
          if (octet == '\n') {
            header = line > 0;
            line = 0;
          }
        }
        all.update(buffer, 0, n);
        body.update(buffer, at, n - at);
      }
      return new String((header ? all : body).digest(), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return "";
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java has it
    }
  }
}
