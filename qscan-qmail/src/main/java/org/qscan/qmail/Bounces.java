package org.qscan.qmail;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Tells qmail-send's own bounces from other mail, by the sender of a bounce <em>and</em> the real
 * uid of the user that qmail-send runs as. The sender alone proves nothing, because anyone may say
 * {@code MAIL FROM:<>}.
 *
 * <p>The sender of a bounce is empty, that of a double bounce is {@code #@[]} (qmail-send.c,
 * injectbounce). A double bounce, too, would be injected again and again if it were refused.
 */
public final class Bounces {

  private static final String DOUBLE_BOUNCE = "#@[]";

  private final String user;
  private final Path passwd;
  private final Path self;

  /**
   * Recognises bounces of this user.
   *
   * @param user {@code bounce.user}, a name or a number
   */
  public Bounces(String user) {
    this(user, Path.of("/etc/passwd"), Path.of("/proc/self/status"));
  }

  Bounces(String user, Path passwd, Path self) {
    this.user = user;
    this.passwd = passwd;
    this.self = self;
  }

  /** Whether a message with this envelope is one of qmail-send's bounces. */
  boolean isBounce(Envelope envelope) {
    return looksLikeOne(envelope) && isOurs(realUid());
  }

  /**
   * Whether a message with this envelope that another process sends is one of qmail-send's bounces.
   *
   * @param caller the user of that process, a name or a number, as the kernel says
   */
  public boolean isBounce(Envelope envelope, String caller) {
    return looksLikeOne(envelope) && (user.equals(caller) || isOurs(uidOf(caller)));
  }

  /** The uid of {@code bounce.user}; empty if there is no such user. */
  public String uid() {
    return uidOf(user);
  }

  private static boolean looksLikeOne(Envelope envelope) {
    String sender = envelope.sender();
    return envelope.isComplete() && (sender.isEmpty() || sender.equals(DOUBLE_BOUNCE));
  }

  private boolean isOurs(String uid) {
    return !uid.isEmpty() && uid.equals(uidOf(user));
  }

  /**
   * The real uid of this process: the first number of the line "Uid:" (proc(5)); empty if unknown.
   */
  private String realUid() {
    for (String line : lines(self)) {
      if (line.startsWith("Uid:")) {
        String ids = line.substring(4).strip();
        int end = ids.indexOf('\t');
        return end < 0 ? ids : ids.substring(0, end);
      }
    }
    return "";
  }

  /**
   * The uid of a user. A number stands for itself, and a name is looked up. Empty if there is no
   * such user.
   */
  private String uidOf(String user) {
    if (isNumber(user)) {
      return user;
    }
    for (String line : lines(passwd)) {
      String[] fields = line.split(":", -1);
      if (fields.length > 2 && fields[0].equals(user)) {
        return fields[2];
      }
    }
    return "";
  }

  /** Whether it has digits only; true for an empty string. */
  private static boolean isNumber(String user) {
    for (int i = 0; i < user.length(); i++) {
      if (user.charAt(i) < '0' || user.charAt(i) > '9') {
        return false;
      }
    }
    return true;
  }

  private static Iterable<String> lines(Path file) {
    try {
      return Files.readAllLines(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return java.util.List.of();
    }
  }
}
