package org.qscan.engine.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A second Java virtual machine with the class path of the tests. */
public final class JavaProgram implements AutoCloseable {

  private static final String END = "\0the end of its output";

  private final Process process;
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

  private JavaProgram(Process process) {
    this.process = process;
    Thread reader = new Thread(this::read, "test-java-program");
    reader.setDaemon(true);
    reader.start();
  }

  /** Starts the main class. */
  public static JavaProgram start(Class<?> main, String... arguments) {
    return start(List.of(), List.of(), main, arguments);
  }

  /**
   * Starts the main class.
   *
   * @param before a command that starts the virtual machine in its turn, or none
   * @param options for the virtual machine
   * @param main has a main method
   * @param arguments for it
   */
  public static JavaProgram start(
      List<String> before, List<String> options, Class<?> main, String... arguments) {
    List<String> words = new ArrayList<>(before);
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    words.addAll(options);
    words.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    words.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(words).redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().keySet().removeIf(name -> name.contains("JAVA"));
    try {
      return new JavaProgram(builder.start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void read() {
    try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        lines.add(line);
      }
    } catch (IOException e) {
      // Killed.
    }
    lines.add(END);
  }

  /** The next line it prints; waits for a minute at most. */
  public String line() throws InterruptedException {
    String line = lines.poll(120, TimeUnit.SECONDS);
    if (line == null || line.equals(END)) {
      throw new AssertionError(line == null ? "prints nothing" : "has ended and printed no more");
    }
    return line;
  }

  /** Whether it has printed nothing that was not taken yet. */
  public boolean isSilent() {
    return lines.isEmpty();
  }

  /** All lines until its end. */
  public List<String> rest() throws InterruptedException {
    List<String> rest = new ArrayList<>();
    for (String line = take(); !line.equals(END); line = take()) {
      rest.add(line);
    }
    return rest;
  }

  private String take() throws InterruptedException {
    String line = lines.poll(120, TimeUnit.SECONDS);
    if (line == null) {
      throw new AssertionError("does not end");
    }
    return line;
  }

  /** Ends its standard input. */
  public void endInput() {
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      // It has ended already.
    }
  }

  /** Its process id. */
  public long pid() {
    return process.pid();
  }

  /** SIGKILL; returns when it is dead. */
  public void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** Its exit code; waits for two minutes at most. */
  public int await() throws InterruptedException {
    if (!process.waitFor(120, TimeUnit.SECONDS)) {
      throw new AssertionError("does not end");
    }
    return process.exitValue();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
