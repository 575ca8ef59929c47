package org.qscan.engine.scan.daemon;

import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.qscan.engine.scan.Deadline;
import org.qscan.engine.scan.ScanCall;
import org.qscan.engine.time.Ticker;

/**
 * A session of SSSP/1.0, for several messages. The steps, of which none is taken before the one
 * above it was answered:
 *
 * <pre>
 * server: OK SSSP/1.0
 * client: SSSP/1.0                 server: ACC id
 * client: OPTIONS, lines, empty    server: ACC id, DONE OK 0000 ..., empty
 * for each file:
 *   client: SCANFILE path          server: ACC id, lines, DONE ..., empty      or REJ n
 *   client: SCANDATA length        server: ACC id                              or REJ n
 *   client: so many octets         server: lines, DONE ..., empty
 * </pre>
 *
 * <p>To send data before {@code ACC} would be command injection by mail: after a {@code REJ} the
 * daemon reads the mail's lines as commands. After any fault or timeout the session is broken and
 * must be closed: an answer may still come, and would be taken for that to the next message. For
 * one thread.
 */
final class SsspSession implements AutoCloseable {

  private static final int LONGEST_ANSWER = 1 << 20;
  private static final String HELLO = "SSSP/1.0";

  /** How a scan command was answered. */
  enum Reply {
    /** There is an answer. */
    ANSWERED,
    /** The data are more than savdid takes. */
    TOO_BIG,
    /** The daemon's configuration does not allow this command. */
    NOT_PERMITTED
  }

  private final DaemonConnection connection;
  private final Ticker ticker;
  private final long opened;
  private long used;
  private boolean broken;
  private boolean refusesPaths;

  private SsspSession(DaemonConnection connection, Ticker ticker) {
    this.connection = connection;
    this.ticker = ticker;
    this.opened = ticker.nanos();
    this.used = opened;
  }

  /**
   * Connects and agrees on the options.
   *
   * @param options names that begin with {@code Grp} are groups, the others single settings
   */
  static SsspSession open(SocketAddress address, Map<String, String> options, ScanCall call)
      throws IOException {
    DaemonConnection connection = call.uses(DaemonConnection.open(address, call.soon()));
    SsspSession session = new SsspSession(connection, call.deadline().ticker());
    try {
      session.greet(call);
      session.setOptions(options, call);
      return session;
    } catch (IOException | RuntimeException e) {
      session.close();
      throw e;
    }
  }

  private void greet(ScanCall call) throws IOException {
    connection.allow(LONGEST_ANSWER);
    String greeting;
    try {
      greeting = line(call.soon());
    } catch (SocketTimeoutException e) {
      throw new Busy("does not greet in time (are all its threads taken, see threadcount?)");
    }
    if (!greeting.equals("OK " + HELLO)) {
      throw new ProtocolException("does not greet with OK SSSP/1.0: " + greeting);
    }
    request(HELLO, call);
    accepted(call, "the version SSSP/1.0");
  }

  private void setOptions(Map<String, String> options, ScanCall call) throws IOException {
    StringBuilder lines = new StringBuilder("OPTIONS\r\noutput: brief\r\n");
    for (Map.Entry<String, String> option : options.entrySet()) {
      lines
          .append(option.getKey().startsWith("Grp") ? "savigrp: " : "savists: ")
          .append(option.getKey())
          .append(' ')
          .append(option.getValue())
          .append("\r\n");
    }
    request(lines.toString(), call);
    accepted(call, "OPTIONS (savdi.options)");
    String done = line(call.soon());
    if (!done.startsWith("DONE OK 0000")) {
      throw new ProtocolException("does not accept the options (savdi.options): " + done);
    }
    emptyLine(call);
  }

  /** Whether it may be used for another message; nobody has said anything meanwhile. */
  boolean isFresh(long now, long longestIdle, long longestLife) {
    return !broken && now - used < longestIdle && now - opened < longestLife;
  }

  /** Whether savdid has closed it, or has said what nobody has asked for. */
  boolean isEnded() {
    try {
      return connection.hasMore();
    } catch (IOException e) {
      return true;
    }
  }

  /** Whether it has refused to open files by their path. */
  boolean refusesPaths() {
    return refusesPaths;
  }

  /** It has refused to open a file by its path. */
  void refusePaths() {
    refusesPaths = true;
  }

  /** From now on the call's. */
  void serves(ScanCall call) throws IOException {
    call.uses(connection);
  }

