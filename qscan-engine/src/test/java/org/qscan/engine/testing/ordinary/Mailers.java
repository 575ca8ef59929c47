package org.qscan.engine.testing.ordinary;

import java.util.List;

/** What people write in mail programs. */
final class Mailers {

  private static final String MIXED =
      "MIME-Version: 1.0\nContent-Type: multipart/mixed;\n\tboundary=\"";

  private Mailers() {}

  static List<Shape> shapes() {
    return List.of(
        new Shape("mailer", "Outlook 16", Mailers::outlook),
        new Shape("mailer", "Outlook Express 6", Mailers::outlookExpress),
        new Shape("mailer", "Exchange Online", Mailers::exchangeOnline),
        new Shape("mailer", "Outlook for Mac", Mailers::outlookForMac),
        new Shape("mailer", "Windows Mail", Mailers::windowsMail),
        new Shape("mailer", "Apple Mail", Mailers::appleMail),
        new Shape("mailer", "iPhone Mail", Mailers::iphone),
        new Shape("mailer", "Gmail", Mailers::gmail),
        new Shape("mailer", "Thunderbird", Mailers::thunderbird),
        new Shape("mailer", "K-9 Mail", Mailers::k9),
        new Shape("mailer", "mutt", Mailers::mutt),
        new Shape("mailer", "Lotus Notes", Mailers::lotusNotes),
        new Shape(
            "mailer",
            "Evolution",
            p -> mixed(p, "X-Mailer: Evolution 3.46.4-2\n", "=-" + p.letters(20))),
        new Shape(
            "mailer",
            "KMail",
            p ->
                mixed(
                    p,
                    "User-Agent: KMail/5.22.3\n",
                    "nextPart" + p.decimal(7) + "." + p.letters(10))),
        new Shape("mailer", "Claws Mail", Mailers::claws),
        new Shape("mailer", "Alpine", Mailers::alpine),
        new Shape("mailer", "Eudora", Mailers::eudora),
        new Shape(
            "mailer",
            "The Bat!",
            p ->
                mixed(
                    p, "X-Mailer: The Bat! (v9.3.4) Professional\n", "----------0" + p.upper(16))),
        new Shape(
            "mailer",
            "Zimbra",
            p ->
                mixed(
                    p,
                    "X-Mailer: Zimbra 8.8.15_GA_4484 (ZimbraWebClient)\n",
                    "----=_Part_" + p.decimal(5) + "_" + p.decimal(9) + "." + p.decimal(13))),
        new Shape(
            "mailer",
            "Roundcube",
            p -> mixed(p, "User-Agent: Roundcube Webmail/1.6.5\n", "=_" + p.hex(32))),
        new Shape(
            "mailer",
            "SquirrelMail",
            p ->
                mixed(
                    p,
                    "User-Agent: SquirrelMail/1.4.23\nX-Priority: 3 (Normal)\n",
                    "----=_20261014101207_" + p.decimal(5))),
        new Shape(
            "mailer",
            "Horde IMP",
            p -> mixed(p, "User-Agent: Horde Application Framework 5\n", "=_" + p.letters(22))),
        new Shape(
            "mailer",
            "Samsung Email",
            p -> mixed(p, "", "--_com.samsung.android.email_" + p.decimal(16))),
        new Shape(
            "mailer",
            "BlackBerry",
            p ->
                mixed(
                    p,
                    "X-Originating-IP: 192.0.2.9\n",
                    "part" + p.decimal(4) + "-boundary-" + p.decimal(9) + "-" + p.decimal(9))),
        new Shape(
            "mailer",
            "GroupWise",
            p ->
                mixed(
                    p,
                    "X-Mailer: Novell GroupWise Internet Agent 14.2.2\n",
                    "=__Part" + p.upper(8) + "." + p.decimal(1) + "__=")),
        new Shape(
            "mailer",
            "Sylpheed",
            p ->
                mixed(
                    p,
                    "X-Mailer: Sylpheed 3.7.0\n",
                    "Multipart=_Wed__14_Oct_2026_10_12_07_+0200_" + p.letters(16))),
        new Shape("mailer", "Gnus", p -> mixed(p, "User-Agent: Gnus/5.13 (Gnus v5.13)\n", "=-=-=")),
        new Shape(
            "mailer",
            "Opera M2",
            p -> mixed(p, "User-Agent: Opera Mail/12.16 (Win32)\n", "----------" + p.letters(22))),
        new Shape(
            "mailer",
            "Yahoo",
            p ->
                mixed(
                    p,
                    "X-Mailer: WebService/1.1.22806 YMailNovation\n",
                    "----=_Part_" + p.decimal(7) + "_" + p.decimal(9) + "." + p.decimal(13))),
        new Shape(
            "mailer",
            "SOGo",
            p ->
                mixed(
                    p,
                    "User-Agent: SOGoMail 5.8.0\n",
                    "----=_=-_OpenGroupware_org_NGMime-"
                        + p.decimal(5)
                        + "-"
                        + p.decimal(10)
                        + "."
                        + p.decimal(6)
                        + "-"
                        + p.decimal(1)
                        + "------")),
        new Shape(
            "mailer",
            "Heirloom mailx",
            p ->
                mixed(
                    p,
                    "User-Agent: Heirloom mailx 12.5 7/5/10\n",
                    "=_" + p.hex(8) + "." + p.letters(48) + "=")),
        new Shape("mailer", "mail of BSD, uuencode", Mailers::uuencode));
  }

