package org.qscan.engine.testing.ordinary;

import java.util.List;

/** Bounces of eight mail servers, receipts, reports of abuse and of DMARC, and signed mail. */
final class Reports {

  private Reports() {}

  static List<Shape> shapes() {
    return List.of(
        new Shape("bounce", "qmail", Reports::qmail),
        new Shape(
            "bounce",
            "Postfix",
            p ->
                report(
                    p,
                    "Postfix",
                    "MAILER-DAEMON@mx.example.org (Mail Delivery System)",
                    "This is the mail system at host mx.example.org.\n\nI'm sorry to have to inform you that your message could not\nbe delivered to one or more recipients.\n",
                    "Content-Description: Undelivered Message\nContent-Type: message/rfc822\nContent-Transfer-Encoding: 8bit\n\n",
                    "Content-Description: Delivery report\n")),
        new Shape(
            "bounce",
            "Sendmail",
            p ->
                report(
                    p,
                    "Sendmail",
                    "Mail Delivery Subsystem <MAILER-DAEMON@mx.example.org>",
                    "The original message was received at Wed, 14 Oct 2026 10:12:07 +0200\n\n   ----- The following addresses had permanent fatal errors -----\n<lee@example.org>\n    (reason: 550 5.1.1 User unknown)\n",
                    "Content-Type: message/rfc822\n\n",
                    "")),
        new Shape("bounce", "Exim", Reports::exim),
        new Shape(
            "bounce",
            "Office 365",
            p ->
                report(
                    p,
                    "Office 365",
                    "postmaster@example.onmicrosoft.com",
                    "Delivery has failed to these recipients or groups:\n\nlee@example.org\nThe email address you entered couldn't be found.\n\nOriginal message headers:\n\nReceived: from AM0PR04MB1234.eurprd04.prod.outlook.com\nContent-Type: multipart/mixed; boundary=\"_004_AM0_\"\n",
                    "Content-Type: message/rfc822\n\n",
                    "")),
        new Shape(
            "bounce",
            "Exchange 2016",
            p ->
                report(
                    p,
                    "Exchange",
                    "Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@example.net>",
                    "Your message wasn't delivered to anyone because it's too large.\n",
                    "Content-Type: message/rfc822\n\n",
                    "")),
        new Shape("bounce", "Gmail", Reports::gmail),
        new Shape(
            "bounce",
            "James",
            p ->
                report(
                    p,
                    "James",
                    "postmaster@james.example.org",
                    "Hi. This is the James mail server at james.example.org.\nI'm afraid I wasn't able to deliver your message to the following addresses.\n",
                    "Content-Type: message/rfc822; name=\"Message\"\nContent-Disposition: attachment; filename=\"Message\"\nContent-Description: Message\n\n",
                    "")),
        new Shape(
            "bounce",
            "Courier",
            p ->
                report(
                    p,
                    "Courier",
                    "\"Courier mail server at mx.example.org\" <@>",
                    "This is a delivery status notification from mx.example.org,\nrunning the Courier mail server, version 1.0.\n",
                    "Content-Type: message/rfc822\nContent-Transfer-Encoding: 8bit\n\n",
                    "")),
        new Shape("bounce", "Postfix, headers only", p -> headersOnly(p)),
        new Shape("report", "ARF of a feedback loop", Reports::feedback),
        new Shape(
            "report",
            "DMARC in zip",
            p -> dmarc(p, "application/zip", ".zip", Pen.zip("report.xml", p.carried))),
        new Shape(
            "report",
            "DMARC in gzip",
            p -> dmarc(p, "application/gzip", ".xml.gz", Pen.gzip(p.carried))),
        new Shape(
            "report",
            "TLS report",
            p -> dmarc(p, "application/tlsrpt+gzip", ".json.gz", Pen.gzip(p.carried))),
        new Shape("receipt", "Thunderbird", p -> receipt(p, "User-Agent: Mozilla Thunderbird\n")),
        new Shape("receipt", "Outlook", p -> receipt(p, "X-Mailer: Microsoft Outlook 16.0\n")),
        new Shape(
            "signed",
            "S/MIME of Outlook",
            p -> detached(p, "application/x-pkcs7-signature", "smime.p7s", "SHA1")),
        new Shape(
            "signed",
            "S/MIME of Thunderbird",
            p -> detached(p, "application/pkcs7-signature", "smime.p7s", "sha-256")),
        new Shape("signed", "S/MIME, opaque", Reports::opaque),
        new Shape("signed", "PGP/MIME of Enigmail", p -> pgp(p)),
        new Shape("signed", "PGP, clear text", Reports::clearText),
        new Shape("encrypted", "PGP/MIME of GnuPG", Reports::encrypted));
  }

