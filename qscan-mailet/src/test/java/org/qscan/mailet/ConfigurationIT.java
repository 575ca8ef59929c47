package org.qscan.mailet;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.qscan.mailet.James.Setup;

/** A server that is configured wrongly says what is wrong, and never accepts mail. */
@Tag("slow")
class ConfigurationIT {

  private final Site site;

  ConfigurationIT() throws IOException {
    site = Site.create();
  }

  @AfterEach
  void close() throws Exception {
    site.assertNothingIsLeft();
    site.close();
  }

  private void saysAndAcceptsNothing(Setup setup, String... words) throws Exception {
    String log = setup.startInVain();
    assertThat(log).contains(words).doesNotContain("JAMES server started");
    assertThat(setup.canConnect()).as("SMTP port").isFalse();
  }

  @Test
  void anUnknownParameterOfTheMailet() throws Exception {
    saysAndAcceptsNothing(
        James.at(site).virusScan("<virusProcesor>virus</virusProcesor>").repository("virus"),
        "VirusScan: unknown parameter virusProcesor");
  }

  @Test
  void anUnknownKeyInTheFile() throws Exception {
    site.set("gate.slotz", 3);
    saysAndAcceptsNothing(
        James.at(site).virusScan().repository("virus"),
        "gate.slotz",
        site.configuration().toString());
  }

  @Test
  void aBadValueForTheHook() throws Exception {
    saysAndAcceptsNothing(
        James.at(site).hook("<scan.timeout>soon</scan.timeout>"), "scan.timeout", "soon");
  }

  @Test
  void exceptionsIgnored() throws Exception {
    saysAndAcceptsNothing(
        James.at(site)
            .virusScan("<onMailetException>ignore</onMailetException>")
            .repository("virus"),
        "onMailetException=ignore");
  }

  @Test
  void aProcessorThatIsNotThere() throws Exception {
    saysAndAcceptsNothing(
        James.at(site).virusScan("<virusProcessor>quarantine</virusProcessor>"), "quarantine");
  }

  @Test
  void aWorkDirectoryThatIsNotThere() throws Exception {
    Files.delete(site.work());
    saysAndAcceptsNothing(
        James.at(site).virusScan().repository("virus"), "work.directory", site.work().toString());
    Files.createDirectory(site.work());
  }
}