  /** Text and an attachment, as most programs send it. */
  private static String mixed(Pen p, String fields, String boundary) {
    return p.head(fields + MIXED + boundary + "\"\n\n")
        + Pen.parts(
            boundary,
            p.textPart("plain", p.language.text(), p.usual()),
            attachment(p, "notes.pdf"));
  }

  static String attachment(Pen p, String name) {
    return "Content-Type: application/octet-stream; name=\""
        + name
        + "\"\nContent-Disposition: attachment; filename=\""
        + name
        + "\"\nContent-Transfer-Encoding: base64\n\n"
        + Pen.base64(p.carried);
  }

  private static String outlook(Pen p) {
    String id = p.upper(4);
    String mixed = "----=_NextPart_000_" + id + "_01DA3F5E." + p.upper(8);
    String related = mixed.replace("_000_", "_001_");
    String alternative = mixed.replace("_000_", "_002_");
    String picture = "image001.png@01DA3F5E." + p.upper(8);
    return p.head(
            MIXED
                + mixed
                + "\"\nX-Mailer: Microsoft Outlook 16.0\nThread-Index: "
                + Pen.base64(p.noise(22)).strip()
                + "\nContent-Language: de\n\n")
        + "This is a multipart message in MIME format.\n\n"
        + Pen.parts(
            mixed,
            "Content-Type: multipart/related;\n\tboundary=\""
                + related
                + "\"\n\n\n"
                + Pen.parts(
                    related,
                    "Content-Type: multipart/alternative;\n\tboundary=\""
                        + alternative
                        + "\"\n\n\n"
                        + Pen.parts(
                            alternative,
                            p.textPart("plain", p.language.text(), "quoted-printable"),
                            p.textPart(
                                "html",
                                p.html(p.language.text()) + "<img src=\"cid:" + picture + "\">",
                                "quoted-printable")),
                    "Content-Type: image/png;\n\tname=\"image001.png\"\nContent-Transfer-Encoding:"
                        + " base64\nContent-ID: <"
                        + picture
                        + ">\n\n"
                        + Pen.base64(p.png())),
            "Content-Type: application/vnd.openxmlformats-officedocument.wordprocessingml.document;\n"
                + "\tname=\"Protokoll.docx\"\nContent-Transfer-Encoding: base64\n"
                + "Content-Disposition: attachment;\n\tfilename=\"Protokoll.docx\"\n\n"
                + Pen.base64(p.carried));
  }

