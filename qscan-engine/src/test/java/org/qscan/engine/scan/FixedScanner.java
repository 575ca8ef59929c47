package org.qscan.engine.scan;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.Verdict.Reason;

/** A scanner that always says the same, with virus data of a date. */
public record FixedScanner(String name, Finding finding, @Nullable Instant dataDate)
    implements VirusScanner {

  public static FixedScanner clean(@Nullable Instant dataDate) {
    return new FixedScanner(
        "fixed", new Finding(List.of(), List.of(), List.of(), List.of()), dataDate);
  }

  public static FixedScanner unscannable(Reason reason) {
    return new FixedScanner(
        "fixed", new Finding(List.of(), List.of(reason), List.of(), List.of()), null);
  }

  @Override
  public Finding scan(Path directory, String session) {
    return finding;
  }
}
