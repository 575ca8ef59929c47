package org.qscan.mailet;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** What lets one jar serve two generations of James. */
class ArchitectureTest {

  private static final JavaClasses MAILET =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_JARS)
          .importPackages("org.qscan.mailet");

  @Test
  void neitherMailPackageIsNamedAnywhere() {
    assertThat(MAILET.contain(VirusScan.class)).isTrue();
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("javax.mail..", "jakarta..", "javax.inject..")
        .check(MAILET);
  }

  @Test
  void theMailetKnowsNothingOfScannersAndExtractors() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.qscan.engine.scan..",
            "org.qscan.engine.extract..",
            "org.qscan.engine.gate..",
            "org.qscan.engine.process..",
            "org.qscan.qmail..")
        .check(MAILET);
  }
}
