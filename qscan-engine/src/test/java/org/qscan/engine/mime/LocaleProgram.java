package org.qscan.engine.mime;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.qscan.engine.EngineConfig;
import org.qscan.engine.ScanEngine;
import org.qscan.engine.ScanFailure;
import org.qscan.engine.ScanReport;
import org.qscan.engine.ScanSession;
import org.qscan.engine.config.Configuration;
import org.qscan.engine.config.ConfigurationException;
import org.qscan.engine.extract.Extractor;
import org.qscan.engine.extract.Limits;
import org.qscan.engine.extract.Mime4j;
import org.qscan.engine.extract.Views;
import org.qscan.engine.rules.RuleTiers;
import org.qscan.engine.scan.ScannerHealth;
import org.qscan.engine.store.MemoryBudget;
import org.qscan.engine.testing.FakeClamd;
import org.qscan.engine.testing.Mails;
import org.qscan.engine.testing.Outcomes;

/**
 * Prints what the readers make of mails, and what an engine says of one: to be compared with what
 * it prints under another locale.
 */
final class LocaleProgram {

  private static final Limits LIMITS = new Limits(500, 30, 1 << 24);
  private static final Duration LONG = Duration.ofSeconds(60);

  private static final int EVERY = Integer.getInteger("qscan.locale.every", 10);

  private LocaleProgram() {}

  /**
   * In a virtual machine of its own.
   *
   * @param arguments a directory to work in
   */
  public static void main(String[] arguments) throws Exception {
    // Octets: on Java 17 what is printed follows file.encoding.
    String lines = String.join("\n", output(Path.of(arguments[0]))) + "\n";
    System.out.write(lines.getBytes(StandardCharsets.UTF_8));
    System.out.flush();
  }

  static List<String> output(Path scratch) throws Exception {
    Files.createDirectories(scratch);
    List<String> output = new ArrayList<>();
    int number = 0;
    for (Evasions.Evasion evasion : Evasions.all()) {
      String mail = evasion.around().apply("harmless");
      switch (number++ % EVERY) { // all of them would take seconds in each locale
        case 0 -> output.add(readings(scratch, evasion.name(), mail));
        case 1 -> output.add(readings(scratch, evasion.name() + " IN CAPITALS", inCapitals(mail)));
        default -> {}
      }
    }
    output.add(readings(scratch, "pine", pine("harmless")));
    output.addAll(engine(scratch));
    return output;
  }

  /** As Pine writes it. */
  static String pine(String content) {
    return "Content-Type: MULTIPART/MIXED; BOUNDARY=\"bb\"\n\n--bb\nContent-Type: TEXT/PLAIN\n\nhi\n"
        + "--bb\nContent-Type: APPLICATION/OCTET-STREAM; NAME=\"I.com\"\n"
        + "Content-Disposition: ATTACHMENT; FILENAME=\"I.com\"\n"
        + "Content-Transfer-Encoding: BASE64\n\n"
        + Mails.base64(content)
        + "\n--bb--\n";
  }

  /** Names and types of fields, but not what depends on its case, as boundaries do. */
  private static String inCapitals(String mail) {
    StringBuilder capitals = new StringBuilder();
    for (String line : mail.split("(?<=\n)", -1)) {
      int end = line.indexOf(';') < 0 ? line.length() : line.indexOf(';');
      boolean field = line.regionMatches(true, 0, "content-", 0, 8);
      capitals
          .append(field ? line.substring(0, end).toUpperCase(Locale.ROOT) : line.substring(0, end))
          .append(line.substring(end));
    }
    return capitals.toString();
  }

  private static String readings(Path scratch, String name, String mail) throws Exception {
    StringBuilder readings = new StringBuilder(name);
    Path session = Files.createTempDirectory(scratch, "session");
    byte[] octets = Mails.octets(mail);
    List<Extractor> extractors =
        List.of(new Mime4j(LIMITS), new GenerousExtractor(LIMITS, RuleTiers.DEFAULT));
    try (Views views =
        Views.start(() -> session, "test", extractors, LIMITS, false, MemoryBudget.none())) {
      views.message().append(octets, 0, octets.length);
      views.message().complete();
      views.finish(LONG);
      for (Extractor extractor : extractors) {
        readings.append(", ").append(parts(views.directory().resolve(extractor.name())));
      }
      readings
          .append(", ")
          .append(views.names())
          .append(views.objections())
          .append(views.ambiguity().level())
          .append(views.ambiguity().rules())
          .append(views.notes());
    }
    return readings.toString();
  }

  private static String parts(Path view) throws Exception {
    if (!Files.exists(view)) {
      return "nothing";
    }
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    int files = 0;
    try (Stream<Path> all = Files.walk(view)) {
      for (Path file :
          all.filter(Files::isRegularFile).sorted(Comparator.naturalOrder()).toList()) {
        files++;
        digest.update(view.relativize(file).toString().getBytes(StandardCharsets.UTF_8));
        digest.update(Files.readAllBytes(file));
      }
    }
    return files + " files " + HexFormat.of().formatHex(digest.digest(), 0, 8);
  }

  private static List<String> engine(Path scratch) throws Exception {
    List<String> output = new ArrayList<>();
    Path work = Files.createTempDirectory(scratch, "work");
    Configuration configuration = Configuration.defaults();
    try (FakeClamd clamd =
        new FakeClamd(
            "unix:" + work.resolve("clamd"),
            (subject, data) ->
                subject + ": " + (data.startsWith("VIRUS") ? "Infected.I FOUND" : "OK"))) {
      for (String setting :
          List.of(
              "work.directory=" + work,
              "extractors=mime4j,generous",
              "scanners=clamd",
              "clamd.transfer=data",
              "clamd.address=" + clamd.address(),
              "scan.timeout=1M",
              "data.max-age=1D",
              "mime.mode=REJECT")) {
        int equals = setting.indexOf('=');
        try {
          configuration.set(setting.substring(0, equals), setting.substring(equals + 1), "test");
        } catch (ConfigurationException e) { // what is said of a wrong one is compared as well
          output.add(String.valueOf(e.getMessage()).replace(work.toString(), "WORK"));
        }
      }
      ScanEngine engine = ScanEngine.of(EngineConfig.from(configuration));
      for (ScannerHealth health : engine.scannerHealth()) {
        output.add(health.level() + " " + health.sentence().replace(work.toString(), "WORK"));
      }
      try (ScanSession session = engine.open()) {
        session.receive(Mails.stream(pine("VIRUS")));
        ScanReport report = Outcomes.report(session.scan());
        output.add(report.verdict() + " " + report.facts().notes() + report.facts().parts());
      } catch (ScanFailure e) {
        output.add(String.valueOf(e.getMessage()).replace(work.toString(), "WORK"));
      }
    }
    return output;
  }
}
