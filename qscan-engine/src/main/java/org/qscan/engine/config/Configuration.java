package org.qscan.engine.config;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.ScanFailure;

/**
 * The values of all keys, each with the place where it was set. Every value is checked when it is
 * read, so that the getters cannot fail, and a front end with a bad configuration does not start.
 *
 * <p>The file has one line {@code key=value} for each key. Empty lines and lines that begin with
 * {@code #} do not count. There are no continuation lines and no escapes: a backslash is refused,
 * because java.util.Properties would drop it.
 */
public final class Configuration {

  /** The file that is read if no other is named. */
  public static final Path DEFAULT_FILE = Path.of("/etc/qscan/qscan.properties");

  /** The environment variable that names a file. */
  public static final String ENVIRONMENT = "QSCAN_CONFIG";

  private static final String BUILT_IN = "built-in default";

  private record Setting(String value, String source) {}

  private final EnumMap<Key, Setting> settings = new EnumMap<>(Key.class);
  private final List<String> warnings = new ArrayList<>();

  private Configuration() {}

  /** A configuration of the built-in defaults alone. */
  public static Configuration defaults() {
    return new Configuration();
  }

  /**
   * Finds and reads the file: the named one, else that of {@code QSCAN_CONFIG}, else {@code
   * /etc/qscan/qscan.properties} if it exists. If there is none, the built-in defaults hold.
   *
   * @param named the value of option {@code -c}, or null
   * @param fromEnvironment the value of {@code QSCAN_CONFIG}, or null
   */
  public static Configuration find(@Nullable String named, @Nullable String fromEnvironment)
      throws ConfigurationException {
    Path file = locate(named, fromEnvironment);
    return file == null ? defaults() : read(file);
  }

  /**
   * The file that {@link #find} reads; null for the built-in defaults.
   *
   * @param named the value of option {@code -c}, or null
   * @param fromEnvironment the value of {@code QSCAN_CONFIG}, or null
   */
  public static @Nullable Path locate(@Nullable String named, @Nullable String fromEnvironment) {
    return locate(named, fromEnvironment, DEFAULT_FILE);
  }

  /** The same, with another file in place of {@link #DEFAULT_FILE}; for tests. */
  static @Nullable Path locate(
      @Nullable String named, @Nullable String fromEnvironment, Path usual) {
    if (named != null) {
      return Path.of(named);
    }
    if (fromEnvironment != null && !fromEnvironment.isEmpty()) {
      return Path.of(fromEnvironment);
    }
    // Not exists(): if we may not look at the file, we must not go on as if it were not there.
    return Files.notExists(usual) ? null : usual;
  }

  /** Reads this file. */
  public static Configuration read(Path file) throws ConfigurationException {
    List<String> lines;
    try {
      lines = Files.readAllLines(file, StandardCharsets.UTF_8);
    } catch (NoSuchFileException e) {
      throw new ConfigurationException(file + ": there is no such file");
    } catch (MalformedInputException e) {
      throw new ConfigurationException(file + ": is not UTF-8");
    } catch (IOException e) {
      throw new ConfigurationException(file + ": cannot be read: " + ScanFailure.inWords(e));
    }
    Configuration configuration = new Configuration();
    for (int i = 0; i < lines.size(); i++) {
      configuration.line(lines.get(i), file + ":" + (i + 1));
    }
    return configuration;
  }

  private void line(String line, String place) throws ConfigurationException {
    String text = line.strip();
    if (text.isEmpty() || text.charAt(0) == '#') {
      return;
    }
    int equals = text.indexOf('=');
    if (equals < 1) {
      throw new ConfigurationException(
          place + ": expected key=value or a # comment, but found: " + text);
    }
    if (text.indexOf('\\') >= 0) {
      throw new ConfigurationException(
          place + ": a backslash is not allowed: there are no escapes and no continuation lines");
    }
    set(text.substring(0, equals).strip(), text.substring(equals + 1).strip(), place);
  }

