package org.qscan.engine.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Debian's clamd with a database of two lines, one for the EICAR test string and one for {@link
 * #MARK}, on a Unix socket and on 127.0.0.1. It runs in the foreground, as whoever runs the test.
 */
public final class RealClamd implements AutoCloseable {

  /** Found as {@code QScan.Test.Mark.UNOFFICIAL}. */
  public static final String MARK = "a-mark-that-only-this-test-knows";

  private final Process process;
  private final Path socket;
  private final Path configuration;
  private final Path temporary;
  private final int port;

  private RealClamd(Process process, Path socket, Path configuration, Path temporary, int port) {
    this.process = process;
    this.socket = socket;
    this.configuration = configuration;
    this.temporary = temporary;
    this.port = port;
  }

  /**
   * Starts it and waits until it answers.
   *
   * @param directory for its files
   * @param settings lines of clamd.conf
   */
  public static RealClamd start(Path directory, String... settings) throws Exception {
    Path program = RealPrograms.require("clamd");
    Path home = Files.createTempDirectory(directory, "clamd");
    Path database = Files.createDirectory(home.resolve("database"));
    Files.writeString(
        database.resolve("test.ndb"),
        signature("QScan.Test.Eicar", Mails.eicar()) + signature("QScan.Test.Mark", MARK));
    Path temporary = Files.createDirectory(home.resolve("temporary"));
    Path socket = home.resolve("clamd.sock");
    int port = freePort();
    Path configuration = home.resolve("clamd.conf");
    Files.write(
        configuration,
        List.of(
            "Foreground yes",
            "LogFile " + home.resolve("log"),
            "DatabaseDirectory " + database,
            "TemporaryDirectory " + temporary,
            "LocalSocket " + socket,
            "TCPSocket " + port,
            "TCPAddr 127.0.0.1",
            String.join("\n", settings)));
    Process process =
        new ProcessBuilder(program.toString(), "-c", configuration.toString())
            .redirectErrorStream(true)
            .redirectOutput(home.resolve("output").toFile())
            .start();
    Until.holds(
        "clamd listens",
        () ->
            !process.isAlive()
                || (accepts(UnixDomainSocketAddress.of(socket))
                    && accepts(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))));
    if (!process.isAlive()) {
      throw new IllegalStateException(Files.readString(home.resolve("output")));
    }
    return new RealClamd(process, socket, configuration, temporary, port);
  }

  /** A socket is there before anybody listens on it. */
  private static boolean accepts(SocketAddress address) {
    try (SocketChannel channel = SocketChannel.open(address)) {
      return channel.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  private static String signature(String name, String text) {
    return name
        + ":0:*:"
        + HexFormat.of().formatHex(text.getBytes(StandardCharsets.ISO_8859_1))
        + "\n";
  }

  private static int freePort() throws IOException {
    try (ServerSocket any = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return any.getLocalPort();
    }
  }

  /** {@code unix:PATH}. */
  public String socket() {
    return "unix:" + socket;
  }

  /** {@code tcp:127.0.0.1:PORT}. */
  public String tcp() {
    return "tcp:127.0.0.1:" + port;
  }

  /**
   * Its {@code TemporaryDirectory}: without it, it says OK of everything that it is shown by path.
   */
  public Path temporary() {
    return temporary;
  }

  /** Its configuration, for clamdscan. */
  public Path configuration() {
    return configuration;
  }

  /** Ends it; returns when it has ended. */
  public void stop() {
    process.destroy();
    try {
      if (!process.waitFor(60, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    stop();
  }
}