  private static String outlookExpress(Pen p) {
    String boundary = "----=_NextPart_000_" + p.upper(4) + "_01C3A2B1." + p.upper(8);
    return p.head(
            MIXED
                + boundary
                + "\"\nX-Priority: 3\nX-MSMail-Priority: Normal\nX-Mailer: Microsoft Outlook Express"
                + " 6.00.2900.5931\nX-MimeOLE: Produced By Microsoft MimeOLE V6.00.2900.6157\n\n")
        + "This is a multi-part message in MIME format.\n\n"
        + Pen.parts(
            boundary,
            "Content-Type: text/plain;\n\tformat=flowed;\n\tcharset=\""
                + p.language.charset()
                + "\";\n\treply-type=original\nContent-Transfer-Encoding: 8bit\n\n"
                + p.octets(p.language.text())
                + "\n",
            "Content-Type: application/msword;\n\tname=\""
                + p.word("Übersicht.doc", "iso-8859-1")
                + "\"\nContent-Transfer-Encoding: base64\nContent-Disposition: attachment;\n\tfilename=\""
                + p.word("Übersicht.doc", "iso-8859-1")
                + "\"\n\n"
                + Pen.base64(p.carried));
  }

  private static String exchangeOnline(Pen p) {
    String alternative =
        "_000_AM0PR04MB" + p.decimal(4) + p.upper(24) + "AM0PR04MB" + p.decimal(4) + "eurp_";
    String mixed = alternative.replace("_000_", "_004_");
    return "ARC-Seal: i=1; a=rsa-sha256; s=arcselector9901; d=microsoft.com; cv=none;\n b="
        + Pen.base64(p.noise(192), 72).strip().replace("\n", "\n ")
        + "\nARC-Message-Signature: i=1; a=rsa-sha256; c=relaxed/relaxed; d=microsoft.com;\n"
        + " s=arcselector9901; h=From:Date:Subject:X-MS-Exchange-AntiSpam-MessageData-0;\n bh="
        + Pen.base64(p.noise(32)).strip()
        + ";\n b="
        + Pen.base64(p.noise(192), 72).strip().replace("\n", "\n ")
        + "\n"
        + p.head(
            "Accept-Language: de-DE, en-US\nContent-Language: de-DE\nX-MS-Has-Attach: yes\n"
                + "X-MS-TNEF-Correlator:\nX-MS-Exchange-AntiSpam-MessageData-0:\n =?us-ascii?Q?"
                + p.letters(50)
                + "?=\n =?us-ascii?Q?"
                + p.letters(50)
                + "?=\nContent-Type: multipart/mixed;\n\tboundary=\""
                + mixed
                + "\"\nMIME-Version: 1.0\n\n")
        + Pen.parts(
            mixed,
            "Content-Type: multipart/alternative;\n\tboundary=\""
                + alternative
                + "\"\n\n"
                + Pen.parts(
                    alternative,
                    p.textPart("plain", p.language.text(), "base64"),
                    p.textPart("html", p.html(p.language.text()), "base64")),
            "Content-Type: application/vnd.ms-excel; name=\"plan.xls\"\nContent-Description: plan.xls\n"
                + "Content-Disposition: attachment; filename=\"plan.xls\"; size=4711;\n"
                + "\tcreation-date=\"Wed, 14 Oct 2026 08:12:07 GMT\";\n"
                + "\tmodification-date=\"Wed, 14 Oct 2026 08:12:07 GMT\"\n"
                + "Content-Transfer-Encoding: base64\n\n"
                + Pen.base64(p.carried));
  }

  private static String outlookForMac(Pen p) {
    String boundary = "B_37" + p.decimal(8) + "_" + p.decimal(10);
    return p.head(
            "User-Agent: Microsoft-MacOutlook/16.78.23100802\nThread-Topic: "
                + p.subject()
                + "\nMime-version: 1.0\nContent-type: multipart/mixed;\n\tboundary=\""
                + boundary
                + "\"\n\n")
        + "> This message is in MIME format. Since your mail reader does not understand\nthis format,"
        + " some or all of this message may not be legible.\n\n"
        + Pen.parts(
            boundary,
            "Content-type: text/plain;\n\tcharset=\""
                + p.language.charset()
                + "\"\nContent-transfer-encoding: quoted-printable\n\n"
                + Pen.quotedPrintable(p.octets(p.language.text()))
                + "\n",
            "Content-type: application/pdf; name=\"scan.pdf\";\n x-mac-creator=\"4D535744\";\n"
                + " x-mac-type=\"50444620\"\nContent-disposition: attachment;\n\tfilename=\"scan.pdf\"\n"
                + "Content-transfer-encoding: base64\n\n"
                + Pen.base64(p.carried));
  }

