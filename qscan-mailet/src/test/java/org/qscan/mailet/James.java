package org.qscan.mailet;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.qscan.engine.testing.RealPrograms;
import org.qscan.engine.testing.Until;

/**
 * A James server, a process of its own on the Java that runs the test: James' own jars, our one
 * file in {@code extensions-jars}, and a configuration in a working directory of its own. With
 * {@code -Dqscan.james.server=JAR} another server that keeps everything in memory, like one of
 * James 3.9 built from its sources.
 */
final class James implements AutoCloseable {

  /** The user whose inbox the tests look at. */
  static final String BOB = "bob@example.org";

  private static final String PASSWORD = "secret";
  private static final Duration BOOT = Duration.ofMinutes(4);
  private static final Duration SHUTDOWN = Duration.ofMinutes(2);
  private static final Path RESOURCES = Path.of("src/test/resources/james");
  private static final int TRIES = 3;

  /** A socket's state in /proc/net/tcp. */
  private static final String LISTEN = "0A";

  private final Setup setup;
  private final Process process;
  private final Path log;
  private final Thread lastResort;

  private James(Setup setup, Process process, Path log) {
    this.setup = setup;
    this.process = process;
    this.log = log;
    lastResort = new Thread(process::destroyForcibly);
    Runtime.getRuntime().addShutdownHook(lastResort);
  }

  static Setup at(Site site) {
    return new Setup(site);
  }

  /** The server's version, as in {@code 3.8}. */
  static String version() throws IOException {
    try (JarFile jar = new JarFile(Setup.server().toFile())) {
      String version = jar.getManifest().getMainAttributes().getValue("Implementation-Version");
      return version.substring(0, version.lastIndexOf('.'));
    }
  }

  /** How a server is to be configured. */
  static final class Setup {

    private final Site site;
    private final Path home;
    private final List<String> mailets = new ArrayList<>();
    private final List<String> processors = new ArrayList<>();
    private final List<String> handlers = new ArrayList<>();
    private final Map<String, String> files = new LinkedHashMap<>();
    private UnaryOperator<String> change = UnaryOperator.identity();
    private boolean extension = true;
    private boolean gracefulShutdown = true;
    private int starts;
    private int smtp;
    private int imap;
    private int webadmin;

    private Setup(Site site) {
      this.site = site;
      this.home = site.directory().resolve("james");
    }

    /** Adds a mailet to processor root, or whatever else may stand there. */
    Setup mailet(String xml) {
      mailets.add(xml);
      return this;
    }

    /** Adds {@code VirusScan} with these parameters besides {@code config}. */
    Setup virusScan(String... parameters) {
      return mailet(
          "<mailet match=\"All\" class=\"org.qscan.mailet.VirusScan\">"
              + config()
              + String.join("", parameters)
              + "</mailet>");
    }

    /** Adds {@code VirusScanHook} with these parameters besides {@code config}. */
    Setup hook(String... parameters) {
      handlers.add(
          "<handler class=\"org.qscan.mailet.VirusScanHook\">"
              + config()
              + String.join("", parameters)
              + "</handler>");
      return this;
    }

    private String config() {
      return "<config>" + site.configuration() + "</config>";
    }

    /** Adds a processor that keeps its mail in repository var/mail/NAME. */
    Setup repository(String name) {
      return processor(
          name,
          "<mailet match=\"All\" class=\"ToRepository\"><repositoryPath>memory://var/mail/"
              + name
              + "/</repositoryPath></mailet>");
    }

    /** Adds a processor. */
    Setup processor(String name, String xml) {
      processors.add(
          "<processor state=\"" + name + "\" enableJmx=\"false\">" + xml + "</processor>");
      return this;
    }

    /** Mailets, hook and health check share an engine. */
    Setup module() {
      return file(
              "extensions.properties", "guice.extension.module=org.qscan.mailet.VirusScanModule\n")
          .file(
              "healthcheck.properties",
              "additional.healthchecks=org.qscan.mailet.VirusScanHealthCheck\n");
    }

    /** A configuration file. */
    Setup file(String name, String text) {
      files.put(name, text);
      return this;
    }

    /** All configuration files of a directory; what is for one site only is changed. */
    Setup files(Path directory, UnaryOperator<String> change) throws IOException {
      this.change = change;
      for (Path file : Site.list(directory)) {
        files.put(file.getFileName().toString(), Files.readString(file, UTF_8));
      }
      return this;
    }

