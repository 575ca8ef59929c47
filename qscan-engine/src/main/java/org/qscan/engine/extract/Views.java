package org.qscan.engine.extract;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.ScanFailure;
import org.qscan.engine.store.MemoryBudget;
import org.qscan.engine.store.MessageStore;
import org.qscan.engine.store.PartBytes;
import org.qscan.engine.store.PartStore;
import org.qscan.engine.store.SessionDirectory;

/**
 * All that will be scanned of one message: the raw message, and what each extractor made of it.
 * After {@link #finish}, each file has a name that we gave it: a number, and at most a short
 * extension of letters and digits. So a scanner's command line and output contain nothing that the
 * sender chose, except names inside archives.
 *
 * <pre>
 * SESSION/ripmime/...       where the extractor puts files, under names of its or the sender's choice
 * SESSION/views/raw/1.eml   what is scanned
 * SESSION/views/ripmime/2.doc
 * SESSION/views/mime4j/3
 * </pre>
 *
 * <p>Files that several views share are scanned once. As long as no scanner needs files and there
 * is memory, these are only names.
 */
public final class Views implements AutoCloseable {

  /** Names are kept for the log alone, and the sender may write any number of any length. */
  static final int MOST_NAMES = 100;

  private static final int PROBE = 65536;

  private static final int LONGEST_NAME = 300;

  /** The sender may make any number of parts of one length and checksum: not all are compared. */
  private static final int MOST_ALIKE = 4;

  private static final int LONGEST_EXTENSION = 5;

  private final SessionDirectory sessionDirectory;
  private final Path root;
  private final String session;
  private final List<Extractor> extractors;
  private final Limits limits;
  private final boolean groupReads;
  private final MemoryBudget.Share share;
  private final MessageStore message;
  private final List<PartStore> stores = new ArrayList<>();
  private final Set<Path> made = new HashSet<>(); // directories below the root, and itself
  private final Map<Path, PartBytes> partBytes = new LinkedHashMap<>();
  private final Map<Long, List<Path>> prints = new HashMap<>();
  private final Map<Long, List<Path>> exact = new HashMap<>(); // by printWithoutLineEnds
  private final Map<Path, Path> twins = new HashMap<>(); // and what stands for each
  private final Map<String, List<Path>> scannedAs = new HashMap<>();
  private final List<Extractor.Work> work =
      new CopyOnWriteArrayList<>(); // close() may be another's
  private final Set<String> names = new LinkedHashSet<>();
  private final List<String> notes = new ArrayList<>();
  private final List<String> objections = new ArrayList<>();
  private Ambiguity ambiguity = Ambiguity.UNKNOWN;
  private boolean begun;
  private int parts;
  private int guessed;
  private long bytes;
  private int failed;
  private final List<String> costly = new ArrayList<>();
  private final List<String> passed = new ArrayList<>(); // limits
  private @Nullable List<SeenView> seen; // null: nobody wants to know

  private Views(
      SessionDirectory sessionDirectory,
      String session,
      List<Extractor> extractors,
      Limits limits,
      boolean groupReads,
      MemoryBudget.Share share) {
    this.sessionDirectory = sessionDirectory;
    this.root = sessionDirectory.path().resolve("views");
    this.session = session;
    this.extractors = extractors;
    this.limits = limits;
    this.groupReads = groupReads;
    this.share = share;
    Path raw = root.resolve("raw").resolve("1.eml");
    this.message = MessageStore.inMemory(raw, () -> placed(raw), groupReads, share);
  }

  /**
   * The message may begin to arrive. Where there is memory for it the extractors wait for {@link
   * #begin}: they may find all of it there.
   *
   * @param sessionDirectory the session's directory
   * @param session the session's id
   * @param extractors what takes the message apart
   * @param limits for each extractor
   * @param groupReads whether the scanner needs the group's right to read
   * @param memory where what is made may stay
   */
  public static Views start(
      SessionDirectory sessionDirectory,
      String session,
      List<Extractor> extractors,
      Limits limits,
      boolean groupReads,
      MemoryBudget memory)
      throws IOException {
    return start(
        sessionDirectory,
        session,
        extractors,
        limits,
        groupReads,
        memory.share(),
        !memory.isSome());
  }

