package org.qscan.engine;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.qscan.engine.testing.RealTime;
import org.qscan.engine.testing.TypeNames;

/** Which room may know what. */
class ArchitectureTest {

  static {
    // ArchUnit has no logger to write to, and need not say so.
    System.setProperty("slf4j.internal.verbosity", "ERROR");
  }

  private static final JavaClasses ENGINE =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_JARS)
          .importPackages("org.qscan.engine");

  private static void check(ArchRule rule) {
    rule.check(ENGINE);
  }

  @Test
  void allRoomsWereRead() {
    assertThat(ENGINE.stream().map(type -> type.getPackageName()).distinct())
        .containsExactlyInAnyOrder(
            "org.qscan.engine",
            "org.qscan.engine.batch",
            "org.qscan.engine.config",
            "org.qscan.engine.extract",
            "org.qscan.engine.gate",
            "org.qscan.engine.mime",
            "org.qscan.engine.plain",
            "org.qscan.engine.process",
            "org.qscan.engine.rules",
            "org.qscan.engine.scan",
            "org.qscan.engine.scan.daemon",
            "org.qscan.engine.scan.program",
            "org.qscan.engine.store",
            "org.qscan.engine.time");
  }

  @Test
  void onlyTheProcessRoomStartsProcesses() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackage("org.qscan.engine.process")
            .should()
            .dependOnClassesThat()
            .belongToAnyOf(ProcessBuilder.class, Process.class));
    check(
        noClasses()
            .that()
            .resideOutsideOfPackage("org.qscan.engine.process")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.apache.commons.exec.."));
    // Inside it, too, only by way of Commons Exec.
    check(noClasses().should().dependOnClassesThat().belongToAnyOf(ProcessBuilder.class));
    for (Class<?> command : new Class<?>[] {String.class, String[].class}) {
      check(noClasses().should().callMethod(Runtime.class, "exec", command));
      check(noClasses().should().callMethod(Runtime.class, "exec", command, String[].class));
      check(
          noClasses()
              .should()
              .callMethod(Runtime.class, "exec", command, String[].class, File.class));
    }
  }

  @Test
  void roomsDoNotGoRoundInCircles() {
    check(slices().matching("org.qscan.engine.(*)..").should().beFreeOfCycles());
  }

  @Test
  void daemonsAndProgramsKnowScansButNotEachOtherAndScansKnowNeither() {
    check(slices().matching("org.qscan.engine.scan.(*)").should().notDependOnEachOther());
    check(
        noClasses()
            .that()
            .resideInAPackage("org.qscan.engine.scan")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.qscan.engine.scan.*"));
  }

  @Test
  void theStoreAndTheRulesKnowNoOtherRoom() {
    for (String room : new String[] {"org.qscan.engine.store", "org.qscan.engine.rules"}) {
      check(
          noClasses()
              .that()
              .resideInAPackage(room)
              .should()
              .dependOnClassesThat(
                  resideInAPackage("org.qscan.engine.*..")
                      .and(resideOutsideOfPackage("org.qscan.engine.time"))
                      .and(resideOutsideOfPackage(room))));
    }
  }

  @Test
  void roomsKnowOfTheRootOnlyVerdictAndFailure() {
    check(
        noClasses()
            .that()
            .resideInAPackage("org.qscan.engine.*..")
            .should()
            .dependOnClassesThat(
                resideInAPackage("org.qscan.engine")
                    .and(not(belongToAnyOf(Verdict.class, ScanFailure.class)))));
  }

  @Test
  void theProcessRoomKnowsNothingOfMailOrViruses() {
    check(
        noClasses()
            .that()
            .resideInAPackage("org.qscan.engine.process")
            .should()
            .dependOnClassesThat(
                resideInAPackage("org.qscan..")
                    .and(resideOutsideOfPackage("org.qscan.engine.process"))));
  }

  @Test
  void theGateStartsNoProcessAndKnowsNoMessage() {
    check(
        noClasses()
            .that()
            .resideInAPackage("org.qscan.engine.gate")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                "org.qscan.engine.process",
                "org.qscan.engine.store",
                "org.qscan.engine.extract",
                "org.qscan.engine.scan..",
                "org.qscan.engine.config"));
  }

  @Test
  void theEngineKnowsNoFrontEnd() {
    check(
        noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                "org.qscan.qmail..",
                "org.qscan.mailet..",
                "org.apache.james.mailet..",
                "org.apache.mailet..",
                "jakarta.mail..",
                "javax.mail.."));
  }

  @Test
  void onlyTheExtractRoomKnowsMime4j() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackage("org.qscan.engine.extract")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.apache.james.."));
  }

  @Test
  void nobodyAsksForTheFileStoreWhichFailsWhereTheRootIsNoMountPoint() {
    check(noClasses().should().callMethod(Files.class, "getFileStore", Path.class));
  }

  /** Private types that are nested in another one, too: they are read without it. */
  @Test
  void noTwoTypesHaveOneNameAndNoneHasOneOfJava() {
    assertThat(TypeNames.shared(ENGINE)).isEmpty();
    assertThat(TypeNames.ofJava(ENGINE)).isEmpty();
  }

  /** Whoever waits, or does something when it is due, is given a Ticker; but for these. */
  @Test
  void onlyTheseKnowTheTimeByThemselves() {
    assertThat(RealTime.users(ENGINE))
        .containsExactlyInAnyOrder(
            "Ticker", // the time of this computer itself
            // They wait for the kernel to end, start or count processes: no other time passes
            // there.
            "Child",
            "ProcessTree",
            "Ripmime",
            // They give a program or a thread that reads so much time of this computer's.
            "InProcess",
            "Views",
            // It tells for the log how long a message took, and waits for two seconds at its end
            // until what belongs to the session has ended.
            "ScanSession",
            // They write the time of day, for other processes: into a name, into a note.
            "SessionIds",
            "ProgramCanary");
  }

  @Test
  void nobodyWritesToTheStandardStreams() {
    check(noClasses().should(ACCESS_STANDARD_STREAMS));
  }

  @Test
  void nobodyEndsTheVirtualMachine() {
    check(noClasses().should().callMethod(System.class, "exit", int.class));
    check(noClasses().should().callMethod(Runtime.class, "halt", int.class));
  }
}