  private static String qmail(Pen p) {
    return "Received: (qmail 12345 invoked for bounce); 14 Oct 2026 08:12:07 -0000\nDate: 14 Oct 2026 08:12:07 -0000\nFrom: MAILER-DAEMON@mx.example.org\nTo: pat@example.net\nSubject: failure notice\n\n"
        + "Hi. This is the qmail-send program at mx.example.org.\nI'm afraid I wasn't able to deliver your message to the following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n"
        + "<lee@example.org>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n--- Below this line is a copy of the message.\n\n"
        + Lists.original(p);
  }

  private static String status() {
    return "Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.org\nArrival-Date: Wed, 14 Oct 2026 10:12:07 +0200\n\nFinal-Recipient: rfc822; lee@example.org\nOriginal-Recipient: rfc822;lee@example.org\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 User unknown\n";
  }

  private static String report(
      Pen p, String server, String from, String text, String enclosing, String fields) {
    String boundary = server.charAt(0) + p.upper(10) + "." + p.decimal(10) + "/mx.example.org";
    return "Date: Wed, 14 Oct 2026 10:12:07 +0200\nFrom: "
        + from
        + "\nTo: pat@example.net\nSubject: Undelivered Mail Returned to Sender\nAuto-Submitted: auto-replied\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status;\n\tboundary=\""
        + boundary
        + "\"\nMessage-Id: <"
        + p.hex(12)
        + "@mx.example.org>\n\nThis is a MIME-encapsulated message.\n\n"
        + Pen.parts(
            boundary,
            "Content-Type: text/plain; charset=us-ascii\n\n" + text,
            fields + status(),
            enclosing + Lists.original(p));
  }

  private static String headersOnly(Pen p) {
    String original = Lists.original(p);
    return "From: MAILER-DAEMON@mx.example.org\nTo: pat@example.net\nSubject: Delayed Mail (still being retried)\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=\"4Xk.1/mx\"\n\n"
        + Pen.parts(
            "4Xk.1/mx",
            "Content-Description: Notification\nContent-Type: text/plain; charset=us-ascii\n\n####################################################################\n# THIS IS A WARNING ONLY.  YOU DO NOT NEED TO RESEND YOUR MESSAGE. #\n####################################################################\n"
                + p.line()
                + "\n",
            "Content-Description: Delivery report\n" + status(),
            "Content-Description: Undelivered Message Headers\nContent-Type: text/rfc822-headers\nContent-Transfer-Encoding: 8bit\n\n"
                + original.substring(0, original.indexOf("\n\n") + 1));
  }

  private static String exim(Pen p) {
    return "From: Mail Delivery System <Mailer-Daemon@mx.example.org>\nTo: pat@example.net\nX-Failed-Recipients: lee@example.org\nAuto-Submitted: auto-replied\nSubject: Mail delivery failed: returning message to sender\nMessage-Id: <E1qrZ-"
        + p.letters(6)
        + "-00@mx.example.org>\n\n"
        + "This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of its\nrecipients. The following address(es) failed:\n\n  lee@example.org\n    Unrouteable address\n\n------ This is a copy of the message, including all the headers. ------\n\n"
        + Lists.original(p);
  }

