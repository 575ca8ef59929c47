package org.qscan.engine.gate;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The tickets of the {@link Gate}, and the places where each of them is recorded: {@code
 * .gate/NUMBER.ID}, {@code .NUMBER.ID} in the work directory itself, and the memory of the process
 * that drew it. A ticket exists as long as it is in one of these places.
 *
 * <p>The second name is not in {@code .live} or any other directory of ours. If somebody removes
 * such directories, he removes several of them within a moment, and perhaps no process looks in
 * between to put back what is lost. A directory may also be removed in part ({@code rm -r} stops at
 * a file that was made just then), so that nobody notices which names it has lost.
 *
 * <p>A ticket is made in this order: memory, work directory, {@code .gate}. It is removed in this
 * order: memory, {@code .gate}, work directory, and {@code .gate} once more, because another
 * process may have put it back in between. So a name in the work directory is a ticket that was not
 * given back.
 */
final class Tickets {

  private static final int DIGITS = 18;

  /** The tickets of this process, as paths in their work directories. */
  private static final Set<Path> OWN = ConcurrentHashMap.newKeySet();

  private final Path root;
  private final Path room;

  /**
   * The tickets of one work directory.
   *
   * @param root the work directory
   */
  Tickets(Path root) {
    this.root = root;
    this.room = root.resolve(WorkDirectory.GATE);
  }

  /** The name of a ticket: its number with leading zeros, and the session that it belongs to. */
  static String name(long number, String id) {
    String digits = Long.toString(number);
    return "0".repeat(DIGITS - digits.length()) + digits + "." + id;
  }

  /** The number of a ticket; the name must be a ticket's. */
  static long numberOf(String ticket) {
    return Long.parseLong(ticket.substring(0, DIGITS));
  }

  /** The session that a ticket belongs to; empty if the name is no ticket's. */
  static String idOf(String ticket) {
    if (ticket.length() <= DIGITS + 1 || ticket.charAt(DIGITS) != '.') {
      return "";
    }
    for (int i = 0; i < DIGITS; i++) {
      if (ticket.charAt(i) < '0' || ticket.charAt(i) > '9') {
        return "";
      }
    }
    String id = ticket.substring(DIGITS + 1);
    return WorkDirectory.isId(id) ? id : "";
  }

  /**
   * All tickets that are recorded in files.
   *
   * @throws NoSuchFileException if {@code .gate} is not there, and has to be made again
   */
  Set<String> inFiles() throws IOException {
    if (!Files.isDirectory(room, LinkOption.NOFOLLOW_LINKS)) {
      throw new NoSuchFileException(room.toString());
    }
    return inAnyFile();
  }

  /** The tickets of this process, which nobody can remove. */
  Set<String> own() {
    Set<String> own = new HashSet<>();
    for (Path name : OWN) {
      if (root.equals(name.getParent())) {
        own.add(name.getFileName().toString().substring(1));
      }
    }
    return own;
  }

  private Set<String> inRoom() throws IOException {
    Set<String> found = new HashSet<>();
    for (String name : WorkDirectory.names(room)) {
      if (!idOf(name).isEmpty()) {
        found.add(name);
      }
    }
    return found;
  }

  /** The names in the work directory itself, without their dot. */
  Set<String> inRoot() throws IOException {
    Set<String> found = new HashSet<>();
    for (String name : WorkDirectory.names(root)) {
      if (name.startsWith(".") && !idOf(name.substring(1)).isEmpty()) {
        found.add(name.substring(1));
      }
    }
    return found;
  }

  /**
   * Records a new ticket.
   *
   * @throws NoSuchFileException if a directory is not there
   * @throws IOException if a file cannot be made; then nothing is recorded
   */
  Slot make(String ticket) throws IOException {
    Slot slot = new Slot(this, ticket);
    boolean made = false;
    OWN.add(inRoot(ticket));
    try {
      create(inRoot(ticket));
      create(inRoom(ticket));
      made = true;
      return slot;
    } finally {
      if (!made) {
        remove(ticket);
      }
    }
  }

  /** Removes the ticket from all places. It does not count any more. */
  void remove(String ticket) {
    disown(ticket);
    delete(inRoom(ticket));
    delete(inRoot(ticket));
    delete(inRoom(ticket));
  }

  /**
   * Removes the ticket from the memory of this process. It counts as long as there is a file of it.
   */
  void disown(String ticket) {
    OWN.remove(inRoot(ticket));
  }

  /**
   * Removes the files of a ticket whose owner is dead.
   *
   * @return false if there were none
   */
  boolean bury(String ticket) throws IOException {
    boolean removed = Files.deleteIfExists(inRoom(ticket));
    removed |= Files.deleteIfExists(inRoot(ticket));
    removed |= Files.deleteIfExists(inRoom(ticket));
    return removed;
  }

  /**
   * Puts back each name that somebody has removed. This needs no lock, and any process may do it
   * for any other: it only adds a name whose ticket exists, and removes it again if the ticket was
   * given back meanwhile.
   *
   * @throws NoSuchFileException if {@code .gate} is not there
   */
  void mend() throws IOException {
    Set<String> known = inRoom();
    Set<String> all = inRoot();
    for (String ticket : own()) {
      if (all.add(ticket)) {
        create(inRoot(ticket));
        if (!OWN.contains(inRoot(ticket))) {
          remove(ticket); // given back meanwhile
          all.remove(ticket);
        }
      }
    }
    for (String ticket : all) {
      if (!known.contains(ticket)) {
        putBack(inRoom(ticket), inRoot(ticket));
      }
    }
    for (String ticket : known) {
      // The ticket was given back between the two looks, or its name was removed.
      if (!all.contains(ticket) && isThere(inRoom(ticket))) {
        putBack(inRoot(ticket), inRoom(ticket));
      }
    }
  }

  private static void putBack(Path name, Path known) throws IOException {
    create(name);
    if (!isThere(known)) {
      delete(name); // given back meanwhile
    }
  }

  /** Creates the name, unless another thread or process has just done so. */
  private static void create(Path name) throws IOException {
    try {
      Files.createFile(name, WorkDirectory.OURS_ALONE);
    } catch (FileAlreadyExistsException e) {
      // Another thread or process was faster.
    }
  }

  /** Whether the name is there. If the question fails, the name counts as being there. */
  private static boolean isThere(Path name) {
    return !Files.notExists(name, LinkOption.NOFOLLOW_LINKS);
  }

  private static void delete(Path name) {
    try {
      Files.deleteIfExists(name);
    } catch (IOException e) {
      // It ends with its session's lock in any case, and those who wait remove it then.
    }
  }

  /** The file in {@code .gate}. */
  Path inRoom(String ticket) {
    return room.resolve(ticket);
  }

  private Path inRoot(String ticket) {
    return root.resolve("." + ticket);
  }

  /** All tickets that are recorded in files, even if {@code .gate} is missing. */
  Set<String> inAnyFile() throws IOException {
    Set<String> all = inRoom();
    all.addAll(inRoot());
    return all;
  }

  /** Whether no other ticket has a number as high as this one. */
  boolean isHighest(String ticket, long number) throws IOException {
    Set<String> all = inRoot();
    all.addAll(own());
    all.remove(ticket);
    for (String other : all) {
      if (numberOf(other) >= number) {
        return false;
      }
    }
    return true;
  }
}
