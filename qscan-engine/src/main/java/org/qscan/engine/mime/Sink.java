package org.qscan.engine.mime;

import java.io.IOException;

/** Where a decoder that finds several things puts them. */
interface Sink extends Octets {

  /** Pays for work beyond one look at each octet. */
  void pay(long units) throws OverLimitException;

  /** A file name that was given. */
  void name(String name);

  /** Begins another; what was not ended is forgotten. */
  void begin() throws IOException;

  /** Ends it. */
  void end() throws IOException, OverLimitException;
}
