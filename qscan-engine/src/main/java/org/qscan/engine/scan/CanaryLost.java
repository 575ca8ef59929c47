package org.qscan.engine.scan;

import java.io.IOException;

/**
 * A scanner did not find the canary, so nothing counts that it has said since it last found one.
 */
public final class CanaryLost extends IOException {
  private static final long serialVersionUID = 1L;

  CanaryLost(String sentence) {
    super(sentence);
  }
}
