package org.qscan.engine.scan.program;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Finds out which messages a scanner's output mentions. This is only a hint: the path in a line may
 * end in the name of an archive's member, which the sender chooses; it may contain line ends, and
 * so the sender can forge whole lines. The only effect can be that another message is scanned
 * alone.
 */
final class MentionedMessages {

  private MentionedMessages() {}

  /**
   * The directories of files that are named in lines about files.
   *
   * @param lines the output of a scanner
   * @param dialect the dialect of the scanner
   * @param directories the absolute paths of the messages' directories
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

  /**
   * Whether the line names the directory. A slash must follow (/work/1 is not /work/10), and what
   * comes before must not belong to the path (/work/1 is not /tmp/work/1).
   */
  private static boolean names(String line, Path directory) {
    int at = line.indexOf(directory + "/");
    return at == 0 || (at > 0 && (line.charAt(at - 1) == ' ' || line.charAt(at - 1) == '"'));
  }
}