  /**
   * Sets one key. A {@link RetiredKey} sets nothing and leaves a warning.
   *
   * @param name its name
   * @param value as it would stand in the file
   * @param source where it was set, for messages
   */
  public void set(String name, String value, String source) throws ConfigurationException {
    Key key = Key.of(name);
    if (key == null) {
      RetiredKey retired = RetiredKey.of(name);
      if (retired != null) {
        warnings.add(
            source + ": " + name + " is no longer a key and is ignored: " + retired.instead());
        return;
      }
      throw new ConfigurationException(source + ": unknown key " + name + nearest(name));
    }
    Setting before = settings.get(key);
    if (before != null && before.source.contains(":") && source.contains(":")) {
      throw new ConfigurationException(
          source + ": " + name + " is set a second time; first at " + before.source);
    }
    if (!Values.isAllowed(key, value)) {
      throw new ConfigurationException(
          source + ": " + name + "=" + value + ": must be " + key.allowed());
    }
    settings.put(key, new Setting(value, source));
  }

  private static String nearest(String name) {
    for (Key key : Key.values()) {
      String plain = key.text().replaceAll("[^a-z]", "");
      if (plain.equals(name.toLowerCase(java.util.Locale.ROOT).replaceAll("[^a-z]", ""))) {
        return ": did you mean " + key.text() + "?";
      }
    }
    return "; qscan-config(5) and 'qscan config' list them all";
  }

  /** The value as it stands in the file. */
  public String text(Key key) {
    Setting setting = settings.get(key);
    return setting == null ? key.defaultValue() : setting.value;
  }

  /** Where the value was set: {@code FILE:LINE}, an option, or the built-in default. */
  public String source(Key key) {
    Setting setting = settings.get(key);
    return setting == null ? BUILT_IN : setting.source;
  }

  /** The value of a {@link Key.Type#PATH}. */
  public Path path(Key key) {
    return Path.of(text(key));
  }

  /** The value of a {@link Key.Type#DURATION} or {@link Key.Type#AGE}. */
  public Duration duration(Key key) {
    return Values.duration(text(key));
  }

  /**
   * Reads a duration that belongs to no key: a front end's own parameter.
   *
   * @param value as it would stand in the file, like {@code 60s}
   * @return empty if the text is not a duration, or if its value is not allowed
   */
  public static Optional<Duration> duration(String value) {
    return Values.isAllowed(Key.GATE_PATIENCE, value)
        ? Optional.of(Values.duration(value))
        : Optional.empty();
  }

  /** The value of a {@link Key.Type#SIZE}, in bytes. */
  public long size(Key key) {
    return Values.size(text(key));
  }

  /** The value of a {@link Key.Type#INTEGER}. */
  public int integer(Key key) {
    return Integer.parseInt(text(key));
  }

  /** The value of a {@link Key.Type#BOOLEAN}. */
  public boolean bool(Key key) {
    return text(key).equals("true");
  }

  /** The values of {@link Key.Type#CHOICES} or {@link Key.Type#NAMES} in their order. */
  public List<String> list(Key key) {
    return Values.split(text(key), ',');
  }

  /** The words of {@link Key.Type#WORDS}. */
  public List<String> words(Key key) {
    return Values.split(text(key), ' ');
  }

  /** The values of {@link Key.Type#ADDRESSES} in their order. */
  public List<Address> addresses(Key key) {
    List<Address> addresses = new ArrayList<>();
    for (String text : words(key)) {
      addresses.add(Address.of(text));
    }
    return addresses;
  }

  /** The pairs of {@link Key.Type#VARIABLES}. */
  public Map<String, String> variables(Key key) {
    Map<String, String> pairs = new LinkedHashMap<>();
    for (String word : words(key)) {
      int equals = word.indexOf('=');
      pairs.put(word.substring(0, equals), word.substring(equals + 1));
    }
    return pairs;
  }

  /** The pairs of {@link Key.Type#TIERS}. */
  public Map<String, String> tiers(Key key) {
    Map<String, String> pairs = new LinkedHashMap<>();
    for (String pair : list(key)) {
      int colon = pair.indexOf(':');
      pairs.put(pair.substring(0, colon), pair.substring(colon + 1));
    }
    return pairs;
  }

  /**
   * Warnings about settings that are no errors but should be changed: a sentence each, with its
   * place.
   */
  public List<String> warnings() {
    return List.copyOf(warnings);
  }

  /** Every key with its value, for the operator. */
  public List<String> describe() {
    List<String> lines = new ArrayList<>();
    for (Key key : Key.values()) {
      lines.add(key.text() + "=" + text(key) + "  # " + source(key));
    }
    return lines;
  }
}