  private static String gmail(Pen p) {
    String report = "000000000000" + p.hex(16);
    String related = "000000000000" + p.hex(16);
    String alternative = "000000000000" + p.hex(16);
    return "From: Mail Delivery Subsystem <mailer-daemon@googlemail.com>\nTo: pat@example.net\nSubject: Delivery Status Notification (Failure)\nMIME-Version: 1.0\nContent-Type: multipart/report; boundary=\""
        + report
        + "\"; report-type=delivery-status\n\n"
        + Pen.parts(
            report,
            "Content-Type: multipart/related; boundary=\""
                + related
                + "\"\n\n"
                + Pen.parts(
                    related,
                    "Content-Type: multipart/alternative; boundary=\""
                        + alternative
                        + "\"\n\n"
                        + Pen.parts(
                            alternative,
                            "Content-Type: text/plain; charset=\"UTF-8\"\n\n\n** Address not found **\n\nYour message wasn't delivered.\n",
                            "Content-Type: text/html; charset=\"UTF-8\"\n\n\n<html><head><style>* {font-family:Roboto;}</style></head><body>Address not found</body></html>\n"),
                    "Content-Type: image/png; name=\"icon.png\"\nContent-Disposition: attachment; filename=\"icon.png\"\nContent-Transfer-Encoding: base64\nContent-ID: <icon.png>\n\n"
                        + Pen.base64(p.png())),
            status(),
            "Content-Type: message/rfc822\n\n" + Lists.original(p));
  }

  private static String feedback(Pen p) {
    return p.head(
            "FW: complaint",
            "MIME-Version: 1.0\nContent-Type: multipart/report; report-type=feedback-report;\n\tboundary=\"part1_13d.2e68ed54_boundary\"\n\n")
        + Pen.parts(
            "part1_13d.2e68ed54_boundary",
            "Content-Type: text/plain; charset=\"US-ASCII\"\nContent-Transfer-Encoding: 7bit\n\nThis is an email abuse report for an email message received from IP 192.0.2.1.\n",
            "Content-Type: message/feedback-report\n\nFeedback-Type: abuse\nUser-Agent: SomeGenerator/1.0\nVersion: 1\nSource-IP: 192.0.2.1\n",
            "Content-Type: message/rfc822\nContent-Disposition: inline\n\n" + Lists.original(p));
  }

  private static String dmarc(Pen p, String type, String extension, String packed) {
    String name = "example.com!example.org!1791936000!1792022399" + extension;
    String file =
        "Content-Type: "
            + type
            + "; name=\""
            + name
            + "\"\nContent-Disposition: attachment; filename=\""
            + name
            + "\"\nContent-Transfer-Encoding: base64\n";
    String subject =
        "Report domain: example.org Submitter: example.com Report-ID: " + p.decimal(19);
    if (extension.equals(".zip")) { // Google sends nothing but the file
      return p.head(subject, "MIME-Version: 1.0\n" + file + "\n") + Pen.base64(packed);
    }
    return p.head(
            subject, "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"=_report\"\n\n")
        + Pen.parts(
            "=_report",
            "Content-Type: text/plain\n\nThis is an aggregate report.\n",
            file + "\n" + Pen.base64(packed));
  }

  private static String receipt(Pen p, String fields) {
    String boundary = "------------mdn" + p.letters(20);
    return p.head(
            "Read: " + p.subject(),
            fields
                + "MIME-Version: 1.0\nContent-Type: multipart/report; report-type=disposition-notification;\n boundary=\""
                + boundary
                + "\"\n\n")
        + Pen.parts(
            boundary,
            p.textPart("plain", p.text(), p.usual()),
            "Content-Type: message/disposition-notification; name=\"MDNPart2.txt\"\nContent-Disposition: inline\nContent-Transfer-Encoding: 7bit\n\nReporting-UA: client.example.net; Mail\nFinal-Recipient: rfc822;lee@example.org\nOriginal-Message-ID: <"
                + p.hex(12)
                + "@example.net>\nDisposition: manual-action/MDN-sent-manually; displayed\n",
            "Content-Type: text/rfc822-headers; name=\"MDNPart3.txt\"\nContent-Transfer-Encoding: 7bit\nContent-Disposition: inline\n\nFrom: Pat <pat@example.net>\nTo: lee@example.org\nContent-Type: multipart/mixed; boundary=\"x\"\nContent-Transfer-Encoding: 7bit\n");
  }

