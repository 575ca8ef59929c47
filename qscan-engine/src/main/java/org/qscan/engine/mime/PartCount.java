package org.qscan.engine.mime;

/** Counts what is found in a message and becomes a part, up to the limit of the site. */
final class PartCount {

  private final int mostParts;
  private int found;

  PartCount(int mostParts) {
    this.mostParts = mostParts;
  }

  /** The limit, {@code extract.max-parts}. */
  int most() {
    return mostParts;
  }

  /**
   * Counts another one.
   *
   * @throws OverLimitException if it is one too many
   */
  void add() throws OverLimitException {
    if (++found > mostParts) {
      throw new OverLimitException("more parts than extract.max-parts " + mostParts);
    }
  }
}
