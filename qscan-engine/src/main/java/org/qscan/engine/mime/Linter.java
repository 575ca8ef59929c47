package org.qscan.engine.mime;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.rules.MimeRule;

/** Checks each header for what mail programs read differently. */
final class Linter {

  private static final int LONGEST_BOUNDARY = 70;

  private final List<RuleHit> hits = new ArrayList<>();
  private final Outline outline;
  private final Meter meter;

  private Linter(Outline outline, Meter meter) {
    this.outline = outline;
    this.meter = meter;
  }

  /**
   * The rules that the headers of a message break.
   *
   * @param received whether it is the message that was received, and not decoded content, which may
   *     not be a message
   * @param meter pays for it
   */
  static List<RuleHit> read(Outline outline, boolean received, Meter meter)
      throws OverLimitException {
    Linter linter = new Linter(outline, meter);
    for (Part part : outline.parts()) {
      if (part.isTrusted() && (received || isMail(part))) {
        linter.part(part);
      }
    }
    return linter.hits;
  }

  private static boolean isMail(Part part) {
    for (Field field : part.fields()) {
      if (field.block() == 0 && field.is("Content-Type")) {
        return true;
      }
    }
    return false;
  }

  private void add(MimeRule rule, Field field) {
    hits.add(new RuleHit(rule, field.line(), field.text()));
  }

  private void part(Part part) throws OverLimitException {
    hits.addAll(part.hits());
    boolean message = false;
    List<Field> all = part.fields();
    for (int from = 0; from < all.size(); ) {
      int block = all.get(from).block();
      int to = from;
      while (to < all.size() && all.get(to).block() == block) {
        to++;
      }
      if (block == 0 || message) {
        message = header(all.subList(from, to), part);
      } else {
        late(all.subList(from, to), block);
      }
      from = to;
    }
  }

  /**
   * Checks for Content fields after the end of the header. Text about mail has such lines as well;
   * in the first block, they are where a body begins.
   */
  private void late(List<Field> fields, int block) {
    for (Field field : fields) {
      if (block == 1 && field.text().contains(":")) {
        add(MimeRule.HEADER_LATE, field);
        return;
      }
    }
  }

  /** Checks one header. Returns whether a message follows. */
  private boolean header(List<Field> fields, Part part) throws OverLimitException {
    Field type = null;
    Field encoding = null;
    boolean divided = meetsOneBoundary(fields);
    for (Field field : fields) {
      if (field.is("Content-Type")) {
        MimeRule different =
            divided ? MimeRule.CONTENT_TYPE_SECOND : MimeRule.CONTENT_TYPE_CONFLICT;
        twice(type, field, MimeRule.CONTENT_TYPE_TWICE, different);
        type = field;
      } else if (field.is("Content-Transfer-Encoding")) {
        twiceEncoded(encoding, field);
        encoding = field;
      } else {
        other(field, fields);
      }
    }
    ContentType known = type == null ? null : type(type, part);
    for (Field field : fields) {
      if (field.is("Content-Transfer-Encoding")) { // each of them counts for some reader
        encoding(field, known, part);
      }
    }
    if (part.saysBase64() && part.foreignLine() > 0) {
      hits.add(new RuleHit(MimeRule.BASE64_FOREIGN, part.foreignLine(), part.foreignText()));
    }
    if (part.saysBase64() && part.innerPadLine() > 0) {
      hits.add(new RuleHit(MimeRule.BASE64_PADDING, part.innerPadLine(), part.innerPadText()));
    }
    return known != null && known.isMessage();
  }

  /**
   * Whether at most one of the boundaries that some reader finds in these fields separates parts of
   * this message. Then there are two readings of it, with these parts and without, and the views
   * have both. Two that separate parts could cut a body that is whole for others.
   */
  private boolean meetsOneBoundary(List<Field> fields) throws OverLimitException {
    Set<String> boundaries = new HashSet<>();
    for (Field field : fields) {
      boundaries.addAll(ParameterCandidates.of(field.text(), "boundary", meter));
    }
    return outline.met(boundaries) <= 1;
  }

  private void twice(@Nullable Field before, Field field, MimeRule same, MimeRule different) {
    if (before != null) {
      boolean alike = normal(before.value()).equals(normal(field.value()));
      add(alike ? same : different, field);
    }
  }

  private void twiceEncoded(@Nullable Field before, Field field) {
    if (before != null
        && TransferEncoding.isPlain(before.value())
        && TransferEncoding.isPlain(field.value())) {
      add(MimeRule.ENCODING_TWICE, field); // 7bit beside 8BIT: no reader decodes anything
    } else {
      twice(before, field, MimeRule.ENCODING_TWICE, MimeRule.ENCODING_CONFLICT);
    }
  }

  private static String normal(String value) {
    return ParameterCandidates.without(value, " \t\n\"").toLowerCase(Locale.ROOT);
  }

  /**
   * A field with a name that lenient readers may take for one of those that matter. One that says
   * that nothing is encoded is only misspelt, unless another field says that something is.
   */
  private void other(Field field, List<Field> all) {
    String letters = Part.letters(field.name().isEmpty() ? field.text() : field.name(), 30);
    boolean encoding = letters.startsWith("contenttransfer");
    boolean plain =
        encoding
            && !field.name().isEmpty()
            && TransferEncoding.isPlain(field.value())
            && !saysEncoded(all);
    if ((encoding || letters.startsWith("contenttype")) && !plain) {
      add(MimeRule.HEADER_HIDDEN, field);
    }
  }

