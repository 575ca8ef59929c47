package org.qscan.engine.testing.ordinary;

import java.util.List;

/** What libraries and servers send: newsletters, reports of jobs, invitations. */
final class Programs {

  private Programs() {}

  static List<Shape> shapes() {
    return List.of(
        new Shape(
            "library",
            "PHPMailer",
            p ->
                library(
                    p,
                    "X-Mailer: PHPMailer 6.8.1 (https://github.com/PHPMailer/PHPMailer)\n",
                    "b1_" + p.letters(43),
                    "This is a multi-part message in MIME format.\n")),
        new Shape(
            "library",
            "SwiftMailer",
            p -> library(p, "", "_=_swift_v4_" + p.decimal(10) + "_" + p.hex(32) + "_=_", "")),
        new Shape("library", "Symfony Mailer", p -> library(p, "", p.letters(8), "")),
        new Shape(
            "library",
            "Python email",
            p -> library(p, "", "===============" + p.decimal(19) + "==", "")),
        new Shape(
            "library",
            "Perl MIME::Lite",
            p ->
                library(
                    p,
                    "X-Mailer: MIME::Lite 3.033 (F2.85; T2.17)\n",
                    "_----------=_" + p.decimal(15),
                    "This is a multi-part message in MIME format.\n\n")),
        new Shape(
            "library",
            "Ruby Mail",
            p -> library(p, "", "--==_mimepart_" + p.hex(13) + "_" + p.hex(12), "\n")),
        new Shape(
            "library", "Nodemailer", p -> library(p, "", "--_NmP-" + p.hex(16) + "-Part_1", "")),
        new Shape("library", "Go gomail", p -> library(p, "", p.hex(60), "")),
        new Shape(
            "library",
            ".NET System.Net.Mail",
            p ->
                library(
                    p, "", "--boundary_0_" + p.uuid().toLowerCase(java.util.Locale.ROOT), "\n")),
        new Shape(
            "library",
            "JavaMail",
            p -> library(p, "", "----=_Part_0_" + p.decimal(9) + "." + p.decimal(13), "")),
        new Shape(
            "library",
            "CDO of Windows 2000",
            p ->
                library(
                    p,
                    "X-MimeOLE: Produced By Microsoft MimeOLE V6.1.7601.24499\n",
                    "----=_NextPart_000_" + p.upper(4) + "_01D9FE88." + p.upper(8),
                    "This is a multi-part message in MIME format.\n\n")),
        new Shape(
            "library",
            "sendEmail",
            p ->
                library(
                    p,
                    "X-Mailer: sendEmail-1.56\n",
                    "----MIME delimiter for sendEmail-" + p.decimal(6) + "." + p.decimal(12),
                    "This is a multi-part message in MIME format. To properly display this message you need a MIME-Version 1.0 compliant Email program.\n\n")),
        new Shape(
            "library",
            "swaks",
            p ->
                library(
                    p,
                    "X-Mailer: swaks v20201014.0 jetmore.org/john/code/swaks/\n",
                    "----=_MIME_BOUNDARY_000_" + p.decimal(5),
                    "")),
        new Shape(
            "library",
            "Blat",
            p ->
                library(
                    p,
                    "X-Mailer: Blat v3.2.22, a Win32 SMTP/NNTP mailer\n",
                    "=_BlatBoundary-" + p.letters(20),
                    "This is a multi-part message in MIME format.\n\n")),
        new Shape(
            "program",
            "cron",
            p ->
                p.head(
                        "Cron <root@db1> /usr/local/bin/backup",
                        "MIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: 8bit\nX-Cron-Env: <SHELL=/bin/sh>\nX-Cron-Env: <PATH=/usr/bin:/bin>\n\n")
                    + "rsync: 12,345 files, 17% done, speedup is 3.14\n"
                    + Pen.utf8(p.text())
                    + "\n"),
        new Shape("program", "logwatch", Programs::logwatch),
        new Shape("program", "git send-email", Programs::gitSendEmail),
        new Shape(
            "program",
            "Jenkins",
            p ->
                alternative(
                    p,
                    "X-Jenkins-Job: build\n",
                    "----=_Part_5_" + p.decimal(9) + "." + p.decimal(13),
                    "quoted-printable")),
        new Shape(
            "program",
            "GitHub",
            p ->
                alternative(
                    p,
                    "List-ID: example/project <project.example.github.com>\nX-GitHub-Reason: mention\n",
                    "--==_mimepart_" + p.hex(13) + "_" + p.hex(12),
                    "quoted-printable")),
        new Shape("program", "copier", Programs::copier),
        new Shape(
            "newsletter",
            "Mailchimp",
            p ->
                alternative(
                    p,
                    "List-Unsubscribe: <https://example.us1.list-manage.com/unsubscribe?u="
                        + p.hex(25)
                        + "&id="
                        + p.hex(10)
                        + "&e="
                        + p.hex(10)
                        + ">, <mailto:unsubscribe-mc.us1_"
                        + p.hex(25)
                        + "."
                        + p.hex(10)
                        + "@example.net?subject=unsubscribe>\nX-Mailer: MailChimp Mailer - **CID"
                        + p.hex(20)
                        + "**\n",
                    "_----------=_MCPart_" + p.decimal(9),
                    "quoted-printable")),
        new Shape(
            "newsletter",
            "SendGrid",
            p ->
                alternative(
                    p,
                    "X-SG-EID: \n " + Pen.base64(p.noise(90)).strip().replace("\n", "\n ") + "\n",
                    p.hex(60),
                    "quoted-printable")),
        new Shape(
            "newsletter",
            "Salesforce",
            p ->
                alternative(
                    p,
                    "X-SFDC-User: 005"
                        + p.letters(12)
                        + "\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\n",
                    p.letters(12) + "=_?:",
                    "base64")),
        new Shape(
            "newsletter",
            "Amazon SES",
            p ->
                alternative(
                    p,
                    "X-SES-Outgoing: 2026.10.14-192.0.2.7\nFeedback-ID: 1.eu-west-1."
                        + Pen.base64(p.noise(32)).strip()
                        + ":AmazonSES\n",
                    "----=_Part_" + p.decimal(7) + "_" + p.decimal(8) + "." + p.decimal(13),
                    "quoted-printable")),
        new Shape(
            "newsletter",
            "signature with a data: picture",
            p -> dataPicture(p, "quoted-printable")),
        new Shape("newsletter", "data: picture in base64", p -> dataPicture(p, "base64")),
        new Shape("newsletter", "table of prices", Programs::table),
        new Shape(
            "calendar",
            "Outlook",
            p -> invitation(p, "_000_" + p.upper(30) + "_", "base64", false)),
        new Shape(
            "calendar",
            "Google Calendar",
            p -> invitation(p, "000000000000" + p.hex(16), "7bit", true)),
        new Shape(
            "calendar",
            "Thunderbird",
            p -> invitation(p, "------------" + p.letters(24), "8bit", true)),
        new Shape(
            "calendar",
            "Zimbra",
            p -> invitation(p, "=_" + p.hex(8) + "-" + p.hex(4), "quoted-printable", false)),
        new Shape("contact", "vCard of a phone", Programs::card));
  }

