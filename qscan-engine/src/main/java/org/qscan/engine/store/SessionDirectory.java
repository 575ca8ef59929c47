package org.qscan.engine.store;

import java.io.IOException;
import java.nio.file.Path;

/** A session's directory, which need not be there until a file is to go into it. */
@FunctionalInterface
public interface SessionDirectory {

  /** Where it is, or will be. */
  Path path();

  /** Makes it, if it is not there. */
  default void make() throws IOException {}
}