  private static String windowsMail(Pen p) {
    String boundary = "_" + p.uuid() + "_";
    return p.head(
            "MIME-Version: 1.0\nContent-Type: multipart/mixed;\n\tboundary=\""
                + boundary
                + "\"\nX-Mailer: Microsoft Windows Mail\n\n")
        + Pen.parts(
            boundary,
            p.textPart("html", p.html(p.language.text()), "quoted-printable"),
            attachment(p, "photo.jpg"));
  }

  private static String appleMail(Pen p) {
    String boundary = "Apple-Mail=_" + p.uuid();
    return p.head(
            "Mime-Version: 1.0 (Mac OS X Mail 16.0 \\(3774.300.61.1.2\\))\nX-Mailer: Apple Mail"
                + " (2.3774.300.61.1.2)\nContent-Type: multipart/mixed;\n\tboundary=\""
                + boundary
                + "\"\n\n")
        + "\n"
        + Pen.parts(
            boundary,
            p.textPart("plain", p.language.text(), "quoted-printable"),
            "Content-Disposition: inline;\n\tfilename*=utf-8''Pr%C3%BCfung.pdf\nContent-Type:"
                + " application/pdf;\n\tx-unix-mode=0644;\n\tname=\"=?utf-8?Q?Pr=C3=BCfung=2Epdf?=\"\n"
                + "Content-Transfer-Encoding: base64\n\n"
                + Pen.base64(p.carried),
            "Content-Transfer-Encoding: 7bit\nContent-Type: text/plain;\n\tcharset=us-ascii\n\n\n\n");
  }

  private static String iphone(Pen p) {
    String boundary = "Apple-Mail-" + p.uuid();
    return p.head(
            "Mime-Version: 1.0 (1.0)\nX-Mailer: iPhone Mail (21B101)\nContent-Type: multipart/mixed;"
                + " boundary="
                + boundary
                + "\nContent-Transfer-Encoding: 7bit\n\n")
        + "\n"
        + Pen.parts(
            boundary,
            "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n"
                + Pen.base64(Pen.utf8(p.language.text() + "\n\nSent from my iPhone\n")),
            "Content-Type: image/heic; name=IMG_"
                + p.decimal(4)
                + ".heic; x-apple-part-url="
                + p.uuid()
                + "\nContent-Disposition: inline; filename=IMG_1234.heic\nContent-Transfer-Encoding:"
                + " base64\n\n"
                + Pen.base64(p.carried));
  }

  private static String gmail(Pen p) {
    String mixed = "000000000000" + p.hex(16);
    String alternative = "000000000000" + p.hex(16);
    return "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;\n        d=gmail.com; s=20230601;"
        + " t=1697271127; x=1697875927; darn=example.org;\n        h=to:subject:message-id:date;\n"
        + "        bh="
        + Pen.base64(p.noise(32)).strip()
        + ";\n        b="
        + Pen.base64(p.noise(256), 68).strip().replace("\n", "\n         ")
        + "\n"
        + p.head("MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"" + mixed + "\"\n\n")
        + Pen.parts(
            mixed,
            "Content-Type: multipart/alternative; boundary=\""
                + alternative
                + "\"\n\n"
                + Pen.parts(
                    alternative,
                    "Content-Type: text/plain; charset=\"UTF-8\"\nContent-Transfer-Encoding: base64\n\n"
                        + Pen.base64(Pen.utf8(p.language.text()) + "\r\n"),
                    "Content-Type: text/html; charset=\"UTF-8\"\nContent-Transfer-Encoding:"
                        + " quoted-printable\n\n"
                        + Pen.quotedPrintable(
                            Pen.utf8(
                                "<div dir=\"ltr\">"
                                    + p.language.text().replace("\n", "<br>")
                                    + "</div>\n"))),
            "Content-Type: application/zip; name=\"files.zip\"\nContent-Disposition: attachment;"
                + " filename=\"files.zip\"\nContent-Transfer-Encoding: base64\nContent-ID: <f_"
                + p.hex(9)
                + ">\nX-Attachment-Id: f_"
                + p.hex(9)
                + "\n\n"
                + Pen.base64(Pen.zip("report.txt", p.carried)));
  }

