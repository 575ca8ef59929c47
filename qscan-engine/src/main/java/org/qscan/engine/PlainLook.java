package org.qscan.engine;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.extract.Insight;
import org.qscan.engine.extract.ReadPart;
import org.qscan.engine.extract.Views;
import org.qscan.engine.plain.LeafSink;
import org.qscan.engine.plain.Oddity;
import org.qscan.engine.plain.PlainGrammar;
import org.qscan.engine.plain.Plainness;

/**
 * Decides whether a message is plain: by the grammar on its octets, and because the two readers,
 * which share no code for that, have found exactly the leaves that the grammar finds. Mime4j's must
 * be the same in number, order, nesting, type, name and octets. Of ours, each leaf must be there,
 * and nothing that is neither a leaf nor stands in the message as it is: so the scanner is shown
 * nothing more by the parts than by the message. (Ours has what is there twice only once, and cuts
 * blank lines off; it reads each body where it could begin, which stands in the message as well.)
 *
 * <p>The grammar decodes each leaf a third time. That costs less than to keep what it has decoded.
 */
final class PlainLook implements LeafSink {

  private static final String MIME4J = "mime4j";
  private static final String GENEROUS = "generous";
  private static final String DECLARED = "declared";
  private static final String MESSAGE = "message/rfc822";

  /** Our own reader knows of the body of such a message what the header around it says. */
  private static final String ENCLOSED = "message";

  private static final String AS_IT_IS = " as it is";

  /** A leaf that is not empty, and what Mime4j made of it. */
  private record Leaf(PlainLeaf said, ReadPart part, boolean exact, ByteBuffer body) {}

  private final ByteBuffer message;
  private final List<ReadPart> strict;
  private final List<Leaf> leaves = new ArrayList<>();
  private boolean differs;
  private int next; // of Mime4j's parts
  private @Nullable PlainLeaf leaf;
  private int position; // in the part that Mime4j made of this leaf
  private boolean onlyLineEnds; // behind the end of that part
  private boolean inCrLf; // its lines end with CR LF, and not in the message

  private PlainLook(ByteBuffer message, List<ReadPart> strict) {
    this.message = message;
    this.strict = strict;
  }

  /**
   * Looks at a message.
   *
   * @param views finished, with their trees
   * @return plain, or the first reason why not
   */
  static Plainness at(Views views) {
    ByteBuffer message = views.message().inMemory();
    if (message == null) {
      return Plainness.odd(Oddity.NOT_IN_MEMORY);
    }
    List<ReadPart> strict = views.tree(MIME4J);
    List<ReadPart> generous = views.tree(GENEROUS);
    PlainLook look = new PlainLook(message, strict == null ? List.of() : strict);
    if (message.arrayOffset() != 0) {
      return Plainness.odd(Oddity.NOT_IN_MEMORY); // never so: nobody makes such a buffer
    }
    Plainness form = PlainGrammar.of(message.array(), message.limit(), look);
    if (!form.isPlain()) {
      return form;
    }
    if (strict == null || generous == null || hasTrouble(views)) {
      return Plainness.odd(Oddity.NOT_READ);
    }
    if (!views.ambiguity().rules().isEmpty() || !views.objections().isEmpty()) {
      return Plainness.odd(Oddity.RULE);
    }
    if (views.guessed() > 0 || !views.notes().isEmpty()) {
      return Plainness.odd(Oddity.GUESSED);
    }
    if (!look.agrees()) {
      return Plainness.odd(Oddity.READERS_DIFFER);
    }
    return look.isAll(generous) ? form : Plainness.odd(Oddity.MORE_SEEN);
  }

  private static boolean hasTrouble(Views views) {
    return views.overLimit() || views.failed() > 0 || views.isTooCostly();
  }

  // --- Mime4j

  @Override
  public void begin(PlainLeaf begun) {
    while (next < strict.size() && isBetween(strict.get(next))) {
      next++;
    }
    leaf = begun;
    position = 0;
    onlyLineEnds = false;
    inCrLf = false;
  }

  /** Preamble and epilogue: of a plain message, a known sentence and blank lines. */
  private static boolean isBetween(ReadPart part) {
    String how = part.label().how();
    return part.label().type() == null && (how.equals("preamble") || how.equals("epilogue"));
  }

  @Override
  public void octets(byte[] from, int offset, int length) {
    if (differs) {
      return;
    }
    int same = 0;
    if (!onlyLineEnds && next < strict.size()) {
      same = compare(strict.get(next).octets(), from, offset, length);
    }
    for (int i = same; i < length; i++) {
      onlyLineEnds = true;
      differs |= !isLineEnd(from[offset + i]);
    }
  }

  /** How many of these octets are the next ones of that part. */
  private int compare(ByteBuffer expected, byte[] from, int offset, int length) {
    int done = 0;
    while (done < length) {
      int same = Math.min(length - done, expected.limit() - position);
      int mismatch =
          Arrays.mismatch(
              expected.array(),
              expected.arrayOffset() + position,
              expected.arrayOffset() + position + same,
              from,
              offset + done,
              offset + done + same);
      same = mismatch < 0 ? same : mismatch;
      position += same;
      done += same;
      if (done == length || !isLineEndOfMime4j(expected, from[offset + done])) {
        return done;
      }
      position++;
      inCrLf = true;
    }
    return done;
  }

