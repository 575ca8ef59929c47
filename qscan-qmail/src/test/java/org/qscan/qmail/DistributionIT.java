package org.qscan.qmail;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a site unpacks: its documents are whole, and what they name is in it. */
class DistributionIT {

  private static final Path HOME = Path.of(System.getProperty("qscan.distribution"));

  private static List<Path> documentsAndPages() throws IOException {
    List<Path> all = new ArrayList<>(Documents.below(HOME));
    for (String directory : List.of("share/man", "share/doc/samples")) {
      try (Stream<Path> files = Files.walk(HOME.resolve(directory))) {
        all.addAll(files.filter(Files::isRegularFile).toList());
      }
    }
    return all;
  }

  @Test
  void itsDocumentsAreThereAndTheirLinksLeadToFilesInIt() throws IOException {
    List<Path> documents = Documents.below(HOME);
    assertThat(documents)
        .contains(HOME.resolve("share/doc/README.md"), HOME.resolve("share/doc/SECURITY.md"));
    for (Path document : documents) {
      assertThat(Documents.broken(document)).as("%s", document).isEmpty();
    }
  }

  @Test
  void whatItsDocumentsCallInstalledIsInItAtTheOnePlace() throws IOException {
    for (Path document : documentsAndPages()) {
      for (String place : Documents.installed(Files.readString(document).replace("\\-", "-"))) {
        assertThat(place).as("%s", document).startsWith("/opt/qscan");
        assertThat(HOME.resolve(place.replaceFirst("^/opt/qscan/?", "")))
            .as("%s in %s", place, document)
            .exists();
      }
    }
  }

  @Test
  void servicesCanBeStartedAsTheyAre() throws IOException {
    try (Stream<Path> all = Files.walk(HOME.resolve("share/doc/samples/service"))) {
      List<Path> runs = all.filter(file -> file.endsWith("run")).toList();
      assertThat(runs).isNotEmpty().allSatisfy(run -> assertThat(run).isExecutable());
    }
  }
}
