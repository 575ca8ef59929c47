package org.qscan.engine;

import java.io.InputStream;
import java.nio.file.Path;
import java.util.Arrays;
import org.qscan.engine.testing.Engines;
import org.qscan.engine.testing.Mails;
import org.qscan.engine.testing.Outcomes;

/** Scans one message in a process of its own, for tests of what a whole process needs or meets. */
final class SessionProgram {

  private SessionProgram() {}

  /**
   * Prints the verdict, or "failed" with the reason.
   *
   * @param args work directory, sweep, what message, its size, further settings
   */
  public static void main(String[] args) {
    String[] settings = Arrays.copyOfRange(args, 4, args.length);
    EngineConfig config = Engines.config(Path.of(args[0]), Path.of(args[1]), settings);
    try (ScanSession session = ScanEngine.of(config).open()) {
      session.receive(
          switch (args[2]) {
            case "attachment" -> attachment(Long.parseLong(args[3]));
            case "headers" ->
                Mails.endless("Subject: x\n", "X-Header: y\n", Long.parseLong(args[3]));
            case "eicar" -> Mails.stream(eicarAtTheEnd());
            default -> throw new IllegalArgumentException(args[2]);
          });
      ScanReport report = Outcomes.report(session.scan());
      System.out.println(
          report.verdict().match(c -> "clean", i -> "infected", u -> "unscannable")
              + " "
              + report.facts());
    } catch (ScanFailure e) {
      System.out.println("failed " + e.getMessage());
    }
  }

  private static InputStream attachment(long size) {
    String head =
        """
        Subject: large
        MIME-Version: 1.0
        Content-Type: application/octet-stream; name="large.bin"
        Content-Transfer-Encoding: base64

        """;
    return Mails.endless(head, "QUJD".repeat(19) + "\n", size);
  }

  /** Seen only by one who decodes the attachments to their end. */
  private static String eicarAtTheEnd() {
    String filler = "the quick brown fox\n".repeat(15_000);
    return Mails.multipart(
        Mails.text("hello"), Mails.attachment("filename=\"a.doc\"", filler + Mails.eicar() + "\n"));
  }
}
