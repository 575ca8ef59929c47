package org.qscan.qmail;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.qscan.engine.testing.RealTime;
import org.qscan.engine.testing.TypeNames;

/** What this front end may know of the engine, and its rooms of each other. */
class ArchitectureTest {

  static {
    // ArchUnit has no logger to write to, and need not say so.
    System.setProperty("slf4j.internal.verbosity", "ERROR");
  }

  private static final String ENGINE = "org.qscan.engine";

  private static final JavaClasses QMAIL =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_JARS)
          .importPackages("org.qscan.qmail");

  /**
   * The engine's way in is its root package; its keys are its second one. Of its rooms this front
   * end reaches these classes and no others: whoever needs another one adds it here, and says why.
   * (Constants, as {@code Canary.NAME}, leave no trace in a class file, and are not seen here.)
   */
  @Test
  void ofTheEnginesRoomsOnlyTheseClassesAreReachedFromOutside() {
    Set<String> reached = new TreeSet<>();
    for (JavaClass type : QMAIL) {
      for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
        JavaClass target = dependency.getTargetClass().getBaseComponentType();
        String room = target.getPackageName();
        if (room.startsWith(ENGINE + ".") && !room.equals(ENGINE + ".config")) {
          String name = target.getName().substring(ENGINE.length() + 1);
          reached.add(name.contains("$") ? name.substring(0, name.indexOf('$')) : name);
        }
      }
    }
    assertThat(reached)
        .containsExactlyInAnyOrder(
            // qscand: whose turn it is, and what a message may cost
            "batch.Arrival",
            "batch.FairQueue",
            "store.Effort",
            "store.Ledger",
            "gate.Patience",
            // qscan explain: what was seen, and by whom
            "extract.FiredRule",
            "extract.Insight",
            "extract.SeenPart",
            "extract.SeenView",
            "plain.Plainness",
            "scan.Finding",
            "scan.ScannerReport",
            // qscan check, status, janitor: the work directory, the scanners
            "gate.Janitor",
            "gate.Occupancy",
            "gate.WorkDirectory",
            "time.Latch",
            "time.Ticker",
            "scan.ScannerHealth",
            "scan.VerdictCache",
            // children of our own: the launcher, the C programs
            "process.Child",
            "process.Command",
            "process.Ending",
            "process.ProcessTree");
  }

  /** Private types that are nested in another one, too: they are read without it. */
  @Test
  void noTwoTypesHaveOneNameAndNoneHasOneOfJava() {
    assertThat(TypeNames.shared(QMAIL)).isEmpty();
    assertThat(TypeNames.ofJava(QMAIL)).isEmpty();
  }

  /** Whoever waits, or does something when it is due, is given a Ticker; but for these. */
  @Test
  void onlyTheseKnowTheTimeByThemselves() {
    assertThat(RealTime.users(QMAIL))
        .containsExactlyInAnyOrder(
            // It waits for sockets, in the kernel, and hands the time on to whoever decides by it.
            "Server",
            // At the end of the process: it waits for threads of its own, for some seconds.
            "DaemonLog",
            "Pool",
            "QscanQueue",
            // At its beginning: for the scanners, which it has given their time.
            "Qscand",
            // It waits for a child.
            "QueueProcess",
            // It tells for the log how long a message has waited.
            "Scan",
            // The operator's command: it waits for a key, or measures, in the operator's own time.
            "Judge",
            "Progress",
            "TopCommand",
            "WholePathCheck");
  }

  @Test
  void theQueueKnowsNeitherTheDaemonNorTheCommand() {
    noClasses()
        .that()
        .resideInAPackage("org.qscan.qmail")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.qscan.qmail.daemon..", "org.qscan.qmail.cli..", "picocli..")
        .check(QMAIL);
  }

  @Test
  void theDaemonDoesNotKnowTheCommand() {
    noClasses()
        .that()
        .resideInAPackage("org.qscan.qmail.daemon")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.qscan.qmail.cli..", "picocli..", "com.fasterxml..")
        .check(QMAIL);
  }

  /** All commands are known to {@code Qscan}; an arrow back would make a circle of each. */
  @Test
  void noCommandKnowsTheCommandLineThatItIsPartOf() {
    noClasses()
        .that()
        .haveNameNotMatching("org\\.qscan\\.qmail\\.cli\\.Qscan(\\$.*)?")
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName("org.qscan.qmail.cli.Qscan")
        .check(QMAIL);
  }
}
