package org.qscan.engine.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.qscan.engine.config.Address;

/**
 * A stand-in for Sophos' savdid, as far as SSSP/1.0 is known from its clients: greeting, version,
 * {@code OPTIONS}, {@code QUERY}, {@code SCANFILE}, {@code SCANDATA}, {@code BYE}. Like the real
 * one it reads what follows a rejected {@code SCANDATA} as commands.
 */
public final class FakeSavdi implements AutoCloseable {

  /** The end of an answer for something clean. */
  public static final String CLEAN = "DONE OK 0000 The function call succeeded\r\n\r\n";

  /** What is answered for one file. */
  public interface Engine {
    /**
     * The answer after {@code ACC}, or a whole answer that begins with {@code REJ}.
     *
     * @param subject path as it came, or the name of a temporary file
     * @param data what is in it
     */
    String scan(String subject, String data) throws IOException, InterruptedException;
  }

  private final FakeDaemon daemon;
  private final List<String> commands = new CopyOnWriteArrayList<>();
  private volatile Engine engine;
  private volatile String greeting = "OK SSSP/1.0\r\n";
  private volatile String optionsAnswer = "DONE OK 0000 Options set\r\n\r\n";
  private volatile String engineDate = "2026-11-20";
  private volatile long maxScanData = Long.MAX_VALUE;
  private volatile int cutAt = -1;
  private volatile boolean queries = true;
  private volatile boolean lies;
  private final AtomicInteger canaries = new AtomicInteger();

  /**
   * Starts it.
   *
   * @param address as in {@link FakeDaemon}
   */
  public FakeSavdi(String address, Engine engine) {
    this.engine = engine;
    this.daemon = new FakeDaemon(address, this::hold);
  }

  /** One that answers the same for every file. */
  public static FakeSavdi answering(String address, String answer) {
    return new FakeSavdi(address, (subject, data) -> answer);
  }

  /** From now on this. */
  public FakeSavdi answers(Engine other) {
    engine = other;
    return this;
  }

  /** From now on this greeting. */
  public FakeSavdi greets(String text) {
    greeting = text;
    return this;
  }

  /** From now on this answer to {@code OPTIONS}, after its {@code ACC}. */
  public FakeSavdi answersOptions(String text) {
    optionsAnswer = text;
    return this;
  }

  /** Its virus data are of this day. */
  public FakeSavdi hasDataOf(String day) {
    engineDate = day;
    return this;
  }

  /** The largest {@code SCANDATA}. */
  public FakeSavdi takesAtMost(long octets) {
    maxScanData = octets;
    return this;
  }

  /** It does not know {@code QUERY}. */
  public FakeSavdi answersNoQueries() {
    queries = false;
    return this;
  }

  /** Every answer for a file is sent in two pieces, cut here. */
  public FakeSavdi cutsAt(int position) {
    cutAt = position;
    return this;
  }

  /** Everything is sent in pieces of so many octets. */
  public FakeSavdi sendsPiecesOf(int octets) {
    daemon.sendsPiecesOf(octets);
    return this;
  }

  /** From now on it finds no canary, either: its engine is asked about that as well. */
  public FakeSavdi lies(boolean whether) {
    lies = whether;
    return this;
  }

  /** How many canaries it was shown. */
  public int canaries() {
    return canaries.get();
  }

  private String scan(String subject, String data) throws IOException, InterruptedException {
    if (!data.equals(Mails.eicar())) {
      return engine.scan(subject, data);
    }
    canaries.incrementAndGet();
    return lies
        ? engine.scan(subject, data)
        : "VIRUS EICAR-AV-Test " + subject + "\r\nDONE OK 0203 Virus found\r\n\r\n";
  }

  /** Where it listens. */
  public Address address() {
    return daemon.address();
  }

  /** How many connections there were. */
  public int connections() {
    return daemon.connections();
  }

  /** The lines that it took for commands. */
  public List<String> commands() {
    return commands;
  }

  private void hold(FakeDaemon.Wire wire) throws IOException, InterruptedException {
    wire.send(greeting);
    int serial = 0;
    while (true) {
      String line = line(wire);
      commands.add(line);
      String command = line.startsWith("SSSP/1.0 ") ? line.substring(9) : line;
      String accept = "ACC 5B992B5C/" + ++serial + "\r\n";
      if (command.equals("SSSP/1.0")) {
        wire.send(accept);
      } else if (command.equals("OPTIONS")) {
        String option = line(wire);
        while (!option.isEmpty()) {
          commands.add(option);
          option = line(wire);
        }
        wire.send(accept + optionsAnswer);
      } else if (command.startsWith("QUERY")) {
        wire.send(queries ? accept + query(command) : "REJ 1\r\n");
      } else if (command.startsWith("SCANFILE ")) {
        scanFile(command.substring(9), accept, wire);
      } else if (command.startsWith("SCANDATA ")) {
        scanData(Long.parseLong(command.substring(9)), accept, wire);
      } else if (command.equals("BYE")) {
        wire.send("BYE\r\n");
        return;
      } else {
        wire.send("REJ 1\r\n");
      }
    }
  }

  private static String line(FakeDaemon.Wire wire) throws IOException {
    String line = wire.readTo('\n');
    return line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
  }

  private String query(String command) {
    return command.endsWith("ENGINE")
        ? "engineversion: 3.98.2\r\nsavversion: 6.02\r\nviruscount: 60000000\r\n"
            + "virusdatachecksum: 0123abcd\r\ndate: 2019-01-02\r\nfilename: vdl.vdb\r\ndate: "
            + engineDate
            + "\r\nfilename: a.ide\r\nstate: 1\r\ntype: 1\r\n\r\n"
        : "version: SAV Dynamic Interface 2.6.0\r\nmethod: SCANDATA\r\nmaxscandata: "
            + (maxScanData == Long.MAX_VALUE ? 0 : maxScanData)
            + "\r\n\r\n";
  }

  private void scanFile(String encoded, String accept, FakeDaemon.Wire wire)
      throws IOException, InterruptedException {
    Path file = Path.of(java.net.URLDecoder.decode(encoded, StandardCharsets.UTF_8));
    String data = Files.isReadable(file) ? Files.readString(file, StandardCharsets.ISO_8859_1) : "";
    answer(accept, scan(encoded, data), wire);
  }

  private void scanData(long length, String accept, FakeDaemon.Wire wire)
      throws IOException, InterruptedException {
    if (length > maxScanData) {
      wire.send("REJ 4\r\n");
      return;
    }
    wire.send(accept);
    String data = new String(wire.read(Math.toIntExact(length)), StandardCharsets.ISO_8859_1);
    answer("", scan("/tmp/savid_tmpAbCdEf", data), wire);
  }

  private void answer(String accept, String text, FakeDaemon.Wire wire)
      throws IOException, InterruptedException {
    String all = text.startsWith("REJ") ? text : accept + text;
    if (cutAt >= 0 && cutAt < all.length()) {
      wire.sendCutAt(all, cutAt);
    } else {
      wire.send(all);
    }
    boolean whole =
        text.startsWith("REJ")
            ? text.endsWith("\n")
            : text.endsWith("\r\n\r\n") || text.endsWith("\n\n");
    if (!whole) {
      throw new IOException("broken off"); // and the connection is closed
    }
  }

  @Override
  public void close() {
    daemon.close();
  }
}
