package org.qscan.engine.scan.program;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Which messages a scanner's output speaks of. A hint and no more: the path in a line may end in
 * the name of an archive's member, which is the sender's and may hold line ends, and so any line he
 * likes. He can bring it about that another message is scanned alone, and nothing else.
 */
final class MentionedMessages {

  private MentionedMessages() {}

  /**
   * The directories of which a file is named, in lines that speak of files.
   *
   * @param lines a scanner's
   * @param dialect the scanner's
   * @param directories absolute
   */
  static Set<Path> in(List<String> lines, Dialect dialect, List<Path> directories) {
    Set<Path> mentioned = new HashSet<>();
    for (String line : lines) {
      if (OutputLine.LineKind.OF_FILES.contains(dialect.line(line).kind())) {
        for (Path directory : directories) {
          if (names(line, directory)) {
            mentioned.add(directory);
          }
        }
      }
    }
    return mentioned;
  }

  /** Of /work/1 and /work/10, the slash tells which; of /work/1 and /tmp/work/1, what precedes. */
  private static boolean names(String line, Path directory) {
    int at = line.indexOf(directory + "/");
    return at == 0 || (at > 0 && (line.charAt(at - 1) == ' ' || line.charAt(at - 1) == '"'));
  }
}
