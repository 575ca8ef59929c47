package org.qscan.engine.scan.program;

import java.util.Set;
import org.qscan.engine.Verdict.Reason;

/**
 * A line that a scanning program printed, and what it means. A line with a form that the {@link
 * Dialect} does not know is {@link LineKind#UNKNOWN}, never noise.
 *
 * @param kind what it says
 * @param detail the threat's name for a detection, else the whole line
 */
record OutputLine(LineKind kind, String detail) {

  enum LineKind {
    /**
     * Says nothing about files, and comes before all lines about files. Anywhere else, it is
     * unknown.
     */
    BANNER,
    /** Says nothing about files: a line of the summary without meaning for us. */
    NOISE,
    /**
     * "No viruses were discovered." This is no evidence, because it is also printed for a missing
     * file.
     */
    SUMMARY_CLEAN,
    /**
     * "1 virus was discovered." This is no evidence by itself. Without a detection, it is a
     * contradiction.
     */
    SUMMARY_VIRUS,
    /**
     * "1 error was encountered." This is no evidence by itself. With a status of OK, it is a
     * contradiction.
     */
    SUMMARY_ERRORS,
    /** The virus data are old. */
    STALE,
    /** Something was found. */
    DETECTION,
    /** A part is encrypted. */
    ENCRYPTED,
    /** A part is damaged or of an unknown format. */
    CORRUPT,
    /** The scanner gave a part up as a bomb. */
    LIMIT,
    /** Something was not scanned because of a fault of this host. */
    TROUBLE,
    /** The line has no known form. */
    UNKNOWN;

    /**
     * The kinds of lines that contain the name of a file, and so perhaps a name that the sender
     * chose.
     */
    static final Set<LineKind> OF_FILES = Set.of(DETECTION, ENCRYPTED, CORRUPT, LIMIT, TROUBLE);

    /** The reason why the message is unscannable, for the three kinds that have one. */
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
