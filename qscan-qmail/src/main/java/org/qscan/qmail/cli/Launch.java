package org.qscan.qmail.cli;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.qscan.engine.process.Child;
import org.qscan.engine.process.Command;
import org.qscan.engine.process.Ending;

/**
 * What {@code lib/launch} says: the Java that {@code bin/qscan-queue} would run now, and with which
 * options. The script itself is asked, because a copy of its rules could differ.
 *
 * @param java the path of the program
 * @param archive the option that names the class archive, or {@link #NO_ARCHIVE}
 * @param trouble if no Java was found, where it was looked for; else what is wrong with the file
 *     that names one; else empty
 * @param neededKib the address space that a virtual machine needs, in KiB
 * @param options the options for every start, without that for the archive
 */
record Launch(String java, String archive, String trouble, long neededKib, List<String> options) {

  /** The option that takes the place of the archive's option if there is no archive. */
  static final String NO_ARCHIVE = "-Xshare:auto";

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /*
   * A constant script: $1 is the directory that contains lib. The options contain line ends, so they come last.
   */
  private static final String ASK =
      "home=$1; java_trouble=; no_java=; . \"$home/lib/launch\"; find_java;"
          + " printf '%s\\n' \"$java\" \"$archive\" \"${no_java:-$java_trouble}\" \"$NEEDED_KIB\""
          + " \"$options $options_quiet\"";

  Launch {
    options = List.copyOf(options);
  }

  /** Asks the launcher of this installation. */
  static Launch of(Path home) throws CacheFailure {
    Command command =
        new Command(
            List.of("/bin/sh", "-c", ASK, "sh", home.toString()),
            Command.OWN,
            "",
            PATIENCE,
            Duration.ZERO,
            0,
            Command.OUTPUT_LIMIT);
    Ending ending = Child.start(command, Command.NO_INPUT).await(PATIENCE);
    String[] lines = new String(ending.output(), StandardCharsets.UTF_8).split("\n", 5);
    if (!ending.exited(0) || lines.length < 5) {
      throw new CacheFailure(home.resolve("lib/launch") + " " + ending.inWords());
    }
    try {
      return new Launch(
          lines[0],
          lines[1],
          lines[2],
          Long.parseLong(lines[3]),
          List.of(lines[4].strip().split("\\s+", -1)));
    } catch (NumberFormatException e) {
      throw new CacheFailure(home.resolve("lib/launch") + " has a NEEDED_KIB of " + lines[3]);
    }
  }

  boolean hasArchive() {
    return !archive.equals(NO_ARCHIVE);
  }
}
