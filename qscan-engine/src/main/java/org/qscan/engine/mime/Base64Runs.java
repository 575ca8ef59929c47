package org.qscan.engine.mime;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds runs of lines of base64 that no header announces, perhaps behind marks of a quotation. If a
 * run contains blank lines, it is kept as a whole, and each of its sections is kept as well.
 *
 * <p>Text that only looks like base64 is not a part of the message, and is no reason to refuse it.
 * If there are many runs, only the strongest are kept.
 */
final class Base64Runs {

  private final Lines lines;
  private final List<Part> parts;
  private final int most;
  private final Meter meter;

  private long start = -1; // of the run; -1: none is open
  private long end; // of the run and of its last section
  private long characters;
  private boolean known;
  private int quotes;
  private long shortest; // line of it but the last, in characters
  private long lastLine;
  private boolean folded; // its first line continues a header field, perhaps of a mail in text
  private boolean mayContinue; // the line before is one that an indented line may continue
  private long sectionStart = -1;
  private boolean sectionKnown;
  private final List<Part.Evidence> sections = new ArrayList<>();
  private int replaced;
  private boolean anyKnown;
  private boolean armoured; // in what OpenPGP or PEM encodes by their own marks

  private int kept;
  private Part.@Nullable Evidence weakest; // of those that are kept
  private boolean passedOver;

  /**
   * For the parts of one outline.
   *
   * @param parts that have ended, with the runs that are kept of them
   * @param most the most runs and sections that are kept
   */
  Base64Runs(Lines lines, List<Part> parts, int most, Meter meter) {
    this.lines = lines;
    this.parts = parts;
    this.most = most;
    this.meter = meter;
  }

  /** Takes the current line, which is not blank. */
  void line(Part part) {
    if (!isBase64()) {
      end(part);
      if (lines.first() == '-') {
        armoured = Guess.beginsArmour(lines) || (armoured && !lines.beginsWith("-----end "));
      }
      mayContinue = true;
      return;
    }
    if (lines.quotes() != quotes) {
      endSection();
      quotes = lines.quotes();
    }
    if (start < 0) {
      start = lines.start();
      known = Guess.isKnown(lines);
      folded = mayContinue && lines.indent() > 0;
      shortest = Long.MAX_VALUE;
      lastLine = Long.MAX_VALUE;
    }
    if (sectionStart < 0) {
      sectionStart = lines.start();
      sectionKnown = Guess.isKnown(lines);
    }
    end = lines.end();
    anyKnown |= Guess.isKnown(lines);
    characters += lines.alphabet();
    shortest = Math.min(shortest, lastLine);
    lastLine = lines.alphabet();
  }

  /**
   * Whether a line is base64, with nothing before it but marks of a quotation, each with a blank.
   */
  private boolean isBase64() {
    if (lines.alphabet() == 0) {
      return false;
    }
    if (lines.others() == 0) {
      return lines.whites() <= lines.indent();
    }
    int marks = lines.quotes();
    return lines.others() == marks && lines.whites() <= marks + lines.indent();
  }

  /** Ends a section, but not the run. */
  void blankLine() {
    mayContinue = false;
    endSection();
  }

  private void endSection() {
    if (sectionStart >= 0) {
      Part.Evidence section = new Part.Evidence(new ByteRange(sectionStart, end), sectionKnown);
      if (sections.size() < most) {
        sections.add(section);
      } else {
        passedOver = true;
        if (section.known() && replaced < most) {
          sections.set(replaced++, section);
        }
      }
    }
    sectionStart = -1;
  }

  /** Ends the run, if one is open. */
  void end(Part part) {
    endSection();
    if (start >= 0 && isEvidence()) {
      Part.Evidence run = new Part.Evidence(new ByteRange(start, end), known);
      if (weakest != null && Guess.STRONGEST.compare(run, weakest) >= 0) {
        passedOver = true;
      } else if (part.add(new Part.Base64Run(run, List.copyOf(sections)), characters)) {
        kept += 1 + sections.size();
        meter.hold((1 + (long) sections.size()) * Meter.ENTRY_BYTES);
        if (kept > 2 * most) {
          keepStrongest(part);
        }
      }
    }
    sections.clear();
    replaced = 0;
    anyKnown = false;
    mayContinue = false;
    start = -1;
    characters = 0;
  }

  /**
   * Whether the run may be a file: it begins like one, or it is long and has long lines. Single
   * words in lines of their own, and keys and signatures in the header of a mail, are not files.
   */
  private boolean isEvidence() {
    boolean isLong = characters >= Guess.FEWEST && !folded && !armoured;
    return known || anyKnown || (isLong && Math.min(shortest, characters) >= Guess.SHORTEST_LINE);
  }

  private void keepStrongest(Part current) {
    List<Part.Base64Run> all = new ArrayList<>(current.runs());
    for (Part part : parts) {
      all.addAll(part.runs());
    }
    all.sort(Comparator.comparing(Part.Base64Run::whole, Guess.STRONGEST));
    Set<Part.Base64Run> strongest = Collections.newSetFromMap(new IdentityHashMap<>());
    kept = 0;
    for (Part.Base64Run run : all) {
      if (kept + run.size() <= most) {
        kept += run.size();
        strongest.add(run);
        weakest = run.whole();
      }
    }
    passedOver = true;
    current.runs().retainAll(strongest);
    for (Part part : parts) {
      part.runs().retainAll(strongest);
    }
  }

  /** Whether some runs or sections were not kept. */
  boolean hasPassedOver() {
    return passedOver;
  }
}
