package org.qscan.qmail;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;

/** What we hand on carries the licences of all that is in it, and claims nothing that is not so. */
class NoticeIT {

  private static final List<String> LIBRARIES =
      List.of("org/apache/commons/exec/", "org/apache/commons/io/", "org/apache/james/mime4j/");

  private static JarFile jar() throws IOException {
    return new JarFile(Site.home().resolve("lib/qscan.jar").toFile());
  }

  private static String text(JarFile jar, String name) throws IOException {
    ZipEntry entry = jar.getEntry(name);
    assertThat(entry).as(name).isNotNull();
    try (InputStream in = jar.getInputStream(entry)) {
      return new String(in.readAllBytes(), UTF_8);
    }
  }

  @Test
  void theArchiveAndTheDistributionHaveOurLicenceAndOurNotice() throws IOException {
    try (JarFile jar = jar()) {
      for (String name : List.of("LICENSE", "NOTICE")) {
        String ours = Files.readString(Path.of("..", name));
        assertThat(text(jar, "META-INF/" + name)).isEqualTo(ours);
        assertThat(Site.home().resolve("share/doc").resolve(name)).hasContent(ours);
      }
      assertThat(jar.stream().map(ZipEntry::getName).filter(name -> name.startsWith("META-INF/")))
          .as("no other text")
          .allMatch(name -> name.matches("META-INF/(|LICENSE|NOTICE|MANIFEST\\.MF)"));
    }
  }

  @Test
  void theManifestTellsTheVersion() throws IOException {
    try (JarFile jar = jar()) {
      Attributes manifest = jar.getManifest().getMainAttributes();
      assertThat(manifest.getValue(Attributes.Name.IMPLEMENTATION_TITLE))
          .isEqualTo("QScan for qmail");
      assertThat(manifest.getValue(Attributes.Name.IMPLEMENTATION_VERSION))
          .isEqualTo(text(jar, "org/qscan/qmail/cli/version").strip());
    }
  }

  @Test
  void nothingIsInTheArchiveThatTheNoticeDoesNotName() throws IOException {
    Set<String> others = new TreeSet<>();
    try (JarFile jar = jar()) {
      jar.stream()
          .map(ZipEntry::getName)
          .filter(name -> name.endsWith(".class") && !name.startsWith("org/qscan/"))
          .filter(name -> LIBRARIES.stream().noneMatch(name::startsWith))
          .forEach(others::add);
    }
    assertThat(others).isEmpty();
    assertThat(Site.list(Site.home().resolve("lib/cli")))
        .extracting(path -> path.getFileName().toString().replaceAll("-[0-9].*", ""))
        .containsExactlyInAnyOrder("picocli", "jackson-core");
  }

  @Test
  void whatTheLibrariesWantToBeSaidIsSaid() throws Exception {
    String notice = Files.readString(Path.of("../NOTICE"));
    for (String type :
        List.of(
            "org.apache.commons.exec.CommandLine",
            "org.apache.commons.io.IOUtils",
            "org.apache.james.mime4j.MimeException")) {
      Path library =
          Path.of(Class.forName(type).getProtectionDomain().getCodeSource().getLocation().toURI());
      try (JarFile jar = new JarFile(library.toFile())) {
        String name = jar.getEntry("META-INF/NOTICE") == null ? ".txt" : "";
        assertThat(text(jar, "META-INF/NOTICE" + name).lines().map(String::strip))
            .as(library.toString())
            .allMatch(line -> notice.contains(line.replace("http:", "https:")));
      }
    }
  }
}
