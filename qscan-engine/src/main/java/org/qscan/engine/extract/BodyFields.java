package org.qscan.engine.extract;

import java.util.Locale;
import org.apache.james.mime4j.stream.BodyDescriptor;
import org.apache.james.mime4j.stream.BodyDescriptorBuilder;
import org.apache.james.mime4j.stream.Field;
import org.apache.james.mime4j.stream.NameValuePair;
import org.apache.james.mime4j.stream.RawBody;
import org.apache.james.mime4j.stream.RawField;
import org.apache.james.mime4j.stream.RawFieldParser;
import org.apache.james.mime4j.util.MimeUtil;
import org.jspecify.annotations.Nullable;

/**
 * The fields by which Mime4j reads a part: {@code Content-Type} and {@code
 * Content-Transfer-Encoding}. This class does the same as Mime4j's own {@code
 * FallbackBodyDescriptorBuilder} (0.8.14), but in the same way in every locale: Mime4j's class
 * converts the media type to lower case by the rules of the virtual machine's default locale. In
 * Turkish and in Azeri, {@code MULTIPART/MIXED} becomes {@code multıpart/mıxed}, which is not a
 * multipart, and none of its parts are read. James runs in the locale of its host, which we cannot
 * change.
 *
 * <p>Later, Mime4j converts it to lower case again by the default locale ({@link
 * MimeUtil#isMultipart}). This changes nothing in any locale, because there are no capital letters
 * left.
 */
final class BodyFields implements BodyDescriptorBuilder {

  private static final String MULTIPART = "multipart/";

  private final @Nullable String parentType;
  private @Nullable String type;
  private @Nullable String boundary;
  private @Nullable String charset;
  private @Nullable String encoding;

  /** The fields of a message. */
  BodyFields() {
    this(null);
  }

  private BodyFields(@Nullable String parentType) {
    this.parentType = parentType;
  }

  @Override
  public void reset() {
    type = null;
    boundary = null;
    charset = null;
    encoding = null;
  }

  @Override
  public BodyDescriptorBuilder newChild() {
    return new BodyFields(type);
  }

  /**
   * Takes a field. The first one of each kind counts. Returns null, as in Mime4j, so that the field
   * is kept as it is.
   */
  @Override
  public @Nullable Field addField(RawField field) {
    String name = field.getNameLowerCase(); // Locale.US
    if (name.equals("content-transfer-encoding")) {
      if (encoding == null && field.getBody() != null) {
        String value = field.getBody().trim().toLowerCase(Locale.ROOT);
        encoding = value.isEmpty() ? null : value;
      }
    } else if (name.equals("content-type") && type == null) {
      contentType(RawFieldParser.DEFAULT.parseRawBody(field));
    }
    return null;
  }

  private void contentType(RawBody body) {
    String givenBoundary = null;
    String givenCharset = null;
    for (NameValuePair parameter : body.getParams()) { // of several with one name, the last counts
      if (parameter.getName().equalsIgnoreCase("boundary")) {
        givenBoundary = parameter.getValue();
      } else if (parameter.getName().equalsIgnoreCase("charset")) {
        givenCharset = parameter.getValue();
      }
    }
    String given = mediaType(body.getValue());
    boolean multipart = given != null && given.startsWith(MULTIPART);
    if (!multipart || givenBoundary != null) {
      type = given;
    }
    if (type != null && type.startsWith(MULTIPART)) {
      boundary = givenBoundary;
    }
    charset = givenCharset == null || givenCharset.isBlank() ? null : givenCharset.trim();
  }

  /** The media type in lower case, without blanks around the slash; null if there is none. */
  private static @Nullable String mediaType(@Nullable String value) {
    if (value == null) {
      return null;
    }
    int slash = value.indexOf('/');
    if (slash < 0) {
      return null;
    }
    String media = value.substring(0, slash).trim().toLowerCase(Locale.ROOT);
    String sub = value.substring(slash + 1).trim().toLowerCase(Locale.ROOT);
    return media.isEmpty() || sub.isEmpty() ? null : media + "/" + sub;
  }

  @Override
  public BodyDescriptor build() {
    String known = type;
    if (known == null) {
      known =
          MimeUtil.isSameMimeType("multipart/digest", parentType) ? "message/rfc822" : "text/plain";
    }
    int slash = known.indexOf('/');
    String media = known.substring(0, slash);
    return new Descriptor(
        known,
        media,
        known.substring(slash + 1),
        boundary,
        charset == null && media.equals("text") ? "us-ascii" : charset,
        encoding == null ? "7bit" : encoding);
  }

  /** A part as Mime4j sees it. */
  private record Descriptor(
      String type,
      String media,
      String sub,
      @Nullable String boundary,
      @Nullable String charset,
      String encoding)
      implements BodyDescriptor {

    @Override
    public String getMimeType() {
      return type;
    }

    @Override
    public String getMediaType() {
      return media;
    }

    @Override
    public String getSubType() {
      return sub;
    }

    @Override
    public @Nullable String getBoundary() {
      return boundary;
    }

    @Override
    public @Nullable String getCharset() {
      return charset;
    }

    @Override
    public String getTransferEncoding() {
      return encoding;
    }

    /** The length is unknown, because no code here trusts {@code Content-Length}. */
    @Override
    public long getContentLength() {
      return -1;
    }
  }
}
