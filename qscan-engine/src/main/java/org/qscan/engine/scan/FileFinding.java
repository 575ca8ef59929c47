package org.qscan.engine.scan;

import java.nio.file.Path;
import java.util.List;
import org.qscan.engine.Verdict;

/**
 * What a scanner said of one file, where it said more than that it is clean. A daemon is asked for
 * each file, and this is its answer. A program names files in lines of its own choice: a path there
 * may end in the name of an archive's member, which is the sender's and may hold line ends, and so
 * any line he likes. So it tells people where to look, and decides nothing.
 *
 * @param words the path of the file, or the line in which it stands
 * @param threats what was found
 * @param reasons why it could not be looked into
 */
public record FileFinding(String words, List<String> threats, List<Verdict.Reason> reasons) {

  public FileFinding {
    threats = List.copyOf(threats);
    reasons = List.copyOf(reasons);
  }

  /**
   * Whether it is said of this file, or of something in it.
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

  /** Of /views/raw/1 and /views/raw/1.eml, or /views/raw/12, what follows tells which. */
  private boolean endsName(int at) {
    if (at == words.length()) {
      return true;
    }
    boolean extension = words.charAt(at) == '.' && at + 1 < words.length();
    return !Character.isLetterOrDigit(words.charAt(extension ? at + 1 : at));
  }
}