  /**
   * The same for a message that has room for its readers.
   *
   * @param share of the memory
   * @param atOnce whether the extractors begin with the first octet, however slowly it comes
   */
  public static Views start(
      SessionDirectory sessionDirectory,
      String session,
      List<Extractor> extractors,
      Limits limits,
      boolean groupReads,
      MemoryBudget.Share share,
      boolean atOnce)
      throws IOException {
    Views views = new Views(sessionDirectory, session, extractors, limits, groupReads, share);
    try {
      if (atOnce) {
        views.begin();
      }
      return views;
    } catch (IOException | RuntimeException | Error e) {
      views.close();
      throw e;
    }
  }

  /** Starts the extractors, if they have not been. */
  public void begin() throws IOException {
    if (begun) {
      return;
    }
    begun = true;
    for (Extractor extractor : extractors) {
      if (extractor.needsFiles()) {
        share.fill();
        message.toFile();
      }
    }
    for (Extractor extractor : extractors) {
      PartStore store = new PartStore(extractor.name(), sessionDirectory, share);
      stores.add(store);
      work.add(extractor.start(message, store, session));
    }
  }

  /** The same path, to which a file may go now. */
  private Path placed(Path file) throws IOException {
    sessionDirectory.make();
    Path directory = file.getParent();
    makeDirectory(root);
    if (directory != null) {
      makeDirectory(directory);
    }
    return file;
  }

