package org.qscan.engine.scan;

import java.util.List;
import org.qscan.engine.Verdict;

/**
 * What a scanner says of a message.
 *
 * @param verdict its verdict
 * @param notes what else the operator should know, like virus data that are out of date
 */
public record Finding(Verdict verdict, List<String> notes) {
  public Finding {
    notes = List.copyOf(notes);
  }
}