    /** Whether James' SMTP server waits for what it has begun, when it ends. */
    Setup gracefulShutdown(boolean graceful) {
      gracefulShutdown = graceful;
      return this;
    }

    /** A server without us. */
    Setup withoutExtension() {
      extension = false;
      return this;
    }

    /** Starts the server; it accepts mail for {@link #BOB} when this returns. */
    James start() throws Exception {
      for (int tries = 1; ; tries++) {
        James james = launch();
        if (james.isUp()) {
          james.webadmin().addUser(BOB, PASSWORD);
          return james;
        }
        String log = james.log();
        james.kill();
        // Somebody may have taken a port between our choice and the server's start.
        if (tries == TRIES || !log.contains("Address already in use")) {
          throw new AssertionError("the server did not start:\n" + log);
        }
      }
    }

    /** Starts a server that ends by itself and never accepts mail; what it said. */
    String startInVain() throws Exception {
      try (James james = launch()) {
        assertThat(james.isUp()).as("a server that should not start").isFalse();
        assertThat(james.process.isAlive()).as(james.log()).isFalse();
        assertThat(james.process.exitValue()).as("exit code").isNotZero();
        return james.log();
      }
    }

    /** Whether somebody listens where the server should or should have. */
    boolean canConnect() throws IOException {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), smtp)) {
        return socket.isConnected();
      } catch (ConnectException e) {
        return false;
      }
    }

    private James launch() throws IOException {
      choosePorts();
      Path conf = Files.createDirectories(home.resolve("conf"));
      Path tmp = Files.createDirectories(home.resolve("tmp"));
      Path extensions = Files.createDirectories(home.resolve("extensions-jars"));
      write(conf);
      if (extension) {
        Files.copy(
            jar("qscan.extension", "target/qscan-mailet-1.0.0-extension.jar"),
            extensions.resolve("qscan-extension.jar"),
            StandardCopyOption.REPLACE_EXISTING);
      }
      Path log = home.resolve("log" + ++starts);
      ProcessBuilder builder =
          new ProcessBuilder(
              Path.of(System.getProperty("java.home"), "bin/java").toString(),
              "-Xmx512m",
              "-Dworking.directory=" + home,
              "-Dlogback.configurationFile=" + conf.resolve("logback.xml"),
              "-Djava.io.tmpdir=" + tmp,
              "-jar",
              server().toString());
      builder.directory(home.toFile());
      builder.redirectErrorStream(true).redirectOutput(log.toFile());
      return new James(this, builder.start(), log);
    }

    private static Path server() {
      return jar("qscan.james.server", "src/it/james-3.8.1/target/james-server-memory-app.jar");
    }

    private static Path jar(String property, String otherwise) {
      Path jar = Path.of(System.getProperty(property, otherwise)).toAbsolutePath().normalize();
      if (!Files.exists(jar)) {
        RealPrograms.missing(jar + " is not there: mvn pre-integration-test makes it");
      }
      return jar;
    }

    private void write(Path conf) throws IOException {
      Map<String, String> all = new LinkedHashMap<>();
      for (Path file : Site.list(RESOURCES)) {
        all.put(file.getFileName().toString(), Files.readString(file, UTF_8));
      }
      all.putAll(files);
      for (Map.Entry<String, String> file : all.entrySet()) {
        Files.writeString(
            conf.resolve(file.getKey()),
            change
                .apply(file.getValue())
                .replace("@SMTP@", Integer.toString(smtp))
                .replace("@IMAP@", Integer.toString(imap))
                .replace("@WEBADMIN@", Integer.toString(webadmin))
                .replace("@GRACEFUL@", Boolean.toString(gracefulShutdown))
                .replace("@MAILETS@", String.join("\n", mailets))
                .replace("@PROCESSORS@", String.join("\n", processors))
                .replace("@HANDLERS@", String.join("\n", handlers)));
      }
    }

    /** Held until all are known: the kernel may give one that is free again to the next. */
    private void choosePorts() throws IOException {
      InetAddress here = InetAddress.getLoopbackAddress();
      try (ServerSocket first = new ServerSocket(0, 1, here);
          ServerSocket second = new ServerSocket(0, 1, here);
          ServerSocket third = new ServerSocket(0, 1, here)) {
        smtp = first.getLocalPort();
        imap = second.getLocalPort();
        webadmin = third.getLocalPort();
      }
    }
  }

  private boolean isUp() throws Exception {
    boolean decided =
        Until.holds(BOOT, () -> log().contains("JAMES server started") || !process.isAlive());
    assertThat(decided).as("the server starts or ends within %s: %s", BOOT, log()).isTrue();
    return process.isAlive();
  }

  /** What the server has said so far. */
  String log() {
    try {
      return Files.readString(log, UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Our lines in the log, from {@code id=} on. */
  List<String> scanLines() {
    return log()
        .lines()
        .filter(line -> line.contains("qscan: id="))
        .map(line -> line.substring(line.indexOf("id=")))
        .toList();
  }

  int smtpPort() {
    return setup.smtp;
  }

  long pid() {
    return process.pid();
  }

  Smtp smtp() throws IOException {
    return new Smtp(setup.smtp);
  }

  /** Sends a mail to {@link #BOB} on a connection of its own; the answer. */
  String send(byte[] mail) throws IOException {
    try (Smtp smtp = smtp()) {
      return smtp.send(BOB, mail);
    }
  }

  Webadmin webadmin() {
    return new Webadmin(setup.webadmin);
  }

  /** The mails in {@link #BOB}'s inbox. */
  List<byte[]> inbox() throws IOException {
    try (Imap imap = new Imap(setup.imap, BOB, PASSWORD)) {
      return imap.fetch();
    }
  }

  int inboxCount() throws IOException {
    try (Imap imap = new Imap(setup.imap, BOB, PASSWORD)) {
      return imap.count();
    }
  }

  /**
   * Waits until so many mails are in the inbox; all of them. James' memory mailbox, asked while it
   * delivers, was seen to say EXISTS 17 and then to fetch none: what counts is what it hands out.
   */
  List<byte[]> awaitInbox(int count) throws Exception {
    List<byte[]> mails = new ArrayList<>();
    Until.holds(
        count + " mails are in the inbox",
        () -> {
          if (inboxCount() >= count) {
            mails.clear();
            mails.addAll(inbox());
          }
          return mails.size() >= count;
        });
    assertThat(mails).as("mails in the inbox").hasSize(count);
    return mails;
  }

  /** Waits until so many mails are in a repository; their keys. */
  List<String> awaitRepository(String name, int count) throws Exception {
    Until.holds(
        count + " mails are in repository " + name + ", log: " + log(),
        () -> webadmin().repository("var/mail/" + name).size() >= count);
    List<String> keys = webadmin().repository("var/mail/" + name);
    assertThat(keys).as("mails in repository " + name).hasSize(count);
    return keys;
  }

  /** Where it listens, as host:port. */
  List<String> listens() throws IOException {
    List<String> inodes;
    try (Stream<Path> descriptors = Files.list(Path.of("/proc/" + process.pid() + "/fd"))) {
      inodes =
          descriptors
              .map(James::target)
              .filter(target -> target.startsWith("socket:["))
              .map(target -> target.replaceAll("\\D", ""))
              .toList();
    }
    List<String> found = new ArrayList<>();
    for (String table : List.of("net/tcp", "net/tcp6")) {
      for (String line :
          Site.proc(process.pid(), table).lines().skip(1).collect(Collectors.toList())) {
        List<String> fields = List.of(line.strip().split("\\s+", -1));
        if (fields.get(3).equals(LISTEN) && inodes.contains(fields.get(9))) {
          found.add(fields.get(1));
        }
      }
    }
    return found;
  }

  private static String target(Path link) {
    try {
      return Files.readSymbolicLink(link).toString();
    } catch (IOException e) {
      return "";
    }
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** SIGTERM. */
  void terminate() {
    process.destroy();
  }

  /** SIGKILL. */
  void kill() {
    process.destroyForcibly();
    awaitEnd();
  }

  /** Waits until the server has ended by itself. */
  boolean awaitEnd() {
    try {
      return process.waitFor(SHUTDOWN.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  @Override
  public void close() {
    terminate();
    if (!awaitEnd()) {
      kill();
    }
    Runtime.getRuntime().removeShutdownHook(lastResort);
  }
}
