package org.qscan.mailet;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.configuration2.BaseHierarchicalConfiguration;
import org.apache.james.metrics.api.NoopGaugeRegistry;
import org.apache.james.metrics.tests.RecordingMetricFactory;
import org.apache.mailet.base.test.FakeMailContext;
import org.apache.mailet.base.test.FakeMailetConfig;
import org.qscan.engine.testing.FakeSweep;

/** What a James server gives a mailet and a hook, and a work directory and a sweep for them. */
final class Server {

  final RecordingMetricFactory metrics = new RecordingMetricFactory();
  final FakeMailContext context = FakeMailContext.defaultContext();
  final Path work;
  private final Path file;
  private final Path directory;
  private Engines engines = newEngines();

  Server(Path directory) throws IOException {
    this.directory = directory;
    this.work = Files.createDirectory(directory.resolve("work"));
    this.file = directory.resolve("qscan.properties");
    sweep(FakeSweep.findsEicar(directory));
  }

  /** This sweep, and these lines more, in qscan.properties. */
  Server sweep(Path sweep, String... lines) throws IOException {
    List<String> all = new ArrayList<>();
    all.add("work.directory=" + work);
    all.add("sweep.program=" + sweep);
    if (List.of(lines).stream().noneMatch(line -> line.startsWith("extractors="))) {
      all.add("extractors=mime4j");
    }
    all.addAll(List.of(lines));
    Files.write(file, all);
    return this;
  }

  Path directory() {
    return directory;
  }

  Path file() {
    return file;
  }

  /** As without VirusScanModule: whoever comes now has engines of his own. */
  Server ownEngines() {
    engines = newEngines();
    return this;
  }

  private Engines newEngines() {
    return new Engines(metrics, new NoopGaugeRegistry());
  }

  Engines engines() {
    return engines;
  }

  /** A mailet with these parameters, NAME=VALUE each. */
  VirusScan mailet(String... parameters) throws Exception {
    FakeMailetConfig.Builder config =
        FakeMailetConfig.builder().mailetName("VirusScan").mailetContext(context);
    config.setProperty("config", file.toString());
    for (String parameter : parameters) {
      int equals = parameter.indexOf('=');
      config.setProperty(parameter.substring(0, equals), parameter.substring(equals + 1));
    }
    VirusScan mailet = new VirusScan(engines);
    mailet.init(config.build());
    return mailet;
  }

  /** A hook with these parameters, NAME=VALUE each. */
  VirusScanHook hook(String... parameters) {
    BaseHierarchicalConfiguration config = new BaseHierarchicalConfiguration();
    config.addProperty("[@class]", VirusScanHook.class.getName());
    config.addProperty("config", file.toString());
    for (String parameter : parameters) {
      int equals = parameter.indexOf('=');
      String name = parameter.substring(0, equals).replace(".", "..");
      config.addProperty(name, parameter.substring(equals + 1));
    }
    VirusScanHook hook = new VirusScanHook(engines);
    hook.init(config);
    return hook;
  }

  /** What lies in the work directory and should not. */
  List<String> residue() throws IOException {
    try (var all = Files.walk(work)) {
      return all.map(path -> work.relativize(path).toString())
          .filter(name ->
              !List.of("", ".live", ".gate", ".canary", ".canary/sweep", ".gate/draw.lock")
                  .contains(name))
          .toList();
    }
  }
}
