package org.qscan.engine.extract;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an extractor knows about a message beside its files, for {@code qscan explain}. Files have
 * the names that the extractor gave them. Text of the sender is unchanged, so escape it before use.
 *
 * @param labels what it knows of its files, by their names
 * @param rules the rules that fired, in the order in which they did
 * @param names all names of files that it takes for possible
 */
public record Insight(Map<String, Label> labels, List<FiredRule> rules, List<String> names) {

  /** It knows nothing more. */
  public static final Insight NONE = new Insight(Map.of(), List.of(), List.of());

  /** What is known of a file of which nothing is known. */
  public static final Label UNLABELLED = new Label(null, null, "");

  /**
   * Who would read a part so, and by which steps one comes to it.
   *
   * @param kind {@code declared}, {@code lenient} or {@code guessed}: {@code docs/lenient.md}
   * @param departures what departs from what the headers declare, a sentence each, in the order of
   *     the path; empty: nothing does, or it is a guess for some other reason
   * @param path all steps from the top of the message, such as {@code 2 base64, 1 as it is}: the
   *     number of a part, and how it was read. Perhaps with words of the sender's
   */
  public record PartOrigin(String kind, List<String> departures, String path) {

    /** The same, at most as long as a log could want. */
    public PartOrigin {
      departures = List.copyOf(departures);
      path = Views.cut(path);
    }
  }

  /**
   * What is known of a file.
   *
   * @param name the name that the sender gave it; null: none
   * @param type its media type, as declared; null: none
   * @param how how it was read, like {@code base64}; empty: not known. Perhaps the sender's word
   * @param origin where it comes from; null: not known
   */
  public record Label(
      @Nullable String name, @Nullable String type, String how, @Nullable PartOrigin origin) {

    /** The same, at most as long as a log could want. */
    public Label {
      name = name == null ? null : Views.cut(name);
      type = type == null ? null : Views.cut(type);
      how = Views.cut(how);
    }

    /** One of which is not known where it comes from. */
    public Label(@Nullable String name, @Nullable String type, String how) {
      this(name, type, how, null);
    }

    /** The same, which comes from there. */
    public Label from(PartOrigin there) {
      return new Label(name, type, how, there);
    }
  }

  public Insight {
    labels = Map.copyOf(labels);
    rules = List.copyOf(rules);
    names = List.copyOf(names);
  }

  Label label(String file) {
    return labels.getOrDefault(file, UNLABELLED);
  }
}