  private static String thunderbird(Pen p) {
    String boundary = "------------" + p.letters(24);
    return p.head(
            "User-Agent: Mozilla Thunderbird\nContent-Language: de-DE\nContent-Type: multipart/mixed;"
                + " boundary=\""
                + boundary
                + "\"\nMIME-Version: 1.0\n\n")
        + "This is a multi-part message in MIME format.\n"
        + Pen.parts(
            boundary,
            "Content-Type: text/plain; charset=UTF-8; format=flowed\nContent-Transfer-Encoding: 8bit\n\n"
                + Pen.utf8(p.language.text())
                + "\n",
            "Content-Type: application/pdf; name=\"=?UTF-8?Q?Pr=C3=BCfung=2Epdf?=\"\n"
                + "Content-Disposition: attachment;\n filename*0*=UTF-8''%50%72%C3%BC%66%75%6E;\n"
                + " filename*1*=%67%2E%70%64%66\nContent-Transfer-Encoding: base64\n\n"
                + Pen.base64(p.carried, 72));
  }

  private static String k9(Pen p) {
    String boundary = "----" + p.upper(30);
    return p.head(
            "User-Agent: K-9 Mail for Android\nMIME-Version: 1.0\nContent-Type: multipart/mixed;\n boundary="
                + boundary
                + "\nContent-Transfer-Encoding: 8bit\n\n")
        + Pen.parts(
            boundary,
            "Content-Type: text/plain;\n charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n"
                + Pen.quotedPrintable(Pen.utf8(p.language.text()))
                + "\n",
            "Content-Type: image/jpeg;\n name=\"IMG_20261014.jpg\"\nContent-Transfer-Encoding: base64\n"
                + "Content-Disposition: attachment;\n filename=\"IMG_20261014.jpg\";\n size="
                + p.carried.length()
                + "\n\n"
                + Pen.base64(p.carried));
  }

  private static String mutt(Pen p) {
    String boundary = p.letters(14) + "/=";
    return p.head(
            "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\""
                + boundary
                + "\"\nContent-Disposition: inline\nUser-Agent: Mutt/2.2.9 (2022-11-12)\n\n\n")
        + Pen.parts(
            boundary,
            "Content-Type: text/plain; charset="
                + p.language.charset()
                + "\nContent-Disposition: inline\nContent-Transfer-Encoding: 8bit\n\n"
                + p.octets(p.language.text())
                + "\n\n-- \nPat\n",
            "Content-Type: text/x-diff; charset=us-ascii\nContent-Disposition: attachment;"
                + " filename=\"fix.patch\"\nContent-Transfer-Encoding: base64\n\n"
                + Pen.base64(p.carried));
  }

  private static String lotusNotes(Pen p) {
    String mixed = "=_mixed 0045" + p.upper(4) + "C1257" + p.upper(3) + "_=";
    String alternative = "=_alternative 0045" + p.upper(4) + "C1257" + p.upper(3) + "_=";
    return p.head(
            "MIME-Version: 1.0\nX-KeepSent: "
                + p.upper(8)
                + ":"
                + p.upper(8)
                + "-C1257A00;\n type=4; name=$KeepSent\nX-Mailer: Lotus Notes Release 8.5.3 September 15,"
                + " 2011\nX-MIMETrack: Serialize by Router on MX1/Example(Release 9.0.1FP10|December 12,"
                + " 2018) at\n 14.10.2026 10:12:07,\n\tSerialize complete at 14.10.2026 10:12:07\n"
                + "Content-Type: multipart/mixed; boundary=\""
                + mixed
                + "\"\n\n")
        + "--"
        + mixed
        + "\nContent-Type: multipart/alternative; boundary=\""
        + alternative
        + "\"\n\n\n"
        + Pen.parts(
            alternative,
            p.textPart("plain", p.language.text(), "quoted-printable"),
            p.textPart("html", p.html(p.language.text()), "quoted-printable"))
        + "--"
        + mixed
        + "\nContent-Type: application/octet-stream; name=\"Liste.xls\"\nContent-Disposition: attachment;"
        + " filename=\"Liste.xls\"\nContent-Transfer-Encoding: base64\n\n"
        + Pen.base64(p.carried)
        + "--"
        + mixed
        + "--\n";
  }

