package org.qscan.engine.mime;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A uuencoded file that begins in one part and goes on in others. Old programs split long files in
 * this way, and decoders of whole mailboxes join them.
 *
 * @param part the one in which it begins
 * @param first its lines there
 * @param before lines that may be pieces of it, and stand before it
 * @param behind the same, behind it
 */
record Continuation(Part part, Part.Quoted first, List<Piece> before, List<Piece> behind) {

  /**
   * Up to this number of pieces, all orders are tried; of more pieces, only their order in the mail
   * and the reverse.
   */
  private static final int MOST_ORDERED = 4;

  /**
   * Octets of pieces that are decoded in each of 24 orders. Of 200 KB, that is more work than a
   * message of this size may cost, and an ordinary file in five parts would be over the limit.
   */
  private static final int LARGEST_ORDERED = 1 << 16;

  /** What is larger is tried in each order up to this number of pieces: in six. */
  private static final int MOST_ORDERED_IF_LARGE = 3;

  /**
   * Lines that may be a piece of a file.
   *
   * @param ends whether the line behind them ends the file
   * @param base64 whether they are lines of base64, not of uuencode
   * @param weak whether they may as well be text
   */
  record Piece(ByteRange range, boolean ends, boolean base64, boolean weak) {}

  /**
   * The ranges of the file in each order that may be meant, its beginning first: as they stand up
   * to the one that ends it; and all of them, whatever the order in which the parts were sent.
   */
  Set<List<ByteRange>> orders() {
    Set<List<ByteRange>> orders = new LinkedHashSet<>();
    List<ByteRange> natural = new ArrayList<>();
    for (Piece piece : ofKind(behind)) {
      natural.add(piece.range);
      if (piece.ends) {
        break;
      }
    }
    add(natural, orders);
    List<Piece> pieces = new ArrayList<>(ofKind(before));
    pieces.addAll(ofKind(behind));
    if (pieces.size() > MOST_ORDERED) {
      pieces.removeIf(piece -> piece.weak);
    }
    if (pieces.size() <= mostOrdered(pieces)) {
      permute(ranges(pieces), 0, orders);
    } else {
      List<ByteRange> last = new ArrayList<>();
      List<ByteRange> others = new ArrayList<>();
      for (Piece piece : pieces) {
        (piece.ends ? last : others).add(piece.range);
      }
      List<ByteRange> backwards = new ArrayList<>(others);
      Collections.reverse(backwards);
      others.addAll(last);
      backwards.addAll(last);
      add(others, orders);
      add(backwards, orders);
    }
    return orders;
  }

  private static int mostOrdered(List<Piece> pieces) {
    long octets = 0;
    for (Piece piece : pieces) {
      octets += piece.range.length();
    }
    return octets <= LARGEST_ORDERED ? MOST_ORDERED : MOST_ORDERED_IF_LARGE;
  }

  private List<Piece> ofKind(List<Piece> pieces) {
    List<Piece> of = new ArrayList<>(pieces);
    of.removeIf(piece -> piece.base64 != first.base64());
    return of;
  }

  private static List<ByteRange> ranges(List<Piece> pieces) {
    List<ByteRange> ranges = new ArrayList<>();
    pieces.forEach(piece -> ranges.add(piece.range));
    return ranges;
  }

  private void add(List<ByteRange> pieces, Set<List<ByteRange>> orders) {
    if (!pieces.isEmpty()) {
      List<ByteRange> file = new ArrayList<>(pieces);
      file.add(0, first.range());
      orders.add(file);
    }
  }

  private void permute(List<ByteRange> pieces, int from, Set<List<ByteRange>> orders) {
    if (from >= pieces.size() - 1) {
      add(pieces, orders);
      return;
    }
    for (int i = from; i < pieces.size(); i++) {
      List<ByteRange> order = new ArrayList<>(pieces);
      order.add(from, order.remove(i));
      permute(order, from + 1, orders);
    }
  }
}
