package org.qscan.engine.plain;

/**
 * The productions that ordinary mail has, as they were counted in 7,836 plain mails of public
 * archives, the most frequent first; and behind them what the grammar has besides, so that the
 * first mail of some kind at a site need not be the one that asks for it.
 */
final class OrdinaryForms {

  private static final String ALL =
      """
      line 500
      parts 10
      version 1.0
      lines LF
      deepest 0
      path single
      fields: type transfer-encoding
      charset utf-8
      fields: type
      lines CRLF
      boundary quoted
      charset none
      folded content-type
      deepest 1
      version none
      fields: none
      leaf none none none unnamed
      behind fields: type transfer-encoding
      place alternative first
      place alternative last
      behind charset utf-8
      leaf 7bit text/plain none unnamed
      shape alternative: text html
      boundary has _
      leaf quoted-printable text/html none unnamed
      charset us-ascii
      boundary has -
      behind 7bit text
      path alternative
      leaf none text/plain none unnamed
      boundary has =
      behind fields: type
      leaf quoted-printable text/plain none unnamed
      boundary has .
      epilogue
      fields: transfer-encoding type
      path mixed
      boundary begins with dashes
      place mixed first
      place mixed last
      behind quoted-printable text
      name in disposition plain
      line 998
      name in type plain
      leaf 8bit text/html none unnamed
      charset iso-8859
      pair alternative: start -> quoted-printable text
      deepest 2
      pair alternative: quoted-printable text -> quoted-printable html
      preamble
      behind charset us-ascii
      behind 7bit message
      path report
      place report first
      place report last
      header 8-bit
      place report middle
      place message only
      behind line 500
      leaf none message/delivery-status none unnamed
      fields: type transfer-encoding disposition
      pair report: start -> 7bit text
      pair report: 7bit text -> 7bit message
      leaf base64 text/html none unnamed
      pair alternative: start -> 7bit text
      header 64 KiB
      behind folded content-type
      pair report: 7bit message -> message
      pair mixed: start -> 7bit text
      leaf 8bit text/plain none unnamed
      shape report: text message
      shape message: text
      leaf 7bit text/html none unnamed
      folded content-disposition
      fields: type disposition transfer-encoding
      boundary has /
      behind multipart/alternative
      path report>message
      boundary bare
      leaf base64 application attachment named
      pair message: start -> 7bit text
      behind boundary quoted
      leaf base64 text/plain none unnamed
      behind charset iso-8859
      behind quoted-printable html
      behind charset none
      behind epilogue
      shape mixed: text file
      leaf none text/html none unnamed
      behind 7bit html
      pair mixed: start -> multipart/alternative
      path mixed>alternative
      behind base64 text
      behind name in disposition plain
      place related first
      place related last
      behind name in type plain
      pair alternative: 7bit text -> 7bit html
      version 1.0 and more
      boundary long
      pair alternative: start -> base64 text
      behind base64 file
      pair alternative: base64 text -> base64 html
      deepest 3
      pair mixed: 7bit text -> base64 file
      place alternative only
      behind boundary has -
      behind boundary has _
      pair alternative: 7bit text -> quoted-printable html
      behind fields: type transfer-encoding disposition
      shape mixed: multipart file
      place mixed only
      pair mixed: multipart/alternative -> base64 file
      fields: type disposition
      leaf base64 image attachment named
      behind fields: none
      shape alternative: html
      place mixed middle
      leaf base64 image inline named
      behind fields: type disposition transfer-encoding
      charset windows-125x
      behind fields: transfer-encoding type
      shape mixed: text
      shape related: html file
      behind 8bit text
      shape message: multipart
      behind boundary begins with dashes
      behind folded content-disposition
      shape report: text message text
      fields: disposition transfer-encoding type
      path related
      pair related: start -> multipart/alternative
      leaf none text/other none unnamed
      pair report: 7bit message -> 7bit text
      behind boundary has =
      shape related: multipart file
      pair alternative: start -> 8bit text
      pair related: multipart/alternative -> base64 file
      leaf quoted-printable text/html inline unnamed
      place related middle
      pair related: start -> quoted-printable html
      capitals in encoding
      leaf none text/plain inline unnamed
      capitals in type
      pair related: base64 file -> base64 file
      pair alternative: start -> 8bit html
      leaf 7bit text/other none unnamed
      behind fields: type disposition
      behind multipart/related
      behind charset windows-125x
      behind base64 html
      place related only
      behind boundary has .
      behind 8bit html
      leaf 8bit text/html inline unnamed
      pair message: start -> multipart/alternative
      leaf quoted-printable text/plain inline unnamed
      shape related: html
      pair alternative: 8bit text -> 8bit html
      pair related: quoted-printable html -> base64 file
      pair related: start -> 7bit html
      leaf 7bit message/delivery-status none unnamed
      shape alternative: html text
      shape alternative: text multipart
      shape mixed: text message
      pair mixed: start -> multipart/related
      pair mixed: start -> quoted-printable html
      path mixed>message
      shape mixed: html
      path mixed>related
      leaf base64 text/plain attachment named
      shape alternative: text
      pair alternative: start -> base64 html
      pair mixed: 7bit text -> message
      behind boundary bare
      shape report: multipart message
      pair related: 7bit html -> base64 file
      shape mixed: multipart text
      pair mixed: 7bit text -> 7bit file
      path report>message>alternative
      leaf 7bit text/plain attachment named
      shape mixed: multipart
      leaf 7bit text/plain inline unnamed
      pair mixed: start -> quoted-printable text
      pair mixed: 7bit text -> 7bit text
      path related>alternative
      path alternative>related
      pair alternative: 7bit text -> multipart/related
      shape mixed: html file
      leaf none application attachment named
      name in type encoded word
      pair mixed: start -> base64 html
      behind boundary long
      shape mixed: html text
      pair mixed: base64 file -> base64 file
      leaf 7bit text/html inline unnamed
      pair alternative: start -> quoted-printable html
      shape message: html
      fields: transfer-encoding
      behind line 998
      pair report: multipart/related -> 7bit message
      pair report: start -> multipart/related
      path report>related
      path report>related>alternative
      pair alternative: base64 html -> base64 text
      path mixed>related>alternative
      place alternative middle
      pair message: start -> multipart/related
      path report>message>related
      leaf 7bit text/other none named
      pair mixed: start -> 7bit html
      leaf base64 image none named
      parts 30
      leaf 8bit none none unnamed
      pair mixed: quoted-printable html -> quoted-printable text
      shape alternative: text html text
      pair alternative: 7bit text -> 7bit text
      pair alternative: start -> 7bit html
      pair related: start -> base64 html
      fields: disposition type transfer-encoding
      pair mixed: 7bit text -> base64 text
      boundary has ?
      leaf 8bit text/plain inline unnamed
      pair message: start -> quoted-printable text
      pair message: start -> multipart/mixed
      pair mixed: multipart/alternative -> 7bit text
      pair message: start -> base64 text
      pair alternative: 8bit text -> quoted-printable html
      boundary has :
      pair alternative: 8bit html -> 7bit text
      fields: transfer-encoding disposition type
      pair mixed: multipart/alternative -> base64 text
      pair alternative: 7bit html -> 7bit text
      shape mixed: text message text
      pair mixed: 7bit message -> 7bit text
      pair mixed: 7bit text -> 7bit message
      pair mixed: start -> 8bit html
      pair mixed: quoted-printable html -> base64 file
      fields: transfer-encoding type disposition
      pair report: multipart/alternative -> 7bit message
      pair report: start -> multipart/alternative
      path report>alternative
      path mixed>message>mixed
      pair message: start -> quoted-printable html
      name in disposition encoded word
      pair mixed: base64 text -> base64 file
      path mixed>message>alternative
      behind preamble
      pair message: start -> 7bit html
      path mixed>alternative>related
      pair mixed: quoted-printable text -> base64 file
      leaf base64 image none unnamed
      pair mixed: start -> 8bit text
      leaf 7bit application attachment named
      pair mixed: 8bit text -> base64 file
      pair alternative: quoted-printable text -> 8bit html
      leaf base64 text/html attachment named
      pair alternative: quoted-printable text -> 7bit html
      behind fields: disposition transfer-encoding type
      behind capitals in encoding
      shape mixed: text file text
      pair mixed: start -> base64 text
      pair mixed: base64 file -> base64 text
      pair mixed: multipart/alternative -> message
      shape mixed: multipart message
      shape mixed: text html
      name in disposition RFC 2231
      pair mixed: multipart/related -> base64 file
      behind 7bit file
      behind boundary has ?
      shape mixed: multipart text file
      boundary has +
      pair mixed: 7bit html -> base64 file
      leaf none text/plain attachment named
      pair mixed: base64 file -> 7bit text
      pair mixed: base64 html -> base64 file
      behind capitals in type
      behind message
      behind version 1.0
      leaf 8bit text/other attachment named
      pair mixed: 8bit html -> base64 file
      behind fields: disposition type transfer-encoding
      deepest 4
      leaf 8bit text/other none unnamed
      pair alternative: start -> multipart/related
      leaf base64 text/other none unnamed
      path alternative>alternative
      leaf 8bit text/other none named
      pair mixed: 7bit html -> 7bit text
      pair mixed: message -> message
      leaf none image inline named
      name in disposition RFC 2231 in pieces
      pair message: start -> 8bit text
      pair mixed: multipart/alternative -> 8bit text
      pair related: 7bit file -> 7bit file
      pair report: 8bit text -> 7bit message
      pair report: quoted-printable html -> 7bit message
      pair report: start -> 8bit text
      pair report: start -> quoted-printable html
      shape report: html message
      leaf base64 image inline unnamed
      leaf base64 text/other attachment named
      pair mixed: start -> message
      pair report: start -> quoted-printable text
      path alternative>mixed
      shape alternative: multipart
      behind name in type encoded word
      fields: disposition type
      pair mixed: multipart/related -> base64 text
      pair alternative: 8bit text -> 7bit html
      leaf base64 application inline named
      pair mixed: base64 text -> base64 text
      shape alternative: multipart text
      shape related: multipart
      pair mixed: 7bit text -> 7bit html
      pair mixed: start -> base64 file
      pair report: 7bit message -> 8bit text
      shape mixed: file
      shape mixed: multipart file text
      behind fields: transfer-encoding disposition type
      behind name in disposition RFC 2231 in pieces
      capitals in disposition
      pair mixed: 7bit html -> 7bit file
      pair related: 7bit html -> 7bit file
      path report>message>mixed
      shape mixed: message
      shape report: text file
      leaf base64 text/plain inline unnamed
      leaf quoted-printable text/html attachment named
      leaf quoted-printable text/plain attachment named
      pair report: quoted-printable text -> 7bit message
      leaf base64 application none named
      no blank behind colon
      pair mixed: 7bit text -> quoted-printable text
      leaf base64 audio none unnamed
      pair mixed: 7bit text -> base64 html
      pair mixed: quoted-printable text -> 7bit text
      shape mixed: text html file
      pair alternative: 7bit text -> base64 html
      leaf none message/disposition-notification none unnamed
      leaf quoted-printable application attachment named
      leaf quoted-printable text/plain inline named
      pair mixed: 7bit text -> quoted-printable file
      leaf 7bit text/html attachment named
      pair mixed: multipart/alternative -> 7bit html
      shape mixed: multipart html text message
      behind capitals in disposition
      behind fields: transfer-encoding type disposition
      leaf none text/plain inline named
      pair alternative: multipart/related -> 7bit text
      pair alternative: quoted-printable html -> base64 text
      pair mixed: multipart/related -> 7bit text
      path mixed>message>mixed>alternative
      pair alternative: start -> multipart/alternative
      leaf base64 application inline unnamed
      leaf none application none unnamed
      pair alternative: 8bit text -> base64 file
      pair alternative: quoted-printable html -> 8bit text
      path message
      shape alternative: text file
      pair mixed: 8bit html -> 7bit text
      pair alternative: base64 file -> multipart/alternative
      pair alternative: start -> base64 file
      shape alternative: file multipart
      leaf 7bit text/other attachment named
      leaf 7bit text/plain inline named
      leaf base64 audio attachment named
      pair message: start -> message
      shape message: message
      deepest 5
      deepest 6
      parts 100
      boundary has '
      behind boundary has '
      behind boundary has +
      behind boundary has /
      behind boundary has :
      boundary has ,
      behind boundary has ,
      fields 200
      behind fields 200
      behind header 64 KiB
      behind header 8-bit
      tab behind colon
      behind tab behind colon
      behind no blank behind colon
      behind version none
      behind version 1.0 and more
      name in type RFC 2231
      behind name in type RFC 2231
      name in type RFC 2231 in pieces
      behind name in type RFC 2231 in pieces
      behind name in disposition encoded word
      behind name in disposition RFC 2231
      pair mixed: 7bit text -> 8bit text
      pair mixed: 8bit text -> 7bit text
      pair mixed: 8bit text -> 8bit text
      pair mixed: 8bit text -> quoted-printable text
      pair mixed: 8bit text -> base64 text
      pair mixed: quoted-printable text -> 8bit text
      pair mixed: quoted-printable text -> quoted-printable text
      pair mixed: quoted-printable text -> base64 text
      pair mixed: base64 text -> 7bit text
      pair mixed: base64 text -> 8bit text
      pair mixed: base64 text -> quoted-printable text
      pair alternative: 7bit text -> 8bit html
      pair alternative: 8bit text -> base64 html
      pair alternative: quoted-printable text -> base64 html
      pair alternative: base64 text -> 7bit html
      pair alternative: base64 text -> 8bit html
      pair alternative: base64 text -> quoted-printable html
      leaf base64 application none unnamed
      leaf base64 application attachment unnamed
      leaf base64 image attachment unnamed
      leaf base64 audio none named
      leaf base64 audio inline named
      leaf base64 audio inline unnamed
      leaf base64 audio attachment unnamed
      leaf base64 video none named
      leaf base64 video none unnamed
      leaf base64 video inline named
      leaf base64 video inline unnamed
      leaf base64 video attachment named
      leaf base64 video attachment unnamed
      leaf base64 text/plain none named
      leaf base64 text/plain inline named
      leaf base64 text/plain attachment unnamed
      leaf base64 text/html none named
      leaf base64 text/html inline named
      leaf base64 text/html inline unnamed
      leaf base64 text/html attachment unnamed
      leaf base64 text/other none named
      leaf base64 text/other inline named
      leaf base64 text/other inline unnamed
      leaf base64 text/other attachment unnamed
      """;

  private OrdinaryForms() {}

  static String[] productions() {
    return ALL.split("\n", 0);
  }
}
