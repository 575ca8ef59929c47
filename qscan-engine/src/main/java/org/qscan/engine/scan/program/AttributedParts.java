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
 * The parts of a message that a scanning program calls infected, as far as no sender can have
 * forged this. The sender chooses the name of an archive's member. The name may contain line ends,
 * and so the sender can forge whole lines: for example, a line that calls another part infected,
 * which is innocent and which others send as well. But the sender cannot know the path of our
 * directory, which is chosen at random after the message has arrived. So a line that begins with
 * this path comes from the scanner. If any line about a file does not begin so, no line is believed
 * here.
 */
final class AttributedParts {

  private AttributedParts() {}

  /**
   * Each part with its threats. The raw message is not a part, because its threats may be those of
   * any part.
   *
   * @param lines the lines of a run over this message alone, in which {@link RunInterpreter} found
   *     no contradiction
   * @param directory the directory that was scanned
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

  /**
   * The path VIEW/NUMBER below the directory, which is a file of ours. What follows in the name is
   * within that file.
   */
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
