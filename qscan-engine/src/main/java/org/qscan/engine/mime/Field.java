package org.qscan.engine.mime;

/**
 * A line of a header with those that continue it, or what some reader could take for one.
 *
 * @param line the number of its first line
 * @param text all of it, an octet a character, with its line ends as LF
 * @param block 0 for the header at the beginning of a part, then counted
 */
record Field(long line, String text, int block) {

  /** All before the first colon, as it stands; empty where there is none. */
  String name() {
    int colon = text.indexOf(':');
    return colon < 0 ? "" : text.substring(0, colon);
  }

  /** All behind the first colon; where there is none, all. */
  String value() {
    return text.substring(text.indexOf(':') + 1);
  }

  /** Whether this is its name, in whatever case. */
  boolean is(String name) {
    return name().equalsIgnoreCase(name);
  }
}
