package org.qscan.engine.testing.ordinary;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.qscan.engine.testing.Mails;

/**
 * Three hundred ordinary mails: each shape that a program sends, in several languages and charsets,
 * with the transfer encodings that these programs choose. Written by us after how these programs
 * write, not copied, and the same whenever they are made.
 */
public final class OrdinaryMails {

  private static final int LANGUAGES_OF_A_SHAPE = 3;

  private OrdinaryMails() {}

  /**
   * A mail.
   *
   * @param name unlike that of any other
   * @param kind by which figures are counted
   * @param octets harmless
   * @param twin the same with the EICAR test file where the harmless one has a file, or where it
   *     has none, in its text
   */
  public record Mail(String name, String kind, String octets, String twin) {
    @Override
    public String toString() {
      return name;
    }
  }

  /** All of them. */
  public static List<Mail> all() {
    List<Shape> shapes = new ArrayList<>(Mailers.shapes());
    shapes.addAll(Programs.shapes());
    shapes.addAll(Lists.shapes());
    shapes.addAll(Reports.shapes());
    List<Mail> mails = new ArrayList<>();
    Language[] languages = Language.values();
    int next = 0;
    for (Shape shape : shapes) {
      for (int i = 0; i < LANGUAGES_OF_A_SHAPE; i++) {
        Language language = languages[next++ % languages.length];
        long seed = next;
        String name =
            shape.kind() + ": " + shape.program() + ", " + language.name().toLowerCase(Locale.ROOT);
        mails.add(
            new Mail(
                name,
                shape.kind(),
                shape.writes().apply(new Pen(language, file(seed), false, seed)),
                shape.writes().apply(new Pen(language, Mails.eicar(), true, seed))));
      }
    }
    return mails;
  }

  /** The beginning of a PDF or of a zip archive as documents are, and what they hold: noise. */
  private static String file(long seed) {
    Random chance = new Random(-seed);
    byte[] noise = new byte[1000 + chance.nextInt(4000)];
    chance.nextBytes(noise);
    return (seed % 2 == 0
            ? "%PDF-1.7\n%\u00e2\u00e3\u00cf\u00d3\n"
            : "PK\u0003\u0004\u0014\0\u0006\0")
        + new String(noise, StandardCharsets.ISO_8859_1);
  }

  /**
   * Writes the harmless ones, a file each in a directory for each kind, as {@code
   * samples/bench/ham} takes them.
   */
  public static void main(String[] arguments) throws IOException {
    Path root = Path.of(arguments[0]);
    for (Mail mail : all()) {
      Path directory = Files.createDirectories(root.resolve(mail.kind()));
      String name = mail.name().replaceAll("[^A-Za-z0-9]+", "-") + ".eml";
      Files.write(directory.resolve(name), Mails.octets(mail.octets()));
    }
  }
}
