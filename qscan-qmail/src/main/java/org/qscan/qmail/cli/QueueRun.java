package org.qscan.qmail.cli;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.qscan.engine.process.Child;
import org.qscan.engine.process.Command;
import org.qscan.engine.process.Ending;

/** Runs a program as qmail runs qmail-queue: a message on descriptor 0, an envelope on 1. */
final class QueueRun {

  /*
   * Java cannot give a child a readable descriptor 1, so a shell opens the envelope's file for it, after standard error has taken the place of standard output. A constant script: $1 is the file, the rest is the program.
   */
  private static final String START = "envelope=$1; shift; exec \"$@\" 2>&1 1<\"$envelope\"";

  private QueueRun() {}

  /**
   * Runs the program to its end.
   *
   * @param program the program with its arguments
   * @param message the message for descriptor 0
   * @param patience the time after which it is killed
   * @throws IOException if the envelope cannot be written
   */
  static Ending of(List<String> program, byte[] message, Duration patience) throws IOException {
    Path envelope = Files.createTempFile("qscan-envelope-", "");
    try {
      Files.write(envelope, TestMail.envelope());
      List<String> argv = new ArrayList<>();
      argv.addAll(List.of("/bin/sh", "-c", START, "sh", envelope.toString()));
      argv.addAll(program);
      Command command =
          new Command(
              argv, Command.INHERITED, "", patience, Duration.ZERO, 0, Command.OUTPUT_LIMIT);
      return Child.start(command, new ByteArrayInputStream(message)).await(patience);
    } finally {
      Files.deleteIfExists(envelope);
    }
  }
}
