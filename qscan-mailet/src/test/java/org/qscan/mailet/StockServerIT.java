package org.qscan.mailet;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the other tests stand on: a James server as it was released, without QScan. */
@Tag("slow")
class StockServerIT {

  @Test
  void isOnItsOwnClassPathAndListensToThisHostOnlyAndPassesEverything() throws Exception {
    assertThat(libraries()).hasSizeGreaterThan(300).allMatch(Files::exists);
    try (Site site = Site.create();
        James james = James.at(site).withoutExtension().start()) {
      assertThat(james.listens())
          .hasSize(3)
          .allMatch(address ->
              address.startsWith("0100007F:")
                  || address.startsWith("0000000000000000FFFF00000100007F:"));
      byte[] letter = Letter.clean("stock");
      assertThat(james.send(letter)).startsWith("250 ");
      assertThat(james.send(Letter.eicar("stock eicar"))).startsWith("250 ");
      List<byte[]> inbox = james.awaitInbox(2);
      assertThat(inbox.stream().map(mail -> new String(mail, ISO_8859_1)))
          .anyMatch(mail -> mail.endsWith(new String(letter, ISO_8859_1)));
    }
  }

  private static List<Path> libraries() throws IOException {
    Path server =
        Path.of(
            System.getProperty(
                "qscan.james.server", "src/it/james-3.8.1/target/james-server-memory-app.jar"));
    try (JarFile jar = new JarFile(server.toFile())) {
      return List.of(jar.getManifest().getMainAttributes().getValue("Class-Path").split(" "))
          .stream()
          .map(server::resolveSibling)
          .toList();
    }
  }
}
