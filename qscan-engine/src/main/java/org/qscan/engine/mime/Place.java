package org.qscan.engine.mime;

import org.jspecify.annotations.Nullable;
import org.qscan.engine.store.PartBytes;

/**
 * Where something stands that is to be decoded.
 *
 * @param within what is being read; null: the message itself
 * @param depth how many times something was decoded to come to that
 * @param part the part of it; null: all of it
 * @param hints what is known of what will be decoded
 */
record Place(@Nullable PartBytes within, int depth, @Nullable Part part, ContentHints hints) {

  /** A part at the same place. */
  Place of(Part other) {
    return new Place(within, depth, other, other.hints());
  }

  /** The same place, of which something else is known. */
  Place with(ContentHints others) {
    return new Place(within, depth, part, others);
  }

  /** The same place in a part that is known to be there. */
  Part requiredPart() {
    if (part == null) {
      throw new IllegalStateException("not within a part");
    }
    return part;
  }

  /** The name of the file that is being read; empty: the message itself. */
  String file() {
    return within == null ? "" : within.name();
  }
}
