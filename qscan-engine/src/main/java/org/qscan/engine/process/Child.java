package org.qscan.engine.process;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.commons.exec.CommandLine;
import org.apache.commons.exec.DefaultExecutor;
import org.apache.commons.exec.ExecuteStreamHandler;
import org.apache.commons.exec.ProcessDestroyer;
import org.jspecify.annotations.Nullable;

/**
 * A running child. Commons Exec starts it and waits for it; this class adds a stream as its
 * standard input, a limit on its output, and an end that includes all its descendants ({@link
 * ProcessTree}). Commons Exec's own watchdog is not used: it ends only the child itself.
 *
 * <p>Threads: one feeds standard input, one reads the output, one waits for the end. All are daemon
 * threads, and none can delay the caller, who waits in {@link #await(Duration)} for a limited time.
 */
public final class Child {

  private static final Duration LAST_OUTPUT = Duration.ofSeconds(2);
  private static final Duration LAST_REAP = Duration.ofMillis(200);
  private static final Duration STRAY_GRACE = Duration.ofMillis(200);
  private static final int THREAD_IDLE_SECONDS = 10;

  /** There are as many threads as there is work. They are kept for a while for the next child. */
  private static final ThreadPoolExecutor THREADS =
      new ThreadPoolExecutor(
          0,
          Integer.MAX_VALUE,
          THREAD_IDLE_SECONDS,
          TimeUnit.SECONDS,
          new SynchronousQueue<>(),
          work -> {
            Thread thread = new Thread(work, "qscan-child");
            thread.setDaemon(true);
            return thread;
          });

  private final Command command;
  private final InputStream stdin;
  private final CountDownLatch ended = new CountDownLatch(1);
  private final CountDownLatch outputEnded = new CountDownLatch(1);
  private final ByteArrayOutputStream output = new ByteArrayOutputStream();
  private final AtomicReference<@Nullable Process> process = new AtomicReference<>();
  private volatile Ending.@Nullable How killedFor;
  private volatile int exitValue = -1;
  private volatile boolean started = true;
  private volatile int strays;
  private volatile boolean fed;
  private volatile Duration cpuOfAll = Duration.ZERO;
  private volatile boolean drained;

  private Child(Command command, InputStream stdin) {
    this.command = command;
    this.stdin = stdin;
  }

  /**
   * Starts the command.
   *
   * @param command what to run
   * @param stdin becomes the child's standard input: a thread of the child reads it to its end, and
   *     delays nobody else, whatever happens to the child
   * @return the running child; if it could not be started, {@link #await(Duration)} tells that
   */
  public static Child start(Command command, InputStream stdin) {
    Child child = new Child(command, stdin);
    child.run();
    return child;
  }

  @SuppressWarnings("deprecation") // the builder takes no directory for "."
  private void run() {
    var words = command.wrapped();
    CommandLine line = new CommandLine(words.get(0));
    for (String word : words.subList(1, words.size())) {
      line.addArgument(word, false);
    }
    DefaultExecutor executor =
        DefaultExecutor.builder().setExecuteStreamHandler(new Streams()).get();
    // Any exit code is an answer, and the caller decides what it means.
    executor.setExitValues(null);
    // Commons Exec's default is the name ".". It starts nothing where that cannot be looked up, for
    // example in root's home by another user.
    executor.setWorkingDirectory(null);
    executor.setProcessDestroyer(new ProcessHolder());
    // Not Commons Exec's own way to run in the background, because its thread is not a daemon
    // thread.
    THREADS.execute(() -> execute(executor, line));
  }

  private void execute(DefaultExecutor executor, CommandLine line) {
    try {
      exitValue = executor.execute(line, environment());
    } catch (IOException e) {
      // This is also thrown if closing the streams failed after a good end. Then the exit code
      // still counts.
      Process was = process.get();
      if (was == null) {
        started = false;
      } else {
        was.destroyForcibly();
        exitValue = codeOf(was);
      }
    } catch (Error e) { // no more threads, or no memory
      started = false;
      if (!command.mark().isEmpty()) {
        ProcessTree.kill(command.mark());
      }
    } finally {
      ended.countDown();
    }
  }

