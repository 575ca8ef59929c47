package org.qscan.engine.mime;

/**
 * A line of a header with those that continue it, or what some reader could take for one.
 *
 * @param offset where it begins in the file
 * @param text all of it, an octet a character, with its line ends as LF
 * @param beforeBody whether no body had begun when it was met
 */
record Field(long offset, String text, boolean beforeBody) {

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
    return name().strip().equalsIgnoreCase(name);
  }
}
