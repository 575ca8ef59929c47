package org.qscan.qmail;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.qscan.qmail.Call.Result;

/** Descriptors and environment, as callers leave them, and what of them reaches the children. */
@ParameterizedClass
@EnumSource(Front.class)
class DescriptorsIT {

  private final Site site;
  private final Path seen;

  DescriptorsIT(Front front) throws IOException {
    site = Site.create(front);
    seen = site.directory().resolve("seen");
  }

  @AfterEach
  void close() throws IOException {
    site.assertNothingIsLeft();
    site.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "1", "0,1", "0,2", "1,2", "0,1,2"})
  void aMissingInputIsAReadErrorAndNothingIsQueued(String closed) throws IOException {
    Result result = site.call().option("close", closed).run();

    assertThat(result.exit()).as("%s", result).isEqualTo(54);
    assertThat(site.queued()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"0>&6", "0>/dev/null", "1>&6"})
  void anInputThatIsOpenForWritingOnlyIsTemporaryAndNothingIsQueued(String how) throws IOException {
    Result result =
        site.call()
            .option("six", "pipe")
            .program(
                "/bin/sh",
                "-c",
                "exec \"$0\" -c \"$1\" " + how + " 6>&-",
                site.program(),
                site.configuration())
            .run();

    assertThat(result.exit()).as("%s", result).isIn(54, 99);
    assertThat(site.queued()).isEmpty();
  }

  @Test
  void whereStandardErrorIsMissingTheMessageGoesItsWay() throws IOException {
    assertThat(site.call().option("close", "2").run().exit()).isZero();
    assertThat(site.queued()).hasSize(1);
    assertThat(site.call().option("close", "2").message(Mail.eicar("x")).run().exit())
        .isEqualTo(39);
  }

  /** As in a bounce: descriptor 2 is the reading end of a pipe (qmail-send.c, injectbounce). */
  @Test
  void whereStandardErrorIsOpenForReadingTheMessageGoesItsWay() throws IOException {
    assertThat(site.call().option("stderr", "reading-end").run().exit()).isZero();
    assertThat(site.queued()).hasSize(1);
    site.sweep("exit 99");
    assertThat(site.call().option("stderr", "reading-end").run().exit()).isEqualTo(99);
  }

  @Test
  void noDescriptorAboveTwoReachesAChildAndNothingIsWrittenToAny() throws IOException {
    Path open = site.directory().resolve("open");
    // Lists what it has inherited: all but the handle on the list itself.
    String list =
        "perl -e 'opendir D, q(/proc/self/fd); for (readdir D) { my $to = readlink(qq(/proc/self/fd/$_));"
            + " print qq($ARGV[0] $_ $to\\n) if defined $to and $to !~ m(/proc/) }' %s >>"
            + seen
            + "\n";
    String queue = Files.readString(site.directory().resolve("qmail-queue-old"));
    site.queue(list.formatted("queue") + queue.substring(queue.indexOf('\n') + 1));
    site.sweep(
        list.formatted("sweep") + "exec perl " + Site.resource("sweep-stand-in.pl") + " \"$@\"");
    site.set(
        "ripmime.program",
        site.script("ripmime", list.formatted("ripmime") + "exec /usr/bin/ripmime \"$@\""));

    Result result =
        site.call()
            .message(Mail.withAttachment("x", "x.bin", new byte[100]))
            .option("open", open)
            .option("six", "pipe")
            .run();

    assertThat(result.exit()).as("%s", result).isZero();
    assertThat(open).isEmptyFile();
    assertThat(result.six()).isEmpty();
    assertThat(Files.readAllLines(seen))
        .map(line -> line.replaceFirst("^([a-z]+ [0-9]+) .*", "$1"))
        .containsExactlyInAnyOrder(
            "ripmime 0",
            "ripmime 1",
            "ripmime 2",
            "sweep 0",
            "sweep 1",
            "sweep 2",
            "queue 0",
            "queue 1",
            "queue 2");
  }

  @Test
  void aDaemonThatAChildLeavesBehindDoesNotHoldUpTheReply() throws IOException {
    String queue = Files.readString(site.directory().resolve("qmail-queue-old"));
    site.queue("sleep 170 &\n" + queue.substring(queue.indexOf('\n') + 1));

    Result result = site.call().option("six", "pipe").run();

    assertThat(result.exit()).as("%s", result).isZero();
    assertThat(result.millis()).isLessThan(165_000);
    site.processes().forEach(ProcessHandle::destroyForcibly);
  }

  @ParameterizedTest
  @CsvSource({
    "JAVA_TOOL_OPTIONS, -Xmx1k",
    "JAVA_TOOL_OPTIONS, -javaagent:/nonexistent.jar",
    "_JAVA_OPTIONS, -Xmx1k",
    "JDK_JAVA_OPTIONS, -Xmx1k",
    "JDK_JAVA_OPTIONS, @/nonexistent",
    "CLASSPATH, /nonexistent",
    "LANG, tr_TR.UTF-8",
    "LC_ALL, tr_TR",
    "PATH, /nonexistent",
    "IFS, eo/-",
    "ENV, /nonexistent",
    "CDPATH, /",
    "TMPDIR, /nonexistent",
    "HOME, /nonexistent",
    "JAVA_HOME, /nonexistent",
    "QSCAN_SESSION, 1-1-1",
    "java, /nonexistent",
    "home, /nonexistent",
    "options, -Xmx1k",
    "guard, /nonexistent",
    "archive, -Xmx1k",
    "LD_LIBRARY_PATH, /nonexistent",
    "GLIBC_TUNABLES, glibc.malloc.check=3",
    "MALLOC_PERTURB_, 7"
  })
  void aHostileEnvironmentChangesNothing(String name, String value) throws IOException {
    Result clean = site.call().environment(name, value).run();
    Result infected = site.call().environment(name, value).message(Mail.eicar("x")).run();

    assertThat(clean.exit()).as("%s", clean).isZero();
    assertThat(clean.logLine()).contains("verdict=clean");
    assertThat(infected.exit()).as("%s", infected).isEqualTo(39);
    assertThat(site.queued()).hasSize(1);
  }

  @Test
  void aPreloadedLibraryReachesTheLauncherAtMost() throws IOException {
    site.sweep("env >>" + seen + "; exec perl " + Site.resource("sweep-stand-in.pl") + " \"$@\"");

    Result result = site.call().environment("LD_PRELOAD", "/nonexistent/evil.so").run();

    assertThat(result.exit()).as("%s", result).isZero();
    assertThat(Files.readString(seen)).doesNotContain("evil");
  }

  @Test
  void aScannerSeesNothingOfTheCallersEnvironment() throws IOException {
    site.sweep("env >>" + seen + "; exec perl " + Site.resource("sweep-stand-in.pl") + " \"$@\"");

    Result result =
        site.call().environment("TCPREMOTEIP", "192.0.2.1").environment("SECRET", "x").run();

    assertThat(result.exit()).as("%s", result).isZero();
    assertThat(result.logLine()).contains("client=192.0.2.1");
    assertThat(Files.readAllLines(seen))
        .map(line -> line.substring(0, line.indexOf('=')))
        // The shell adds PWD, and another shell two more.
        .isSubsetOf(
            "PATH", "LANG", "LC_ALL", "QSCAN_SESSION", Site.MARK, "PWD", "OLDPWD", "SHLVL", "_");
  }

  @ParameterizedTest
  @ValueSource(strings = {"000", "022", "077", "777"})
  void theCallersUmaskDecidesNothing(String umask) throws IOException {
    site.sweep(
        "for last; do :; done; find \"$last\" %s -printf '%%m %%y\\n' >>%s; exec perl %s \"$@\""
            .formatted(site.work(), seen, Site.resource("sweep-stand-in.pl")));

    Result result =
        site.call()
            .message(Mail.withAttachment("x", "x.bin", new byte[100]))
            .option("umask", umask)
            .run();

    assertThat(result.exit()).as("%s", result).isZero();
    assertThat(Files.readAllLines(seen))
        .isNotEmpty()
        .allMatch(line -> line.matches("(700|600|640|644) [df]"), "owner at least, others nothing")
        .filteredOn(line -> line.endsWith("d"))
        .containsOnly("700 d");
  }

  @ParameterizedTest
  @ValueSource(strings = {"000", "077"})
  void aScannerOfTheGroupCanReadWhateverTheCallersUmask(String umask) throws IOException {
    site.set("work.mode", "0750")
        .sweep(
            "for last; do :; done; find \"$last\" -printf '%%m %%y\\n' >>%s; exec perl %s \"$@\""
                .formatted(seen, Site.resource("sweep-stand-in.pl")));

    Result result =
        site.call()
            .message(Mail.withAttachment("x", "x.bin", new byte[100]))
            .option("umask", umask)
            .run();

    assertThat(result.exit()).as("%s", result).isZero();
    assertThat(Files.readAllLines(seen)).isNotEmpty().containsOnly("750 d", "640 f");
  }
}
