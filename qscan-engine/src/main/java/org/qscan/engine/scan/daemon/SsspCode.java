package org.qscan.engine.scan.daemon;

/**
 * The codes that end an answer of SAVDI: the low 16 bits of a result of Sophos' engine, as four
 * hexadecimal digits. Source: the header files of SAVI, as published with mod_savi and others.
 */
enum SsspCode {
  OK("0000", true, CodeMeaning.CLEAN, "nothing found"),
  VIRUS("0203", true, CodeMeaning.FOUND, "virus present"),
  OLD_DATA("021E", true, CodeMeaning.STALE, "main virus data out of date"),
  ENCRYPTED("0212", false, CodeMeaning.ENCRYPTED, "encrypted"),
  CORRUPT("021A", false, CodeMeaning.CORRUPT, "corrupt"),
  // What speaks of the file, and ends the look at it, is the same the next time.
  AUTOSTOP("0231", false, CodeMeaning.LIMIT, "given up as a bomb"),
  COMPRESSED("0211", false, CodeMeaning.LIMIT, "compressed in a way that it cannot unpack"),
  MULTI_VOLUME("0225", false, CodeMeaning.LIMIT, "one part of an archive of several"),
  // Known, and no verdict: their words are for the operator.
  INITIALISING("0200", false, CodeMeaning.UNKNOWN, "the engine could not be initialised"),
  TERMINATING("0201", false, CodeMeaning.UNKNOWN, "the engine could not be terminated"),
  SWEEP_FAILED("0202", false, CodeMeaning.UNKNOWN, "the scan failed"),
  NOT_INITIALISED("0204", false, CodeMeaning.UNKNOWN, "the engine is not initialised"),
  OPEN(
      "0210",
      false,
      CodeMeaning.UNKNOWN,
      "could not open the file: may savdid read it, see work.mode and savdi.transfer?"),
  PARTIAL("021D", true, CodeMeaning.UNKNOWN, "only a part was scanned"),
  NO_TEMPORARY("021F", true, CodeMeaning.UNKNOWN, "no temporary directory"),
  NO_DATA("0220", false, CodeMeaning.UNKNOWN, "the main virus data are missing"),
  BAD_DATA("0222", false, CodeMeaning.UNKNOWN, "the virus data are of a wrong version"),
  REINITIALISE("0223", false, CodeMeaning.UNKNOWN, "the engine must be initialised again"),
  UPDATING("0228", false, CodeMeaning.UNKNOWN, "the virus data are being updated"),
  DATA_PART_MISSING("022D", false, CodeMeaning.UNKNOWN, "a part of the virus data is missing"),
  DATA_PART_BAD("022F", false, CodeMeaning.UNKNOWN, "a part of the virus data is damaged"),
  TIMED_OUT("060F", false, CodeMeaning.UNKNOWN, "savdid's own time for a scan was over");

  /** What a code means for the message. */
  enum CodeMeaning {
    /** Nothing found. */
    CLEAN,
    /** Something was found, and must have been named. */
    FOUND,
    /** Nothing found, by old data. */
    STALE,
    /** Unscannable. */
    ENCRYPTED,
    /** Unscannable. */
    CORRUPT,
    /** Unscannable. */
    LIMIT,
    /** No verdict. */
    UNKNOWN
  }

  private final String code;
  private final boolean ok;
  private final CodeMeaning meaning;
  private final String words;

  SsspCode(String code, boolean ok, CodeMeaning meaning, String words) {
    this.code = code;
    this.ok = ok;
    this.meaning = meaning;
    this.words = words;
  }

  /**
   * The meaning of a code with the word it came with: a success that comes as a failure, or the
   * other way round, is unknown.
   *
   * @param ok whether the word was OK, not FAIL
   * @param code four hexadecimal digits
   */
  static CodeMeaning meaning(boolean ok, String code) {
    for (SsspCode known : values()) {
      if (known.code.equals(code) && known.ok == ok) {
        return known.meaning;
      }
    }
    return CodeMeaning.UNKNOWN;
  }

  /** The code with what is known of it. */
  static String inWords(boolean ok, String code) {
    String said = (ok ? "OK " : "FAIL ") + code;
    for (SsspCode known : values()) {
      if (known.code.equals(code)) {
        return said + " (" + known.words + ")";
      }
    }
    return said + ", a code that is not known";
  }
}
