package org.qscan.mailet;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedOutputStream;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;

/** An SMTP connection; every answer as it came. */
final class Smtp implements Closeable {

  private static final int PATIENCE_MILLIS = 180_000;
  static final String SENDER = "alice@example.com";

  private final Socket socket;
  private final BufferedReader in;
  private final OutputStream out;

  /** Connects and says EHLO. */
  Smtp(int port) throws IOException {
    socket = new Socket();
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), PATIENCE_MILLIS);
    socket.setSoTimeout(PATIENCE_MILLIS);
    in = new BufferedReader(new InputStreamReader(socket.getInputStream(), ISO_8859_1));
    out = new BufferedOutputStream(socket.getOutputStream());
    expect("220", answer());
    expect("250", say("EHLO client.example.com"));
  }

  /** Sends a mail; the answer to its end. */
  String send(String recipient, byte[] mail) throws IOException {
    begin(recipient);
    data(mail);
    return end();
  }

  /** As far as DATA. */
  void begin(String recipient) throws IOException {
    expect("250", say("MAIL FROM:<" + SENDER + ">"));
    expect("250", say("RCPT TO:<" + recipient + ">"));
    expect("354", say("DATA"));
  }

  /** The mail, with dots doubled, and without its end. */
  void data(byte[] mail) throws IOException {
    boolean atStart = true;
    for (byte octet : mail) {
      if (atStart && octet == '.') {
        out.write('.');
      }
      out.write(octet);
      atStart = octet == '\n';
    }
    out.flush();
  }

  /** The end of the mail, and the answer. */
  String end() throws IOException {
    return say(".");
  }

  /** A command and its answer; lines of the answer are separated by LF. */
  String say(String command) throws IOException {
    out.write((command + "\r\n").getBytes(ISO_8859_1));
    out.flush();
    return answer();
  }

  private String answer() throws IOException {
    StringBuilder answer = new StringBuilder();
    while (true) {
      String line = in.readLine();
      if (line == null) {
        throw new EOFException("the server hung up; so far: " + answer);
      }
      answer.append(line);
      if (line.length() < 4 || line.charAt(3) != '-') {
        return answer.toString();
      }
      answer.append('\n');
    }
  }

  private static void expect(String code, String answer) throws IOException {
    if (!answer.startsWith(code)) {
      throw new IOException("not " + code + ": " + answer);
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
