package org.qscan.engine.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.qscan.engine.config.Address;
import org.qscan.engine.scan.Canary;

/**
 * A stand-in for clamd's {@code zIDSESSION}: numbered answers that end with NUL. It can be made to
 * answer the other way round, and in other words than clamd's.
 */
public final class FakeClamd implements AutoCloseable {

  /** What is answered for one file, behind its number. */
  public interface Engine {
    /**
     * The answer; several, each with a NUL at its end but for the last; empty to close the
     * connection.
     *
     * @param subject {@code stream}, or the path
     * @param data what is in it
     */
    String scan(String subject, String data) throws IOException, InterruptedException;
  }

  private final FakeDaemon daemon;
  private final List<String> commands = new CopyOnWriteArrayList<>();
  private volatile Engine engine;
  private volatile String version = "ClamAV 1.4.6/27500/Fri Nov 20 08:32:11 2026";
  private volatile boolean backwards;
  private volatile boolean lies;
  private final AtomicInteger canaries = new AtomicInteger();
  private volatile boolean cut;

  /**
   * Starts it.
   *
   * @param address as in {@link FakeDaemon}
   */
  public FakeClamd(String address, Engine engine) {
    this.engine = engine;
    this.daemon = new FakeDaemon(address, this::hold);
  }

  /** From now on this. */
  public FakeClamd answers(Engine other) {
    engine = other;
    return this;
  }

  /** From now on this answer to {@code VERSION}. */
  public FakeClamd is(String text) {
    version = text;
    return this;
  }

  /** From now on it finds no canary, either: its engine is asked about that as well. */
  public FakeClamd lies(boolean whether) {
    lies = whether;
    return this;
  }

  /** How many canaries it was shown; they are not among {@link #commands()}. */
  public int canaries() {
    return canaries.get();
  }

  /** Answers up to eight commands at a time, the last one first. */
  public FakeClamd answersBackwards() {
    backwards = true;
    return this;
  }

  /** The last answer has no NUL, and the connection is closed. */
  public FakeClamd breaksOff() {
    cut = true;
    return this;
  }

  /** Everything is sent in pieces of so many octets. */
  public FakeClamd sendsPiecesOf(int octets) {
    daemon.sendsPiecesOf(octets);
    return this;
  }

  /** Where it listens. */
  public Address address() {
    return daemon.address();
  }

  /** The commands that it got. */
  public List<String> commands() {
    return commands;
  }

  private void hold(FakeDaemon.Wire wire) throws IOException, InterruptedException {
    List<String> held = new ArrayList<>();
    int number = 0;
    while (true) {
      String command = wire.readTo('\0');
      boolean byName = command.endsWith("/" + Canary.NAME);
      if (!byName) {
        commands.add(command);
      }
      if (command.equals("zIDSESSION")) {
        continue;
      }
      if (command.equals("zEND")) {
        flush(held, wire);
        return;
      }
      if (command.equals("zVERSION") && !held.isEmpty()) {
        // As clamd does it: the number first, and the version when others have said theirs.
        wire.send(++number + ": ");
        flush(held, wire);
        wire.send(version + "\0");
        continue;
      }
      held.add(++number + ": " + answer(command, wire));
      if (!backwards || command.equals("zVERSION") || held.size() == 3) {
        flush(held, wire);
      }
    }
  }

  private void flush(List<String> held, FakeDaemon.Wire wire) throws IOException {
    Collections.reverse(held);
    for (String answer : held) {
      wire.send(cut && !answer.contains("ClamAV") ? answer : answer + "\0");
      if (answer.endsWith(": ") || (cut && !answer.contains("ClamAV"))) {
        throw new IOException("broken off");
      }
    }
    held.clear();
  }

  private String answer(String command, FakeDaemon.Wire wire)
      throws IOException, InterruptedException {
    if (command.equals("zVERSION")) {
      return version;
    }
    if (command.equals("zINSTREAM")) {
      String data = stream(wire);
      if (!isCanary(data)) {
        return engine.scan("stream", data);
      }
      commands.remove(commands.lastIndexOf(command));
      return canary("stream", data);
    }
    if (command.startsWith("zSCAN ")) {
      Path file = Path.of(command.substring(6));
      String data =
          Files.isReadable(file) ? Files.readString(file, StandardCharsets.ISO_8859_1) : "";
      return isCanary(data) && file.endsWith(Canary.NAME)
          ? canary(file.toString(), data)
          : engine.scan(file.toString(), data);
    }
    return "UNKNOWN COMMAND";
  }

  private static boolean isCanary(String data) {
    return data.equals(Mails.eicar());
  }

  private String canary(String subject, String data) throws IOException, InterruptedException {
    canaries.incrementAndGet();
    return lies ? engine.scan(subject, data) : subject + ": Eicar-Signature FOUND";
  }

  private static String stream(FakeDaemon.Wire wire) throws IOException {
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    while (true) {
      int length = ByteBuffer.wrap(wire.read(4)).getInt();
      if (length == 0) {
        return data.toString(StandardCharsets.ISO_8859_1);
      }
      data.writeBytes(wire.read(length));
    }
  }

  @Override
  public void close() {
    daemon.close();
  }
}
