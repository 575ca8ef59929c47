package org.qscan.mailet;

import java.time.Duration;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.mailet.MailetConfig;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.config.Configuration;
import org.qscan.engine.config.ConfigurationException;
import org.qscan.engine.config.Key;

/**
 * The parameters of a mailet or hook: some of its own, {@code config}, and any key of
 * qscan.properties, which takes precedence over the file. Nothing else is allowed, because a server
 * with a mistyped parameter must not start.
 */
final class Parameters {

  static final String CONFIG = "config";

  private final String owner;
  private final Map<String, String> own;
  private final Configuration configuration;

  private Parameters(String owner, Map<String, String> own, Configuration configuration) {
    this.owner = owner;
    this.own = own;
    this.configuration = configuration;
  }

  /**
   * The parameters of a mailet. {@code onMailetException} and {@code onMatchException} are
   * parameters of James itself and are ignored.
   *
   * @param names the parameters that are the mailet's own
   */
  static Parameters of(String owner, MailetConfig config, Set<String> names)
      throws ConfigurationException {
    Map<String, String> values = new LinkedHashMap<>();
    for (Iterator<String> all = config.getInitParameterNames(); all.hasNext(); ) {
      String name = all.next();
      if (!name.equals("onMailetException") && !name.equals("onMatchException")) {
        values.put(name, String.valueOf(config.getInitParameter(name)));
      }
    }
    return of(owner, values, names);
  }

  /**
   * The parameters of a handler in smtpserver.xml, without its attributes.
   *
   * @param names the parameters that are the handler's own
   */
  static Parameters of(
      String owner, org.apache.commons.configuration2.Configuration config, Set<String> names)
      throws ConfigurationException {
    Map<String, String> values = new LinkedHashMap<>();
    for (Iterator<String> all = config.getKeys(); all.hasNext(); ) {
      String name = all.next();
      if (!name.isEmpty() && !name.contains("[@")) {
        values.put(name, String.join(",", config.getStringArray(name)));
      }
    }
    return of(owner, values, names);
  }

  private static Parameters of(String owner, Map<String, String> values, Set<String> names)
      throws ConfigurationException {
    Map<String, String> own = new LinkedHashMap<>();
    Map<String, String> overrides = new LinkedHashMap<>();
    String file = null;
    for (Map.Entry<String, String> entry : values.entrySet()) {
      // Commons Configuration doubles a dot that belongs to an element's name.
      String name = entry.getKey().replace("..", ".");
      String value = entry.getValue().strip();
      if (name.equals(CONFIG)) {
        file = value;
      } else if (names.contains(name)) {
        own.put(name, value);
      } else if (Key.of(name) != null) {
        overrides.put(name, value);
      } else {
        Set<String> known = new TreeSet<>(names);
        known.add(CONFIG);
        throw new ConfigurationException(
            owner
                + ": unknown parameter "
                + name
                + ": must be one of "
                + String.join(", ", known)
                + ", or a key of qscan.properties");
      }
    }
    Configuration configuration =
        Configuration.find(file, System.getenv(Configuration.ENVIRONMENT));
    for (Map.Entry<String, String> override : overrides.entrySet()) {
      configuration.set(override.getKey(), override.getValue(), "parameter of " + owner);
    }
    return new Parameters(owner, own, configuration);
  }

  /** The keys of qscan.properties, with the parameters that override them. */
  Configuration configuration() {
    return configuration;
  }

  /** The value of a parameter, or null. */
  @Nullable String text(String name) {
    return own.get(name);
  }

  /** The value of a parameter. */
  String text(String name, String absent) {
    return own.getOrDefault(name, absent);
  }

  /** The value of a parameter that must be one of some words. */
  String choice(String name, String absent, String... words) throws ConfigurationException {
    String value = text(name, absent);
    if (!Arrays.asList(words).contains(value)) {
      throw bad(name, value, "one of " + String.join(", ", words));
    }
    return value;
  }

  /** The value of a parameter that is a duration. */
  Duration duration(String name, Duration absent) throws ConfigurationException {
    String value = text(name);
    if (value == null) {
      return absent;
    }
    Optional<Duration> duration = Configuration.duration(value);
    if (duration.isEmpty()) {
      throw bad(name, value, Key.GATE_PATIENCE.allowed());
    }
    return duration.get();
  }

  /** The value of a parameter that is a whole number of at least 1. */
  int positive(String name, int absent) throws ConfigurationException {
    String value = text(name, Integer.toString(absent));
    try {
      int number = Integer.parseInt(value);
      if (number > 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      // The exception below says it.
    }
    throw bad(name, value, "a whole number, 1 or more");
  }

  /** An exception that says what is wrong with a parameter and what is allowed. */
  ConfigurationException bad(String name, String value, String want) {
    return new ConfigurationException(owner + ": " + name + "=" + value + ": must be " + want);
  }
}