  private static boolean saysEncoded(List<Field> fields) {
    for (Field field : fields) {
      if (field.is("Content-Transfer-Encoding") && !TransferEncoding.isPlain(field.value())) {
        return true;
      }
    }
    return false;
  }

  private ContentType type(Field field, Part part) throws OverLimitException {
    String value = field.value();
    ContentType type = ContentType.of(value);
    if (type.isMultipart()) {
      boundary(field, type, part);
    } else if (!type.isType() && isLikeMultipart(value)) {
      add(MimeRule.MULTIPART_DOUBTFUL, field);
    } else if (!type.isType() || !type.complete()) {
      add(MimeRule.CONTENT_TYPE_SYNTAX, field);
    }
    if (type.type().equals("message/partial") && isPiece(type)) {
      add(MimeRule.MESSAGE_PARTIAL, field);
    } else if (type.type().equals("message/external-body")) {
      add(MimeRule.MESSAGE_EXTERNAL, field);
    }
    return type;
  }

  /** Without a number and a name nobody can put it together with others. */
  private static boolean isPiece(ContentType type) {
    return type.parameter("number") != null || type.parameter("id") != null;
  }

  private static boolean isLikeMultipart(String value) {
    return Part.letters(value, 40).contains("multipart")
        || Part.letters(ParameterCandidates.withoutComments(value), 40).contains("multipart");
  }

  private void boundary(Field field, ContentType type, Part part) throws OverLimitException {
    Set<String> candidates = ParameterCandidates.of(field.value(), "boundary", meter);
    int met = outline.met(candidates);
    Set<ContentType.Parameter> boundaries = new HashSet<>();
    for (ContentType.Parameter parameter : type.parameters()) {
      if (parameter.name().equals("boundary")) {
        boundaries.add(parameter);
      } else if (parameter.name().startsWith("boundary*")) {
        boolean read = met == 1 || (met == 0 && !part.isDivided());
        add(read ? MimeRule.BOUNDARY_SYNTAX : MimeRule.BOUNDARY_ENCODED, field);
        return;
      }
    }
    if (boundaries.size() > 1) {
      add(met <= 1 ? MimeRule.BOUNDARY_SYNTAX : MimeRule.BOUNDARY_CONFLICT, field);
    } else if (boundaries.isEmpty()) {
      if (!candidates.isEmpty()) {
        add(MimeRule.BOUNDARY_HIDDEN, field);
      } else {
        // A reader that guesses a boundary needs a line that could be one.
        add(part.isDivided() ? MimeRule.BOUNDARY_MISSING : MimeRule.CONTENT_TYPE_SYNTAX, field);
      }
    } else if (!isLegal(boundaries.iterator().next())
        || hasHole(field.value())
        || !type.complete()) {
      add(MimeRule.BOUNDARY_SYNTAX, field);
    }
  }

  /**
   * Whether a boundary is legal. Without quotes, it may contain everything that is not ambiguous,
   * because half of all programs forget the quotes.
   */
  private static boolean isLegal(ContentType.Parameter parameter) {
    String boundary = parameter.value();
    String illegal = parameter.quoted() ? "\"\\;" : "\"\\;(, ";
    for (int i = 0; i < boundary.length(); i++) {
      char c = boundary.charAt(i);
      if (c < ' ' || c > 126 || illegal.indexOf(c) >= 0) {
        return false;
      }
    }
    return !boundary.isEmpty()
        && boundary.length() <= LONGEST_BOUNDARY
        && boundary.equals(boundary.strip())
        && !boundary.contains("=?");
  }

  /** A fold within quotes: some keep its blank, some do not. */
  private static boolean hasHole(String value) {
    boolean quoted = false;
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '"') {
        quoted = !quoted;
      } else if (c == '\n' && quoted) {
        return true;
      }
    }
    return false;
  }

  private void encoding(Field field, @Nullable ContentType type, Part part) {
    String value = field.value().strip().toLowerCase(Locale.ROOT);
    boolean plain = TransferEncoding.isPlain(value);
    boolean known = value.equals("base64") || value.equals("quoted-printable");
    if (plain || isHarmless(value)) {
      if (!plain) {
        add(MimeRule.ENCODING_ODD, field);
      }
      return;
    }
    if (!known) {
      // A reader that does not know it takes it for an encoding that we decode.
      add(
          TransferEncoding.isUnread(value) ? MimeRule.ENCODING_UNREAD : MimeRule.ENCODING_UNKNOWN,
          field);
    }
    if (type != null && type.isMultipart()) {
      // A bounce may enclose a header and nothing else, or a word of its own in place of the body.
      boolean visible =
          part.isTooShortForAPart(field.block())
              || (hasPartsBehind(part) && part.isLikeAPreamble(field.block()));
      add(visible ? MimeRule.MULTIPART_LABELLED : MimeRule.MULTIPART_ENCODED, field);
    } else if (known && type != null && type.isMessage()) {
      add(MimeRule.MESSAGE_ENCODED, field);
    }
  }

  /** Whether a declared boundary follows in the body without being encoded. */
  private boolean hasPartsBehind(Part part) {
    for (Part other : outline.parts()) {
      if (other.isTrusted() && other.isBehindBoundary() && other.start() >= part.end()) {
        return true;
      }
    }
    return false;
  }

  /**
   * Whether a value is one that some programs write for 7bit, and that no reader takes for anything
   * else.
   */
  private static boolean isHarmless(String value) {
    String letters = Part.letters(value, 100);
    return letters.equals("7bit")
        || letters.equals("8bit")
        || letters.equals("7bits")
        || letters.equals("8bits")
        || letters.equals("none")
        || letters.isEmpty();
  }
}
