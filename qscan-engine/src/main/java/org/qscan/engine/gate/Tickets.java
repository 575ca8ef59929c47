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
 * The tickets of the {@link Gate}, and where each of them is written down: {@code .gate/NUMBER.ID},
 * {@code .NUMBER.ID} in the work directory itself, and the memory of the process that drew it. A
 * ticket is there for as long as one of these has it.
 *
 * <p>The second name is not in {@code .live} or any other directory of ours. Somebody who removes
 * such directories removes several of them, a moment apart, and no process may look in between to
 * put back what is lost. A directory may also be removed in part ({@code rm -r} stops where a new
 * file has just been made), so that nobody notices that it has lost names.
 *
 * <p>A ticket is made in this order: memory, work directory, {@code .gate}. It is removed in this
 * order: memory, {@code .gate}, work directory, and {@code .gate} once more, because somebody may
 * have put it back in between. So what lies in the work directory is a ticket that nobody has given
 * back.
 */
final class Tickets {

  private static final int DIGITS = 18;

  /** The tickets of this process, by their names in whichever work directory they belong to. */
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
   * All that are written down in files.
   *
   * @throws NoSuchFileException if {@code .gate} is not there, and has to be made again
   */
  Set<String> inFiles() throws IOException {
    if (!Files.isDirectory(room, LinkOption.NOFOLLOW_LINKS)) {
      throw new NoSuchFileException(room.toString());
    }
    return inAnyFile();
  }

  /** Those of this process, which nobody can remove. */
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
   * Writes down a new ticket.
   *
   * @throws NoSuchFileException if a directory is not there
   * @throws IOException if a file cannot be made; nothing is left then
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

  /** Removes the ticket everywhere; it does not count any more. */
  void remove(String ticket) {
    disown(ticket);
    delete(inRoom(ticket));
    delete(inRoot(ticket));
    delete(inRoom(ticket));
  }

  /** This process forgets the ticket, which counts as long as a file has it. */
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
   * Puts back each name that somebody has removed. Needs no lock, and any process may do it for any
   * other: a name is only added that belongs to somebody, and taken away again if the ticket was
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
      // Given back between the two looks, or else lost.
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

  /** Another thread or process that mends may have been faster. */
  private static void create(Path name) throws IOException {
    try {
      Files.createFile(name, WorkDirectory.OURS_ALONE);
    } catch (FileAlreadyExistsException e) {
      // As it should be.
    }
  }

  /** An error in asking is no proof that it is gone. */
  private static boolean isThere(Path name) {
    return !Files.notExists(name, LinkOption.NOFOLLOW_LINKS);
  }

  private static void delete(Path name) {
    try {
      Files.deleteIfExists(name);
    } catch (IOException e) {
      // It ends with its session's lock all the same: those who wait will see to it.
    }
  }

  /** The file in {@code .gate}. */
  Path inRoom(String ticket) {
    return room.resolve(ticket);
  }

  private Path inRoot(String ticket) {
    return root.resolve("." + ticket);
  }

  /** The same, whether or not {@code .gate} is there. */
  Set<String> inAnyFile() throws IOException {
    Set<String> all = inRoom();
    all.addAll(inRoot());
    return all;
  }

  /** Whether no other ticket is as high as this one. */
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
