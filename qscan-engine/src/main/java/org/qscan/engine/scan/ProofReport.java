package org.qscan.engine.scan;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a scanner has proved at one address: in which forms of plain mail it finds what is there. A
 * plain message whose form is proved is shown to it once, as it came.
 *
 * @param where the key, the address and the way
 * @param productions how many productions are proved; 0: none
 * @param made when it was proved; null if nothing is
 * @param missing the productions whose calibration mails it did not find
 * @param why why nothing is proved; empty if something is
 */
public record ProofReport(
    String where, int productions, @Nullable Instant made, List<String> missing, String why) {

  private static final int MOST_NAMES = 5;

  public ProofReport {
    missing = List.copyOf(missing);
  }

  /** For the operator. */
  public String sentence() {
    if (made == null) {
      return where
          + ": plain mail is shown as message and parts, because nothing is proved: "
          + why;
    }
    StringBuilder text = new StringBuilder(where);
    text.append(": plain mail is shown once; ").append(productions);
    text.append(" productions of its grammar were proved at ").append(made);
    if (!missing.isEmpty()) {
      text.append("; EICAR was not found in ").append(missing.size());
      text.append(" calibration mails, and such mail is shown as message and parts: ");
      text.append(String.join("; ", missing.subList(0, Math.min(MOST_NAMES, missing.size()))));
      text.append(missing.size() > MOST_NAMES ? "; and others" : "");
    }
    return text.toString();
  }
}
