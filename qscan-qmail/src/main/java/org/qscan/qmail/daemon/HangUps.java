package org.qscan.qmail.daemon;

import org.jspecify.annotations.Nullable;

/**
 * Handles the signal HUP from the first moment on. By default, HUP ends the virtual machine, and an
 * operator, or a script that has just written the configuration, may send it while qscand starts.
 * If it arrives before there is anything to reload, it is remembered until there is.
 */
final class HangUps {

  private @Nullable Runnable action;
  private boolean waiting;

  private HangUps() {}

  /** Handles the signal from now on. */
  static HangUps heard() {
    HangUps hangUps = new HangUps();
    Signals.on("HUP", hangUps::arrived);
    return hangUps;
  }

  /** Does not handle the signal; for tests. */
  static HangUps unheard() {
    return new HangUps();
  }

  synchronized void arrived() {
    if (action == null) {
      waiting = true;
    } else {
      action.run();
    }
  }

  /**
   * Sets what to do on each signal from now on. If one has arrived already, this is done at once.
   */
  synchronized void run(Runnable onEach) {
    action = onEach;
    if (waiting) {
      waiting = false;
      onEach.run();
    }
  }
}
