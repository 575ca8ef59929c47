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
 * Everything that will be scanned of one message: the raw message, and the parts that each
 * extractor made of it. After {@link #finish}, each file has a name that we gave it: a number, and
 * at most a short extension of letters and digits. So a scanner's command line and output contain
 * nothing that the sender chose, except names inside archives.
 *
 * <pre>
 * SESSION/ripmime/...       where the extractor puts files, under names of its or the sender's choice
 * SESSION/views/raw/1.eml   what is scanned
 * SESSION/views/ripmime/2.doc
 * SESSION/views/mime4j/3
 * </pre>
 *
 * <p>Files that several views share are scanned once. As long as no scanner needs files and there
 * is memory, these are only names, and no files.
 */
public final class Views implements AutoCloseable {

  /**
   * How many names are kept. They are for the log only, and a sender may write any number of them,
   * of any length.
   */
  static final int MOST_NAMES = 100;

  private static final int PROBE = 65536;

  private static final int LONGEST_NAME = 300;

  /**
   * With how many parts of the same length and checksum a part is compared. A sender may make any
   * number of them, so not all are compared.
   */
  private static final int MOST_ALIKE = 4;

  private static final int LONGEST_EXTENSION = 5;

  /** A plain message has 100 parts, and each may be there as it is and decoded. */
  private static final int MOST_IN_TREE = 300;

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
  private boolean keepsTrees;
  private final Map<String, List<ReadPart>> trees = new HashMap<>();

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
   * Starts the views of a message that begins to arrive. If there is memory for the message, the
   * extractors wait for {@link #begin}, because then they may find all of it there.
   *
   * @param sessionDirectory the session's directory
   * @param session the session's id
   * @param extractors what takes the message apart
   * @param limits for each extractor
   * @param groupReads whether the scanner needs the group's right to read
   * @param memory the memory in which the parts may stay
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
        !memory.isForMessages());
  }

  /**
   * The same for a message that has a reservation for its readers.
   *
   * @param share the message's share of the memory
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

  /** Starts the extractors if they have not been started yet. */
  public void begin() throws IOException {
    if (begun) {
      return;
    }
    begun = true;
    for (Extractor extractor : extractors) {
      if (extractor.needsFiles()) {
        message.toFile();
      }
    }
    for (Extractor extractor : extractors) {
      PartStore store = new PartStore(extractor.name(), sessionDirectory, share);
      stores.add(store);
      work.add(extractor.start(message, store, session));
    }
  }

  /** Makes the directory of a path, so that a file may be written there, and returns the path. */
  private Path placed(Path file) throws IOException {
    sessionDirectory.make();
    Path directory = file.getParent();
    makeDirectory(root);
    if (directory != null) {
      makeDirectory(directory);
    }
    return file;
  }

  /**
   * Makes a directory. The group's rights are added afterwards, because at creation the umask could
   * remove them.
   */
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
   * The paths under which an extractor's parts are scanned. Parts that several extractors made are
   * below the directory of the first of them.
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

  /** The file names that the sender gave, not escaped: escape them before use. */
  public List<String> names() {
    return List.copyOf(names);
  }

  /** Cuts a name to a length that a log can use. */
  static String cut(String name) {
    return name.length() > LONGEST_NAME ? name.substring(0, LONGEST_NAME) : name;
  }

  /** What the operator should know about the extractors. */
  public List<String> notes() {
    return notes;
  }

  /**
   * Tells this object to keep what each reader has seen, for {@link #seen}. Without this call, it
   * does not.
   */
  public void remember() {
    seen = new ArrayList<>();
  }

  /** From now on keeps what each reader says of its parts, for {@link #tree}. */
  public void keepTrees() {
    keepsTrees = true;
  }

  /** Whether it keeps them. */
  public boolean keepsTrees() {
    return keepsTrees;
  }

  /** Nobody needs these any more. */
  public void forgetTrees() {
    trees.clear();
  }

  /**
   * The parts that a reader has made, in its order, each with what it says of it; null if it has
   * not read the message to its end, if they are many, or if one of them is not in memory.
   *
   * @param extractor its name
   */
  public @Nullable List<ReadPart> tree(String extractor) {
    return trees.get(extractor);
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

  /** The names of rules for which the message is not trusted, whatever the scanners say. */
  public List<String> objections() {
    return objections;
  }

  /** How many parts were guessed: no header declares them as encoded. */
  public int guessed() {
    return guessed;
  }

  /** The result of the rules. */
  public Ambiguity ambiguity() {
    return ambiguity;
  }

  /** The number of parts that the extractors made, each counted by itself. */
  public int parts() {
    return parts;
  }

  /** The bytes in all files that are scanned, including the raw message. */
  public long bytes() {
    return message.size() + bytes;
  }

  /**
   * How many extractors failed. An extractor that stopped at a limit has neither failed nor
   * succeeded.
   */
  public int failed() {
    return failed;
  }

  /** Whether the message is over a limit. */
  public boolean overLimit() {
    return !passed.isEmpty();
  }

  /** Whether an extractor was not run, or was ended, because the message costs it too much. */
  public boolean isTooCostly() {
    return !costly.isEmpty();
  }

  /** Counts that as a limit from now on, so that the message is over a limit. */
  public void countCostlyAsOverLimit() {
    passed.addAll(costly);
  }

  /** The limits that the message is over, in words. */
  public List<String> limits() {
    return passed;
  }

  /**
   * Waits for the extractors, and moves their parts to where they are scanned. The message must be
   * complete.
   *
   * @param patience for all extractors together
   * @return how many extractors read the message to its end
   * @throws ScanFailure if an extractor could not do its work because of a fault of this host
   */
  public int finish(Duration patience) throws IOException, ScanFailure {
    begin();
    long deadline = System.nanoTime() + patience.toNanos();
    int succeeded = 0;
    for (int i = 0; i < extractors.size(); i++) {
      Duration left = Duration.ofNanos(Math.max(1, deadline - System.nanoTime()));
      Extraction extraction = work.get(i).finish(left);
      stores.get(i).failIfCutShort(); // whatever the extractor made of that
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
      Insight insight = seen == null && !keepsTrees ? Insight.NONE : work.get(i).insight();
      if (keepsTrees && extraction.outcome() == Extraction.Result.DONE) {
        keepTree(view, stores.get(i), insight);
      }
      if (seen == null) {
        collect(extractors.get(i), stores.get(i), null, Insight.NONE);
      } else {
        Map<String, SeenPart> files = new LinkedHashMap<>();
        collect(extractors.get(i), stores.get(i), files, insight);
        seen.add(SeenView.of(view, extraction, work.get(i).took(), insight, files));
      }
    }
    work.clear(); // they have ended, and their memory may be needed while messages wait for a slot
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

  /** Before what is there twice is given up: these are references, not copies. */
  private void keepTree(String view, PartStore store, Insight insight)
      throws IOException, ScanFailure {
    List<PartBytes> made = store.all();
    if (made.size() > MOST_IN_TREE) {
      return;
    }
    List<ReadPart> tree = new ArrayList<>(made.size());
    for (PartBytes part : made) {
      ByteBuffer octets = part.inMemory();
      if (octets == null) {
        return;
      }
      String path = insight.paths().getOrDefault(part.name(), "");
      tree.add(new ReadPart(insight.label(part.name()), path, octets));
    }
    trees.put(view, tree);
  }

  /** Checks whether there is room on the disk. */
  private void probe() throws IOException {
    Path probe = sessionDirectory.path().resolve("probe");
    Files.write(probe, new byte[PROBE]);
    Files.delete(probe);
  }

  /**
   * Collects what an extractor made, even if it failed: a threat in an incomplete view is a threat.
   */
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
   * Adds a part, and returns the path under which it is scanned. A scanner may go by a file's
   * extension, so two parts that differ only in that are both added. For scanners that ignore
   * names, they are twins.
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
   * An exact part that has the same content as this one and only more line ends at its end; null if
   * there is none. An exact part is always shown, because a scanner may know a file by the digest
   * of its whole content. Line ends at the beginning do matter, because a scanner looks there for
   * the type of a file.
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
   * The files that need not be shown to a scanner that ignores names, each with the file that is
   * shown in its place: it has the same octets, or the same octets and more line ends at its end.
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

  /** Everything that is scanned, by name, if all of it is in memory; else null. */
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

  /** Writes everything that is scanned to files, unless it is there already. */
  public void toFiles() throws IOException {
    message.toFile();
    for (Map.Entry<Path, PartBytes> one : partBytes.entrySet()) {
      if (!one.getKey().equals(one.getValue().file())) {
        toFile(one.getKey(), one.getValue());
      }
    }
    // There may be thousands, and their memory may be needed while messages wait for a slot.
    partBytes.clear();
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

  /**
   * The name's extension with its dot if it is short and consists of letters and digits; else an
   * empty text.
   */
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
   * Ends the extractors if they are still working, and closes the message. Even if that fails, the
   * memory is given back, because it would be missing for ever otherwise.
   */
  @Override
  public void close() throws IOException {
    try (share) {
      try {
        message.close(); // wakes the followers that wait for more
      } finally {
        for (Extractor.Work one : work) {
          one.cancel();
        }
      }
    }
  }
}
