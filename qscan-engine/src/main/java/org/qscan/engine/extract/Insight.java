package org.qscan.engine.extract;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an extractor knows about a message beside its files, for {@code qscan explain}. Files have
 * the names that the extractor gave them. Text from the sender is not escaped: escape it before
 * use.
 *
 * @param labels what it knows of its files, by their names
 * @param rules the rules that fired, in this order
 * @param names all file names that some mail program could show
 * @param paths which multiparts and enclosed messages each of its files is in, from the top, such
 *     as {@code mixed>alternative}; empty if it does not tell
 */
public record Insight(
    Map<String, Label> labels,
    List<FiredRule> rules,
    List<String> names,
    Map<String, String> paths) {

  /** The extractor knows nothing more. */
  public static final Insight NONE = new Insight(Map.of(), List.of(), List.of());

  /** What an extractor knows that does not tell what its files are in. */
  public Insight(Map<String, Label> labels, List<FiredRule> rules, List<String> names) {
    this(labels, rules, names, Map.of());
  }

  /** The label of a file about which nothing is known. */
  public static final Label UNLABELLED = new Label(null, null, "");

  /**
   * Which mail programs would read a part in this way, and by which steps it was found.
   *
   * @param kind {@code declared}, {@code lenient} or {@code guessed}: {@code docs/lenient.md}
   * @param departures how the reading departs from what the headers declare, a sentence each, in
   *     the order of the path; empty if it does not, or if it is a guess for another reason
   * @param path all steps from the top of the message, such as {@code 2 base64, 1 as it is}: the
   *     number of a part, and how it was read. It may contain words of the sender
   */
  public record PartOrigin(String kind, List<String> departures, String path) {

    /** The same, at most as long as a log could want. */
    public PartOrigin {
      departures = List.copyOf(departures);
      path = Views.cut(path);
    }
  }

  /**
   * What is known about a file.
   *
   * @param name the name that the sender gave it; null: none
   * @param type its media type, as declared; null: none
   * @param how how it was read, like {@code base64}; empty: not known. It may be a word of the
   *     sender
   * @param origin where it comes from; null: not known
   */
  public record Label(
      @Nullable String name, @Nullable String type, String how, @Nullable PartOrigin origin) {

    /** Cuts the texts to a length that a log can use. */
    public Label {
      name = name == null ? null : Views.cut(name);
      type = type == null ? null : Views.cut(type);
      how = Views.cut(how);
    }

    /** A label of a file whose origin is not known. */
    public Label(@Nullable String name, @Nullable String type, String how) {
      this(name, type, how, null);
    }

    /** The same label with an origin. */
    public Label from(PartOrigin there) {
      return new Label(name, type, how, there);
    }
  }

  public Insight {
    labels = Map.copyOf(labels);
    rules = List.copyOf(rules);
    names = List.copyOf(names);
    paths = Map.copyOf(paths);
  }

  Label label(String file) {
    return labels.getOrDefault(file, UNLABELLED);
  }
}
