package org.qscan.engine.scan.daemon;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/**
 * Dates as scanners print them, without the machinery of date formats: this runs once a message.
 * None of them names a time zone; UTC is taken, which is near enough where days count.
 */
final class ScannerDates {

  private static final String MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec";

  private ScannerDates() {}

  /** A time as ctime(3) prints it, {@code Mon Jan 30 09:23:19 2023}; null if it is none. */
  static @Nullable Instant ctime(String text) {
    try {
      int month = MONTHS.indexOf(text.substring(4, 7));
      if (text.length() != 24 || month < 0 || month % 3 != 0) {
        return null;
      }
      return LocalDateTime.of(
              Integer.parseInt(text.substring(20)),
              month / 3 + 1,
              Integer.parseInt(text.substring(8, 10).strip()),
              Integer.parseInt(text.substring(11, 13)),
              Integer.parseInt(text.substring(14, 16)),
              Integer.parseInt(text.substring(17, 19)))
          .toInstant(ZoneOffset.UTC);
    } catch (IndexOutOfBoundsException | NumberFormatException | DateTimeException e) {
      return null;
    }
  }

  /**
   * The first day in a text that is written year, month, day: {@code 20260130}, {@code 2026-01-30},
   * {@code 2026/01/30}; null if there is none.
   */
  static @Nullable Instant find(String text) {
    for (int i = 0; i + 8 <= text.length(); i++) {
      Instant day = day(text, i);
      if (day != null) {
        return day;
      }
    }
    return null;
  }

  private static @Nullable Instant day(String text, int at) {
    int separator = at + 4 < text.length() && isDigit(text, at + 4) ? 0 : 1;
    int month = at + 4 + separator;
    int day = month + 2 + separator;
    if (day + 2 > text.length()) {
      return null;
    }
    for (int i = 0; i < 8 + 2 * separator; i++) {
      boolean between = separator == 1 && (i == 4 || i == 7);
      char c = text.charAt(at + i);
      if (between ? c != '-' && c != '/' && c != '.' : c < '0' || c > '9') {
        return null;
      }
    }
    try {
      int year = Integer.parseInt(text, at, at + 4, 10);
      return year < 1990
          ? null
          : LocalDate.of(
                  year,
                  Integer.parseInt(text, month, month + 2, 10),
                  Integer.parseInt(text, day, day + 2, 10))
              .atStartOfDay()
              .toInstant(ZoneOffset.UTC);
    } catch (DateTimeException e) {
      return null;
    }
  }

  private static boolean isDigit(String text, int at) {
    return text.charAt(at) >= '0' && text.charAt(at) <= '9';
  }
}
