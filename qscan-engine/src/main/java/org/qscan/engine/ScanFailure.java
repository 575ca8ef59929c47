package org.qscan.engine;

import java.util.ArrayList;
import java.util.List;

/**
 * We could not find out what the message is, so the sender should try again. The message of this
 * exception tells the operator what to check: the key, the file, the value, what is allowed.
 */
public final class ScanFailure extends Exception {
  private static final long serialVersionUID = 1L;

  private final ArrayList<String> seen = new ArrayList<>();

  /**
   * Could not find out.
   *
   * @param whatToCheck a sentence for the log
   */
  public ScanFailure(String whatToCheck) {
    // The stack trace of an expected failure tells the operator nothing, and filling it in costs.
    super(whatToCheck, null, false, false);
  }

  /**
   * Could not find out, because of this.
   *
   * @param whatToCheck a sentence for the log
   * @param cause what happened
   */
  public ScanFailure(String whatToCheck, Throwable cause) {
    super(whatToCheck + ": " + describe(cause), cause, false, false);
  }

  /**
   * With threats that were named in an answer which cannot be believed as a whole: no finding, and
   * the operator should know.
   *
   * @return this
   */
  public ScanFailure withSeen(List<String> threats) {
    seen.addAll(threats);
    return this;
  }

  /** Threats that a scanner named nevertheless; usually none. */
  public List<String> seen() {
    return List.copyOf(seen);
  }

  private static String describe(Throwable cause) {
    String text = cause.getMessage();
    String kind = cause.getClass().getSimpleName();
    return text == null ? kind : kind + ": " + text;
  }

  /** The sentence for the log; never null. */
  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }
}
