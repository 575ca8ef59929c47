package org.qscan.engine.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.qscan.engine.rules.MimeRule;

/** Reads and checks values. No regular expressions: this runs once a message. */
final class Values {

  private Values() {}

  static boolean isAllowed(Key key, String value) {
    try {
      return switch (key.type()) {
        case PATH -> value.startsWith("/") && value.indexOf('\0') < 0;
        case DURATION -> !value.endsWith("d") && isWithinADay(duration(value));
        case AGE -> isAge(value);
        case SIZE -> size(value) > 0;
        case INTEGER -> isWithinBounds(key, Integer.parseInt(value));
        case CHOICE -> key.choices().contains(value);
        case CHOICES -> areDistinct(key, split(value, ','));
        case BOOLEAN -> value.equals("true") || value.equals("false");
        case VARIABLES -> areAssignments(split(value, ' '));
        case TEXT -> !value.isEmpty() && value.indexOf(' ') < 0;
        case ADDRESSES -> areAddresses(split(value, ' '));
        case NAMES -> haveLetters(split(value, ','));
        case TIERS -> areTiers(key, split(value, ','));
        case WORDS -> true;
      };
    } catch (IllegalArgumentException | ArithmeticException e) {
      return false;
    }
  }

  private static boolean isWithinADay(Duration duration) {
    return duration.toMillis() > 0 && duration.compareTo(Duration.ofHours(24)) <= 0;
  }

  private static boolean isAge(String value) {
    Duration age = duration(value);
    return (value.endsWith("h") || value.endsWith("d"))
        && !age.isZero()
        && age.compareTo(Duration.ofDays(3650)) <= 0;
  }

  private static boolean areAddresses(List<String> texts) {
    for (String text : texts) {
      Address.of(text);
    }
    return !texts.isEmpty();
  }

  /** A name of wildcards alone would stand for all there are. */
  private static boolean haveLetters(List<String> names) {
    for (String name : names) {
      if (!hasLetter(name)) {
        return false;
      }
    }
    return true;
  }

  private static boolean hasLetter(String name) {
    for (int i = 0; i < name.length(); i++) {
      if (Character.isLetterOrDigit(name.charAt(i))) {
        return true;
      }
    }
    return false;
  }

  private static boolean areAssignments(List<String> pairs) {
    for (String pair : pairs) {
      if (pair.indexOf('=') <= 0) {
        return false;
      }
    }
    return true;
  }

  private static boolean isWithinBounds(Key key, int n) {
    return n >= Integer.parseInt(key.choices().get(0))
        && n <= Integer.parseInt(key.choices().get(1))
        && !(key == Key.EXIT_FAILED && (n == 82 || n == 88));
  }

  private static boolean areDistinct(Key key, List<String> chosen) {
    return !chosen.isEmpty()
        && key.choices().containsAll(chosen)
        && new HashSet<>(chosen).size() == chosen.size()
        && (chosen.size() == 1 || !(chosen.contains("none") || chosen.contains("auto")));
  }

  private static boolean areTiers(Key key, List<String> pairs) {
    List<String> rules = new ArrayList<>();
    for (String pair : pairs) {
      int colon = pair.indexOf(':');
      if (colon < 0 || !MimeRule.Tier.names().contains(pair.substring(colon + 1))) {
        return false;
      }
      rules.add(pair.substring(0, colon));
    }
    return rules.isEmpty() || areDistinct(key, rules);
  }

  static Duration duration(String value) {
    int digits = digits(value);
    long n = Long.parseLong(value.substring(0, digits));
    return switch (value.substring(digits)) {
      case "ms" -> Duration.ofMillis(n);
      case "s" -> Duration.ofSeconds(n);
      case "m" -> Duration.ofMinutes(n);
      case "h" -> Duration.ofHours(n);
      case "d" -> Duration.ofDays(n);
      default -> throw new IllegalArgumentException(value);
    };
  }

  static long size(String value) {
    int digits = digits(value);
    long n = Long.parseLong(value.substring(0, digits));
    return switch (value.substring(digits)) {
      case "B" -> n;
      case "KiB" -> Math.multiplyExact(n, 1L << 10);
      case "MiB" -> Math.multiplyExact(n, 1L << 20);
      case "GiB" -> Math.multiplyExact(n, 1L << 30);
      default -> throw new IllegalArgumentException(value);
    };
  }

  private static int digits(String value) {
    int digits = 0;
    while (digits < value.length() && value.charAt(digits) >= '0' && value.charAt(digits) <= '9') {
      digits++;
    }
    return digits;
  }

  static List<String> split(String value, char separator) {
    List<String> parts = new ArrayList<>();
    int from = 0;
    for (int i = 0; i <= value.length(); i++) {
      if (i == value.length() || value.charAt(i) == separator) {
        String part = value.substring(from, i).strip();
        if (!part.isEmpty()) {
          parts.add(part);
        }
        from = i + 1;
      }
    }
    return parts;
  }
}
