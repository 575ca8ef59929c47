package org.qscan.engine.mime;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.qscan.engine.rules.MimeRule;
import org.qscan.engine.testing.Eicar;
import org.qscan.engine.testing.Mails;

/**
 * Bounces and receipts quote the header of a message, without its body or with a beginning of it.
 * That header is about what is not there: whatever it says of encodings and boundaries, no reader
 * applies it, no rule refuses for it, and nothing is guessed.
 */
class QuotedHeaderTest {

  /** What stands in a quoted header, and has been refused or guessed at in some version. */
  private static final List<String> QUOTED =
      List.of(
          "Content-Type: multipart/alternative; boundary=\"=_inner\"\n"
              + "Content-Transfer-Encoding: quoted-printable\n",
          "Content-Type: multipart/mixed; boundary=inner\nContent-Transfer-Encoding: base64\n",
          "DKIM-Signature: v=1; a=rsa-sha256; s=20230601; d=example.net; bh=07=0A=12ABcd=;\n"
              + "\tb=c1=0D9=00xyz==\nContent-Type: text/html; charset=\"utf-8\"\n"
              + "Content-Transfer-Encoding: quoted-printable\n",
          "Content-Type: multipart/mixed;\n\tboundary=\"_004_AM0_\"; boundary=\"_005_AM0_\"\n"
              + "Content-Type: text/plain\nContent-Transfer-Encoding: 8bit\n"
              + "Content-Transfer-Encoding: quoted-printable\n",
          "Content-Type: multipart/signed; protocol=\"application/pgp-signature\";\n"
              + "\tboundary=\"=-x/1\"\nContent-Transfer-Encoding: x-unknown\n");

  @TempDir Path directory;

  /**
   * A form of a report.
   *
   * @param name whose
   * @param quoted what the quoted header says
   * @param around an attachment, which may be empty, into the report
   */
  record Form(String name, String quoted, UnaryOperator<String> around) {
    @Override
    public String toString() {
      return name + ", " + quoted.lines().findFirst().orElse("");
    }
  }

  private static String original(String quoted) {
    return "Received: from a.example.org (a.example.org [192.0.2.1]) by mx.example.org;\n"
        + "\tWed, 14 Oct 2026 10:12:07 +0200\nFrom: Pat <pat@example.net>\nTo: lee@example.org\n"
        + "Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\nMIME-Version: 1.0\n"
        + quoted
        + "Message-ID: <1@example.net>\nDate: Wed, 14 Oct 2026 10:12:05 +0200\n";
  }

  private static UnaryOperator<String> report(
      String type, String boundary, String text, String machine, String headers) {
    return attachment ->
        "From: MAILER-DAEMON@mx.example.org\nTo: pat@example.net\nSubject: report\n"
            + "MIME-Version: 1.0\nContent-Type: multipart/report; report-type="
            + type
            + ";\n\tboundary=\""
            + boundary
            + "\"\n\n--"
            + boundary
            + "\n"
            + text
            + "\n--"
            + boundary
            + "\n"
            + machine
            + "\n--"
            + boundary
            + "\n"
            + headers
            + (attachment.isEmpty() ? "" : "\n--" + boundary + "\n" + attachment)
            + "\n--"
            + boundary
            + "--\n";
  }

  private static String text(String words) {
    return "Content-Type: text/plain; charset=us-ascii\n\n" + words;
  }

  private static String status(String fields) {
    return fields
        + "Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.org\n\n"
        + "Final-Recipient: rfc822; lee@example.org\nAction: failed\nStatus: 5.1.1\n";
  }

  private static String disposition(String fields) {
    return fields
        + "Content-Type: message/disposition-notification\n\nReporting-UA: mail.example.org\n"
        + "Final-Recipient: rfc822;lee@example.org\n"
        + "Disposition: manual-action/MDN-sent-manually; displayed\n";
  }

