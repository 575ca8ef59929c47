package org.qscan.engine.scan.daemon;

import java.time.Instant;
import java.util.List;
import org.qscan.engine.plain.PlainForm;
import org.qscan.engine.plain.Productions;

/**
 * What a daemon has shown that it reads.
 *
 * @param granted the productions that lead to the leaves in which it found EICAR
 * @param missed for each calibration mail in which it did not, those that lead to its leaf: who
 *     needs all of these is not trusted, though each alone may be proved
 * @param missing the names of these mails
 * @param size the largest message in which it found something, in octets
 * @param version its own and that of its data, in its words
 * @param made when
 */
record CalibrationProof(
    Productions granted,
    List<Productions> missed,
    List<String> missing,
    int size,
    String version,
    Instant made) {

  CalibrationProof {
    missed = List.copyOf(missed);
    missing = List.copyOf(missing);
  }

  /** Whether all that leads to the leaves of such a message is proved. */
  boolean covers(PlainForm form) {
    if (!form.receivedFirst() || form.size() > size || !granted.covers(form.all())) {
      return false;
    }
    for (Productions needed : form.leaves()) {
      for (Productions known : missed) {
        if (needed.covers(known)) {
          return false;
        }
      }
    }
    return true;
  }
}
