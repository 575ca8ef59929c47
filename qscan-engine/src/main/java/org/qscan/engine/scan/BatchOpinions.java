package org.qscan.engine.scan;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One scanner's opinions of several messages.
 *
 * @param each the opinion on each message, by its directory
 * @param late whether the scanner did not end in time
 * @param why what went wrong, in a sentence; empty if nothing did
 */
public record BatchOpinions(Map<Path, BatchOpinion> each, boolean late, String why) {

  public BatchOpinions {
    each = Map.copyOf(each);
  }

  /** The same opinion on all messages. */
  public static BatchOpinions all(List<Path> directories, BatchOpinion opinion, String why) {
    Map<Path, BatchOpinion> each = new HashMap<>();
    for (Path directory : directories) {
      each.put(directory, opinion);
    }
    return new BatchOpinions(each, false, why);
  }

  /** The opinion on one message; doubt about a message that the run did not mention. */
  public BatchOpinion of(Path directory) {
    return each.getOrDefault(directory, BatchOpinion.DOUBT);
  }
}