  private static List<Form> forms(String quoted) {
    String original = original(quoted);
    String failed = "delivery-status";
    String read = "disposition-notification";
    return List.of(
        new Form(
            "Postfix, headers only",
            quoted,
            report(
                failed,
                "4Xk1.1791965527/mx.example.org",
                text("This is the mail system at host mx.example.org.\n"),
                status("Content-Description: Delivery report\n"),
                "Content-Description: Undelivered Message Headers\n"
                    + "Content-Type: text/rfc822-headers\nContent-Transfer-Encoding: 8bit\n\n"
                    + original)),
        new Form(
            "Exim, bounce_return_body=false",
            quoted,
            report(
                failed,
                "1791965527-eximdsn-123456789",
                text("This message was created automatically by mail delivery software.\n"),
                status(""),
                "Content-type: text/rfc822-headers\n\nReturn-path: <pat@example.net>\n"
                    + original)),
        new Form(
            "Exim, in the text",
            quoted,
            attachment ->
                "From: Mailer-Daemon@mx.example.org\nSubject: Mail delivery failed\n\n"
                    + "------ This is a copy of the message's headers. ------\n\n"
                    + original
                    + "\n"
                    + attachment),
        new Form(
            "sendmail, headers only",
            quoted,
            report(
                failed,
                "49EACe12.1791965527/mx.example.org",
                "\nThe original message was received at Wed, 14 Oct 2026 10:12:07 +0200\n",
                status(""),
                "Content-Type: text/rfc822-headers\n\n" + original)),
        new Form(
            "qmail, which cuts the body",
            quoted,
            attachment ->
                "From: MAILER-DAEMON@mx.example.org\nSubject: failure notice\n\n"
                    + "Hi. This is the qmail-send program at mx.example.org.\n\n"
                    + "--- Below this line is a copy of the message.\n\n"
                    + "Return-Path: <pat@example.net>\n"
                    + original
                    + "\n"
                    + attachment
                    + "\n--- Rest of message truncated.\n"),
        new Form(
            "Exchange, in the text of the report",
            quoted,
            report(
                failed,
                "_000_AM0PR04_",
                text("Delivery has failed to these recipients.\n\nOriginal message headers:\n\n")
                    + original,
                status(""),
                "Content-Type: message/rfc822\n\n" + original)),
        new Form(
            "Exchange, headers only",
            quoted,
            report(
                failed,
                "_000_DB9PR04_",
                "Content-Type: text/plain; charset=\"us-ascii\"\n"
                    + "Content-Transfer-Encoding: quoted-printable\n\n"
                    + "Diagnostic information for administrators:\n\n"
                    + original.replace("=", "=3D"),
                status(""),
                "Content-Type: text/rfc822-headers\n\n" + original)),
        new Form(
            "Gmail, message without its body",
            quoted,
            report(
                failed,
                "000000000000b5b6c205f0a3c7a1",
                text("** Address not found **\n"),
                status(""),
                "Content-Type: message/rfc822\n\n"
                    + original
                    + "\n----- Message truncated -----\n")),
        new Form(
            "Zimbra, receipt",
            quoted,
            report(
                read,
                "=_5f2c1a3e-8a0e-4b7e-9a53-1f0d2c3b4a59",
                text("The message sent on October 14, 2026 was read.\n"),
                disposition(""),
                "Content-Type: text/rfc822-headers\n\n" + original)),
        new Form(
            "Thunderbird, receipt",
            quoted,
            report(
                read,
                "------------mdn0102030405060708090b0c",
                text("This is a receipt for the mail that you sent.\n"),
                disposition("Content-Disposition: inline\nContent-Transfer-Encoding: 7bit\n"),
                "Content-Type: text/rfc822-headers; name=\"MDNPart3.txt\"\n"
                    + "Content-Disposition: inline\nContent-Transfer-Encoding: 7bit\n\n"
                    + original)));
  }

  static List<Form> forms() {
    List<Form> forms = new ArrayList<>();
    QUOTED.forEach(quoted -> forms.addAll(forms(quoted)));
    return forms;
  }

  @ParameterizedTest
  @MethodSource("forms")
  void noRuleRefusesItAndNothingIsGuessed(Form form) throws Exception {
    GenerousReader reader = Reading.into(directory, form.around().apply(""));
    assertThat(reader.hits()).noneMatch(hit -> hit.rule().tier() == MimeRule.Tier.REFUSE);
    assertThat(reader.guessed()).isZero();
  }

  @ParameterizedTest
  @MethodSource("forms")
  void whatItCarriesBesideIsFound(Form form) throws Exception {
    Reading.into(
        directory,
        form.around()
            .apply(
                "Content-Type: application/octet-stream; name=a.bin\n"
                    + "Content-Transfer-Encoding: base64\n\n"
                    + Mails.base64(Mails.eicar())));
    assertThat(Eicar.isIn(directory.resolve("parts"))).isTrue();
  }
}
