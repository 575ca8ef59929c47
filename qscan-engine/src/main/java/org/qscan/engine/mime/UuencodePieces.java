package org.qscan.engine.mime;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Collects the pieces of uuencoded files that begin in one part and go on in others. A piece
 * belongs to the file that began before it, and perhaps to the one that begins behind it: parts may
 * come in another order.
 */
final class UuencodePieces {

  private final Meter meter;
  private List<Continuation.Piece> before = new ArrayList<>(); // pieces before the last beginning
  private List<Continuation.Piece> since = new ArrayList<>(); // and behind it
  private @Nullable Continuation open;
  private final List<Continuation> files = new ArrayList<>();

  UuencodePieces(Meter meter) {
    this.meter = meter;
  }

  /** A line begins another file. */
  void begin() {
    open = null;
    before = since;
    since = new ArrayList<>();
  }

  /** The file that began last has not ended where its part ends. */
  void goOn(Part part, Part.Quoted first) {
    open = new Continuation(part, first, before, since);
    files.add(open);
    meter.hold(Meter.ENTRY_BYTES);
  }

  /** Whether a file goes on: then any line of data may be more of it. */
  boolean isOpen() {
    return open != null;
  }

  /** Whether lines of base64 may be a piece of the file that goes on, and not lines of uuencode. */
  boolean wantsBase64() {
    return open != null && open.first().base64();
  }

  /** Lines of data that no line begins, and that may be a piece of a file. */
  void add(Continuation.Piece piece) {
    since.add(piece);
    meter.hold(Meter.ENTRY_BYTES);
  }

  /** Files that have other pieces; complete when all lines have been taken. */
  List<Continuation> files() {
    List<Continuation> continued = new ArrayList<>();
    for (Continuation file : files) {
      if (!file.orders().isEmpty()) {
        continued.add(file);
      }
    }
    return continued;
  }
}
