package org.qscan.engine.mime;

/**
 * Departures from what the headers declare. Each has a name, a program that reads mail in this way,
 * and what that program then sees. They are read before anything is guessed, and the limit on
 * guesses does not apply to them. {@code docs/lenient.md} has the same table.
 */
enum LenientReading {
  BODY_ELSEWHERE(
      "A line that is no field, or one of white space, stands in a header",
      "Python's email",
      "the body begins there"),
  BODY_LATE(
      "More headers follow than begin a body by themselves",
      "a reader with a boundary that QScan does not know",
      "a part behind each"),
  BOUNDARY_UNDECLARED(
      "A line with two dashes, which no header declares, stands before a Content field",
      "ripMIME",
      "a part begins there"),
  ENCODING_NAME(
      "The name of an encoding is misspelt, in quotes, in a comment, or one of two",
      "ripMIME",
      "it is decoded"),
  ENCODING_UNKNOWN("An encoding that nobody knows", "clamd", "the one that has a similar name"),
  BASE64_RESTARTED("Base64 begins behind lines that are none", "UUDeview", "what it decodes to"),
  BASE64_PADDING(
      "Equals signs stand within base64", "Perl's MIME::Base64", "the data ends at the first"),
  BASE64_FOREIGN(
      "Characters outside the alphabet stand within base64",
      "base64 -d of GNU coreutils",
      "the data ends there, or with the line"),
  BASE64_LINES(
      "Lines of base64 do not end with a group of four",
      "Perl's MIME::Base64, called line by line",
      "what is over is dropped"),
  BASE64_EIGHTH_BIT(
      "Characters of base64 have an eighth bit",
      "sendmail with SevenBitInput",
      "the bit counts for nothing"),
  QUOTED_PRINTABLE_MALFORMED(
      "An escape is none",
      "Perl's MIME::QuotedPrint",
      "its octets stay, or one to three are dropped"),
  QUOTED_PRINTABLE_SMALL(
      "An escape has small letters", "a strict reader of RFC 2045, 6.7", "it is none"),
  QUOTED_PRINTABLE_BLANKS("White space stands at the end of a line", "Python's quopri", "it stays"),
  UUENCODE("A line begins a uuencoded file in text", "ripMIME", "an attachment"),
  UUENCODE_BASE64("A line begin-base64 in text", "uudecode of GNU sharutils", "a file"),
  UUENCODE_QUOTED(
      "Marks of a quotation stand before uuencode", "the sed of a shell archive", "a file"),
  UUENCODE_MASKED(
      "Characters of uuencode have other higher bits",
      "uudecode of GNU sharutils",
      "they do not count"),
  XXENCODE("The alphabet of a uuencoded file is another", "UUDeview", "a file"),
  UUENCODE_FLOWED("Lines of uuencode are flowed", "Thunderbird", "lines joined, a file"),
  UUENCODE_EXCESS(
      "Lines of uuencode are longer than they say", "Perl's unpack", "what is over is dropped"),
  UUENCODE_CONTINUED("A uuencoded file goes on in the next part", "UUDeview", "a file"),
  YENC("A line =ybegin in text", "UUDeview", "a file"),
  YENC_JOINED("A file in yEnc is in several blocks", "UUDeview", "a file"),
  BINHEX("A line of BinHex begins with a colon in text", "Eudora", "an attachment"),
  OPENPGP_ARMOUR("A line begins an OpenPGP message in text", "Enigmail", "the message"),
  OPENPGP("A part is an OpenPGP message that is not encrypted", "GnuPG", "the file in it"),
  TNEF("A part is a winmail.dat", "Outlook", "the attachments in it"),
  SMIME("A part is a signed or compressed message of S/MIME", "Outlook", "the message in it"),
  CHARSET_LOOK(
      "Text looks like UTF-16 and does not say so", "Notepad of Windows", "its characters"),
  FLOWED("Lines of text go on in the next (delsp)", "Apple Mail", "lines joined"),
  DATA_URI("A URI in markup has a file in it", "Thunderbird", "the file"),
  HEADER_URI("A URI in a header field has a file in it", "Thunderbird", "the file"),
  URI_IN_PIECES("Such a URI is a parameter in pieces", "Alpine", "the file"),
  CALENDAR("A property of a calendar or a card has a file in it", "Outlook", "the file");

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
