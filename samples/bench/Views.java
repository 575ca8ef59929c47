import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import org.qscan.engine.EngineConfig;
import org.qscan.engine.ScanEngine;
import org.qscan.engine.ScanSession;
import org.qscan.engine.config.Configuration;

/**
 * An engine that stays warm, for samples/bench/views: reads lines of an extractors= setting, a
 * mail and a count from its standard input, and answers each with the microseconds of CPU that one
 * of so many cost, all threads of this process counted.
 */
final class Views {

  private Views() {}

  /**
   * Runs until its input ends.
   *
   * @param args a directory to work in
   */
  public static void main(String[] args) throws Exception {
    BufferedReader orders = new BufferedReader(new InputStreamReader(System.in));
    for (String line = orders.readLine(); line != null; line = orders.readLine()) {
      String[] order = line.split(" ");
      ScanEngine engine = engine(args[0], order[0]);
      int count = Integer.parseInt(order[2]);
      long before = cpu();
      for (int i = 0; i < count; i++) {
        one(engine, Path.of(order[1]));
      }
      System.out.println((cpu() - before) / 1000 / count);
    }
  }

  private static ScanEngine engine(String directory, String extractors) throws Exception {
    Configuration settings = Configuration.defaults();
    settings.set("work.directory", directory, "the benchmark");
    settings.set("scanners", "none", "the benchmark");
    settings.set("extractors", extractors, "the benchmark");
    return ScanEngine.of(EngineConfig.from(settings));
  }

  private static void one(ScanEngine engine, Path mail) throws Exception {
    try (ScanSession session = engine.open();
        InputStream in = Files.newInputStream(mail)) {
      session.receive(in);
      session.extract();
    }
  }

  private static long cpu() {
    return ((com.sun.management.OperatingSystemMXBean)
            ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }
}
