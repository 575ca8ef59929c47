package org.qscan.engine.scan.daemon;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.scan.FileFinding;
import org.qscan.engine.scan.ScanInput;
import org.qscan.engine.scan.Tally;
import org.qscan.engine.scan.VerdictCache;

/**
 * The files of one message that are shown to a daemon, and what it says of each; what is known of
 * some of them already is not asked again. For one thread.
 */
final class FileQueries {

  private final ScanInput input;
  private final List<Path> files;
  private final VerdictCache cache;
  private final String name;
  private final Map<Path, List<Path>> twins = new HashMap<>(); // by the one that is shown
  private final Tally known = new Tally();
  private final Set<Path> knownFiles = new HashSet<>();
  private final Map<Path, Tally> answers = new LinkedHashMap<>();
  private final Map<Path, ByteBuffer> keys = new LinkedHashMap<>();
  private String before = "";
  private String after = "";
  private boolean confirmed;

  /**
   * Nothing was asked yet.
   *
   * @param input what is asked about
   * @param files all of it: absolute paths, with names of ours
   * @param cache of this scanner
   * @param name the endpoint that is asked: what it said is not what another would have said
   * @param goesByNames whether the same octets under two names are two questions
   */
  FileQueries(
      ScanInput input, List<Path> files, VerdictCache cache, String name, boolean goesByNames) {
    this.input = input;
    this.cache = cache;
    this.name = name;
    if (goesByNames) {
      this.files = files;
      return;
    }
    Set<Path> all = new HashSet<>(files);
    this.files = new ArrayList<>();
    for (Path file : files) {
      Path shown = input.shownAs(file);
      if (shown.equals(file) || !all.contains(shown)) {
        this.files.add(file);
      } else {
        twins.computeIfAbsent(shown, any -> new ArrayList<>()).add(file);
      }
    }
  }

  /** Whether the daemon should be asked for its state, before the first file and after the last. */
  boolean wantsState() {
    return cache.isOn();
  }

  /**
   * The daemon's state before the first file. In a later session of the same message it changes
   * nothing: what was said in the first one is kept only if the state is still the same at the end.
   *
   * @param state its version and that of its virus data; null if it does not tell both
   */
  void stateBefore(@Nullable String state) {
    if (!before.isEmpty()) {
      return;
    }
    if (state == null) {
      cache.forget();
    } else {
      before = name + " " + state;
      cache.enter(before);
    }
  }

  /**
   * The daemon's state after the last answer.
   *
   * @param state as with {@link #stateBefore}
   */
  void stateAfter(@Nullable String state) {
    if (state == null) {
      cache.forget();
    } else {
      after = name + " " + state;
      cache.enter(after);
    }
  }

  /** The files that it must answer for, and has not yet. */
  List<Path> unknown() {
    if (before.isEmpty() && answers.isEmpty()) {
      return files;
    }
    List<Path> unknown = new ArrayList<>();
    for (Path file : files) {
      if (answers.containsKey(file) || knownFiles.contains(file)) {
        continue; // in an earlier session
      }
      if (before.isEmpty()) {
        unknown.add(file);
        continue;
      }
      ByteBuffer key = VerdictCache.isPart(file) ? VerdictCache.key(input, file) : null;
      List<String> threats = key == null ? null : cache.look(key, before);
      if (threats != null) {
        knownFiles.add(file);
        threats.forEach(known::threat);
        if (!threats.isEmpty()) {
          known.file(new FileFinding(file.toString(), threats, List.of()));
          for (Path twin : twins.getOrDefault(file, List.of())) {
            known.file(new FileFinding(twin.toString(), threats, List.of()));
          }
        }
      } else {
        unknown.add(file);
        if (key != null) {
          keys.put(file, key);
        }
      }
    }
    return unknown;
  }

  /** The octets of a file. */
  InputStream open(Path file) throws IOException {
    return input.open(file);
  }

  /** How many they are. */
  long size(Path file) throws IOException {
    return input.size(file);
  }

  /** Where to put what it says of this file. */
  Tally of(Path file) {
    return answers.computeIfAbsent(file, any -> new Tally());
  }

  /**
   * Whether some file has no answer that counts, and so the whole has none unless it is a threat.
   */
  boolean hasGaps() {
    for (Tally answer : answers.values()) {
      if (answer.hasGaps()) {
        return true;
      }
    }
    return false;
  }

  /** Whether nothing was found so far, and there is an answer that counts for each file. */
  boolean isWithoutFinding() {
    if (known.hasThreats()) {
      return false;
    }
    for (Tally answer : answers.values()) {
      if (answer.hasThreats() || answer.hasGaps()) {
        return false;
      }
    }
    return true;
  }

  /** A canary was found after the last answer: what it calls clean may be kept. */
  void confirmed() {
    confirmed = true;
  }

  /**
   * What it comes to; what may be kept is kept. Beside a finding or a gap nobody asks for a canary,
   * and so nothing that was called clean there is kept: it would be believed with the next message.
   *
   * @param whole whether there is an answer for every file
   */
  void addTo(Tally tally, boolean whole) {
    tally.add(known);
    answers.forEach((file, answer) -> {
      tally.add(answer);
      answer.addSaidTo(tally, file);
      for (Path twin : twins.getOrDefault(file, List.of())) {
        answer.addSaidTo(tally, twin);
      }
      ByteBuffer key = keys.get(file);
      boolean believed = confirmed || answer.hasThreats();
      if (whole && believed && key != null && isSameState() && answer.isCertain()) {
        cache.keep(key, answer.threats(), before);
      }
    });
  }

  private boolean isSameState() {
    return !before.isEmpty() && before.equals(after);
  }
}
