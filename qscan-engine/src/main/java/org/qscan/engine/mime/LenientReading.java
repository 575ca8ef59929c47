package org.qscan.engine.mime;

/**
 * Departures from what the headers declare. Each has a name, a program that reads mail in this way,
 * and what that program then sees. They are read before anything is guessed, and the limit on
 * guesses does not apply to them. {@code docs/lenient.md} has the same table.
 */
enum LenientReading {
  BODY_ELSEWHERE(
      "A header contains a line that is not a field, or one of white space only",
      "Python's email",
      "the body begins there"),
  BODY_LATE(
      "A body may begin behind more headers than QScan tries by default",
      "a reader with a boundary that QScan does not know",
      "a part behind each"),
  BOUNDARY_UNDECLARED(
      "A line with two dashes, which no header declares, stands before a Content field",
      "ripMIME",
      "a part begins there"),
  ENCODING_NAME(
      "The name of an encoding is misspelt, in quotes, in a comment, or one of two names",
      "ripMIME",
      "it is decoded"),
  ENCODING_UNKNOWN(
      "The name of the encoding is unknown", "clamd", "the encoding with a similar name"),
  BASE64_RESTARTED(
      "Base64 begins after lines of something else", "UUDeview", "what the base64 decodes to"),
  BASE64_PADDING(
      "There are equals signs within base64",
      "Perl's MIME::Base64",
      "the data ends at the first one"),
  BASE64_FOREIGN(
      "There are characters within base64 that are not in its alphabet",
      "base64 -d of GNU coreutils",
      "the data ends there, or continues with the next line"),
  BASE64_LINES(
      "Lines of base64 do not end with a group of four",
      "Perl's MIME::Base64, called line by line",
      "the rest of each line is dropped"),
  BASE64_EIGHTH_BIT(
      "Characters of base64 have the eighth bit set",
      "sendmail with SevenBitInput",
      "the bit is ignored"),
  QUOTED_PRINTABLE_MALFORMED(
      "An escape of quoted-printable is malformed",
      "Perl's MIME::QuotedPrint",
      "its octets stay, or one to three of them are dropped"),
  QUOTED_PRINTABLE_SMALL(
      "An escape of quoted-printable has small letters",
      "a strict reader of RFC 2045, 6.7",
      "it is not an escape"),
  QUOTED_PRINTABLE_BLANKS(
      "A line of quoted-printable ends with white space",
      "Python's quopri",
      "the white space stays"),
  UUENCODE("A uuencoded file begins in text", "ripMIME", "an attachment"),
  UUENCODE_BASE64(
      "A file begins in text with a line begin-base64", "uudecode of GNU sharutils", "a file"),
  UUENCODE_QUOTED(
      "There are marks of a quotation before lines of uuencode",
      "the sed of a shell archive",
      "a file"),
  UUENCODE_MASKED(
      "Characters of uuencode have other high bits",
      "uudecode of GNU sharutils",
      "the high bits are ignored"),
  XXENCODE("A uuencoded file has another alphabet", "UUDeview", "a file"),
  UUENCODE_FLOWED("Lines of uuencode are flowed", "Thunderbird", "lines joined, a file"),
  UUENCODE_EXCESS(
      "Lines of uuencode are longer than they say",
      "Perl's unpack",
      "the rest of each line is dropped"),
  UUENCODE_CONTINUED("A uuencoded file continues in the next part", "UUDeview", "a file"),
  YENC("A file begins in text with a line =ybegin", "UUDeview", "a file"),
  YENC_JOINED("A file in yEnc is in several blocks", "UUDeview", "a file"),
  BINHEX("A line of BinHex, which begins with a colon, is in text", "Eudora", "an attachment"),
  OPENPGP_ARMOUR("An OpenPGP message begins in text", "Enigmail", "the message"),
  OPENPGP("A part is an OpenPGP message that is not encrypted", "GnuPG", "the file in it"),
  TNEF("A part is a winmail.dat (TNEF)", "Outlook", "the attachments in it"),
  SMIME("A part is a signed or compressed message of S/MIME", "Outlook", "the message in it"),
  CHARSET_LOOK(
      "Text looks like UTF-16, but no header says so", "Notepad of Windows", "its characters"),
  FLOWED("Lines of text continue in the next line (delsp)", "Apple Mail", "lines joined"),
  DATA_URI("A URI in markup contains a file", "Thunderbird", "the file"),
  HEADER_URI("A URI in a header field contains a file", "Thunderbird", "the file"),
  URI_IN_PIECES("A URI that contains a file is a parameter in pieces", "Alpine", "the file"),
  CALENDAR("A property of a calendar or a card contains a file", "Outlook", "the file");

  private final String departure;
  private final String program;
  private final String sees;

  LenientReading(String departure, String program, String sees) {
    this.departure = departure;
    this.program = program;
    this.sees = sees;
  }

  /** What departs from what is declared, in words. */
  String departure() {
    return departure;
  }

  /** One program that makes it. */
  String program() {
    return program;
  }

  /** What that program sees. */
  String sees() {
    return sees;
  }
}