  private static int codeOf(Process was) {
    try {
      return was.waitFor(2, TimeUnit.SECONDS) ? was.exitValue() : -1;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return -1;
    }
  }

  @SuppressWarnings("ReferenceEquality") // INHERITED is a marker, not a map to compare
  private @Nullable Map<String, String> environment() {
    if (command.environment() == Command.INHERITED) {
      return null;
    }
    if (command.mark().isEmpty()) {
      return command.environment();
    }
    var all = new HashMap<>(command.environment());
    all.put(Command.MARK, command.mark());
    return all;
  }

  /** Whether the child has not ended yet. */
  public boolean isAlive() {
    Process running = process.get();
    return ended.getCount() > 0 && (running == null || running.isAlive());
  }

  /**
   * The CPU time that the child has used so far, without its own children; zero if it is not known.
   */
  public Duration cpuTime() {
    Process running = process.get();
    return running == null
        ? Duration.ZERO
        : running.info().totalCpuDuration().orElse(Duration.ZERO);
  }

  /** The CPU time of the child and of all its descendants that still run. */
  private Duration cpuTimeOfAll() {
    Process running = process.get();
    if (running == null || command.mark().isEmpty()) {
      return cpuTime();
    }
    Duration sum = Duration.ZERO;
    for (ProcessHandle one : ProcessTree.find(command.mark())) {
      sum = sum.plus(one.info().totalCpuDuration().orElse(Duration.ZERO));
    }
    return sum;
  }

  /** Whether standard input was written to its end. What the child did with it is not known. */
  public boolean hasReadAll() {
    return fed;
  }

