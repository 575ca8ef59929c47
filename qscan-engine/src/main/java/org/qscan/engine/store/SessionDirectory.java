package org.qscan.engine.store;

import java.io.IOException;
import java.nio.file.Path;

/** A session's directory. It need not exist until a file has to be written in it. */
@FunctionalInterface
public interface SessionDirectory {

  /** Its path, even if it does not exist yet. */
  Path path();

  /** Makes the directory if it does not exist. */
  default void make() throws IOException {}
}
