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
   * What is known of a file.
   *
   * @param name the name that the sender gave it; null: none
   * @param type its media type, as declared; null: none
   * @param how how it was read, like {@code base64}; empty: not known. Perhaps the sender's word
   */
  public record Label(@Nullable String name, @Nullable String type, String how) {

    /** The same, at most as long as a log could want. */
    public Label {
      name = name == null ? null : Views.cut(name);
      type = type == null ? null : Views.cut(type);
      how = Views.cut(how);
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
