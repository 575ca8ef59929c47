package org.qscan.engine.scan;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What came of scanning several messages in one go. The one verdict that it can hold is "clean",
 * for messages of which every scanner gave the evidence that it would give of each alone. All
 * others have to be scanned again; the rest of this record only helps to choose with whom.
 *
 * @param clean the directories of the messages that are clean, with the notes for each
 * @param named those that a scanner spoke of, or could not answer for. A sender can forge that
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
