package org.qscan.mailet;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A log line taken apart.
 *
 * @param fields in the order in which they stand there
 */
record LogFields(Map<String, String> fields) {

  private static final Pattern FIELD = Pattern.compile("([a-z_]+)=(\"[^\"]*\"|\\S*)(?: |$)");

  /** Takes apart what stands behind {@code qscan: }. */
  static LogFields of(String line) {
    Map<String, String> fields = new LinkedHashMap<>();
    Matcher matcher = FIELD.matcher(line);
    int end = 0;
    while (matcher.find() && matcher.start() == end) {
      fields.put(matcher.group(1), matcher.group(2));
      end = matcher.end();
    }
    if (end != line.length()) {
      throw new IllegalArgumentException("not key=value: " + line.substring(end));
    }
    return new LogFields(fields);
  }

  List<String> keys() {
    return List.copyOf(fields.keySet());
  }

  String get(String key) {
    String value = fields.get(key);
    if (value == null) {
      throw new IllegalArgumentException("no " + key + " in " + fields);
    }
    return value;
  }
}
