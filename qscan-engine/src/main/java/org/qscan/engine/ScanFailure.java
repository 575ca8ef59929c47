package org.qscan.engine;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.ArrayList;
import java.util.List;

/**
 * QScan could not find out what the message is, so the sender should try again. The message of this
 * exception tells the operator what to check: the key, the file, the value, what is allowed.
 */
public final class ScanFailure extends Exception {
  private static final long serialVersionUID = 1L;

  private final ArrayList<String> seen = new ArrayList<>();

  /**
   * QScan could not find out what the message is.
   *
   * @param whatToCheck a sentence for the log
   */
  public ScanFailure(String whatToCheck) {
    // The stack trace of an expected failure tells the operator nothing, and filling it in costs.
    super(whatToCheck, null, false, false);
  }

  /**
   * QScan could not find out what the message is, for this reason.
   *
   * @param whatToCheck a sentence for the log
   * @param cause the exception that caused it
   */
  public ScanFailure(String whatToCheck, Throwable cause) {
    super(whatToCheck + ": " + describe(whatToCheck, cause), cause, false, false);
  }

  /**
   * Adds threats that were named in an answer that cannot be believed as a whole. They are not a
   * finding, but the operator should know about them.
   *
   * @return this
   */
  public ScanFailure withSeen(List<String> threats) {
    seen.addAll(threats);
    return this;
  }

  /** Threats that a scanner named in an answer that cannot be believed as a whole; usually none. */
  public List<String> seen() {
    return List.copyOf(seen);
  }

  private static String describe(String whatToCheck, Throwable cause) {
    boolean namesAnotherFile =
        cause instanceof FileSystemException system
            && system.getFile() != null
            && !whatToCheck.contains(system.getFile());
    return namesAnotherFile
        ? ((FileSystemException) cause).getFile() + ": " + inWords(cause)
        : inWords(cause);
  }

  /**
   * Says in words for an operator what happened: the system's own text, without the names of Java
   * classes, and without the file, because the sentence around it names the file. The class is
   * named only if there is no text, or if the fault is in QScan itself.
   */
  public static String inWords(Throwable cause) {
    Throwable wrapped = cause instanceof UncheckedIOException ? cause.getCause() : null;
    if (wrapped != null) {
      return inWords(wrapped);
    }
    if (cause instanceof NoSuchFileException) {
      return "No such file or directory";
    }
    if (cause instanceof AccessDeniedException) {
      return "Permission denied";
    }
    if (cause instanceof FileAlreadyExistsException) {
      return "File exists";
    }
    if (cause instanceof NotDirectoryException) {
      return "Not a directory";
    }
    String kind = cause.getClass().getSimpleName();
    String text =
        cause instanceof FileSystemException system ? system.getReason() : cause.getMessage();
    if (text == null) {
      return kind;
    }
    boolean speaksForItself =
        cause instanceof FileSystemException
            || cause instanceof SocketException
            || cause instanceof FileNotFoundException
            || cause.getClass().equals(IOException.class);
    return speaksForItself ? text : kind + ": " + text;
  }

  /** The sentence for the log; never null. */
  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }
}
