package org.qscan.qmail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.qscan.qmail.Call.Result;

/**
 * What {@code qscan-queue} loads for one message: each class costs, for there is a virtual machine
 * for each message. Commons Exec loads some thirty classes of streams to start a child, and Mime4j
 * some twenty of regular expressions for the dates of headers, so "none" cannot be asked for; what
 * is asked is that nothing of ours adds to them.
 */
class ClassLoadIT {

  /**
   * Classes that stand for lambdas of ours: 65 on JDK 17 and on 25. {@code Outcome.match} and the
   * threads need them; a number above this means that something has come to the path.
   */
  private static final int MOST_LAMBDAS = 85;

  /**
   * Of all there are: some 1,550 on JDK 17 and 1,660 on 25, most of them from the JDK's archive.
   */
  private static final int MOST_CLASSES = 1900;

  private static final String RUN =
      "home=$1 log=$2 configuration=$3; . \"$home/lib/launch\"; find_java || exit 1;"
          + " exec \"$java\" $options -Xshare:auto $options_quiet -Xlog:class+load:file=\"$log\""
          + " -cp \"$home/lib/qscan.jar\" org.qscan.qmail.QscanQueue -c \"$configuration\"";

  @Test
  void noClassOfOursOnThePathOfAMessageUsesAStreamOrARegularExpression() throws Exception {
    List<String> loaded = loaded("ripmime,mime4j,generous");
    Set<String> found = new TreeSet<>();
    try (ZipFile jar = new ZipFile(Site.home().resolve("lib/qscan.jar").toFile())) {
      for (String name : loaded) {
        ZipEntry entry = jar.getEntry(name.replace('.', '/') + ".class");
        if (name.startsWith("org.qscan.") && entry != null && namesAny(jar, entry)) {
          found.add(name);
        }
      }
    }
    assertThat(loaded).contains("org.qscan.qmail.QscanQueue", "org.qscan.engine.process.Child");
    assertThat(found).as("write a loop: each of these starts once for each message").isEmpty();
  }

  /** The names of classes stand in a class file as they are. */
  private static boolean namesAny(ZipFile jar, ZipEntry entry) throws IOException {
    try (InputStream in = jar.getInputStream(entry)) {
      String octets = new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
      return octets.contains("java/util/stream/") || octets.contains("java/util/regex/");
    }
  }

  /** {@code String.split} and its like name no such class and may load them nevertheless. */
  @ParameterizedTest
  @ValueSource(strings = {"generous", "ripmime,generous"})
  void withoutMime4jNoRegularExpressionIsLoadedAtAll(String extractors) throws Exception {
    assumeThat(Runtime.version().feature())
        .as("java.util.Formatter of JDK 17, which a message loads, uses regular expressions itself")
        .isGreaterThan(17);
    assertThat(loaded(extractors)).noneMatch(name -> name.startsWith("java.util.regex."));
  }

  @Test
  void lambdasAndClassesAreNoMoreThanTheyWere() throws Exception {
    List<String> loaded = loaded("ripmime,mime4j,generous");
    assertThat(
            loaded.stream().filter(name -> name.matches("org\\.qscan\\..*\\$\\$Lambda.*")).count())
        .as("lambdas of ours")
        .isBetween(1L, (long) MOST_LAMBDAS);
    assertThat(loaded.size()).as("classes in all").isBetween(500, MOST_CLASSES);
  }

  /** The classes that one small clean message takes, in their order. */
  private static List<String> loaded(String extractors) throws IOException {
    if (extractors.contains("ripmime")) {
      Need.program("ripmime");
    }
    try (Site site = Site.create()) {
      Path log = site.directory().resolve("classes");
      site.set("extractors", extractors);
      Result result =
          site.call().program("sh", "-c", RUN, "sh", Site.home(), log, site.configuration()).run();
      assertThat(result.exit()).as("%s", result).isZero();
      List<String> names = new ArrayList<>();
      for (String line : Files.readAllLines(log)) {
        int source = line.indexOf(" source: ");
        if (source > 0) {
          names.add(line.substring(line.indexOf("] ") + 2, source));
        }
      }
      return names;
    }
  }
}
