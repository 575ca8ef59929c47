package org.qscan.engine.scan.program;

import java.util.Set;
import org.qscan.engine.Verdict.Reason;

/**
 * A line that a scanning program printed, and what it means. A line that has none of the forms a
 * {@link Dialect} knows is {@link LineKind#UNKNOWN}, never noise.
 *
 * @param kind what it says
 * @param detail the threat's name for a detection, else the whole line
 */
record OutputLine(LineKind kind, String detail) {

  enum LineKind {
    /** Says nothing of the files, and comes before any line that does; else it is unknown. */
    BANNER,
    /** Says nothing of the files: the summary's small talk. */
    NOISE,
    /** "No viruses were discovered." Never evidence: said of a missing file as well. */
    SUMMARY_CLEAN,
    /** "1 virus was discovered." Never evidence by itself; without a detection a contradiction. */
    SUMMARY_VIRUS,
    /** "1 error was encountered." Never evidence by itself; with a status of OK a contradiction. */
    SUMMARY_ERRORS,
    /** The virus data are old. */
    STALE,
    /** Something was found. */
    DETECTION,
    /** A part is encrypted. */
    ENCRYPTED,
    /** A part is damaged or of an unknown format. */
    CORRUPT,
    /** Given up as a bomb. */
    LIMIT,
    /** Something was not scanned for a reason that lies with us. */
    TROUBLE,
    /** None of the forms we know. */
    UNKNOWN;

    /** The lines that hold the name of a file, and so perhaps one that the sender chose. */
    static final Set<LineKind> OF_FILES = Set.of(DETECTION, ENCRYPTED, CORRUPT, LIMIT, TROUBLE);

    /** The reason for which the message is unscannable, for the three kinds that have one. */
    Reason reason() {
      return switch (this) {
        case ENCRYPTED -> Reason.ENCRYPTED;
        case CORRUPT -> Reason.CORRUPT;
        case LIMIT -> Reason.LIMIT;
        default -> throw new IllegalStateException(name());
      };
    }
  }
}
