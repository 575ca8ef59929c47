package org.qscan.engine.scan;

import java.nio.file.Path;
import java.util.List;

/** A scanner that does several messages in little more time than one. */
public interface GroupScanner extends VirusScanner {

  /**
   * Scans the directories of several messages in one go.
   *
   * @param root as in {@link VirusScanner#scan}; holds these directories and nothing else
   * @param directories one a message, one or more, right below the root
   * @param session marks children
   * @return an opinion of each
   */
  BatchOpinions scanTogether(Path root, List<Path> directories, String session);
}
