package org.qscan.engine.scan.daemon;

import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import org.qscan.engine.scan.Canary;
import org.qscan.engine.scan.ScanCall;

/**
 * A session of clamd ({@code zIDSESSION}, see clamd(8)): commands and answers that end with NUL, so
 * that no name of a file can end one; clamd numbers the commands from 1 and answers in any order.
 * For one thread.
 */
final class ClamdSession implements AutoCloseable {

  private static final int LONGEST_ANSWERS = 1 << 20;
  private static final int CHUNK = 65536;

  private final DaemonConnection connection;
  private final ScanCall call;
  private int sent;

  /**
   * An answer.
   *
   * @param command which command is answered, from 1
   * @param text the answer without its number
   */
  record Response(int command, String text) {}

  private ClamdSession(DaemonConnection connection, ScanCall call) {
    this.connection = connection;
    this.call = call;
  }

  static ClamdSession open(EndpointAddress address, ScanCall call) throws IOException {
    DaemonConnection connection = call.uses(DaemonConnection.open(address.socket(), call.soon()));
    ClamdSession session = new ClamdSession(connection, call);
    try {
      connection.allow(LONGEST_ANSWERS);
      connection.send("zIDSESSION\0", call.soon());
      return session;
    } catch (IOException | RuntimeException e) {
      session.close();
      throw e;
    }
  }

  /**
   * Sends a command.
   *
   * @return its number
   */
  int send(String command) throws IOException {
    connection.send("z" + command + "\0", call.deadline());
    return ++sent;
  }

  /** The number that the next command will have. */
  int nextNumber() {
    return sent + 1;
  }

  /**
   * Sends data to be scanned: chunks with their length in front, and an empty one at the end.
   *
   * @return the number of the command
   */
  int stream(InputStream data) throws IOException {
    int number = send("INSTREAM");
    byte[] chunk = new byte[4 + CHUNK];
    for (int n = data.read(chunk, 4, CHUNK); n >= 0; n = data.read(chunk, 4, CHUNK)) {
      if (n > 0) { // an empty chunk would be the end
        ByteBuffer.wrap(chunk).putInt(n);
        connection.send(ByteBuffer.wrap(chunk, 0, 4 + n), call.deadline());
      }
    }
    connection.send(ByteBuffer.allocate(4), call.deadline());
    return number;
  }

  /**
   * Has the canary scanned as data.
   *
   * @return the number of the command
   */
  int streamCanary() throws IOException {
    int number = send("INSTREAM");
    byte[] octets = Canary.octets();
    byte[] framed = new byte[4 + octets.length + 4];
    try {
      ByteBuffer.wrap(framed).putInt(octets.length).put(octets);
      connection.send(ByteBuffer.wrap(framed), call.deadline());
    } finally {
      Canary.wipe(octets);
      Canary.wipe(framed);
    }
    return number;
  }

  /** The next answer to any of the commands. */
  Response answer() throws IOException {
    String line = connection.read('\0', call.deadline());
    int colon = line.indexOf(": ");
    int number = 0;
    for (int i = 0; i < colon; i++) {
      char c = line.charAt(i);
      if (c < '0' || c > '9' || number > sent) {
        number = 0;
        break;
      }
      number = 10 * number + c - '0';
    }
    if (number < 1 || number > sent) {
      throw new ProtocolException("answers a question that was not asked: " + line);
    }
    return new Response(number, line.substring(colon + 2));
  }

  @Override
  public void close() {
    connection.close();
  }
}
