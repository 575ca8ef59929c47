package org.qscan.engine.scan;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The result of scanning several messages in one run. It can hold only the verdict "clean", for
 * messages for which every scanner gave the same evidence as in a run of their own. All others have
 * to be scanned again, and the rest of this record helps to choose which of them together.
 *
 * @param clean the directories of the messages that are clean, with the notes for each
 * @param named the directories of messages that a scanner mentioned, or could not answer for; a
 *     sender can forge this
 * @param late whether a scanner did not end in time
 * @param why what went wrong, in a sentence; empty if nothing did
 */
public record BatchResult(
    Map<Path, List<String>> clean, Set<Path> named, boolean late, String why) {

  public BatchResult {
    clean = Map.copyOf(clean);
    named = Set.copyOf(named);
  }
}
