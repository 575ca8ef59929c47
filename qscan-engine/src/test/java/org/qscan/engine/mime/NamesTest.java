package org.qscan.engine.mime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.qscan.engine.testing.Mails;

/** Every name that some reader would give a file is known: M14 of our list of required cases. */
class NamesTest {

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      value = {
        "attachment; filename=file.exe # file.exe",
        "attachment; filename=\"file.exe\" # file.exe",
        "attachment; filename='file.exe' # file.exe",
        "attachment; filename = file.exe ; size=1 # file.exe",
        "attachment; filename=file.txt; filename=file.exe # file.exe",
        "attachment; filename=file.exe; filename=file.txt # file.exe",
        "attachment; filename=file.txt; name=file.exe # file.exe",
        "attachment; filename*0=file; filename*1=.exe # file.exe",
        "attachment; filename*1=.exe; filename*0=file # file.exe",
        "attachment; filename*0*=utf-8''fil; filename*1*=%65.%65xe # file.exe",
        "attachment; filename*=utf-8''%66ile%2Eexe # file.exe",
        "attachment; filename*=us-ascii'en'file%2Eexe; filename=file.txt # file.exe",
        "attachment; filename=\"=?utf-8?B?ZmlsZS5leGU=?=\" # file.exe",
        "attachment; filename=\"=?utf-8?Q?file=2Eexe?=\" # file.exe",
        "attachment; filename=\"=?utf-8?Q?file?= =?utf-8?Q?.exe?=\" # file.exe",
        "attachment; filename=\"file.txt.exe\" # file.txt.exe",
        "attachment; filename=\"file.exe.\" # file.exe.",
        "attachment; filename=\"fi\\le.exe\" # file.exe",
        "attachment; filename=file(x).exe # file.exe",
        "attachment; filename=\"file.{00020C01-0000-0000-C000-000000000046}\""
            + " # file.{00020C01-0000-0000-C000-000000000046}",
      })
  void theNameIsKnown(String disposition, String name) throws Exception {
    String mail =
        Mails.multipart(
            "Content-Type: application/octet-stream\nContent-Disposition: "
                + disposition
                + "\n\nhello\n");
    Reading reading = Reading.of(Mails.octets(mail), directory, Reading.WIDE);
    assertThat(reading.reader().names()).contains(name);
  }

  @ParameterizedTest
  @CsvSource({
    "begin 644 file.exe",
    "> begin 644 file.exe",
    "begin-base64 644 file.exe",
    "=ybegin line=128 size=1 name=file.exe"
  })
  void theNameOfWhatIsInTextIsKnown(String line) throws Exception {
    Reading reading =
        Reading.of(
            Mails.octets(Mails.plain("hello\n" + line + "\nx\nend\n")), directory, Reading.WIDE);
    assertThat(reading.reader().names()).contains("file.exe");
  }

  /**
   * A field of 1,500 characters has two hundred names of a thousand; they are for explain alone.
   */
  @Test
  void namesThatOverlapTakeNoMoreMemoryThanIsMeantForThem() throws Exception {
    StringBuilder mail = new StringBuilder("Content-Type: multipart/mixed; boundary=b\n\n");
    for (int i = 0; i < 300; i++) {
      mail.append("--b\nContent-Disposition: attachment; x").append(i).append("name=".repeat(60));
      mail.append('"').append(i).append("n".repeat(990)).append("\"\n\nx\n");
    }
    byte[] octets = mail.toString().getBytes(StandardCharsets.ISO_8859_1);
    Outline outline =
        Outline.of(new ByteArrayInputStream(octets), 2000, new Lines.Space(), Meter.unlimited());
    int text = outline.names().stream().mapToInt(String::length).sum();
    assertThat(text).isBetween(10_000, FileNames.MOST_TEXT + 1000);
    assertThat(outline.parts()).hasSizeGreaterThan(300); // all is read to its end
  }
}
