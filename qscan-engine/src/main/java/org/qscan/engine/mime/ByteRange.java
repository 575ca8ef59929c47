package org.qscan.engine.mime;

/**
 * A range of bytes in a file.
 *
 * @param start its first octet
 * @param end behind its last
 */
record ByteRange(long start, long end) {

  long length() {
    return end - start;
  }
}
