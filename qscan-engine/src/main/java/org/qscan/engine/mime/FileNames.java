package org.qscan.engine.mime;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;

/** The names of files that a message gives, or that some reader could take for given. */
final class FileNames {

  private static final int MOST_NAMES = 10_000;

  /** The characters of all names together beyond which no other is kept. */
  static final int MOST_TEXT = 1 << 19;

  private final Set<String> names = new LinkedHashSet<>();
  private int text;

  Set<String> all() {
    return names;
  }

  /** Whether no other is kept: to look for more would be work for nothing. */
  boolean isFull() {
    return names.size() >= MOST_NAMES || text >= MOST_TEXT;
  }

  /** Adds a name, if there is room for it; says whether it is new. */
  boolean add(String name) {
    if (isFull() || !names.add(name)) {
      return false;
    }
    text += name.length();
    return true;
  }

  /**
   * Adds names that are held for the message. They overlap: a short field may have hundreds of
   * them, each nearly as long as the field.
   */
  void add(Collection<String> more, Meter meter) {
    for (String name : more) {
      if (add(name)) {
        meter.hold(Meter.ENTRY_BYTES + name.length());
      }
    }
  }
}
