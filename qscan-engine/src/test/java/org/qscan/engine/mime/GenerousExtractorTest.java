package org.qscan.engine.mime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qscan.engine.extract.Limits;
import org.qscan.engine.rules.RuleTiers;
import org.qscan.engine.store.PartStore;
import org.qscan.engine.testing.Mails;

/** What the reader makes of mail that is as it should be. */
class GenerousExtractorTest {

  private static final Limits WIDE = new Limits(2000, 50, 1L << 30);

  @TempDir Path directory;

  private List<String> read(String mail) throws Exception {
    Path raw = Files.write(directory.resolve("mail"), Mails.octets(mail));
    Path parts = Files.createDirectory(directory.resolve("parts"));
    new GenerousReader(PartStore.of(parts), WIDE, RuleTiers.DEFAULT)
        .read(new ByteArrayInputStream(Mails.octets(mail)), raw);
    List<String> contents = new ArrayList<>();
    try (Stream<Path> files = Files.list(parts)) {
      for (Path file : files.toList()) {
        contents.add(Files.readString(file, StandardCharsets.ISO_8859_1));
      }
    }
    return contents;
  }

  @Test
  void ordinaryMailIsReadOnce() throws Exception {
    assertThat(
            read(
                Mails.multipart(
                    Mails.text("hello, you"), Mails.attachment("filename=a", "octets"))))
        .containsExactlyInAnyOrder("hello, you", "octets");
  }

  @Test
  void aFieldWhoseNameEndsLikeTheSchemeOfAUriIsNoPart() throws Exception {
    String field = "X-MS-Exchange-AntiSpam-MessageData: 1\n";
    assertThat(read("Subject: x\n" + field.repeat(WIDE.parts() + 1) + "\nhello\n")).hasSize(1);
  }

  @Test
  void mailOfTextIsItsText() throws Exception {
    assertThat(read(Mails.plain("hello, you\n\nand goodbye.\n")))
        .containsExactly("hello, you\n\nand goodbye.");
  }
}
