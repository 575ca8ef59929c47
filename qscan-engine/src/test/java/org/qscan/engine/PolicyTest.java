package org.qscan.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.qscan.engine.Policy.Action;
import org.qscan.engine.Verdict.Reason;
import org.qscan.engine.Verdict.Unscannable;
import org.qscan.engine.config.Configuration;
import org.qscan.engine.config.Key;

class PolicyTest {

  private static Policy policy(String... settings) throws Exception {
    Configuration configuration = Configuration.defaults();
    for (String setting : settings) {
      int equals = setting.indexOf('=');
      configuration.set(setting.substring(0, equals), setting.substring(equals + 1), "test");
    }
    return Policy.from(configuration);
  }

  private static Action action(Policy policy, Reason... reasons) {
    return policy.forUnscannable(new Unscannable(List.of(reasons)));
  }

  @Test
  void theDefaultsAcceptWhatNobodyCanScanAndRejectBombs() throws Exception {
    assertThat(action(policy(), Reason.ENCRYPTED)).isEqualTo(Action.ACCEPT);
    assertThat(action(policy(), Reason.CORRUPT)).isEqualTo(Action.ACCEPT);
    assertThat(action(policy(), Reason.LIMIT)).isEqualTo(Action.REJECT);
    assertThat(action(policy(), Reason.MIME)).isEqualTo(Action.REJECT);
  }

  @Test
  void theStrictestActionOfAllReasonsCounts() throws Exception {
    Policy policy =
        policy(
            "unscannable.encrypted=reject",
            "unscannable.corrupt=accept",
            "unscannable.limit=defer");
    assertThat(action(policy, Reason.CORRUPT)).isEqualTo(Action.ACCEPT);
    assertThat(action(policy, Reason.CORRUPT, Reason.LIMIT)).isEqualTo(Action.DEFER);
    assertThat(action(policy, Reason.LIMIT, Reason.CORRUPT)).isEqualTo(Action.DEFER);
    assertThat(action(policy, Reason.CORRUPT, Reason.LIMIT, Reason.ENCRYPTED))
        .isEqualTo(Action.REJECT);
    assertThat(action(policy, Reason.ENCRYPTED, Reason.CORRUPT)).isEqualTo(Action.REJECT);
  }

  @Test
  void aReasonWithoutAnActionIsDeferred() {
    assertThat(action(new Policy(Map.of()), Reason.ENCRYPTED)).isEqualTo(Action.DEFER);
  }

  @Test
  void theUnscannedPassesOnlyWhereItIsSaidThatNothingIsScanned() throws Exception {
    assertThat(action(policy("scanners=none"), Reason.UNSCANNED)).isEqualTo(Action.ACCEPT);
    assertThat(action(policy("scanners=none"), Reason.UNSCANNED, Reason.LIMIT))
        .isEqualTo(Action.REJECT);
    assertThat(action(policy(), Reason.UNSCANNED)).isEqualTo(Action.DEFER);
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "UNSCANNED")
  void everyReasonHasAKeyThatIsHeeded(Reason reason) throws Exception {
    String key = "unscannable." + reason.text();
    assertThat(Key.of(key)).isNotNull();
    for (Action action : Action.values()) {
      Policy policy = policy(key + "=" + action.name().toLowerCase(Locale.ROOT));
      assertThat(action(policy, reason)).isEqualTo(action);
    }
  }
}
