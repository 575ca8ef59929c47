package org.qscan.mailet;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;

/** The extension carries the licences of all that is in it, and tells its version. */
class NoticeIT {

  @Test
  void theExtensionHasOurLicenceOurNoticeAndItsVersion() throws IOException {
    Path extension = Path.of(System.getProperty("qscan.extension"));
    try (JarFile jar = new JarFile(extension.toFile())) {
      for (String name : List.of("LICENSE", "NOTICE")) {
        ZipEntry entry = jar.getEntry("META-INF/" + name);
        assertThat(entry).as(name).isNotNull();
        try (InputStream in = jar.getInputStream(entry)) {
          assertThat(new String(in.readAllBytes(), UTF_8))
              .isEqualTo(Files.readString(Path.of("..", name)));
        }
      }
      Attributes manifest = jar.getManifest().getMainAttributes();
      assertThat(manifest.getValue(Attributes.Name.IMPLEMENTATION_TITLE))
          .isEqualTo("QScan for Apache James");
      assertThat("qscan-mailet-" + manifest.getValue(Attributes.Name.IMPLEMENTATION_VERSION))
          .isEqualTo(extension.getFileName().toString().replace("-extension.jar", ""));
      assertThat(jar.stream().map(ZipEntry::getName).filter(name -> name.endsWith(".class")))
          .as("NOTICE names what is in org/qscan/shaded")
          .allMatch(name -> name.startsWith("org/qscan/"));
      assertThat(
              jar.stream()
                  .map(ZipEntry::getName)
                  .filter(name -> name.matches("org/qscan/shaded/[^/]+/")))
          .containsExactlyInAnyOrder(
              "org/qscan/shaded/exec/", "org/qscan/shaded/io/", "org/qscan/shaded/mime4j/");
    }
  }
}
