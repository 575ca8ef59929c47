package org.qscan.engine.plain;

import org.jspecify.annotations.Nullable;

/**
 * Is told of the leaves of a message, each decoded, while {@link PlainGrammar} reads them. What it
 * has been told counts only if the message is plain in the end.
 */
public interface LeafSink {

  /** Wants to know nothing. */
  LeafSink NONE =
      new LeafSink() {
        @Override
        public void begin(PlainLeaf leaf) {}

        @Override
        public void octets(byte[] from, int offset, int length) {}

        @Override
        public void end(boolean exact, int from, int to) {}
      };

  /**
   * What the headers say of a leaf.
   *
   * @param path the subtypes of the multiparts that it is in, {@code message} for an enclosed
   *     message, from the top, such as {@code mixed>alternative}; empty if it is the message itself
   * @param type type and subtype in lower case; {@code text/plain} where nothing says otherwise
   * @param name its name, as it is written, if it is given in the plainest form; else null
   * @param named whether it has a name in any form
   */
  record PlainLeaf(String path, String type, @Nullable String name, boolean named) {}

  /** A leaf begins. */
  void begin(PlainLeaf leaf);

  /** More of it, decoded; to be read at once. */
  void octets(byte[] from, int offset, int length);

  /**
   * It has ended. Of text, the end of its last line has been told as well.
   *
   * @param exact whether it is anything but text, so that each octet counts, ends of lines too
   * @param from where its body begins in the message, as it stands there
   * @param to behind its end
   */
  void end(boolean exact, int from, int to);
}
