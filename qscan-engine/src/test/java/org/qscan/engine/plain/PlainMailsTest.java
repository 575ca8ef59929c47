package org.qscan.engine.plain;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qscan.engine.extract.Extractor;
import org.qscan.engine.extract.Limits;
import org.qscan.engine.extract.Mime4j;
import org.qscan.engine.extract.Views;
import org.qscan.engine.mime.GenerousExtractor;
import org.qscan.engine.rules.RuleTiers;
import org.qscan.engine.store.Ledger;
import org.qscan.engine.store.MemoryBudget;
import org.qscan.engine.testing.Mails;

/**
 * Whatever the grammar allows is plain, and each of the two readers finds the marked leaf in it,
 * wherever that is. {@code -Dqscan.plain.mails=100000} tries more mails.
 */
class PlainMailsTest {

  private static final int MAILS = Integer.getInteger("qscan.plain.mails", 300);
  private static final Limits WIDE = new Limits(2000, 50, 1L << 30);

  @TempDir Path directory;

  @Test
  void whatTheGrammarAllowsIsPlainAndBothReadersFindTheMarkInIt() throws Exception {
    for (int seed = 0; seed < MAILS; seed++) {
      String mail = PlainMails.of(seed);
      byte[] octets = Mails.octets(mail);
      assertThat(PlainGrammar.of(octets, octets.length).isPlain()).as(mail).isTrue();
      Set<String> first = leaves(octets, seed + "m", new Mime4j(WIDE));
      Set<String> second =
          leaves(octets, seed + "g", new GenerousExtractor(WIDE, RuleTiers.DEFAULT));
      assertThat(first).as(mail).anyMatch(leaf -> leaf.contains(PlainMails.MARK));
      assertThat(second).as(mail).anyMatch(leaf -> leaf.contains(PlainMails.MARK));
    }
  }

  /** What a reader made. */
  private Set<String> leaves(byte[] mail, String name, Extractor reader) throws Exception {
    Path session = Files.createDirectory(directory.resolve(name));
    MemoryBudget memory = new MemoryBudget(1 << 20, new Ledger(64L << 20));
    Set<String> leaves = new HashSet<>();
    try (Views views = Views.start(() -> session, "test", List.of(reader), WIDE, false, memory)) {
      views.message().append(mail, 0, mail.length);
      views.message().complete();
      views.finish(Duration.ofSeconds(60));
      for (Map.Entry<Path, ByteBuffer> one : Objects.requireNonNull(views.inMemory()).entrySet()) {
        if (!one.getKey().equals(views.message().file())) {
          String text = StandardCharsets.ISO_8859_1.decode(one.getValue()).toString();
          leaves.add(text);
        }
      }
    }
    return leaves;
  }
}
