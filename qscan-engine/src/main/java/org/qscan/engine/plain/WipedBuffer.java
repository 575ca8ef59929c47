package org.qscan.engine.plain;

import java.util.Arrays;

/**
 * Octets that are added one after the other, and of which nothing stays in memory: a copy that grew
 * too small is overwritten, and so is the last one when it is closed. For what a scanner would find
 * in a heap dump.
 */
final class WipedBuffer implements AutoCloseable {

  private byte[] octets = new byte[4096];
  private int size;

  WipedBuffer add(int octet) {
    room(1);
    octets[size++] = (byte) octet;
    return this;
  }

  WipedBuffer add(byte[] more, int from, int length) {
    room(length);
    System.arraycopy(more, from, octets, size, length);
    size += length;
    return this;
  }

  WipedBuffer add(byte[] more) {
    return add(more, 0, more.length);
  }

  /** A text of ASCII. */
  WipedBuffer add(String text) {
    room(text.length());
    for (int i = 0; i < text.length(); i++) {
      octets[size++] = (byte) text.charAt(i);
    }
    return this;
  }

  /** The number in two octets, the lower first. */
  WipedBuffer addShort(int number) {
    return add(number).add(number >> 8);
  }

  /** The number in four octets, the lowest first. */
  WipedBuffer addInt(long number) {
    return addShort((int) number).addShort((int) (number >> 16));
  }

  int size() {
    return size;
  }

  int at(int index) {
    return octets[index] & 0xff;
  }

  /** A copy, which the caller wipes. */
  byte[] copy() {
    return Arrays.copyOf(octets, size);
  }

  private void room(int more) {
    if (size + more > octets.length) {
      byte[] larger = Arrays.copyOf(octets, Math.max(2 * octets.length, size + more));
      Arrays.fill(octets, (byte) 0);
      octets = larger;
    }
  }

  @Override
  public void close() {
    Arrays.fill(octets, (byte) 0);
    size = 0;
  }
}
