package org.qscan.engine.plain;

/** Why a message is not plain. Each is a reason to look harder, and none to refuse a message. */
public enum Oddity {
  TOO_LARGE("it is larger than 16 MiB"),
  LINE_ENDS("its lines do not all end with LF, or all with CR LF"),
  NUL("it has a NUL"),
  LONG_LINE("a line is longer than 998 octets"),
  HEADER_LINE("a line of a header is neither a field nor its continuation"),
  HEADER_END("a header does not end with an empty line"),
  HEADER_SIZE("a header has more than 200 fields or 64 KiB"),
  CONTENT_FIELD("a Content field is unknown, is there twice, or is longer than 900 octets"),
  ENCODING("a transfer encoding is not just one of the words of RFC 2045"),
  ENCODED_MULTIPART("a multipart or an enclosed message is encoded"),
  BINARY("a part is declared binary"),
  EIGHT_BIT("a part that is declared 7bit, by its header or without one, has octets above 127"),
  PARAMETERS("a Content-Type or Content-Disposition is not in its plainest form"),
  NAMES("a part has several names, or one in several forms"),
  BOUNDARY("a boundary is missing, is there twice, or has unusual characters"),
  BOUNDARIES_ALIKE("a boundary is the beginning of another"),
  MULTIPART_TYPE("a multipart is not mixed, alternative, related or report"),
  MULTIPART_END("a multipart has no part, or is not closed by its own last delimiter"),
  LOOKS_LIKE_DELIMITER("a line looks like a delimiter and is none"),
  PREAMBLE("text stands before the first part of a multipart"),
  EPILOGUE("text stands behind the last part of a multipart"),
  BASE64("base64 is not in lines of one length, or is padded before its end"),
  QUOTED_PRINTABLE("quoted-printable has more than '=' and two digits, or '=' at ends of lines"),
  DEPTH("parts are nested more deeply than 6"),
  PARTS("it has more than 100 parts"),
  MESSAGE_TYPE(
      "a message/ type is not rfc822, delivery-status or disposition-notification, or stands"
          + " elsewhere than in a multipart"),
  CHARSET("a character set is not US-ASCII, UTF-8, ISO-8859 or windows-125x"),
  TEXT("a text has octets of another encoding: ESC, SO, NUL, a byte order mark, or UTF-7"),
  FLOWED("a text is declared delsp"),
  EMBEDDED("a text has the first line of an embedded file (uuencode, yEnc, BinHex, PGP)"),
  FORMAT("a part is TNEF, PKCS #7, AppleFile or BinHex"),
  CONTAINERS("more than one part is, or may be, an archive or a document"),
  RELATED("a multipart/related has a multipart that is not its first part"),
  TOP_TYPE("a type is none of text, image, audio, video, application, multipart and message"),
  DISPOSITION("a Content-Disposition is neither inline nor attachment"),
  NO_FIELDS("a part of a multipart has no field at all"),
  FIELD_END("a field of a part ends with a semicolon"),
  FIRST_LINE("a body or an enclosed message begins with what may be a field of the header above"),
  FIELD_IN_BODY("the body of a message has a Content-Transfer-Encoding field"),
  BLANK_LINES("blank lines stand together in a part that is neither text nor base64"),
  NOT_IN_MEMORY("it is in a file, because there is no room for it in memory"),
  NOT_READ("not both readers, mime4j and generous, have read it to its end within the limits"),
  RULE("a rule about mail that readers understand in different ways fired"),
  GUESSED("something in it looks encoded that nobody declares to be"),
  READERS_DIFFER("the two readers do not see the same parts in it"),
  MORE_SEEN("more than its parts can be decoded from it");

  private final String words;

  Oddity(String words) {
    this.words = words;
  }

  /** The reason, a sentence without its end. */
  public String inWords() {
    return words;
  }
}
