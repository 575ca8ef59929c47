package org.qscan.engine.mime;

import java.io.IOException;

/** Takes what a decoder finds. */
interface Sink extends Octets {

  /** Pays for work beyond one look at each octet. */
  void pay(long units) throws OverLimitException;

  /** A file name that was given. */
  void name(String name);

  /** Begins another part. A part that was not ended is discarded. */
  void begin() throws IOException;

  /** Ends the part. */
  void end() throws IOException, OverLimitException;
}
