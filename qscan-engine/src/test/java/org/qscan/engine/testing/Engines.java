package org.qscan.engine.testing;

import java.nio.file.Path;
import org.qscan.engine.EngineConfig;
import org.qscan.engine.config.Configuration;
import org.qscan.engine.config.ConfigurationException;
import org.qscan.engine.config.Key;

/** Configurations of engines for tests. */
public final class Engines {

  private Engines() {}

  /**
   * The defaults with this work directory and this sweep.
   *
   * @param work exists
   * @param sweep perhaps a {@link FakeSweep}
   * @param settings more, like {@code gate.slots=3}
   */
  public static EngineConfig config(Path work, Path sweep, String... settings) {
    try {
      Configuration configuration = Configuration.defaults();
      configuration.set(Key.WORK_DIRECTORY.text(), work.toString(), "test");
      configuration.set(Key.SWEEP_PROGRAM.text(), sweep.toString(), "test");
      for (String setting : settings) {
        int equals = setting.indexOf('=');
        configuration.set(setting.substring(0, equals), setting.substring(equals + 1), "test");
      }
      return EngineConfig.from(configuration);
    } catch (ConfigurationException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