  /** Mime4j ends each line of decoded quoted-printable with CR LF, whatever the message has. */
  private boolean isLineEndOfMime4j(ByteBuffer expected, byte ours) {
    return ours == '\n'
        && position + 1 < expected.limit()
        && expected.get(position) == '\r'
        && expected.get(position + 1) == '\n';
  }

  private static boolean isLineEnd(byte octet) {
    return octet == '\n' || octet == '\r';
  }

  /** An empty leaf is no part; and one of ends of lines alone is none to our own reader. */
  @Override
  public void end(boolean exact, int from, int to) {
    PlainLeaf ended = leaf;
    if (ended == null || differs || position == 0) {
      return;
    }
    ReadPart part = strict.get(next);
    if (isLineEnds(part.octets(), position) && !isSaid(part, ended)) {
      return; // ours is blank, and Mime4j made nothing of it: this is the next one
    }
    next++;
    for (int i = position; i < part.octets().limit(); i++) {
      differs |= !isLineEnd(part.octets().get(i));
    }
    differs |= exact && inCrLf;
    differs |= !isSaid(part, ended);
    leaves.add(new Leaf(ended, part, exact, message.slice(from, to - from)));
  }

  private static boolean isLineEnds(ByteBuffer octets, int size) {
    for (int i = 0; i < size; i++) {
      if (!isLineEnd(octets.get(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean isSaid(ReadPart part, PlainLeaf said) {
    return part.path().equals(said.path()) && isSaid(part.label(), said);
  }

  private static boolean isSaid(Insight.Label label, PlainLeaf said) {
    String type = label.type();
    Insight.PartOrigin origin = label.origin();
    if (origin != null && origin.path().indexOf(',') >= 0) {
      return true; // the same once more: it has been read again without the header
    }
    if (MESSAGE.equalsIgnoreCase(type) && said.path().endsWith(ENCLOSED)) {
      return true;
    }
    boolean sameType = type == null || type.equalsIgnoreCase(said.type());
    String name = said.name();
    return sameType
        && (name == null ? said.named() || label.name() == null : name.equals(label.name()));
  }

  private boolean agrees() {
    while (next < strict.size() && isBetween(strict.get(next))) {
      next++;
    }
    return !differs && next == strict.size();
  }

  // --- our own reader

  private boolean isAll(List<ReadPart> generous) {
    boolean[] found = new boolean[leaves.size()];
    for (ReadPart part : generous) {
      Insight.PartOrigin origin = part.label().origin();
      if (origin == null || !(find(part, found) || stands(part, origin))) {
        return false;
      }
    }
    for (int i = 0; i < found.length; i++) {
      if (!found[i] && !isWithinAnother(leaves.get(i))) {
        return false;
      }
    }
    return true;
  }

  /** Where an enclosed message has no Content field, ours does not look for its body. */
  private static boolean isWithinAnother(Leaf leaf) {
    ByteBuffer octets = leaf.part().octets();
    return isBlank(octets) || isSame(leaf.body(), octets, leaf.exact());
  }

  /** Whether it stands in the message: as a part that is declared, or as the body of a leaf. */
  private boolean stands(ReadPart part, Insight.PartOrigin origin) {
    if (origin.path().indexOf(',') >= 0 || !origin.path().endsWith(AS_IT_IS)) {
      return false;
    }
    boolean stands = origin.kind().equals(DECLARED);
    for (Leaf known : leaves) {
      stands |= isSame(known.body(), part.octets(), true);
    }
    for (ReadPart between : strict) {
      stands |= isBetween(between) && isSame(between.octets(), part.octets(), true);
    }
    return stands;
  }

  /** Marks all leaves of these octets; whether one of them says of it what this part says. */
  private boolean find(ReadPart part, boolean[] found) {
    boolean said = false;
    for (int i = 0; i < found.length; i++) {
      Leaf known = leaves.get(i);
      if (isSame(known.part().octets(), part.octets(), known.exact())) {
        found[i] = true;
        said |= isSaid(part.label(), known.said());
      }
    }
    return said;
  }

  /** Whether two are the same but for blanks and ends of lines at their edges. */
  private static boolean isSame(ByteBuffer one, ByteBuffer two, boolean exact) {
    ByteBuffer ones = trimmed(one);
    ByteBuffer twos = trimmed(two);
    return ones.equals(twos) || (!exact && isSameText(ones, twos));
  }

  /** Whatever their lines end with. */
  private static boolean isSameText(ByteBuffer ones, ByteBuffer twos) {
    int one = 0;
    int two = 0;
    while (one < ones.limit() && two < twos.limit()) {
      if (ones.get(one) == twos.get(two)) {
        one++;
        two++;
      } else if (ones.get(one) == '\r' && twos.get(two) == '\n') {
        one++;
      } else if (twos.get(two) == '\r' && ones.get(one) == '\n') {
        two++;
      } else {
        return false;
      }
    }
    return one == ones.limit() && two == twos.limit();
  }

  private static ByteBuffer trimmed(ByteBuffer octets) {
    int from = 0;
    int to = octets.limit();
    while (to > from && isBlank(octets.get(to - 1))) {
      to--;
    }
    while (from < to && isBlank(octets.get(from))) {
      from++;
    }
    return octets.slice(from, to - from);
  }

  private static boolean isBlank(ByteBuffer octets) {
    return !trimmed(octets).hasRemaining();
  }

  private static boolean isBlank(byte octet) {
    return isLineEnd(octet) || octet == ' ' || octet == '\t';
  }
}
