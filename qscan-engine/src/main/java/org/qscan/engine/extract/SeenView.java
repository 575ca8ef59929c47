package org.qscan.engine.extract;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What one reader has seen of a message.
 *
 * @param view {@code raw}, or the extractor's name
 * @param outcome the result of the extractor
 * @param why the reason in words if the outcome is not {@link Extraction.Result#DONE}, else empty
 * @param took how long it took, from its start to its end; readers work at the same time
 * @param parts what it made of the message
 * @param rules the rules that it saw fire
 * @param names all file names that some mail program could show, not escaped
 */
public record SeenView(
    String view,
    Extraction.Result outcome,
    String why,
    Duration took,
    List<SeenPart> parts,
    List<FiredRule> rules,
    List<String> names) {

  /** In characters; no file system has longer names. */
  private static final int LONGEST_NAME = 1000;

  public SeenView {
    parts = List.copyOf(parts);
    rules = List.copyOf(rules);
    names = List.copyOf(names);
  }

  /** The view of the message as it came. */
  static SeenView raw(String file, long size) {
    SeenPart message = new SeenPart(file, null, "message/rfc822", "", null, size);
    return new SeenView(
        "raw", Extraction.Result.DONE, "", Duration.ZERO, List.of(message), List.of(), List.of());
  }

  /**
   * The view of an extractor.
   *
   * @param took how long it took
   * @param files the files that it made, by the names that it gave them
   */
  static SeenView of(
      String view,
      Extraction extraction,
      Duration took,
      Insight insight,
      Map<String, SeenPart> files) {
    List<FiredRule> rules = new ArrayList<>();
    for (FiredRule rule : insight.rules()) {
      SeenPart part = files.get(rule.file());
      rules.add(rule.in(part == null ? rule.file() : part.file()));
    }
    Set<String> names = new LinkedHashSet<>(extraction.names());
    for (SeenPart part : files.values()) {
      if (part.name() != null) {
        names.add(part.name());
      }
    }
    for (String name : insight.names()) {
      names.add(name.length() > LONGEST_NAME ? name.substring(0, LONGEST_NAME) : name);
    }
    return new SeenView(
        view,
        extraction.outcome(),
        extraction.why(),
        took,
        List.copyOf(files.values()),
        rules,
        List.copyOf(names));
  }
}
