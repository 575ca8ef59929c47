package org.qscan.engine.scan;

import java.time.Duration;
import java.util.List;
import org.qscan.engine.plain.PlainForm;

/**
 * A scanner that is shown a plain message once, as it came, where it has proved that it reads mail
 * of this form. For any thread.
 */
public interface CalibratedScanner extends VirusScanner {

  /** Whether plain mail came, and somewhere it is not known, or not any more, what is read. */
  boolean wantsCalibration();

  /**
   * Shows it the calibration mails where that is wanted, or everywhere.
   *
   * @param session the id of a session with a directory
   * @param atMost for each place
   * @param everywhere also where nobody has asked for it
   */
  void calibrate(String session, Duration atMost, boolean everywhere);

  /** Looks whether what was proved still holds; to be called every few seconds. Does not wait. */
  void lookAfterProofs();

  /** Nothing is proved any more, and no connection is kept open for that. */
  void endProofs();

  /** What is proved at each place. Asks nobody. */
  List<ProofReport> proofs();

  /**
   * How a plain message is shown at each place that is known, a sentence each. Asks nobody.
   *
   * @param form of the message
   */
  List<String> plan(PlainForm form);
}