  /** The group's rights are given afterwards: at creation, a umask would take them away. */
  private void makeDirectory(Path path) throws IOException {
    if (!made.add(path)) {
      return;
    }
    Files.createDirectory(
        path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    if (groupReads) {
      int mode = (Integer) Files.getAttribute(path, "unix:mode"); // with its set-group-id bit
      Files.setAttribute(path, "unix:mode", (mode & 07000) | 0750);
    }
  }

  /** The directory for the scanners. */
  public Path directory() {
    return root;
  }

  /**
   * Where what an extractor made is scanned, a path for each of its parts; what several extractors
   * made is below the directory of the first.
   *
   * @param extractor one of those that have finished
   */
  public List<Path> of(String extractor) {
    return List.copyOf(scannedAs.getOrDefault(extractor, List.of()));
  }

  /** The raw message. */
  public MessageStore message() {
    return message;
  }

  /** File names that the sender gave, as he gave them. Escape before use. */
  public List<String> names() {
    return List.copyOf(names);
  }

  /** At most so much of a name as a log could want. */
  static String cut(String name) {
    return name.length() > LONGEST_NAME ? name.substring(0, LONGEST_NAME) : name;
  }

  /** What the operator should know of the extractors. */
  public List<String> notes() {
    return notes;
  }

  /** From now on keeps what each reader has seen, for {@link #seen}; else it is forgotten. */
  public void remember() {
    seen = new ArrayList<>();
  }

  /** What each reader has seen: the raw message, then the extractors that have finished. */
  public List<SeenView> seen() {
    List<SeenView> all = new ArrayList<>();
    all.add(SeenView.raw(file(message.file()), message.size()));
    all.addAll(seen == null ? List.of() : seen);
    return all;
  }

  /** A file's name in the directory for the scanners. */
  private String file(Path file) {
    return root.relativize(file).toString();
  }

  /** Names of rules by which the message is not to be trusted, whatever the scanners say. */
  public List<String> objections() {
    return objections;
  }

  /** Parts that were made of what nobody declared. */
  public int guessed() {
    return guessed;
  }

  /** What the rules say of the message. */
  public Ambiguity ambiguity() {
    return ambiguity;
  }

  /** What the extractors made, each counted by itself. */
  public int parts() {
    return parts;
  }

  /** Bytes in all files that are scanned, the raw message among them. */
  public long bytes() {
    return message.size() + bytes;
  }

  /**
   * How many extractors failed; with a limit passed, an extractor has neither failed nor succeeded.
   */
  public int failed() {
    return failed;
  }

  /** Whether the message is over a limit. */
  public boolean overLimit() {
    return !passed.isEmpty();
  }

  /** Whether an extractor was not asked or was ended, because the message costs it too much. */
  public boolean isTooCostly() {
    return !costly.isEmpty();
  }

  /** From now on that is a limit, and the message is over it. */
  public void countCostlyAsOverLimit() {
    passed.addAll(costly);
  }

  /** The limits that the message is over, in words. */
  public List<String> limits() {
    return passed;
  }

  /**
   * Waits for the extractors, and moves what they made to where it is scanned. The message must be
   * complete.
   *
   * @param patience for all extractors together
   * @return how many extractors read the message to its end
   * @throws ScanFailure if an extractor could not do its work for a reason that is ours
   */
  public int finish(Duration patience) throws IOException, ScanFailure {
    begin();
    long deadline = System.nanoTime() + patience.toNanos();
    int succeeded = 0;
    for (int i = 0; i < extractors.size(); i++) {
      Duration left = Duration.ofNanos(Math.max(1, deadline - System.nanoTime()));
      Extraction extraction = work.get(i).finish(left);
      stores.get(i).failIfCutShort(); // whatever the extractor took that for
      switch (extraction.outcome()) {
        case DONE -> succeeded++;
        case FAILED -> {
          failed++;
          notes.add(extraction.why());
        }
        case TOO_COSTLY -> {
          costly.add(extraction.why());
          notes.add(extraction.why());
        }
        case OVER_LIMIT -> overLimit(extraction.why());
        case UNABLE -> throw new ScanFailure(extraction.why());
      }
      names.addAll(extraction.names());
      notes.addAll(extraction.notes());
      objections.addAll(extraction.objections());
      guessed += extraction.guessed();
      if (!extraction.ambiguity().equals(Ambiguity.UNKNOWN)) { // one extractor has rules
        ambiguity = extraction.ambiguity();
      }
      String view = extractors.get(i).name();
      if (seen == null) {
        collect(extractors.get(i), stores.get(i), null, Insight.NONE);
      } else {
        Map<String, SeenPart> files = new LinkedHashMap<>();
        Insight insight = work.get(i).insight();
        collect(extractors.get(i), stores.get(i), files, insight);
        seen.add(SeenView.of(view, extraction, work.get(i).took(), insight, files));
      }
    }
    work.clear(); // they have ended, and many messages may wait for a slot now
    stores.clear();
    prints.clear();
    exact.clear();
    share.extracted();
    for (Extractor extractor : extractors) {
      if (!extractor.tellsOfFullDisk()) {
        probe();
        break;
      }
    }
    return succeeded;
  }

  /** Asks whether there is room. */
  private void probe() throws IOException {
    Path probe = sessionDirectory.path().resolve("probe");
    Files.write(probe, new byte[PROBE]);
    Files.delete(probe);
  }

  /** What a failed extractor made is scanned as well: a finding in half a view is a finding. */
  private void collect(
      Extractor reader, PartStore store, @Nullable Map<String, SeenPart> told, Insight insight)
      throws IOException, ScanFailure {
    String extractor = reader.name();
    int files = 0;
    long size = 0;
    for (PartBytes part : store.all()) {
      files++;
      size += part.size();
      String name = part.name();
      if (!isNumber(name) && names.size() < MOST_NAMES) {
        names.add(name);
      }
      Path numbered = root.resolve(extractor).resolve(1 + ++parts + extension(name));
      Path scanned = add(numbered, part, reader.isExact());
      scannedAs.computeIfAbsent(extractor, any -> new ArrayList<>()).add(scanned);
      if (told != null) {
        told.put(name, part(file(scanned), name, insight.label(name), part.size()));
      }
    }
    bytes += size;
    if (files > limits.parts()) {
      overLimit(extractor + " made more parts than extract.max-parts " + limits.parts());
    }
    if (size > limits.bytes()) {
      overLimit(extractor + " made more bytes than extract.max-bytes " + limits.bytes());
    }
  }

  /**
   * Where it is scanned. Scanners may go by a file's extension: two that differ in it are both
   * there, and are twins for those that do not.
   */
  private Path add(Path name, PartBytes part, boolean isExact) throws IOException {
    List<Path> alike = prints.computeIfAbsent(part.print(), any -> new ArrayList<>());
    Path twin = null;
    for (Path known : alike) {
      PartBytes other = partBytes.get(known);
      if (other != null && other.isTwinOf(part)) {
        if (extension(known.toString()).equals(extension(name.toString()))) {
          part.discard();
          return known;
        }
        twin = twins.getOrDefault(known, known);
      }
    }
    if (alike.size() < MOST_ALIKE) {
      alike.add(name);
    }
    if (twin == null) {
      twin = longerTwin(name, part, isExact);
    }
    if (twin != null) {
      twins.put(name, twin);
    }
    partBytes.put(name, part);
    if (part.file() != null) {
      toFile(name, part);
    }
    return name;
  }

  /**
   * One that is exact, and has all that this one has and more ends of lines at its end; else null.
   * What is exact is always shown: a scanner may know a file by the digest of the whole. Ends of
   * lines at the beginning are no such thing: there, a scanner looks for the kind of a file.
   */
  private @Nullable Path longerTwin(Path name, PartBytes part, boolean isExact) {
    Long print = part.printWithoutLineEnds();
    if (print == null) {
      return null;
    }
    if (isExact) {
      List<Path> alike = exact.computeIfAbsent(print, any -> new ArrayList<>());
      if (alike.size() < MOST_ALIKE) {
        alike.add(name);
      }
      return null;
    }
    for (Path known : exact.getOrDefault(print, List.of())) {
      PartBytes other = partBytes.get(known);
      if (other != null && other.size() > part.size() && other.isTwinButForLineEnds(part)) {
        return twins.getOrDefault(known, known);
      }
    }
    return null;
  }

  /**
   * Files that a scanner need not be shown if it does not go by names, and for each of them the one
   * that it is shown: the same octets, or these and more ends of lines behind them.
   */
  public Map<Path, Path> twins() {
    return Map.copyOf(twins);
  }

  private void toFile(Path name, PartBytes part) throws IOException {
    part.moveTo(placed(name));
    if (groupReads) {
      Set<PosixFilePermission> readable = PosixFilePermissions.fromString("rw-r-----");
      Files.setPosixFilePermissions(name, readable);
    }
  }

  /** All that is scanned, by name, if all of it is in memory; else null. */
  public @Nullable Map<Path, ByteBuffer> inMemory() {
    Map<Path, ByteBuffer> all = new TreeMap<>();
    ByteBuffer raw = message.inMemory();
    if (raw == null) {
      return null;
    }
    all.put(message.file(), raw);
    for (Map.Entry<Path, PartBytes> one : partBytes.entrySet()) {
      ByteBuffer octets = one.getValue().inMemory();
      if (octets == null) {
        return null;
      }
      all.put(one.getKey(), octets);
    }
    return all;
  }

  /** Sees to it that all that is scanned is there as files. */
  public void toFiles() throws IOException {
    message.toFile();
    for (Map.Entry<Path, PartBytes> one : partBytes.entrySet()) {
      if (!one.getKey().equals(one.getValue().file())) {
        toFile(one.getKey(), one.getValue());
      }
    }
    partBytes.clear(); // there may be thousands, and many messages may wait for a slot now
  }

  private static SeenPart part(String file, String original, Insight.Label label, long size) {
    String name = label.name() == null && !isNumber(original) ? cut(original) : label.name();
    return new SeenPart(file, name, label.type(), label.how(), label.origin(), size);
  }

  private void overLimit(String why) {
    passed.add(why);
    notes.add(why);
  }

  private static boolean isNumber(String name) {
    for (int i = 0; i < name.length(); i++) {
      if (name.charAt(i) < '0' || name.charAt(i) > '9') {
        return false;
      }
    }
    return true;
  }

  /** The name's extension with its dot if it is short and of letters and digits, else nothing. */
  static String extension(String name) {
    int dot = name.lastIndexOf('.');
    String extension = name.substring(dot + 1);
    if (dot < 0 || extension.isEmpty() || extension.length() > LONGEST_EXTENSION) {
      return "";
    }
    for (int i = 0; i < extension.length(); i++) {
      char c = extension.charAt(i);
      if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))) {
        return "";
      }
    }
    return "." + extension.toLowerCase(Locale.ROOT);
  }

  /**
   * Ends the extractors, if they are still at it, and closes the message. Whatever fails in that,
   * the memory is given back: what one message kept would be missing for ever.
   */
  @Override
  public void close() throws IOException {
    try (share) {
      try {
        message.close(); // wakes those who wait for more of it
      } finally {
        for (Extractor.Work one : work) {
          one.cancel();
        }
      }
    }
  }
}
