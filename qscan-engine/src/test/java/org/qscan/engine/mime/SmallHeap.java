package org.qscan.engine.mime;

import java.io.BufferedInputStream;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.IntFunction;
import org.qscan.engine.extract.Limits;
import org.qscan.engine.rules.RuleTiers;
import org.qscan.engine.store.PartStore;

/**
 * A virtual machine that reads mail of which readers would like to keep each line. Its standard
 * output is read by a test.
 */
final class SmallHeap {

  private SmallHeap() {}

  /**
   * Runs.
   *
   * @param args a directory
   */
  public static void main(String[] args) throws Exception {
    Path directory = Path.of(args[0]);
    read(directory.resolve("fields"), i -> "content:");
    read(directory.resolve("names"), i -> "content:name=a" + i);
    read(directory.resolve("beginnings"), i -> "begin 1 " + i);
    read(directory.resolve("boundaries"), i -> "content-type: a/b; boundary=b" + i);
    read(
        directory.resolve("entities"),
        "Content-Type: text/html\n\n<!ENTITY a ''>" + BombTest.within(100, "x".repeat(900_000)));
    System.out.println("alive");
  }

  private static void read(Path mail, IntFunction<String> line) throws IOException {
    try (BufferedWriter out = Files.newBufferedWriter(mail)) {
      for (int i = 0; i < 400_000; i++) {
        out.write(line.apply(i));
        out.write('\n');
      }
    }
    read(mail);
  }

  private static void read(Path mail, String text) throws IOException {
    Files.writeString(mail, text);
    read(mail);
  }

  private static void read(Path mail) throws IOException {
    Path parts = Files.createDirectory(mail.resolveSibling(mail.getFileName() + ".parts"));
    GenerousReader reader =
        new GenerousReader(PartStore.of(parts), new Limits(2000, 50, 1L << 30), RuleTiers.DEFAULT);
    try (InputStream in = new BufferedInputStream(Files.newInputStream(mail))) {
      reader.read(in, mail);
    } catch (OverLimitException e) {
      // As it may; what counts is that there is memory left to say so.
    }
  }
}
