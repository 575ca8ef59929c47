package org.qscan.qmail;

/** The two that can stand where qmail-queue stands. What one promises, the other does. */
enum Front {
  /** A virtual machine a message. */
  STANDALONE("qscan-queue"),
  /** A client, and a qscand that lives as long as the site. */
  RESIDENT("qscan-client");

  private final String program;

  Front(String program) {
    this.program = program;
  }

  /** Its name in bin/. */
  String program() {
    return program;
  }
}