  private static String entity(Pen p) {
    String boundary = "------------" + p.letters(20);
    return "Content-Type: multipart/mixed; boundary=\""
        + boundary
        + "\"\n\n"
        + Pen.parts(
            boundary,
            p.textPart("plain", p.language.text(), "quoted-printable"),
            Mailers.attachment(p, "contract.pdf"));
  }

  private static String detached(Pen p, String type, String name, String digest) {
    String boundary = "----=_NextPart_S_" + p.upper(8);
    return p.head(
            "MIME-Version: 1.0\nContent-Type: multipart/signed;\n\tprotocol=\""
                + type
                + "\";\n\tmicalg="
                + digest
                + ";\n\tboundary=\""
                + boundary
                + "\"\n\n")
        + "This is a cryptographically signed message in MIME format.\n\n"
        + Pen.parts(
            boundary,
            entity(p),
            "Content-Type: "
                + type
                + ";\n\tname=\""
                + name
                + "\"\nContent-Transfer-Encoding: base64\nContent-Disposition: attachment;\n\tfilename=\""
                + name
                + "\"\nContent-Description: S/MIME Cryptographic Signature\n\n"
                + Pen.base64(p.signedData("")));
  }

  private static String opaque(Pen p) {
    return p.head(
            "MIME-Version: 1.0\nContent-Type: application/pkcs7-mime; smime-type=signed-data; name=\"smime.p7m\"\nContent-Transfer-Encoding: base64\nContent-Disposition: attachment; filename=\"smime.p7m\"\n\n")
        + Pen.base64(p.signedData(entity(p).replace("\n", "\r\n")));
  }

  private static String pgp(Pen p) {
    String boundary = p.letters(32);
    return p.head(
            "MIME-Version: 1.0\nContent-Type: multipart/signed; micalg=pgp-sha256;\n protocol=\"application/pgp-signature\";\n boundary=\""
                + boundary
                + "\"\n\n")
        + "This is an OpenPGP/MIME signed message (RFC 4880 and 3156)\n"
        + Pen.parts(
            boundary,
            entity(p),
            "Content-Type: application/pgp-signature; name=\"signature.asc\"\nContent-Description: OpenPGP digital signature\nContent-Disposition: attachment; filename=\"signature.asc\"\n\n"
                + p.armour("SIGNATURE"));
  }

  private static String clearText(Pen p) {
    return p.head(
            "MIME-Version: 1.0\nContent-Type: text/plain; charset="
                + p.language.charset()
                + "\nContent-Transfer-Encoding: 8bit\n\n")
        + "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n"
        + p.octets(p.language.text())
        + "\n"
        + p.line()
        + "\n"
        + p.armour("SIGNATURE");
  }

  /** Nobody can look into it; what is found in its twin stands beside it. */
  private static String encrypted(Pen p) {
    String boundary = "=-" + p.letters(20);
    return p.head("MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"outer\"\n\n")
        + Pen.parts(
            "outer",
            "Content-Type: multipart/encrypted; protocol=\"application/pgp-encrypted\"; boundary=\""
                + boundary
                + "\"\n\n"
                + Pen.parts(
                    boundary,
                    "Content-Type: application/pgp-encrypted\nContent-Description: PGP/MIME version identification\n\nVersion: 1\n",
                    "Content-Type: application/octet-stream; name=\"encrypted.asc\"\nContent-Description: OpenPGP encrypted message\nContent-Disposition: inline; filename=\"encrypted.asc\"\n\n"
                        + p.armour("MESSAGE")),
            Mailers.attachment(p, "public.asc"));
  }
}
