package org.qscan.mailet;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.apache.mailet.ProcessingState;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** What can be known of the files in samples/james without a server. */
class SamplesTest {

  private static final Path SAMPLES = Path.of("../samples/james");

  /** Elements that name a processor. */
  private static final Set<String> NAMING =
      Set.of(
          "processor",
          "errorProcessor",
          "bounceProcessor",
          "virusProcessor",
          "unscannableProcessor",
          "onMailetException");

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"3.8", "3.9"})
  void theMailetTakesItsParametersAndAllProcessorsThatAreNamedExist(String version)
      throws Exception {
    Document file = parse(version, "mailetcontainer.xml");
    List<Element> ours = ours(file, "mailet", VirusScan.class);
    assertThat(ours).hasSize(1);
    VirusScan mailet = new Server(directory).mailet(parameters(ours.get(0)));

    Set<String> processors = new TreeSet<>();
    Set<String> named = new TreeSet<>();
    for (Element element : elements(file, "*")) {
      if (element.hasAttribute("state")) {
        assertThat(processors.add(element.getAttribute("state"))).isTrue();
      } else if (NAMING.contains(element.getTagName())) {
        named.add(element.getTextContent().strip());
      }
    }
    mailet.requiredProcessingState().stream().map(ProcessingState::getValue).forEach(named::add);
    named.removeAll(Set.of("ignore", "propagate"));
    assertThat(named).contains("virus", "scan-error", "transport");
    assertThat(processors).containsAll(named).contains("root", "error");
  }

  @ParameterizedTest
  @ValueSource(strings = {"3.8", "3.9"})
  void theMailetIsTheFirstInProcessorRootAndNothingIsIgnoredThere(String version) throws Exception {
    Element root =
        elements(parse(version, "mailetcontainer.xml"), "processor").stream()
            .filter(element -> element.getAttribute("state").equals("root"))
            .findFirst()
            .orElseThrow();
    Element first = (Element) root.getElementsByTagName("mailet").item(0);
    assertThat(first.getAttribute("class")).isEqualTo(VirusScan.class.getName());
    assertThat(first.getAttribute("match")).isEqualTo("All");
  }

  @Tag("smtp")
  @ParameterizedTest
  @ValueSource(strings = {"3.8", "3.9"})
  void theHookTakesItsParameters(String version) throws Exception {
    List<Element> ours = ours(parse(version, "smtpserver.xml"), "handler", VirusScanHook.class);
    assertThat(ours).hasSize(1);
    assertThat(new Server(directory).hook(parameters(ours.get(0)))).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"3.8", "3.9"})
  void theClassesThatAreNamedExist(String version) throws Exception {
    assertThat(property(version, "extensions.properties", "guice.extension.module"))
        .isEqualTo(VirusScanModule.class.getName());
    assertThat(property(version, "healthcheck.properties", "additional.healthchecks"))
        .isEqualTo(VirusScanHealthCheck.class.getName());
    for (String file : List.of("mailetcontainer.xml", "smtpserver.xml")) {
      for (Element element : elements(parse(version, file), "*")) {
        String name = element.getAttribute("class");
        if (name.startsWith("org.qscan.")) {
          assertThat(Class.forName(name)).isNotNull();
        }
      }
    }
  }

  /** What is in a file of one version is in that of the other, but for what its comments say. */
  @ParameterizedTest
  @ValueSource(strings = {"mailetcontainer.xml", "smtpserver.xml"})
  void theVersionsDifferInLittle(String file) throws IOException {
    List<String> old = Files.readAllLines(SAMPLES.resolve("3.8/" + file));
    List<String> next = Files.readAllLines(SAMPLES.resolve("3.9/" + file));
    List<String> only = new ArrayList<>(old);
    only.removeAll(next);
    List<String> added = new ArrayList<>(next);
    added.removeAll(old);
    assertThat(Stream.concat(only.stream(), added.stream())).hasSizeBetween(1, 20);
    assertThat(only).noneMatch(line -> line.contains("qscan.mailet"));
  }

  private static Document parse(String version, String file) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(SAMPLES.resolve(version).resolve(file).toFile());
  }

  private static String property(String version, String file, String name) throws IOException {
    Properties properties = new Properties();
    try (var in = Files.newInputStream(SAMPLES.resolve(version).resolve(file))) {
      properties.load(in);
    }
    return properties.getProperty(name, "");
  }

  private static List<Element> ours(Document file, String tag, Class<?> type) {
    return elements(file, tag).stream()
        .filter(element -> element.getAttribute("class").equals(type.getName()))
        .toList();
  }

  private static List<Element> elements(Document file, String tag) {
    List<Element> elements = new ArrayList<>();
    NodeList nodes = file.getElementsByTagName(tag);
    for (int i = 0; i < nodes.getLength(); i++) {
      elements.add((Element) nodes.item(i));
    }
    return elements;
  }

  /** NAME=VALUE, but for the file, which is a site's own. */
  private static String[] parameters(Element element) {
    List<String> parameters = new ArrayList<>();
    NodeList nodes = element.getElementsByTagName("*");
    for (int i = 0; i < nodes.getLength(); i++) {
      Element parameter = (Element) nodes.item(i);
      if (!parameter.getTagName().equals("config")) {
        parameters.add(parameter.getTagName() + "=" + parameter.getTextContent().strip());
      }
    }
    return parameters.toArray(String[]::new);
  }
}
