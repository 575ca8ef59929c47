package org.qscan.engine.plain;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * An entity of a plain message: a multipart, an enclosed message (its header is its only child's),
 * or a leaf, with the productions that its own octets use.
 */
final class Entity {

  private final List<Entity> children = new ArrayList<>(4);
  private final Set<String> forms = new TreeSet<>();
  private String kind = "";
  private String element = "";
  private String sort = "";
  private String leaf = "";

  /** It is a multipart, or a message that is enclosed. */
  void nests(String nestedKind) {
    kind = nestedKind;
    boolean message = nestedKind.equals("message");
    element = message ? nestedKind : "multipart/" + nestedKind;
    sort = message ? nestedKind : "multipart";
  }

  /**
   * It is a leaf.
   *
   * @param production what it is to somebody who decodes it
   * @param encoding as its neighbours see it
   * @param leafSort text, html, file or message
   */
  void isLeaf(String production, String encoding, String leafSort) {
    leaf = production;
    element = encoding + ' ' + leafSort;
    sort = leafSort;
  }

  /** It uses this production. */
  void uses(String production) {
    forms.add(production);
  }

  void add(Entity child) {
    children.add(child);
  }

  boolean isLeaf() {
    return kind.isEmpty();
  }

  /** The multipart's subtype, or {@code message}. */
  String kind() {
    return kind;
  }

  /** What it is to its neighbours. */
  String element() {
    return element;
  }

  /** What it is to a reader that chooses among parts. */
  String sort() {
    return sort;
  }

  /** What it is to a reader that decodes it. */
  String leaf() {
    return leaf;
  }

  /** The productions of its own header, and of its body. */
  Set<String> forms() {
    return forms;
  }

  List<Entity> children() {
    return children;
  }
}
