package org.qscan.engine.extract;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.ScanFailure;

/**
 * All that will be scanned of one message: a directory with the raw message and one directory for
 * each extractor. When {@link #finish} has run, every file in it bears a name of ours: a number,
 * and at most a short extension of letters and digits. A scanner's command line and output then
 * hold nothing that the sender chose, but for names inside archives.
 *
 * <pre>
 * SESSION/ripmime/...       where the extractor puts files, under names of its or the sender's choice
 * SESSION/views/raw/1.eml   what is scanned
 * SESSION/views/ripmime/2.doc
 * SESSION/views/mime4j/3
 * </pre>
 */
public final class Views implements AutoCloseable {

  /** Names are kept for the log alone, and the sender may write any number of any length. */
  static final int MOST_NAMES = 100;

  private static final int PROBE = 65536;
  private static final int LONGEST_NAME = 300;
  private static final int LONGEST_EXTENSION = 5;

  private final Path directory;
  private final Path root;
  private final String session;
  private final List<Extractor> extractors;
  private final Limits limits;
  private final boolean groupReads;
  private final Message message;
  private final List<Extractor.Work> work =
      new CopyOnWriteArrayList<>(); // close() may be another's
  private final Set<String> names = new LinkedHashSet<>();
  private final List<String> notes = new ArrayList<>();
  private final List<String> objections = new ArrayList<>();
  private Ambiguity ambiguity = Ambiguity.UNKNOWN;
  private int parts;
  private long bytes;
  private int failed;
  private boolean overLimit;
  private @Nullable List<SeenView> seen; // null: nobody wants to know

  private Views(
      Path directory,
      Path root,
      String session,
      List<Extractor> extractors,
      Limits limits,
      boolean groupReads,
      Message message) {
    this.directory = directory;
    this.root = root;
    this.session = session;
    this.extractors = extractors;
    this.limits = limits;
    this.groupReads = groupReads;
    this.message = message;
  }

  /**
   * Makes the directories and starts the extractors; the message may begin to arrive.
   *
   * @param directory the session's directory
   * @param session the session's id
   * @param extractors what takes the message apart
   * @param limits for each extractor
   * @param groupReads whether the scanner needs the group's right to read
   */
  public static Views start(
      Path directory, String session, List<Extractor> extractors, Limits limits, boolean groupReads)
      throws IOException {
    Path root = makeDirectory(directory.resolve("views"), groupReads);
    Path raw = makeDirectory(root.resolve("raw"), groupReads).resolve("1.eml");
    Message message = Message.create(raw, groupReads);
    Views views = new Views(directory, root, session, extractors, limits, groupReads, message);
    try {
      views.startExtractors();
      return views;
    } catch (IOException | RuntimeException | Error e) {
      views.close();
      throw e;
    }
  }

  private void startExtractors() throws IOException {
    for (Extractor extractor : extractors) {
      Path own = makeDirectory(directory.resolve(extractor.name()), false);
      work.add(extractor.start(message, own, session));
    }
  }

  /** The group's rights are given afterwards: at creation, a umask would take them away. */
  private static Path makeDirectory(Path path, boolean groupReads) throws IOException {
    Files.createDirectory(
        path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    if (groupReads) {
      int mode = (Integer) Files.getAttribute(path, "unix:mode"); // with its set-group-id bit
      Files.setAttribute(path, "unix:mode", (mode & 07000) | 0750);
    }
    return path;
  }

  /** The directory for the scanners. */
  public Path directory() {
    return root;
  }

  /** The raw message. */
  public Message message() {
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

  /** What the rules say of the message. */
  public Ambiguity ambiguity() {
    return ambiguity;
  }

  /** Files beside the raw message. */
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
    return overLimit;
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
    long deadline = System.nanoTime() + patience.toNanos();
    int succeeded = 0;
    for (int i = 0; i < extractors.size(); i++) {
      Duration left = Duration.ofNanos(Math.max(1, deadline - System.nanoTime()));
      Extraction extraction = work.get(i).finish(left);
      switch (extraction.outcome()) {
        case DONE -> succeeded++;
        case FAILED -> {
          failed++;
          notes.add(extraction.why());
        }
        case OVER_LIMIT -> overLimit(extraction.why());
        case UNABLE -> throw new ScanFailure(extraction.why());
      }
      names.addAll(extraction.names());
      notes.addAll(extraction.notes());
      objections.addAll(extraction.objections());
      if (!extraction.ambiguity().equals(Ambiguity.UNKNOWN)) { // one extractor has rules
        ambiguity = extraction.ambiguity();
      }
      String view = extractors.get(i).name();
      if (seen == null) {
        collect(view, null, Insight.NONE);
      } else {
        Map<String, SeenPart> files = new LinkedHashMap<>();
        Insight insight = work.get(i).insight();
        collect(view, files, insight);
        seen.add(SeenView.of(view, extraction, insight, files));
      }
    }
    work.clear(); // they have ended, and many messages may wait for a slot now
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
    Path probe = directory.resolve("probe");
    Files.write(probe, new byte[PROBE]);
    Files.delete(probe);
  }

  /** What a failed extractor made is scanned as well: a finding in half a view is a finding. */
  private void collect(String extractor, @Nullable Map<String, SeenPart> told, Insight insight)
      throws IOException {
    Path to = makeDirectory(root.resolve(extractor), groupReads);
    int files = 0;
    long size = 0;
    for (Path file : list(directory.resolve(extractor))) {
      BasicFileAttributes facts =
          Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      if (!facts.isRegularFile()) {
        throw new IOException(extractor + " made something that is no regular file");
      }
      files++;
      size += facts.size();
      String name = file.getFileName().toString();
      if (!isNumber(name) && names.size() < MOST_NAMES) {
        names.add(name);
      }
      Path numbered = to.resolve(1 + ++parts + extension(name));
      Files.move(file, numbered);
      if (groupReads) {
        Set<PosixFilePermission> readable = PosixFilePermissions.fromString("rw-r-----");
        Files.setPosixFilePermissions(numbered, readable);
      }
      if (told != null) {
        told.put(name, part(file(numbered), name, insight.label(name), facts.size()));
      }
    }
    bytes += size;
    if (files > limits.parts() || size > limits.bytes()) {
      overLimit(
          extractor
              + " made "
              + files
              + " files of "
              + size
              + " bytes: more than extract.max-parts or extract.max-bytes");
    }
  }

  private static SeenPart part(String file, String original, Insight.Label label, long size) {
    String name = label.name() == null && !isNumber(original) ? cut(original) : label.name();
    return new SeenPart(file, name, label.type(), label.how(), size);
  }

  private void overLimit(String why) {
    overLimit = true;
    notes.add(why);
  }

  private static List<Path> list(Path directory) throws IOException {
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      for (Path entry : entries) {
        files.add(entry);
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return files;
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

  /** Ends the extractors, if they are still at it, and closes the message. */
  @Override
  public void close() throws IOException {
    message.close();
    for (Extractor.Work one : work) {
      one.cancel();
    }
  }
}