  /**
   * Waits for the end of the child. When the time is over, kills it and its descendants.
   * Descendants that are left after the child's own end are killed as well.
   *
   * @param patience how long to wait from now
   * @return how it ended
   */
  public Ending await(Duration patience) {
    try {
      if (!ended.await(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        cpuOfAll = cpuTimeOfAll();
        kill(Ending.How.TIMED_OUT);
        ended.await(2 * LAST_OUTPUT.toMillis(), TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException e) {
      kill(Ending.How.INTERRUPTED);
      Thread.currentThread().interrupt();
    }
    return ending();
  }

  /**
   * Kills the child and its descendants now, unless it has ended. It returns only when the child
   * has ended, because its files may be removed next.
   */
  public void kill() {
    if (isAlive()) {
      kill(Ending.How.TIMED_OUT);
      outlived(LAST_OUTPUT.multipliedBy(2));
    }
  }

  /**
   * Waits for the end of the child, but does not kill it if it takes longer.
   *
   * @param patience how long to wait from now
   * @return whether it has ended
   */
  public boolean outlived(Duration patience) {
    try {
      return ended.await(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private void kill(Ending.How reason) {
    if (killedFor == null) {
      killedFor = reason;
    }
    Process running = process.get();
    if (command.mark().isEmpty()) {
      if (running != null) {
        running.destroyForcibly();
      }
      return;
    }
    if (running != null) {
      killBelow(running);
    }
    boolean gone = ProcessTree.end(command.mark());
    if (running != null && gone) {
      running.destroyForcibly();
    } else if (running != null) {
      // We cannot see which processes would be left: timeout(1) passes the signal on, and still
      // watches them.
      running.destroy();
    }
  }

  /**
   * Kills the child itself last, because it reaps its own children. A process that adopts orphans
   * (for example, a virtual machine that is process 1 of a container) may not reap them.
   */
  private void killBelow(Process running) {
    ProcessTree.killBelow(command.mark(), running.pid());
    try {
      running.waitFor(LAST_REAP.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Ending ending() {
    Process was = process.get();
    int left = strays;
    if (!command.mark().isEmpty() && was != null && killedFor == null) {
      left += ProcessTree.kill(command.mark(), was.pid(), command.guarded());
    }
    byte[] said;
    synchronized (output) {
      said = output.toByteArray();
    }
    Ending.How reason = killedFor;
    if (reason != null) {
      return new Ending(reason, -1, said, left, cpuOfAll);
    }
    if (!started || was == null) {
      return new Ending(Ending.How.NOT_STARTED, -1, said, left);
    }
    // java.lang.Process gives 128 + signal for a death by signal.
    return exitValue > 128 && exitValue < 128 + 65
        ? new Ending(Ending.How.SIGNALLED, exitValue - 128, said, left)
        : new Ending(Ending.How.EXITED, exitValue, said, left);
  }

  /**
   * Writes the child's input and reads its output. The output ends when the last process that holds
   * it open ends, which may be a stray.
   */
  private final class Streams implements ExecuteStreamHandler {
    private @Nullable OutputStream childInput;
    private @Nullable InputStream childOutput;

    @Override
    public void setProcessInputStream(OutputStream stream) {
      childInput = stream;
    }

    @Override
    public void setProcessOutputStream(InputStream stream) {
      childOutput = stream;
    }

    @Override
    public void setProcessErrorStream(InputStream stream) {
      // Joined to standard output by the shell that starts the program: always empty.
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // NO_INPUT is a marker
    public void start() {
      OutputStream to = childInput;
      InputStream from = childOutput;
      if (to == null || from == null) {
        throw new IllegalStateException("Commons Exec gave no streams");
      }
      try {
        if (stdin == Command.NO_INPUT) {
          close(to);
        } else {
          THREADS.execute(() -> feed(to));
        }
        THREADS.execute(() -> drain(from));
      } catch (Error e) { // no more threads: the child must not wait for input that never comes
        close(to);
        close(from);
        throw e;
      }
    }

    private void close(Closeable stream) {
      try {
        stream.close();
      } catch (IOException e) {
        // The child has ended already.
      }
    }

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes it
    public void stop() {
      // Commons Exec closes the streams next, and output that was not read by then would be lost,
      // for example a scanner's finding. But a stray may hold the output open for ever.
      if (!outputEnds(STRAY_GRACE) && !command.mark().isEmpty()) {
        strays += ProcessTree.kill(command.mark(), -1, command.guarded());
        outputEnds(LAST_OUTPUT);
      }
      if (!drained && killedFor == null && !command.mark().isEmpty()) {
        killedFor = Ending.How.OUTPUT_OPEN; // not all of it was read, so it is no answer
      }
    }

    private boolean outputEnds(Duration patience) {
      try {
        return outputEnded.await(patience.toMillis(), TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }

    private void feed(OutputStream to) {
      byte[] buffer = new byte[65536];
      try (to;
          stdin) {
        for (int n = stdin.read(buffer); n >= 0; n = stdin.read(buffer)) {
          to.write(buffer, 0, n);
          to.flush();
        }
        fed = true;
      } catch (IOException e) {
        // The child stopped reading, or the message ended too early. The child's exit code tells;
        // nothing is left to do here.
      }
    }

    private void drain(InputStream from) {
      byte[] buffer = new byte[8192];
      try {
        for (int n = from.read(buffer); n >= 0; n = from.read(buffer)) {
          if (!keep(buffer, n)) {
            kill(Ending.How.FLOODED);
            return;
          }
        }
        drained = true;
      } catch (IOException e) {
        // The stream was closed after the child's end.
      } finally {
        outputEnded.countDown();
      }
    }

    private boolean keep(byte[] buffer, int n) {
      synchronized (output) {
        int room = command.outputLimit() - output.size();
        output.write(buffer, 0, Math.min(n, room));
        return n <= room;
      }
    }
  }

  /** Commons Exec passes every process that it starts to this class. */
  private final class ProcessHolder implements ProcessDestroyer {
    @Override
    public boolean add(Process started) {
      if (!command.mark().isEmpty()) {
        ProcessTree.started(command.mark(), started.pid());
      }
      process.set(started);
      Ending.How reason = killedFor;
      if (reason != null) {
        kill(reason); // kill() was called before there was a process; by now it may have children
      }
      return true;
    }

    @Override
    public boolean remove(Process gone) {
      return true;
    }

    @Override
    public int size() {
      return process.get() == null ? 0 : 1;
    }
  }
}
