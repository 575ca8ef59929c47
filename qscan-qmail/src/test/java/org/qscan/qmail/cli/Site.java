package org.qscan.qmail.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.config.Key;
import org.qscan.engine.testing.FakeProgram;

/** A site below a temporary directory, with small scripts for the programs. */
final class Site {

  /** What the fake sweep finds, anywhere in a file. */
  static final String VIRUS = "this-is-a-virus";

  static final String ENCRYPTED = "this-is-encrypted";
  static final String BROKEN = "this-breaks-the-scanner";

  /** A sweep that knows these three. */
  static final String SWEEP =
      """
      for directory; do :; done
      if grep -rqE 'this-is-a-virus|EICAR-STANDARD' "$directory"; then
        echo ">>> Virus 'Test-A' found in file x"
        echo ">>> Virus 'Test-B' found in file y"
        exit 3
      fi
      if grep -rq this-is-encrypted "$directory"; then echo 'Password protected file x'; exit 2; fi
      if grep -rq this-breaks-the-scanner "$directory"; then exit 1; fi
      exit 0
      """;

  final Path root;
  private @Nullable Path home;

  /** What a command left. */
  record Outcome(int code, String out, String err) {

    List<String> lines() {
      return out.lines().toList();
    }
  }

  Site(Path root) {
    this.root = root;
    try {
      Files.createDirectory(
          work(),
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    script("sweep", SWEEP);
    script("queue", "cat >/dev/null; cat <&1 >/dev/null");
    configure();
  }

  Path work() {
    return root.resolve("work");
  }

  Path configuration() {
    return root.resolve("qscan.properties");
  }

  /** Writes the configuration anew: the site's own values, then these. */
  void configure(String... more) {
    List<String> lines = new ArrayList<>();
    add(lines, Key.WORK_DIRECTORY, work().toString(), more);
    add(lines, Key.QUEUE_PROGRAM, root.resolve("queue").toString(), more);
    add(lines, Key.SWEEP_PROGRAM, root.resolve("sweep").toString(), more);
    add(lines, Key.EXTRACTORS, "mime4j", more);
    add(lines, Key.LOG_SYSLOG, "false", more);
    // Not that of a site that is installed on this machine.
    add(lines, Key.DAEMON_SOCKET, root.resolve("run/qscand.sock").toString(), more);
    lines.addAll(List.of(more));
    add(lines, Key.ENABLED_FILE, root.resolve("enabled").toString(), more);
    write("qscan.properties", String.join("\n", lines) + "\n");
  }

  private static void add(List<String> lines, Key key, String value, String... more) {
    if (List.of(more).stream().noneMatch(line -> line.startsWith(key.text() + "="))) {
      lines.add(key.text() + "=" + value);
    }
  }

  Path write(String name, String content) {
    try {
      Path file = root.resolve(name);
      Files.createDirectories(file.resolveSibling("."));
      return Files.writeString(file, content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Makes a program; one in the place of sweep finds the canary, whatever else it does. */
  Path script(String name, String body) {
    return blindScript(name, (name.equals("sweep") ? FakeProgram.FINDS_CANARY : "") + body);
  }

  /** Makes a program that does this and nothing else. */
  Path blindScript(String name, String body) {
    try {
      Path script = write(name, "#!/bin/sh\n" + body + "\n");
      Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
      return script;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A message with this line in its body. */
  Path mail(String name, String line) {
    return write(name, "Subject: test\n\n" + line + "\n");
  }

  /** The commands see an installation here from now on. */
  void installedIn(Path directory) {
    home = directory;
  }

  /** Runs the command with this site's configuration. */
  Outcome qscan(String... words) {
    List<String> all = new ArrayList<>(List.of("-c", configuration().toString()));
    all.addAll(List.of(words));
    return plain(all.toArray(String[]::new));
  }

  /** Runs the command. */
  Outcome plain(String... words) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code =
        new Qscan(new Installation(Map.of(), home))
            .commandLine()
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true))
            .execute(words);
    return new Outcome(code, out.toString(), err.toString());
  }

  /** What lies in the work directory and is not part of it. */
  List<String> residue() {
    List<String> left = new ArrayList<>();
    for (String room : List.of(".", ".live", ".gate")) {
      String[] names = work().resolve(room).toFile().list();
      if (names != null) {
        left.addAll(List.of(names));
      }
    }
    left.removeAll(List.of(".live", ".gate", ".canary", "draw.lock"));
    return left;
  }
}
