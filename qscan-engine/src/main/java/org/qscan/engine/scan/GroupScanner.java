package org.qscan.engine.scan;

import java.nio.file.Path;
import java.util.List;

/** A scanner that can scan several messages in little more time than one. */
public interface GroupScanner extends VirusScanner {

  /**
   * Scans the directories of several messages in one run.
   *
   * @param root as in {@link VirusScanner#scan}; holds these directories and nothing else
   * @param directories one or more, one for each message, directly below the root
   * @param session marks children
   * @return an opinion on each message
   */
  BatchOpinions scanTogether(Path root, List<Path> directories, String session);
}