  private static String claws(Pen p) {
    String boundary = "MP_/" + p.letters(23);
    return p.head("X-Mailer: Claws Mail 4.1.1 (GTK 3.24.38)\n" + MIXED + boundary + "\"\n\n")
        + Pen.parts(
            boundary,
            p.textPart("plain", p.language.text(), p.usual()) + "\n",
            "Content-Type: application/pdf\nContent-Transfer-Encoding: base64\nContent-Disposition:"
                + " attachment;\n filename*=UTF-8''Pr%C3%BCfung.pdf\n\n"
                + Pen.base64(p.carried, 72));
  }

  private static String alpine(Pen p) {
    String boundary = "8323329-" + p.decimal(9) + "-" + p.decimal(10) + "=:" + p.decimal(5);
    return p.head(
            "User-Agent: Alpine 2.26 (DEB 649 2022-06-02)\nMIME-Version: 1.0\nContent-Type:"
                + " multipart/mixed; boundary=\""
                + boundary
                + "\"\n\n")
        + "  This message is in MIME format.  The first part should be readable text,\n"
        + "  while the remaining parts are likely unreadable without MIME-aware tools.\n\n"
        + Pen.parts(
            boundary,
            "Content-Type: text/plain; charset="
                + p.language.charset()
                + "; format=flowed\n"
                + "Content-Transfer-Encoding: 8BIT\n\n"
                + p.octets(p.language.text())
                + "\n",
            "Content-Type: application/octet-stream; name=data.bin\nContent-Transfer-Encoding: BASE64\n"
                + "Content-ID: <alpine.DEB.2.26."
                + p.decimal(13)
                + ">\nContent-Description: \nContent-Disposition: attachment; filename=data.bin\n\n"
                + Pen.base64(p.carried, 60));
  }

  private static String eudora(Pen p) {
    String boundary = "=====================_" + p.decimal(8) + "==_";
    return p.head(
            "X-Mailer: QUALCOMM Windows Eudora Version 7.1.0.9\nMime-Version: 1.0\nContent-Type:"
                + " multipart/mixed;\n\tboundary=\""
                + boundary
                + "\"\n\n")
        + Pen.parts(
            boundary,
            "Content-Type: text/plain; charset=\""
                + p.language.charset()
                + "\"; format=flowed\nContent-Transfer-Encoding: 8bit\n\n"
                + p.octets(p.language.text())
                + "\n",
            "Content-Type: application/octet-stream; name=\"figures.xls\";\n x-mac-type=\"42494E41\";"
                + " x-mac-creator=\"6D646F73\"\nContent-Transfer-Encoding: base64\nContent-Disposition:"
                + " attachment; filename=\"figures.xls\"\n\n"
                + Pen.base64(p.carried, 72));
  }

  private static String uuencode(Pen p) {
    StringBuilder lines = new StringBuilder("begin 644 notes.txt\n");
    for (int i = 0; i < p.carried.length(); i += 45) {
      String octets = p.carried.substring(i, Math.min(i + 45, p.carried.length()));
      lines.append(digit(octets.length()));
      for (int j = 0; j < octets.length(); j += 3) {
        int three = octets.charAt(j) << 16;
        three |= j + 1 < octets.length() ? octets.charAt(j + 1) << 8 : 0;
        three |= j + 2 < octets.length() ? octets.charAt(j + 2) : 0;
        for (int shift = 18; shift >= 0; shift -= 6) {
          lines.append(digit(three >> shift & 63));
        }
      }
      lines.append('\n');
    }
    return p.head("\n") + p.octets(p.language.text()) + "\n\n" + lines + "`\nend\n";
  }

  private static char digit(int six) {
    return six == 0 ? '`' : (char) (' ' + six);
  }
}
