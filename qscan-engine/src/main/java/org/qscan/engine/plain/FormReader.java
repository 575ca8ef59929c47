package org.qscan.engine.plain;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Says, for each leaf of a message, which productions lead to it. */
final class FormReader {

  private final Set<String> whole; // of the message, whatever the leaf
  private final Set<String> behind = new TreeSet<>(); // what stood in front of it
  private final List<Productions> leaves = new ArrayList<>();
  private final List<String> way = new ArrayList<>(); // pairs, places, shapes
  private final List<String> path = new ArrayList<>();
  private int parts;
  private int deepest;

  private FormReader(Set<String> whole) {
    this.whole = whole;
  }

  /**
   * The form of a message.
   *
   * @param top its topmost entity
   * @param lineEnds the production for the ends of its lines
   */
  static PlainForm of(Entity top, String lineEnds, boolean receivedFirst, int size) {
    Set<String> whole = new TreeSet<>();
    whole.add(lineEnds);
    FormReader reader = new FormReader(whole);
    reader.count(top, 0);
    whole.add(reader.parts <= 10 ? "parts 10" : reader.parts <= 30 ? "parts 30" : "parts 100");
    whole.add("deepest " + reader.deepest);
    reader.read(top);
    return new PlainForm(reader.leaves, receivedFirst, reader.parts, reader.deepest, size);
  }

  private void count(Entity entity, int depth) {
    parts++;
    deepest = Math.max(deepest, depth);
    for (Entity child : entity.children()) {
      count(child, depth + 1);
    }
  }

  private void read(Entity entity) {
    if (entity.isLeaf()) {
      leaf(entity);
    } else {
      nested(entity);
    }
  }

  private void leaf(Entity entity) {
    Set<String> names = new TreeSet<>(whole);
    names.addAll(way);
    names.addAll(behind);
    names.addAll(entity.forms());
    names.add(entity.leaf());
    names.add("path " + (path.isEmpty() ? "single" : String.join(">", path)));
    leaves.add(Productions.of(names));
    passed(entity);
  }

  /** From now on it stands in front. */
  private void passed(Entity entity) {
    behind.add("behind " + entity.element());
    for (String form : entity.forms()) {
      behind.add("behind " + form);
    }
  }

  private void nested(Entity entity) {
    String kind = entity.kind();
    int before = way.size();
    way.addAll(entity.forms());
    way.add("shape " + kind + ": " + shape(entity));
    path.add(kind);
    List<Entity> children = entity.children();
    String previous = "start";
    for (int i = 0; i < children.size(); i++) {
      Entity child = children.get(i);
      int here = way.size();
      way.add("place " + kind + ' ' + place(i, children.size()));
      way.add("pair " + kind + ": " + previous + " -> " + child.element());
      previous = child.element();
      read(child);
      truncate(way, here);
    }
    truncate(path, path.size() - 1);
    truncate(way, before);
    passed(entity);
  }

  private static void truncate(List<String> list, int size) {
    list.subList(size, list.size()).clear();
  }

  private static String place(int index, int count) {
    if (count == 1) {
      return "only";
    }
    return index == 0 ? "first" : index == count - 1 ? "last" : "middle";
  }

  /** The sorts of its parts in their order; several of one sort in a row are one. */
  private static String shape(Entity entity) {
    StringBuilder shape = new StringBuilder();
    String last = "";
    for (Entity child : entity.children()) {
      if (!child.sort().equals(last)) {
        last = child.sort();
        shape.append(shape.length() == 0 ? "" : " ").append(last);
      }
    }
    return shape.toString();
  }
}
