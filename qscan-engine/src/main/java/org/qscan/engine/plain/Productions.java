package org.qscan.engine.plain;

import java.util.Collections;
import java.util.HashSet;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What a reader of mail has to understand to come to a leaf of a message and to decode it: a set of
 * productions of the grammar, and of pairs of them. A scanner that has found a mark in a leaf has
 * proved the productions of that leaf, and no others. {@code docs/plain.md} lists them.
 */
public final class Productions {

  /** Nothing has to be understood, or nothing has been proved. */
  public static final Productions NONE = new Productions(Set.of());

  private final Set<String> names;

  private Productions(Set<String> names) {
    this.names = names;
  }

  /**
   * These.
   *
   * @param names as {@link #names()} says them
   */
  public static Productions of(Set<String> names) {
    return names.isEmpty() ? NONE : new Productions(Set.copyOf(names));
  }

  /** Whether whoever has proved these has proved all of those. */
  public boolean covers(Productions needed) {
    return names.containsAll(needed.names);
  }

  /** These and those. */
  public Productions and(Productions others) {
    if (covers(others)) {
      return this;
    }
    Set<String> both = new HashSet<>(names);
    both.addAll(others.names);
    return new Productions(Collections.unmodifiableSet(both));
  }

  /** Those of these that the others do not have: what is still to be proved. */
  public Productions without(Productions others) {
    Set<String> rest = new HashSet<>(names);
    rest.removeAll(others.names);
    return of(rest);
  }

  /** All of them, for the operator, in the order of the alphabet. */
  public SortedSet<String> names() {
    return Collections.unmodifiableSortedSet(new TreeSet<>(names));
  }

  /** How many. */
  public int size() {
    return names.size();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Productions productions && names.equals(productions.names);
  }

  @Override
  public int hashCode() {
    return names.hashCode();
  }

  @Override
  public String toString() {
    return names().toString();
  }
}
