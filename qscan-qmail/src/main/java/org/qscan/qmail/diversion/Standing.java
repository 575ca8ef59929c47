package org.qscan.qmail.diversion;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.qscan.engine.ScanFailure;

/**
 * Whether mail comes through qscan-client.
 *
 * @param state whether it does
 * @param queue the file that was checked
 * @param sentence the same for the operator; for {@link DiversionState#REPLACED} and {@link
 *     DiversionState#UNKNOWN}, it says what to do
 */
public record Standing(DiversionState state, Path queue, String sentence) {

  /** Whether mail comes through qscan-client. */
  public enum DiversionState {
    /** The program qmail-queue is qscan-client. */
    IN_PLACE,
    /** The program qmail-queue is not qscan-client, and qscan-client was not put there. */
    NOT_IN_PLACE,
    /** qscan-client was put there, but no longer is there: mail is queued that was not scanned. */
    REPLACED,
    /** The note cannot be read. */
    UNKNOWN;

    /** The word for {@code qscan status}: in-place, not-in-place, replaced or unknown. */
    public String text() {
      return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }
  }

  /**
   * Checks it.
   *
   * @param marker the value of enabled.file
   * @param usual the qmail-queue to check if there is no note
   */
  public static Standing of(Path marker, Path usual) {
    try {
      return ofMarked(Marker.read(marker), marker);
    } catch (NoSuchFileException e) {
      return ofUnmarked(usual);
    } catch (IOException e) {
      return new Standing(
          DiversionState.UNKNOWN,
          usual,
          "enabled.file "
              + marker
              + " cannot be read ("
              + ScanFailure.inWords(e)
              + "), so it is not known whether mail comes through qscan-client: "
              + (e instanceof AccessDeniedException
                  ? "its directory needs mode 755, and the file mode 644"
                  : "run 'qscan enable --all' as root"));
    }
  }

  private static Standing ofMarked(Marker marker, Path file) {
    if (ClientProgram.is(marker.queue())) {
      return new Standing(
          DiversionState.IN_PLACE, marker.queue(), marker.queue() + " is qscan-client");
    }
    return new Standing(
        DiversionState.REPLACED,
        marker.queue(),
        marker.queue()
            + (Files.exists(marker.queue()) ? replaced(marker, file) : gone(marker, file)));
  }

  private static String replaced(Marker marker, Path file) {
    return " is no longer qscan-client, which 'qscan enable' put there at "
        + marker.since()
        + " (see "
        + file
        + "), so mail is queued that was not scanned: run 'qscan enable --all' as root. An upgrade"
        + " of qmail does this, 'make setup' for example. If it was done on purpose, run 'qscan"
        + " disable'";
  }

  private static String gone(Marker marker, Path file) {
    return " does not exist any more ('qscan enable' put qscan-client there at "
        + marker.since()
        + ", see "
        + file
        + "), so no mail can be queued: make it a link to the real qmail-queue with ln, and run"
        + " 'qscan enable --all' as root";
  }

  private static Standing ofUnmarked(Path usual) {
    if (ClientProgram.is(usual)) {
      return new Standing(
          DiversionState.IN_PLACE,
          usual,
          usual
              + " is qscan-client, but 'qscan enable --all' did not put it there, so nobody notices"
              + " if it is replaced: run that as root");
    }
    return new Standing(
        DiversionState.NOT_IN_PLACE,
        usual,
        usual
            + " is not qscan-client, so only mail from programs whose QMAILQUEUE names QScan is"
            + " scanned: to have all mail scanned, run 'qscan enable --all' as root");
  }
}
