package org.qscan.engine.scan;

import java.io.IOException;

/** A scanner has not found the canary: nothing that it said since the last one it found counts. */
public final class CanaryLost extends IOException {
  private static final long serialVersionUID = 1L;

  CanaryLost(String sentence) {
    super(sentence);
  }
}
