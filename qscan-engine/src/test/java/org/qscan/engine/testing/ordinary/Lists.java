package org.qscan.engine.testing.ordinary;

import java.util.List;

/** Mailing lists, digests and forwards. */
final class Lists {

  private Lists() {}

  static List<Shape> shapes() {
    return List.of(
        new Shape("list", "Mailman, footer behind text", p -> footer(p, false)),
        new Shape("list", "Mailman, footer as a part", p -> footer(p, true)),
        new Shape(
            "list",
            "Sympa",
            p ->
                listed(
                    p,
                    "X-Loop: staff@example.org\nX-Sequence: 4711\nPrecedence: list\nList-Help: <mailto:sympa@example.org?subject=help>\n")),
        new Shape(
            "list",
            "ezmlm",
            p ->
                listed(
                    p,
                    "Mailing-List: contact users-help@example.org; run by ezmlm\nPrecedence: bulk\nList-Post: <mailto:users@example.org>\nDelivered-To: mailing list users@example.org\n")),
        new Shape(
            "list",
            "Google Groups",
            p ->
                listed(
                    p,
                    "Precedence: list\nMailing-list: list staff@example.org; contact staff+owners@example.org\nX-Google-Group-Id: "
                        + p.decimal(12)
                        + "\nX-Spam-Checked-In-Group: staff@example.org\n")),
        new Shape(
            "list",
            "Majordomo",
            p ->
                p.head("Sender: owner-staff@example.org\nPrecedence: bulk\n\n")
                    + p.octets(p.language.text())
                    + "\n\n> begin 1995 was a good year\n> "
                    + p.line()
                    + "\n"),
        new Shape("digest", "Mailman, MIME digest", Lists::mimeDigest),
        new Shape("digest", "LISTSERV, text digest", Lists::textDigest),
        new Shape("digest", "Yahoo Groups", p -> mimeDigest(p)),
        new Shape(
            "forward",
            "Outlook, inline",
            p ->
                inline(
                    p,
                    "-----Original Message-----\nFrom: Lee [mailto:lee@example.org] \nSent: Tuesday, October 13, 2026 4:02 PM\nTo: Pat\nSubject: ")),
        new Shape(
            "forward",
            "Apple Mail, inline",
            p ->
                inline(
                    p,
                    "> Begin forwarded message:\n> \n> From: Lee <lee@example.org>\n> Date: 13 October 2026 at 16:02:11 CEST\n> Subject: ")),
        new Shape(
            "forward",
            "Gmail, inline",
            p ->
                inline(
                    p,
                    "---------- Forwarded message ---------\nFrom: Lee <lee@example.org>\nDate: Tue, Oct 13, 2026 at 4:02 PM\nSubject: ")),
        new Shape(
            "forward",
            "Thunderbird, attached",
            p ->
                attached(
                    p,
                    "------------" + p.letters(24),
                    "Content-Type: message/rfc822; charset=UTF-8; name=\"Report.eml\"\nContent-Disposition: attachment; filename=\"Report.eml\"\nContent-Transfer-Encoding: 7bit\n\n",
                    1)),
        new Shape(
            "forward",
            "Outlook, attached",
            p ->
                attached(
                    p,
                    "_004_" + p.upper(30) + "_",
                    "Content-Type: message/rfc822\nContent-Disposition: attachment;\n\tcreation-date=\"Wed, 14 Oct 2026 08:12:07 GMT\"\n\n",
                    2)),
        new Shape(
            "forward",
            "mutt, attached",
            p ->
                attached(
                    p,
                    p.letters(14) + "/=",
                    "Content-Type: message/rfc822\nContent-Disposition: inline\n\n",
                    3)),
        new Shape(
            "forward",
            "Lotus Notes, attached as a file",
            p ->
                attached(
                    p,
                    "=_mixed 0045" + p.upper(4) + "C1257A00_=",
                    "Content-Type: message/rfc822; name=\"mail.eml\"\nContent-Disposition: attachment; filename=\"mail.eml\"\nContent-Transfer-Encoding: 8bit\n\n",
                    5)));
  }

  /** A mail with an attachment, as it is enclosed, listed and reported. */
  static String original(Pen p) {
    String boundary = "000000000000" + p.hex(16);
    return "Return-Path: <lee@example.org>\nDKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;\n        d=example.org; s=20230601; h=from:to:subject;\n        b="
        + Pen.base64(p.noise(128), 64).strip().replace("\n", "\n         ")
        + "\n"
        + p.head(
            "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"" + boundary + "\"\n\n")
        + Pen.parts(
            boundary,
            p.textPart(
                "plain",
                p.language.text() + " http://www.example.com/?a=07&x=3D",
                "quoted-printable"),
            Mailers.attachment(p, "order.pdf"));
  }

