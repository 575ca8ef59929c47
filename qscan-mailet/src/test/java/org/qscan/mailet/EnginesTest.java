package org.qscan.mailet;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.inject.AbstractModule;
import com.google.inject.Guice;
import com.google.inject.Injector;
import java.nio.file.Path;
import org.apache.james.metrics.api.GaugeRegistry;
import org.apache.james.metrics.api.MetricFactory;
import org.apache.james.metrics.api.NoopGaugeRegistry;
import org.apache.james.metrics.tests.RecordingMetricFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qscan.engine.config.Configuration;

class EnginesTest {

  @TempDir private Path directory;

  private static Configuration configuration(Path work, String... settings) throws Exception {
    Configuration configuration = Configuration.defaults();
    configuration.set("work.directory", work.toString(), "test");
    for (String setting : settings) {
      int equals = setting.indexOf('=');
      configuration.set(setting.substring(0, equals), setting.substring(equals + 1), "test");
    }
    return configuration;
  }

  private static Engines engines() {
    return new Engines(new RecordingMetricFactory(), new NoopGaugeRegistry());
  }

  @Test
  void whoIsConfiguredAlikeSharesAnEngine() throws Exception {
    Engines engines = engines();

    MailScanner one = engines.use(configuration(directory, "gate.slots=3"));
    MailScanner same = engines.use(configuration(directory, "gate.slots=3"));
    MailScanner other = engines.use(configuration(directory, "gate.slots=4"));
    MailScanner otherPolicy =
        engines.use(configuration(directory, "gate.slots=3", "unscannable.limit=defer"));

    assertThat(same).isSameAs(one);
    assertThat(other).isNotSameAs(one);
    assertThat(otherPolicy).isNotSameAs(one);
    assertThat(engines.inUse()).containsExactlyInAnyOrder(one, other, otherPolicy);
  }

  @Test
  void theLastOneOutClosesTheEngine() throws Exception {
    Engines engines = engines();
    MailScanner scanner = engines.use(configuration(directory));
    engines.use(configuration(directory));

    engines.release(scanner);
    assertThat(engines.inUse()).containsExactly(scanner);
    engines.release(scanner);
    assertThat(engines.inUse()).isEmpty();
    assertThat(engines.use(configuration(directory))).isNotSameAs(scanner);
  }

  @Test
  void theModuleGivesTheWholeServerTheSameEngines() {
    Injector james =
        Guice.createInjector(
            new AbstractModule() {
              @Override
              protected void configure() {
                bind(MetricFactory.class).toInstance(new RecordingMetricFactory());
                bind(GaugeRegistry.class).toInstance(new NoopGaugeRegistry());
              }
            });
    Injector extensions = james.createChildInjector(new VirusScanModule());

    // As James does: a child injector for each mailet, hook and check.
    Engines one = extensions.createChildInjector().getInstance(Engines.class);
    assertThat(extensions.createChildInjector().getInstance(Engines.class)).isSameAs(one);
    assertThat(extensions.createChildInjector().getInstance(VirusScan.class)).isNotNull();
    assertThat(extensions.createChildInjector().getInstance(VirusScanHealthCheck.class))
        .isNotNull();
  }
}
