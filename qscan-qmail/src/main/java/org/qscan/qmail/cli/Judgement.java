package org.qscan.qmail.cli;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.Facts;
import org.qscan.engine.Verdict;

/**
 * What became of one file.
 *
 * @param file its path
 * @param verdict what it is; null: could not find out
 * @param failure why not, else empty
 * @param facts what was seen of it
 */
record Judgement(Path file, @Nullable Verdict verdict, String failure, Facts facts) {

  static Judgement failed(Path file, String failure, Facts facts) {
    return new Judgement(file, null, failure, facts);
  }

  ScanExit exit() {
    return ScanExit.of(verdict);
  }

  /** The threats of an infected file, else nothing. */
  List<String> threats() {
    return verdict instanceof Verdict.Infected infected ? infected.threats() : List.of();
  }

  /** The reasons of an unscannable file, else nothing. */
  List<String> reasons() {
    return verdict instanceof Verdict.Unscannable unscannable ? unscannable.texts() : List.of();
  }
}
