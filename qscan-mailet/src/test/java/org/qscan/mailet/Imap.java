package org.qscan.mailet;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads an inbox over IMAP, every octet as it came. */
final class Imap implements Closeable {

  private static final int PATIENCE_MILLIS = 60_000;
  private static final Pattern LITERAL = Pattern.compile("\\* \\d+ FETCH .*\\{(\\d+)\\}");
  private static final Pattern EXISTS = Pattern.compile("\\* (\\d+) EXISTS");

  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;
  private int tag;

  Imap(int port, String user, String password) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(PATIENCE_MILLIS);
    in = socket.getInputStream();
    out = socket.getOutputStream();
    line();
    command("LOGIN " + user + " " + password);
  }

  /** How many mails are in the inbox. */
  int count() throws IOException {
    for (String line : command("EXAMINE INBOX")) {
      Matcher exists = EXISTS.matcher(line);
      if (exists.matches()) {
        return Integer.parseInt(exists.group(1));
      }
    }
    throw new IOException("no EXISTS");
  }

  /** All mails in the inbox. */
  List<byte[]> fetch() throws IOException {
    List<byte[]> mails = new ArrayList<>();
    if (count() > 0) {
      send("FETCH 1:* BODY.PEEK[]");
      for (String line = line(); !done(line); line = line()) {
        Matcher literal = LITERAL.matcher(line);
        if (literal.matches()) {
          mails.add(in.readNBytes(Integer.parseInt(literal.group(1))));
        }
      }
    }
    return mails;
  }

  private List<String> command(String command) throws IOException {
    List<String> lines = new ArrayList<>();
    send(command);
    for (String line = line(); !done(line); line = line()) {
      lines.add(line);
    }
    return lines;
  }

  private void send(String command) throws IOException {
    out.write(("t" + ++tag + " " + command + "\r\n").getBytes(ISO_8859_1));
    out.flush();
  }

  private boolean done(String line) throws IOException {
    if (!line.startsWith("t" + tag + " ")) {
      return false;
    }
    if (!line.startsWith("t" + tag + " OK")) {
      throw new IOException(line);
    }
    return true;
  }

  private String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int octet = in.read(); octet != '\n'; octet = in.read()) {
      if (octet < 0) {
        throw new EOFException("the server hung up");
      }
      if (octet != '\r') {
        line.write(octet);
      }
    }
    return line.toString(ISO_8859_1);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
