package org.qscan.engine.mime;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.extract.Insight;

/**
 * Where a part comes from.
 *
 * @param parent what it was read from; null: the message itself
 * @param part the number of the part, from 1 on, in the order of the parts; 0: all of it
 * @param way how it was read; null: this is the message itself
 * @param kind the weakest kind of reading from the top to here
 */
record Origin(@Nullable Origin parent, int part, @Nullable Way way, ReadingKind kind) {

  /** The message itself. */
  static final Origin MESSAGE = new Origin(null, 0, null, ReadingKind.DECLARED);

  /** The origin of content that was read from here. */
  Origin then(int number, Way by) {
    return new Origin(this, number, by, kind.with(by.kind()));
  }

  /** The same origin, as a guess. */
  Origin guessed() {
    return new Origin(parent, part, way, ReadingKind.GUESSED);
  }

  /** The departures on the way from the top to here, in their order, each once. */
  Set<LenientReading> departures() {
    Deque<LenientReading> rows = new ArrayDeque<>();
    for (Origin step = this; step != null && step.way != null; step = step.parent) {
      if (step.way.row() != null) {
        rows.addFirst(step.way.row());
      }
    }
    return new LinkedHashSet<>(rows);
  }

  /** The origin in words. */
  Insight.PartOrigin told() {
    List<String> departures = new ArrayList<>();
    for (LenientReading row : departures()) {
      departures.add(row.departure());
    }
    return new Insight.PartOrigin(kind.text(), departures, path());
  }

  /** All steps from the top, such as {@code 2 base64, 1 as it is}. */
  String path() {
    Deque<String> steps = new ArrayDeque<>();
    for (Origin step = this; step != null && step.way != null; step = step.parent) {
      String words = step.way.words();
      steps.addFirst(step.part == 0 ? words : step.part + " " + words);
    }
    return String.join(", ", steps);
  }
}
