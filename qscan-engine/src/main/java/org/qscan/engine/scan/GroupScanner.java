package org.qscan.engine.scan;

import java.nio.file.Path;
import java.util.List;

/** A scanner that does several messages in little more time than one. */
interface GroupScanner extends Scanner {

  /**
   * Scans the directories of several messages in one go.
   *
   * @param directories as in {@link Scanner#scan}, two or more
   * @param session marks children
   * @return an opinion of each
   */
  Opinions scanTogether(List<Path> directories, String session);
}
