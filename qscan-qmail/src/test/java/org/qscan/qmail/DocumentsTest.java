package org.qscan.qmail;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.qscan.engine.config.Key;

/** The documents of the repository: what they name is there. */
class DocumentsTest {

  private static final Path REPOSITORY = Path.of("..");

  /** Names in camel case that are not ours: of Java, James, clamd, systemd and mail. */
  private static final Set<String> FOREIGN =
      Set.of(
          "Runtime",
          "Mail",
          "AtMost",
          "Requeue",
          "CoreCmdHandlerLoader",
          "AlertEncrypted",
          "AlertExceedsMax",
          "Heuristics",
          "TemporaryDirectory",
          "VirusEvent",
          "Date",
          "MainPID",
          "MaxScanTime",
          "MemoryMax",
          "OOMPolicy",
          "SystemCallArchitectures",
          "MaxFileSize",
          "MaxFiles",
          "MaxRecursion",
          "MaxScanSize",
          "StreamMaxLength");

  /** Keys that the changelog speaks of, and that exist no more. */
  private static final Set<String> RETIRED = Set.of("daemon.fallback", "daemon.standalone-program");

  private static final Pattern NAME =
      Pattern.compile("([A-Z]\\w*[a-z]\\w*)((?:\\.\\w+)*)(?:\\(.*\\))?");

  /**
   * In a picture, every word that begins like one: no word at the head of a sentence stands there.
   */
  private static final Pattern IN_PICTURE =
      Pattern.compile("(?<![\\w.@/-])([A-Z][a-z0-9]\\w*)(?![\\w/-])((?:\\.[a-z]\\w+)*)");

  /** The text of each class, by its simple name; of two of one name, both. */
  private static Map<String, String> sources() throws IOException {
    Map<String, String> sources = new LinkedHashMap<>();
    for (String module : List.of("qscan-engine", "qscan-qmail", "qscan-mailet")) {
      try (Stream<Path> all = Files.walk(REPOSITORY.resolve(module).resolve("src"))) {
        for (Path file : all.filter(file -> file.toString().endsWith(".java")).toList()) {
          String name = file.getFileName().toString().replace(".java", "");
          sources.merge(name, Files.readString(file), String::concat);
        }
      }
    }
    return sources;
  }

  @Test
  void everyClassThatADocumentNamesExistsAndHasTheMembers() throws IOException {
    Map<String, String> sources = sources();
    String all = String.join("\n", sources.values());
    List<String> wrong = new ArrayList<>();
    for (Path document : Documents.below(REPOSITORY)) {
      String text = Files.readString(document);
      for (String code : Documents.code(text)) {
        var name = NAME.matcher(code);
        if (name.matches() && !isThere(name.group(1), name.group(2), sources, all)) {
          wrong.add(document + ": " + code);
        }
      }
      if (document.endsWith("ARCHITECTURE.md")) {
        for (String block : Documents.blocks(text)) {
          var name = IN_PICTURE.matcher(block);
          while (name.find()) {
            if (!isThere(name.group(1), name.group(2), sources, all)) {
              wrong.add(document + ": " + name.group());
            }
          }
        }
      }
    }
    assertThat(wrong).isEmpty();
  }

  /**
   * A class of ours with these members, one nested in another, or a name that is known as
   * another's.
   */
  private static boolean isThere(
      String name, String members, Map<String, String> sources, String all) {
    if (FOREIGN.contains(name)) {
      return true;
    }
    String source = sources.get(name);
    if (source == null) {
      return Pattern.compile("\\b(class|record|enum|interface) " + name + "\\b")
          .matcher(all)
          .find();
    }
    for (String member : members.split("\\.", -1)) {
      if (!Pattern.compile("\\b" + member + "\\b").matcher(source).find()) {
        return false;
      }
    }
    return true;
  }

  @Test
  void everyLinkLeadsToAFileOrAHeading() throws IOException {
    Map<String, List<String>> broken = new LinkedHashMap<>();
    for (Path document : Documents.below(REPOSITORY)) {
      List<String> links = Documents.broken(document);
      if (!links.isEmpty()) {
        broken.put(document.toString(), links);
      }
    }
    assertThat(broken).isEmpty();
  }

  @Test
  void everyPathInTheRepositoryThatADocumentNamesIsThere() throws IOException {
    List<String> missing = new ArrayList<>();
    for (Path document : Documents.below(REPOSITORY)) {
      for (String code : Documents.code(Files.readString(document))) {
        String path = code.split("[ :]", 2)[0];
        if (path.matches("(samples|qscan-[a-z]+)/[\\w./-]+")
            && !path.contains("/target/")
            && !Files.exists(REPOSITORY.resolve(path))) {
          missing.add(document + ": " + path);
        }
      }
    }
    assertThat(missing).isEmpty();
  }

  @Test
  void everyKeyThatADocumentNamesExists() throws IOException {
    Set<String> groups = new TreeSet<>();
    for (Key key : Key.values()) {
      groups.add(key.text().replaceFirst("\\..*", ""));
    }
    List<String> unknown = new ArrayList<>();
    for (Path document : Documents.below(REPOSITORY)) {
      for (String code : Documents.code(Files.readString(document))) {
        String name = code.replaceFirst("=.*", "");
        boolean isKey =
            name.matches("[a-z]+\\.[a-z-]+")
                && groups.contains(name.replaceFirst("\\..*", ""))
                && !name.matches(".*\\.(c|h|conf)");
        if (isKey && Key.of(name) == null && !RETIRED.contains(name)) {
          unknown.add(document + ": " + code);
        }
      }
    }
    assertThat(unknown).isEmpty();
  }

  @Test
  void readmeShowsWhatTheQuickstartPrints() throws IOException {
    String script = Files.readString(REPOSITORY.resolve("samples/quickstart"));
    String shown =
        Documents.blocks(Files.readString(REPOSITORY.resolve("README.md"))).stream()
            .filter(block -> block.contains("quickstart: PASS"))
            .findFirst()
            .orElseThrow();
    List<String> missing = new ArrayList<>();
    for (String line : shown.split("\n", -1)) {
      // Without what differs from run to run: the log, names and sizes of files, the verdict.
      String words =
          line.replaceFirst("^   (log|queue) .*|^```|^quickstart: .*", "")
              .replaceFirst("^\\d\\. (.*) \\(\\d+ bytes\\)$", "$1")
              .replaceFirst("^   exit code  \\d+: ", "");
      if (!script.contains(words)) {
        missing.add(line);
      }
    }
    assertThat(missing).isEmpty();
  }
}