  /** Has a file scanned that the daemon can open itself. */
  Reply scanFile(Path file, SsspAnswer answer, ScanCall call) throws IOException {
    request("SCANFILE " + encode(file.toString()), call);
    Reply reply = reply(call);
    if (reply == Reply.ANSWERED) {
      readAnswer(answer, call);
    }
    return reply;
  }

  /**
   * Has these data scanned.
   *
   * @param size so many octets are sent, neither more nor less
   */
  Reply scanData(InputStream data, long size, SsspAnswer answer, ScanCall call) throws IOException {
    request("SCANDATA " + size, call);
    Reply reply = reply(call); // not one octet before this
    if (reply == Reply.ANSWERED) {
      send(data, size, call);
      readAnswer(answer, call);
    }
    return reply;
  }

  /** Has these data scanned. */
  Reply scanData(byte[] data, SsspAnswer answer, ScanCall call) throws IOException {
    request("SCANDATA " + data.length, call);
    Reply reply = reply(call);
    if (reply == Reply.ANSWERED) {
      connection.send(ByteBuffer.wrap(data), call.deadline());
      readAnswer(answer, call);
    }
    return reply;
  }

  private void send(InputStream data, long size, ScanCall call) throws IOException {
    byte[] buffer = new byte[(int) Math.min(65536, size)];
    for (long left = size; left > 0; ) {
      int n = data.read(buffer, 0, (int) Math.min(buffer.length, left));
      if (n < 0) {
        throw new IOException("a file became shorter while it was sent");
      }
      connection.send(ByteBuffer.wrap(buffer, 0, n), call.deadline());
      left -= n;
    }
  }

  /**
   * Asks a question of the {@code QUERY} family.
   *
   * @param what {@code SERVER} or {@code ENGINE}
   * @return lines like {@code name: value}; none if the daemon does not answer such questions
   */
  List<String> query(String what, ScanCall call) throws IOException {
    List<String> lines = new ArrayList<>();
    request("QUERY " + what, call);
    String reply = line(call.soon());
    if (reply.startsWith("ACC ")) {
      for (String line = line(call.soon()); !line.isEmpty(); line = line(call.soon())) {
        lines.add(line);
      }
    } else if (!reply.startsWith("REJ ")) {
      throw new ProtocolException("answers neither ACC nor REJ to QUERY " + what + ": " + reply);
    }
    broken = false;
    return lines;
  }

  private void request(String text, ScanCall call) throws IOException {
    if (broken) {
      throw new IllegalStateException("a broken session");
    }
    broken = true; // until the answer is whole
    if (connection.hasMore()) {
      throw new ProtocolException("sends something that was not asked for");
    }
    connection.allow(LONGEST_ANSWER);
    connection.send(text + "\r\n", call.deadline());
  }

  private void accepted(ScanCall call, String what) throws IOException {
    String line = line(call.soon());
    if (!line.startsWith("ACC ")) {
      throw new ProtocolException("does not accept " + what + ": " + line);
    }
    broken = false;
  }

  private Reply reply(ScanCall call) throws IOException {
    String line = line(call.deadline());
    if (line.startsWith("ACC ")) {
      broken = false;
      return Reply.ANSWERED;
    }
    switch (line) {
      case "REJ 4" -> {
        broken = false;
        return Reply.TOO_BIG;
      }
      case "REJ 5" -> {
        broken = false;
        return Reply.NOT_PERMITTED;
      }
      default -> throw new ProtocolException("answers neither ACC nor REJ 4 or 5: " + line);
    }
  }

  private void readAnswer(SsspAnswer answer, ScanCall call) throws IOException {
    broken = true;
    while (!answer.isDone()) {
      answer.add(line(call.deadline()));
    }
    emptyLine(call);
  }

  private void emptyLine(ScanCall call) throws IOException {
    broken = true;
    String line = line(call.soon());
    if (!line.isEmpty()) {
      throw new ProtocolException("sends more after DONE: " + line);
    }
    broken = false;
    used = ticker.nanos();
  }

  private String line(Deadline deadline) throws IOException {
    String line = connection.read('\n', deadline);
    return line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
  }

  /** All but letters, digits and {@code - . / _} as percent signs with two digits. */
  static String encode(String path) {
    StringBuilder encoded = new StringBuilder(path.length() + 8);
    for (byte octet : path.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (octet & 0xff);
      boolean plain =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || "-./_".indexOf(c) >= 0;
      if (plain) {
        encoded.append(c);
      } else {
        encoded
            .append('%')
            .append("0123456789ABCDEF".charAt(c >> 4))
            .append("0123456789ABCDEF".charAt(c & 15));
      }
    }
    return encoded.toString();
  }

  @Override
  public void close() {
    broken = true;
    connection.close();
  }
}
