package org.qscan.engine.scan;

import java.nio.file.Path;
import java.util.List;
import org.qscan.engine.Verdict;

/**
 * What a scanner said about one file, if it said more than that the file is clean. A daemon is
 * asked about each file, and this is its answer. A program prints lines of its own that name files.
 * A path in such a line may end in the name of an archive's member, which the sender chooses; it
 * may contain line ends, and so the sender can forge whole lines. So this record shows people where
 * to look, and no decision depends on it.
 *
 * @param words the path of the file, or the line that contains it
 * @param threats what was found
 * @param reasons why it could not be looked into
 */
public record FileFinding(String words, List<String> threats, List<Verdict.Reason> reasons) {

  public FileFinding {
    threats = List.copyOf(threats);
    reasons = List.copyOf(reasons);
  }

  /**
   * Whether this is about the given file, or about something in it.
   *
   * @param file absolute, with a name of ours
   */
  public boolean isOf(Path file) {
    String path = file.toString();
    int at = words.indexOf(path);
    return at >= 0
        && (at == 0 || " \"'".indexOf(words.charAt(at - 1)) >= 0)
        && endsName(at + path.length());
  }

  /**
   * Whether a name ends here: only what follows tells /views/raw/1 from /views/raw/1.eml or
   * /views/raw/12.
   */
  private boolean endsName(int at) {
    if (at == words.length()) {
      return true;
    }
    boolean extension = words.charAt(at) == '.' && at + 1 < words.length();
    return !Character.isLetterOrDigit(words.charAt(extension ? at + 1 : at));
  }
}
