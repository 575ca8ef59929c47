package org.qscan.engine.scan.program;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.scan.VerdictCache;

/**
 * The parts of a message that a scanning program calls infected, where no sender can have had a
 * hand in it. The name of an archive's member is the sender's, may hold line ends, and so any line
 * he likes: one that calls another part of his message infected, an innocent one that others send
 * as well. What he cannot write is the path of our directory, which is drawn after the message has
 * arrived ({@code WorkDirectory.newId}); so whatever begins with that was begun by the scanner.
 * Where a single line speaks of a file and does not begin so, none of them is believed here.
 */
final class AttributedParts {

  private AttributedParts() {}

  /**
   * Each part with its threats; the raw message is none, and its threats may be those of any part.
   *
   * @param lines of a run over this message alone, which {@link RunInterpreter} has found to agree
   * @param directory that was scanned
   * @return empty if nothing is certain
   */
  static Map<Path, List<String>> in(List<String> lines, Dialect dialect, Path directory) {
    Map<Path, List<String>> parts = new LinkedHashMap<>();
    for (String line : lines) {
      OutputLine read = dialect.line(line);
      if (OutputLine.LineKind.OF_FILES.contains(read.kind())) {
        Path part = part(dialect.file(line), directory);
        if (read.kind() != OutputLine.LineKind.DETECTION || part == null) {
          return Map.of();
        }
        if (VerdictCache.isPart(part)) {
          parts.computeIfAbsent(part, any -> new ArrayList<>()).add(read.detail());
        }
      }
    }
    return parts;
  }

  /** VIEW/NUMBER below the directory, which is a file of ours; what follows is below that. */
  private static @Nullable Path part(String named, Path directory) {
    String ours = directory + "/";
    if (!named.startsWith(ours)) {
      return null;
    }
    String[] words = named.substring(ours.length()).split("/", 3);
    if (words.length < 2 || !words[0].matches("[a-z0-9]+") || !words[1].matches("[a-z0-9.]+")) {
      return null;
    }
    Path part = directory.resolve(words[0]).resolve(words[1]);
    return Files.isRegularFile(part, LinkOption.NOFOLLOW_LINKS) ? part : null;
  }
}
