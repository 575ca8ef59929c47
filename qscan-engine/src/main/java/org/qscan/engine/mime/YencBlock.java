package org.qscan.engine.mime;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What stands between a line {@code =ybegin} and a line {@code =yend}.
 *
 * @param range the lines in between
 * @param name the file that it is of, or is a piece of
 * @param number the number of the piece; 0: it does not say that it is one
 * @param size octets of the whole file; 0: it does not say
 * @param begin where in the file the piece begins, from 1; 0: it does not say
 */
record YencBlock(ByteRange range, String name, long number, long size, long begin) {

  private static final int MOST_DIGITS = 15;

  /** A number behind a word in a line of yEnc, or 0. */
  static long number(String line, String word) {
    int at = line.indexOf(word);
    int from = at + word.length();
    int to = from;
    while (at >= 0
        && to < line.length()
        && to < from + MOST_DIGITS
        && line.charAt(to) >= '0'
        && line.charAt(to) <= '9') {
      to++;
    }
    return to > from && at >= 0 ? Long.parseLong(line.substring(from, to)) : 0;
  }

  /**
   * Puts pieces together. Programs go by the number of the piece or by its place in the file, of
   * two of one number they take the first or the last, and some take all as they come, or begin
   * anew where the numbers do: each way that differs is one. Pieces of one file have its name and
   * its size; some programs go by one of them, or by neither.
   *
   * @param blocks all that a message has
   * @return the pieces of a file, for each file and each way; none for a file of one piece
   */
  static Set<List<YencBlock>> joined(List<YencBlock> blocks) {
    Map<String, List<YencBlock>> files = new LinkedHashMap<>();
    List<YencBlock> all = new ArrayList<>();
    for (YencBlock block : blocks) {
      if (block.number > 0 || block.begin > 0) {
        files.computeIfAbsent("name " + block.name, name -> new ArrayList<>()).add(block);
        files.computeIfAbsent("size " + block.size, size -> new ArrayList<>()).add(block);
        all.add(block);
      }
    }
    Set<List<YencBlock>> joined = new LinkedHashSet<>();
    for (List<YencBlock> pieces : withAll(files.values(), all)) {
      TreeMap<Long, YencBlock> firstByNumber = new TreeMap<>();
      TreeMap<Long, YencBlock> lastByNumber = new TreeMap<>();
      TreeMap<Long, YencBlock> firstByPlace = new TreeMap<>();
      TreeMap<Long, YencBlock> lastByPlace = new TreeMap<>();
      for (YencBlock piece : pieces) {
        firstByNumber.putIfAbsent(piece.number, piece);
        lastByNumber.put(piece.number, piece);
        firstByPlace.putIfAbsent(piece.begin, piece);
        lastByPlace.put(piece.begin, piece);
      }
      for (TreeMap<Long, YencBlock> ordered :
          List.of(firstByNumber, lastByNumber, firstByPlace, lastByPlace)) {
        joined.add(List.copyOf(ordered.values()));
      }
      joined.add(List.copyOf(pieces));
      joined.addAll(sequences(pieces));
    }
    joined.removeIf(pieces -> pieces.size() < 2);
    return joined;
  }

  /** The pieces of each file, and those of all files together: names and sizes may lie. */
  private static Set<List<YencBlock>> withAll(
      Collection<List<YencBlock>> files, List<YencBlock> all) {
    Set<List<YencBlock>> groups = new LinkedHashSet<>(files);
    groups.add(all);
    return groups;
  }

  private static List<List<YencBlock>> sequences(List<YencBlock> pieces) {
    List<List<YencBlock>> sequences = new ArrayList<>();
    List<YencBlock> open = new ArrayList<>();
    for (YencBlock piece : pieces) {
      if (!open.isEmpty() && piece.number <= open.get(open.size() - 1).number) {
        sequences.add(open);
        open = new ArrayList<>();
      }
      open.add(piece);
    }
    if (!open.isEmpty()) {
      sequences.add(open);
    }
    return sequences;
  }
}
