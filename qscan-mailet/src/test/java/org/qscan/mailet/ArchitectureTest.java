package org.qscan.mailet;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.apache.mailet.Mail;
import org.junit.jupiter.api.Test;
import org.qscan.engine.testing.RealTime;
import org.qscan.engine.testing.TypeNames;

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

  /** A run that was meant for the other James and met this one again would prove nothing. */
  @Test
  void theMessagesAreThoseOfTheJamesThatThisRunIsFor() throws Exception {
    String mail = System.getProperty("qscan.james", "3.8").startsWith("3.8") ? "javax" : "jakarta";

    assertThat(Mail.class.getMethod("getMessage").getReturnType().getName())
        .isEqualTo(mail + ".mail.internet.MimeMessage");
  }

  /** Private types that are nested in another one, too: they are read without it. */
  @Test
  void noTwoTypesHaveOneNameAndNoneHasOneOfJava() {
    assertThat(TypeNames.shared(MAILET)).isEmpty();
    assertThat(TypeNames.ofJava(MAILET)).isEmpty();
  }

  /** Whoever waits, or does something when it is due, is given a Ticker. */
  @Test
  void nobodyKnowsTheTimeByItself() {
    assertThat(RealTime.users(MAILET)).isEmpty();
  }

  @Test
  void theMailetKnowsTheEngineByItsWayInItsKeysAndItsTimeAlone() {
    noClasses()
        .should()
        .dependOnClassesThat(
            resideInAnyPackage("org.qscan..")
                .and(
                    not(
                        resideInAnyPackage(
                            "org.qscan.mailet..",
                            "org.qscan.engine",
                            "org.qscan.engine.config",
                            "org.qscan.engine.time"))))
        .check(MAILET);
  }
}