  private static String library(Pen p, String fields, String boundary, String preamble) {
    String inner = boundary.replace("1", "2") + "a";
    return p.head(
            fields
                + "MIME-Version: 1.0\nContent-Type: multipart/mixed;\n boundary=\""
                + boundary
                + "\"\n\n")
        + preamble
        + Pen.parts(
            boundary,
            "Content-Type: multipart/alternative;\n boundary=\""
                + inner
                + "\"\n\n"
                + Pen.parts(
                    inner,
                    p.textPart("plain", p.language.text(), p.usual()),
                    p.textPart("html", p.html(p.language.text()), "quoted-printable")),
            Mailers.attachment(p, "invoice-" + p.decimal(6) + ".pdf"));
  }

  private static String alternative(Pen p, String fields, String boundary, String encoding) {
    return p.head(
            fields
                + "MIME-Version: 1.0\nContent-Type: multipart/alternative; boundary=\""
                + boundary
                + "\"\n\n")
        + Pen.parts(
            boundary,
            p.textPart("plain", p.text(), encoding),
            p.textPart("html", p.html(p.language.text()), encoding));
  }

  private static String copier(Pen p) {
    String boundary = "DC_BOUND_PRE_" + p.decimal(10) + "." + p.hex(8);
    return p.head(
            "Message from MFP-07",
            "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"" + boundary + "\"\n\n")
        + Pen.parts(
            boundary,
            "Content-Type: text/plain; charset=us-ascii\nContent-Transfer-Encoding: 7bit\n\nDEVICE NAME: MFP-07\nFILE FORMAT: PDF MMR(G4)\nRESOLUTION: 300dpi x 300dpi\n",
            Mailers.attachment(p, "20261014101207.pdf"));
  }

  private static String logwatch(Pen p) {
    StringBuilder lines =
        new StringBuilder(" ################### Logwatch 7.7 (07/22/22) ####################\n");
    for (int i = 0; i < 60; i++) {
      lines
          .append("    192.0.2.")
          .append(p.number(1, 255))
          .append(": ")
          .append(p.decimal(2))
          .append(" times, key SHA256:")
          .append(Pen.base64(p.noise(32)).strip().replace("=", ""))
          .append('\n');
    }
    return p.head(
            "Logwatch for db1 (Linux)",
            "MIME-Version: 1.0\nContent-Transfer-Encoding: 7bit\nContent-Type: text/plain; charset=\"iso-8859-1\"\n\n")
        + lines
        + p.line()
        + "\n";
  }

