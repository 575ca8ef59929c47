package org.qscan.engine.mime;

import org.jspecify.annotations.Nullable;
import org.qscan.engine.store.PartBytes;

/**
 * The place of something that will be decoded.
 *
 * @param within the content that is being read; null: the message itself
 * @param depth how many times something was decoded on the way to that content
 * @param origin where that comes from
 * @param part the part of it; null: all of it
 * @param number which part that is, from 1 on; 0: all of it
 * @param hints what is known of what will be decoded
 */
record Place(
    @Nullable PartBytes within,
    int depth,
    Origin origin,
    @Nullable Part part,
    int number,
    ContentHints hints) {

  /** All of the message. */
  static final Place MESSAGE = new Place(null, 0, Origin.MESSAGE, null, 0, ContentHints.UNKNOWN);

  /** All of something that was decoded. */
  static Place of(Layer layer) {
    return new Place(layer.bytes(), layer.depth(), layer.origin(), null, 0, ContentHints.UNKNOWN);
  }

  /** A part at the same place. */
  Place of(Part other, int itsNumber) {
    return new Place(within, depth, origin, other, itsNumber, other.hints());
  }

  /** The same place, of which something else is known. */
  Place with(ContentHints others) {
    return new Place(within, depth, origin, part, number, others);
  }

  /** The same place, where nobody would read what will be decoded. */
  Place guessed() {
    return new Place(within, depth, origin.guessed(), part, number, hints);
  }

  /** The same place in a part that is known to be there. */
  Part requiredPart() {
    if (part == null) {
      throw new IllegalStateException("not within a part");
    }
    return part;
  }

  /**
   * Whether a program must depart from what the headers say to read anything from here. We know no
   * program that then departs a second time, in another way, to decode it. So decoding it in
   * another way than the usual one is a guess. Otherwise, six places where a body may begin, read
   * in six ways, and the same again in each layer, would cost more than a message may.
   *
   * @param at where its body begins
   */
  boolean departs(long at) {
    return origin.kind() != ReadingKind.DECLARED || requiredPart().departure(at) != null;
  }

  /** The name of the file that is being read; empty: the message itself. */
  String file() {
    return within == null ? "" : within.name();
  }
}
