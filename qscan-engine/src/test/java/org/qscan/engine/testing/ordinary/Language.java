package org.qscan.engine.testing.ordinary;

import java.nio.charset.Charset;

/** A language with the charset in which mail programs of its country wrote it, and still do. */
enum Language {
  ENGLISH(
      "us-ascii",
      "Minutes of Tuesday's meeting",
      "Hello all,\n\nplease find the minutes attached. Tell me if I forgot something.\n\nRegards,\nPat"),
  GERMAN(
      "iso-8859-1",
      "Angebot für die Prüfung",
      "Guten Tag,\n\nanbei das Angebot für die jährliche Prüfung. Größere Änderungen bitte bis\n"
          + "Freitag.\n\nGrüße\nJürgen Groß"),
  FRENCH(
      "windows-1252",
      "Réunion de l’équipe – compte rendu",
      "Bonjour,\n\nvous trouverez ci-joint le compte rendu de l’équipe : « 20 € par élève ».\n\n"
          + "À bientôt,\nÉloïse"),
  POLISH(
      "iso-8859-2",
      "Zamówienie części zamiennych",
      "Dzień dobry,\n\nw załączniku przesyłam zamówienie. Proszę o potwierdzenie.\n\nŁukasz"),
  RUSSIAN(
      "koi8-r",
      "Отчёт за сентябрь",
      "Добрый день!\n\nВо вложении отчёт за сентябрь. Жду ваших замечаний.\n\nС уважением, Ольга"),
  GREEK(
      "iso-8859-7",
      "Πρόσκληση σε συνάντηση",
      "Καλημέρα σας,\n\nσας στέλνω το πρόγραμμα της συνάντησης.\n\nΜε εκτίμηση, Νίκος"),
  JAPANESE("iso-2022-jp", "会議の議事録", "お世話になっております。\n\n議事録を添付します。ご確認ください。\n\n田中"),
  CHINESE("gb2312", "会议通知", "您好：\n\n附件是本周会议的议程，请查收。\n\n此致\n王伟"),
  KOREAN("euc-kr", "회의 자료", "안녕하세요.\n\n회의 자료를 첨부합니다. 확인 부탁드립니다.\n\n김민수"),
  HEBREW("windows-1255", "סיכום הפגישה", "שלום,\n\nמצורף סיכום הפגישה מיום שלישי.\n\nתודה, דנה"),
  ARABIC("utf-8", "محضر الاجتماع", "السلام عليكم،\n\nتجدون محضر الاجتماع في المرفق.\n\nمع التحية");

  private final String charset;
  private final String subject;
  private final String text;

  Language(String charset, String subject, String text) {
    this.charset = charset;
    this.subject = subject;
    this.text = text;
  }

  /** As declared. */
  String charset() {
    return charset;
  }

  Charset java() {
    return Charset.forName(charset);
  }

  String subject() {
    return subject;
  }

  String text() {
    return text;
  }
}
