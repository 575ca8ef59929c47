package org.qscan.qmail.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The user as which this process runs.
 *
 * @param name the user name
 * @param uid the effective user id, as text
 */
record User(String name, String uid) {

  /** The effective user of this process: it owns /proc/self (proc(5)). */
  static User current() {
    String name = System.getProperty("user.name", "?");
    try {
      return new User(name, String.valueOf(Files.getAttribute(Path.of("/proc/self"), "unix:uid")));
    } catch (IOException e) {
      return new User(name, "?");
    }
  }

  String inWords() {
    return "runs as " + name + " (uid " + uid + ")";
  }
}
