package org.qscan.engine.plain;

import java.util.List;

/**
 * The form of a plain message: what somebody has to understand who wants to see all of it.
 *
 * @param leaves for each leaf, in the order of the message, what leads to it and how it is encoded
 * @param receivedFirst whether the message begins with a {@code Received:} field, by which a
 *     scanner knows mail
 * @param parts leaves, multiparts and enclosed messages together
 * @param depth how many multiparts and enclosed messages the deepest leaf is in
 * @param size of the message, in octets
 */
public record PlainForm(
    List<Productions> leaves, boolean receivedFirst, int parts, int depth, int size) {

  public PlainForm {
    leaves = List.copyOf(leaves);
  }

  /** What has to be understood to see every leaf. */
  public Productions all() {
    Productions all = Productions.NONE;
    for (Productions leaf : leaves) {
      all = all.and(leaf);
    }
    return all;
  }
}