  private static String listed(Pen p, String fields) {
    String boundary = p.hex(30);
    return p.head(
            "[Staff] " + p.subject(),
            fields
                + "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\""
                + boundary
                + "\"\n\n")
        + Pen.parts(
            boundary,
            p.textPart("plain", p.language.text(), p.usual()),
            Mailers.attachment(p, "notes.pdf"));
  }

  private static String footer(Pen p, boolean asPart) {
    String footer =
        "_______________________________________________\nStaff mailing list\nStaff@lists.example.org\nhttps://lists.example.org/mailman/listinfo/staff\n";
    String fields =
        "List-Id: <staff.lists.example.org>\nX-Mailman-Version: 2.1.39\nErrors-To: staff-bounces@lists.example.org\nMIME-Version: 1.0\n";
    if (!asPart) {
      return p.head(
              fields
                  + "Content-Type: text/plain; charset=\""
                  + p.language.charset()
                  + "\"\nContent-Transfer-Encoding: 8bit\n\n")
          + p.octets(p.language.text())
          + "\n"
          + p.line()
          + "\n"
          + footer;
    }
    return p.head(
            fields
                + "Content-Type: multipart/mixed; boundary=\"==============="
                + "1234567890123456789==\"\n\n")
        + Pen.parts(
            "===============1234567890123456789==",
            "Content-Type: multipart/mixed; boundary=\"inner_"
                + "x\"\n\n"
                + Pen.parts(
                    "inner_x",
                    p.textPart("plain", p.language.text(), p.usual()),
                    Mailers.attachment(p, "notes.pdf")),
            "Content-Type: text/plain; charset=\"us-ascii\"\nMIME-Version: 1.0\nContent-Transfer-Encoding: 7bit\nContent-Disposition: inline\n\n"
                + footer);
  }

  private static String mimeDigest(Pen p) {
    return p.head(
            "Staff Digest, Vol 12, Issue 34",
            "Precedence: list\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"===============0987654321098765432==\"\n\n")
        + Pen.parts(
            "===============0987654321098765432==",
            "Content-Type: text/plain; charset=\"us-ascii\"\nContent-Description: Staff Digest, Vol 12, Issue 34\n\nSend Staff mailing list submissions to\n\tstaff@lists.example.org\n",
            "Content-Type: text/plain; charset=\"us-ascii\"\nContent-Description: Today's Topics (2 messages)\n\nToday's Topics:\n\n   1. Report (Lee)\n   2. Re: Report (Pat)\n",
            "Content-Type: multipart/digest; boundary=\"===============5555555555555555555==\"\n\n"
                + Pen.parts(
                    "===============5555555555555555555==",
                    "Content-Type: message/rfc822\nMIME-Version: 1.0\n\n" + original(p),
                    "Content-Type: message/rfc822\nMIME-Version: 1.0\n\n"
                        + p.head(
                            "MIME-Version: 1.0\n"
                                + p.textPart("plain", p.language.text(), p.usual()))));
  }

  private static String textDigest(Pen p) {
    String line = "------------------------------\n\n";
    return p.head(
            "STAFF Digest - 13 Oct 2026 to 14 Oct 2026 (#2026-200)",
            "MIME-Version: 1.0\nContent-Type: text/plain; charset="
                + p.language.charset()
                + "\nContent-Transfer-Encoding: 8bit\n\n")
        + "There are 2 messages totaling 40 lines in this issue.\n\n"
        + "-".repeat(70)
        + "\n\n"
        + "Date:    Tue, 13 Oct 2026 16:02:11 +0200\nFrom:    Lee <lee@EXAMPLE.ORG>\nSubject: Report\nMIME-Version: 1.0\nContent-Type: text/plain; charset=\"us-ascii\"\nContent-Transfer-Encoding: 7bit\n\n"
        + p.octets(p.language.text())
        + "\n\n"
        + line
        + "Date:    Wed, 14 Oct 2026 09:12:07 +0200\nFrom:    Pat <pat@EXAMPLE.NET>\nSubject: Re: Report\n\n"
        + p.line()
        + "\n\n"
        + line
        + "End of STAFF Digest - 13 Oct 2026 to 14 Oct 2026 (#2026-200)\n************************************************\n";
  }

  private static String inline(Pen p, String before) {
    String boundary = p.hex(28);
    return p.head(
            "Fwd: " + p.subject(),
            "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"" + boundary + "\"\n\n")
        + Pen.parts(
            boundary,
            p.textPart(
                "plain",
                "FYI\n\n" + before + p.language.subject() + "\n\n" + p.language.text(),
                p.usual()),
            Mailers.attachment(p, "order.pdf"));
  }

  private static String attached(Pen p, String boundary, String fields, int times) {
    String mail = original(p);
    for (int i = 0; i < times; i++) {
      String around = boundary + i;
      mail =
          p.head(
                  "FW: " + p.subject(),
                  "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\""
                      + around
                      + "\"\n\n")
              + Pen.parts(around, p.textPart("plain", "FYI", "7bit"), fields + mail);
    }
    return mail;
  }
}