  private static String gitSendEmail(Pen p) {
    return p.head(
            "[PATCH 2/7] reader: the last line counts",
            "X-Mailer: git-send-email 2.39.2\nMIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: 8bit\n\n")
        + Pen.utf8(p.language.text())
        + "\n---\n src/reader.c | 4 ++--\n 1 file changed, 2 insertions(+), 2 deletions(-)\n\n"
        + "diff --git a/src/reader.c b/src/reader.c\nindex "
        + p.hex(7)
        + ".."
        + p.hex(7)
        + " 100644\n"
        + "--- a/src/reader.c\n+++ b/src/reader.c\n@@ -12,7 +12,7 @@ static int last(const char *s)\n"
        + " \tint n = 0;\n-\twhile (*s++ != '=')\n+\twhile (*s && *s++ != '=')\n \t\tn++;\n"
        + "+\t/* "
        + p.line()
        + " */\n-- \n2.39.2\n\n";
  }

  private static String dataPicture(Pen p, String encoding) {
    String picture =
        java.util.Base64.getEncoder()
            .encodeToString(p.noise(9000).getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
    return p.head("MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"----=_x\"\n\n")
        + Pen.parts(
            "----=_x",
            p.textPart(
                "html",
                p.html(p.language.text())
                    .replace(
                        "</body>",
                        "<img alt=\"\" src=\"data:image/png;base64," + picture + "\">\n</body>"),
                encoding),
            Mailers.attachment(p, "notes.pdf"));
  }

  private static String table(Pen p) {
    StringBuilder rows = new StringBuilder();
    for (int i = 0; i < 200; i++) {
      rows.append("<tr><td>")
          .append(p.letters(10))
          .append("</td><td>")
          .append(p.letters(5))
          .append(' ')
          .append(p.letters(8))
          .append("</td><td>")
          .append(p.decimal(3))
          .append(".50</td></tr>\n");
    }
    return p.head("MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"=_table\"\n\n")
        + Pen.parts(
            "=_table",
            p.textPart(
                "html",
                p.html(p.language.text()).replace("</body>", "<table>" + rows + "</table></body>"),
                "quoted-printable"),
            Mailers.attachment(p, "prices.csv"));
  }

  private static String invitation(Pen p, String boundary, String encoding, boolean attached) {
    String event =
        "BEGIN:VCALENDAR\nMETHOD:REQUEST\nPRODID:-//Example//Calendar//EN\nVERSION:2.0\nBEGIN:VTIMEZONE\nTZID:Europe/Berlin\nEND:VTIMEZONE\n"
            + "BEGIN:VEVENT\nORGANIZER;CN=Pat:mailto:pat@example.net\nATTENDEE;RSVP=TRUE;CN=Lee;X-NUM-GUESTS=0:mailto:\n lee@example.org\n"
            + "DTSTART;TZID=Europe/Berlin:20261020T100000\nDTEND;TZID=Europe/Berlin:20261020T110000\nUID:"
            + p.upper(40)
            + "\nSUMMARY;LANGUAGE=de:"
            + Pen.utf8(p.language.subject())
            + "\nDESCRIPTION:"
            + Pen.utf8(p.language.text()).replace("\n", "\\n")
            + "\nSEQUENCE:0\nEND:VEVENT\nEND:VCALENDAR\n";
    String coded =
        switch (encoding) {
          case "base64" -> Pen.base64(event);
          case "quoted-printable" -> Pen.quotedPrintable(event);
          default -> event;
        };
    String calendar =
        "Content-Type: text/calendar; charset=\"utf-8\"; method=REQUEST\nContent-Transfer-Encoding: "
            + (encoding.equals("7bit") ? "8bit" : encoding)
            + "\n\n"
            + coded;
    String alternatives = "=_alt" + p.hex(10);
    return p.head(
            "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"" + boundary + "\"\n\n")
        + Pen.parts(
            boundary,
            "Content-Type: multipart/alternative; boundary=\""
                + alternatives
                + "\"\n\n"
                + Pen.parts(
                    alternatives, p.textPart("plain", p.language.text(), p.usual()), calendar),
            attached
                ? "Content-Type: application/ics; name=\"invite.ics\"\nContent-Disposition: attachment; filename=\"invite.ics\"\nContent-Transfer-Encoding: base64\n\n"
                    + Pen.base64(event)
                : Mailers.attachment(p, "agenda.docx"),
            Mailers.attachment(p, "agenda.pdf"));
  }

  private static String card(Pen p) {
    return p.head(
            "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\""
                + "Apple-Mail-7"
                + "\"\n\n")
        + Pen.parts(
            "Apple-Mail-7",
            "Content-Type: text/vcard; charset=utf-8; name=\"Pat.vcf\"\nContent-Disposition: attachment; filename=\"Pat.vcf\"\nContent-Transfer-Encoding: 8bit\n\nBEGIN:VCARD\nVERSION:3.0\nN:Muster;Pat;;;\nFN:Pat Muster\nNOTE:"
                + Pen.utf8(p.language.subject())
                + "\nPHOTO;ENCODING=b;TYPE=JPEG:"
                + Pen.base64(p.noise(600), 74).strip().replace("\n", "\n ")
                + "\nEND:VCARD\n",
            Mailers.attachment(p, "photo.jpg"));
  }
}
