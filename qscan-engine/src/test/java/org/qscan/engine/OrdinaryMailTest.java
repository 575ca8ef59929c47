package org.qscan.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qscan.engine.config.Configuration;
import org.qscan.engine.config.Key;
import org.qscan.engine.testing.FakeClamd;
import org.qscan.engine.testing.Mails;
import org.qscan.engine.testing.ordinary.OrdinaryMails;
import org.qscan.engine.testing.ordinary.OrdinaryMails.Mail;

/** Mail as the programs of this world write it is clean at once, and its infected twin is found. */
class OrdinaryMailTest {

  /** Should be none. Whoever mends the reader lowers it. */
  private static final int MAILS_WITH_GUESSED_PARTS = 13;

  @TempDir Path scratch;

  /** A scanner that finds EICAR wherever it stands in what it is shown, and in gzip. */
  private FakeClamd clamd() {
    return new FakeClamd(
        "unix:" + scratch.resolve("clamd"),
        (subject, data) -> subject + (hasEicar(data) ? ": Eicar FOUND" : ": OK"));
  }

  private static boolean hasEicar(String data) throws IOException {
    if (data.startsWith("\u001f\u008b")) {
      try (GZIPInputStream in =
          new GZIPInputStream(
              new ByteArrayInputStream(data.getBytes(StandardCharsets.ISO_8859_1)))) {
        return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1).contains(Mails.eicar());
      }
    }
    return data.contains(Mails.eicar());
  }

  private ScanEngine engine(FakeClamd clamd) throws Exception {
    Configuration configuration = Configuration.defaults();
    Path work = Files.createDirectory(scratch.resolve("work"));
    for (String setting :
        List.of(
            Key.WORK_DIRECTORY.text() + "=" + work,
            "extractors=mime4j,generous",
            "scanners=clamd",
            "clamd.transfer=data",
            "clamd.address=" + clamd.address(),
            "cache.entries=0",
            "data.max-age=3650d",
            "canary=periodic",
            "canary.every=24h")) {
      int equals = setting.indexOf('=');
      configuration.set(setting.substring(0, equals), setting.substring(equals + 1), "test");
    }
    return ScanEngine.of(EngineConfig.from(configuration));
  }

  private static Outcome judge(ScanEngine engine, String mail) throws ScanFailure {
    try (ScanSession session = engine.open()) {
      byte[] octets = Mails.octets(mail);
      session.receive(octets, octets.length);
      return session.scan();
    }
  }

  private static String word(Outcome outcome) {
    return outcome.word() + " " + outcome.facts().rules() + " " + outcome.facts().notes();
  }

  @Test
  void noneIsRefusedOrDeferredAndTheTwinOfEachIsFound() throws Exception {
    List<String> wrong = new ArrayList<>();
    List<String> guessed = new ArrayList<>();
    try (FakeClamd clamd = clamd()) {
      ScanEngine engine = engine(clamd);
      for (Mail mail : OrdinaryMails.all()) {
        Outcome harmless = judge(engine, mail.octets());
        if (!harmless.word().equals("clean")) {
          wrong.add(mail + ": " + word(harmless));
        }
        if (harmless.facts().guessed() != 0) {
          guessed.add(mail + ": " + harmless.facts().guessed());
        }
        Outcome twin = judge(engine, mail.twin());
        if (!twin.word().equals("infected")) {
          wrong.add("twin of " + mail + ": " + word(twin));
        }
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(guessed).hasSizeLessThanOrEqualTo(MAILS_WITH_GUESSED_PARTS);
  }

  @Test
  void theyAreThreeHundredAndMoreOfManyKindsAndAlwaysTheSame() {
    List<Mail> mails = OrdinaryMails.all();
    assertThat(mails.size()).isGreaterThan(300);
    assertThat(mails.equals(OrdinaryMails.all())).isTrue();
    Set<String> names = new HashSet<>();
    Set<String> kinds = new HashSet<>();
    for (Mail mail : mails) {
      names.add(mail.name());
      kinds.add(mail.kind());
      assertThat(mail.octets()).doesNotContain(Mails.eicar());
    }
    assertThat(names.size()).isEqualTo(mails.size());
    assertThat(kinds).hasSizeGreaterThan(10);
  }
}
