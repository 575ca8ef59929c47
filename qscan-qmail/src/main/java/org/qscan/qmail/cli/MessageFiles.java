package org.qscan.qmail.cli;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.qscan.engine.ScanFailure;

/**
 * The files that the arguments of {@code scan} name. A directory stands for all files below it,
 * sorted by name. A symbolic link is followed only if it is an argument itself.
 */
final class MessageFiles {

  private static final char REPLACEMENT = '\ufffd';

  private final List<Candidate> found = new ArrayList<>();

  private MessageFiles() {}

  /** All files, in the order of the arguments. */
  static List<Candidate> of(List<String> arguments) {
    MessageFiles files = new MessageFiles();
    for (String argument : arguments) {
      files.addArgument(argument);
    }
    return files.found;
  }

  private void addArgument(String argument) {
    Path path;
    try {
      path = Path.of(argument);
    } catch (InvalidPathException e) {
      found.add(new Candidate(Path.of("?"), "no file can have this name: " + e.getReason()));
      return;
    }
    try {
      add(path, Files.readAttributes(path, BasicFileAttributes.class));
    } catch (NoSuchFileException e) {
      found.add(
          new Candidate(
              path,
              argument.indexOf(REPLACEMENT) < 0
                  ? "there is no such file"
                  : "its name is not UTF-8: name the directory that it lies in"));
    } catch (IOException e) {
      found.add(new Candidate(path, "cannot be read: " + ScanFailure.inWords(e)));
    }
  }

  private void addBelow(Path directory) {
    List<Path> entries = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
      stream.forEach(entries::add);
    } catch (DirectoryIteratorException e) {
      found.add(new Candidate(directory, "cannot be read: " + e.getCause()));
    } catch (IOException e) {
      found.add(new Candidate(directory, "cannot be read: " + ScanFailure.inWords(e)));
    }
    Collections.sort(entries);
    for (Path entry : entries) {
      try {
        add(
            entry,
            Files.readAttributes(entry, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS));
      } catch (IOException e) {
        found.add(new Candidate(entry, "cannot be read: " + ScanFailure.inWords(e)));
      }
    }
  }

  private void add(Path path, BasicFileAttributes facts) {
    if (facts.isDirectory()) {
      addBelow(path);
    } else if (facts.isRegularFile()) {
      found.add(Candidate.of(path));
    } else if (!facts.isSymbolicLink()) {
      found.add(new Candidate(path, "is neither a file nor a directory"));
    }
  }
}
