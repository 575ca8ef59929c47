package org.qscan.engine.testing;

import java.nio.file.Path;
import java.util.List;
import org.qscan.engine.ScanFailure;
import org.qscan.engine.Verdict;
import org.qscan.engine.scan.Finding;
import org.qscan.engine.scan.VirusScanner;

/** A scanner that answers the same to everything. */
public final class FakeScanner implements VirusScanner {

  private final String name;
  private final Answer answer;

  /** What it answers. */
  public interface Answer {
    /** The verdict, or a failure. */
    Verdict give() throws ScanFailure;
  }

  private FakeScanner(String name, Answer answer) {
    this.name = name;
    this.answer = answer;
  }

  /** Answers as told. */
  public static VirusScanner answering(Answer answer) {
    return new FakeScanner("answering", answer);
  }

  /** Finds nothing. */
  public static VirusScanner clean() {
    return new FakeScanner("clean", Verdict.Clean::new);
  }

  /** Finds these. */
  public static VirusScanner infected(String... threats) {
    return new FakeScanner("infected", () -> new Verdict.Infected(List.of(threats)));
  }

  /** Cannot look into something. */
  public static VirusScanner unscannable(Verdict.Reason... reasons) {
    return new FakeScanner("unscannable", () -> new Verdict.Unscannable(List.of(reasons)));
  }

  /** Is broken. */
  public static VirusScanner broken(String why) {
    return new FakeScanner(
        "broken",
        () -> {
          throw new ScanFailure(why);
        });
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Finding scan(Path directory, String session) throws ScanFailure {
    List<String> notes = List.of(name + " was asked");
    return answer
        .give()
        .match(
            clean -> new Finding(List.of(), List.of(), List.of(), notes),
            infected -> new Finding(infected.threats(), List.of(), List.of(), notes),
            unscannable -> new Finding(List.of(), unscannable.reasons(), List.of(), notes));
  }
}
