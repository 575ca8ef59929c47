package org.qscan.engine.mime;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qscan.engine.testing.Mails;

/** What the reader makes of mail that is as it should be. */
class GenerousExtractorTest {

  @TempDir Path directory;

  private List<String> read(String mail) throws Exception {
    Reading.into(directory, mail);
    List<String> contents = new ArrayList<>();
    try (Stream<Path> files = Files.list(directory.resolve("parts"))) {
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
    assertThat(read("Subject: x\n" + field.repeat(Reading.WIDE.parts() + 1) + "\nhello\n"))
        .hasSize(1);
  }

  @Test
  void mailOfTextIsItsText() throws Exception {
    assertThat(read(Mails.plain("hello, you\n\nand goodbye.\n")))
        .containsExactly("hello, you\n\nand goodbye.");
  }
}
