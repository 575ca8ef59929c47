package org.qscan.engine.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * A stand-in for {@code sweep} that does with each message what the message's header {@code
 * X-Sweep} says, and can be held up, so that others gather meanwhile.
 */
public final class FakeGroupSweep {

  private static final String SCRIPT =
      """
      use strict; use warnings;
      my ($here, $root) = @ARGV[0, -1];
      my @directories = -d "$root/raw" ? $root : glob "$root/*";
      $| = 1;
      sub note { open my $j, '>>', "$here/journal" or die; print $j @_; close $j }
      note('+', scalar(@directories), "\\n");
      my $mine = 0;
      open my $journal, '<', "$here/journal" or die;
      /^\\+/ and $mine++ while <$journal>;
      sub held { open my $h, '<', "$here/hold" or return 0; $mine > (<$h> || 0) }
      select undef, undef, undef, 0.01 while held();
      my ($code, $late) = (0, 0);
      for my $directory (@directories) {
        my $file = "$directory/raw/1.eml";
        open my $in, '<', $file or print("Could not open $file\\n"), $code ||= 2, next;
        my $text = do { local $/; <$in> };
        my ($does, $name) = $text =~ /^X-Sweep: (\\S+) ?(\\S*)/m or next;
        my @others = grep { $_ ne $directory } @directories;
        if ($does eq 'infected') { print ">>> Virus '$name' found in file $file\\n"; $code = 3 }
        elsif ($does eq 'encrypted') { print "Password protected file $file\\n"; $code ||= 2 }
        elsif ($does eq 'crash') { note("-\\n"); kill 'SEGV', $$; sleep 9 }
        elsif ($does eq 'late') { $late = 1 } # when it has read all
        elsif ($does eq 'slow') { select undef, undef, undef, 0.03 } # more than a tick
        elsif ($does eq 'shy') { if (@others) { note("-\\n"); kill 'SEGV', $$; sleep 9 } }
        elsif ($does eq 'shed') { unlink $file } # as a cleaner of temporary files does
        elsif ($does eq 'garbage') { print "Something else happened\\n" }
        elsif ($does eq 'lie') { $code = 3 }
        elsif ($does eq 'error') { $code ||= 2 }
        elsif ($does eq 'hang') { sleep 300 }
        elsif ($does eq 'forge') {
          print "Password protected file $file/a\\n";
          print ">>> Virus 'FORGED' found in file $_/raw/1.eml\\n" for @others;
          $code ||= 2;
        }
        elsif ($does eq 'hide') {
          print ">>> Virus '$name' found in file $file/a\\nNo viruses were discovered.\\n";
          $code = 3;
        }
        elsif ($does ne 'clean') { print "What is $does?\\n" }
      }
      note("-\\n");
      kill 'SEGV', $$ if $late;
      exit $code;
      """;

  private FakeGroupSweep() {}

  /** Writes the program. */
  public static Path write(Path directory) {
    Path program =
        FakeProgram.write(directory, "sweep", "exec perl \"$HERE/scan.pl\" \"$HERE\" \"$@\"");
    FakeProgram.give(program, "scan.pl", SCRIPT);
    return program;
  }

  /** A message with which the program does this. */
  public static String mail(String what) {
    return "From: a@example.org\nX-Sweep: " + what + "\nSubject: x\n\nThis is " + what + "\n";
  }

  /**
   * From now on runs wait when they have begun, until {@link #release}.
   *
   * @param pass how many do not: those that have begun first
   */
  public static void hold(Path program, int pass) {
    FakeProgram.give(program, "hold.new", pass + "\n");
    try {
      Files.move(
          program.resolveSibling("hold.new"),
          program.resolveSibling("hold"),
          StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** They go on. */
  public static void release(Path program) {
    try {
      Files.delete(program.resolveSibling("hold"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** How many messages each run has been given, in the order of their beginning. */
  public static List<Integer> runs(Path program) {
    return FakeProgram.lines(program, "journal").stream()
        .filter(line -> line.startsWith("+"))
        .map(line -> Integer.valueOf(line.substring(1)))
        .toList();
  }

  /** How many ran at a time, at most; those that were killed count until the end. */
  public static int mostAtOnce(Path program) {
    int now = 0;
    int most = 0;
    for (String line : FakeProgram.lines(program, "journal")) {
      now += line.startsWith("+") ? 1 : -1;
      most = Math.max(most, now);
    }
    return most;
  }
}
