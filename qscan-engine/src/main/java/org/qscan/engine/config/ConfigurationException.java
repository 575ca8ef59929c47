package org.qscan.engine.config;

/** The configuration cannot be used. The message names the key, the place and what is allowed. */
public final class ConfigurationException extends Exception {
  private static final long serialVersionUID = 1L;

  /**
   * The configuration cannot be used.
   *
   * @param whatToCheck a sentence for the operator
   */
  public ConfigurationException(String whatToCheck) {
    super(whatToCheck, null, false, false);
  }

  /** The sentence for the operator; never null. */
  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }
}
