#define _GNU_SOURCE
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char error[1024];

void config_defaults(struct config *c) {
  memset(c, 0, sizeof *c);
  strcpy(c->queue_program, "/var/qmail/bin/qmail-queue-old");
  c->queue_timeout = 600 * 1000;
  strcpy(c->socket, "/run/qscan/qscand.sock");
  c->patience = 5 * 1000;
  c->timeout = 480 * 1000;
  strcpy(c->standalone_program, "/opt/qscan/bin/qscan-queue");
  c->exit_failed = 99;
}

static bool is_blank(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r') || (c >= 0x1c && c <= 0x1f);
}

/* Cuts blanks off both ends; returns the new beginning. */
static char *strip(char *from, char *to) {
  while (from < to && is_blank(*from)) {
    from++;
  }
  while (to > from && is_blank(to[-1])) {
    to--;
  }
  *to = 0;
  return from;
}

static bool path(char *to, size_t size, const char *value) {
  size_t n = strlen(value);
  if (value[0] != '/' || n >= size) {
    return false;
  }
  memcpy(to, value, n + 1);
  return true;
}

/* Digits alone, at most ten of them; the rest of the text goes to *rest. */
static bool digits(const char *text, long *value, const char **rest) {
  long n = 0;
  int i = 0;
  for (; text[i] >= '0' && text[i] <= '9' && i < 10; i++) {
    n = n * 10 + (text[i] - '0');
  }
  *value = n;
  *rest = text + i;
  return i > 0;
}

static bool duration(long *to, const char *value) {
  static const struct {
    const char *name;
    long millis;
  } units[] = {{"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}};
  const long day = 24 * 3600000L;
  long n;
  const char *unit;
  if (!digits(value, &n, &unit)) {
    return false;
  }
  for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
    if (strcmp(unit, units[i].name) == 0 && n > 0 && n <= day / units[i].millis) {
      *to = n * units[i].millis;
      return true;
    }
  }
  return false;
}

static bool failure_code(int *to, const char *value) {
  long n;
  const char *rest;
  if (!digits(value, &n, &rest) || *rest || n < 41 || n > 111 || n == 82 || n == 88) {
    return false;
  }
  *to = (int)n;
  return true;
}

static bool fallback(bool *standalone, const char *value) {
  *standalone = strcmp(value, "standalone") == 0;
  return *standalone || strcmp(value, "defer") == 0;
}

#define A_PATH "an absolute path"
#define A_DURATION "a whole number with a unit: ms, s, m or h, like 60s; more than 0, at most 24h"

/* Sets a key that we need; others are qscand's to check. Null, or what is allowed. */
static const char *set(struct config *c, const char *key, const char *value, unsigned *seen) {
  static const char *const keys[] = {"queue.program",   "queue.timeout",  "daemon.socket",
                                     "daemon.patience", "daemon.timeout", "daemon.fallback",
                                     "daemon.standalone-program", "exit.failed"};
  unsigned i = 0;
  while (i < sizeof keys / sizeof *keys && strcmp(key, keys[i]) != 0) {
    i++;
  }
  if (i < 8 && (*seen & 1U << i)) {
    return "it only once";
  }
  *seen |= 1U << i;
  switch (i) {
  case 0:
    return path(c->queue_program, sizeof c->queue_program, value) ? NULL : A_PATH;
  case 1:
    return duration(&c->queue_timeout, value) ? NULL : A_DURATION;
  case 2:
    return path(c->socket, sizeof c->socket, value) ? NULL : A_PATH " of at most 107 octets";
  case 3:
    return duration(&c->patience, value) ? NULL : A_DURATION;
  case 4:
    return duration(&c->timeout, value) ? NULL : A_DURATION;
  case 5:
    return fallback(&c->standalone, value) ? NULL : "one of defer, standalone";
  case 6:
    return path(c->standalone_program, sizeof c->standalone_program, value) ? NULL : A_PATH;
  case 7:
    return failure_code(&c->exit_failed, value) ? NULL : "a whole number from 41 to 111, not 82 or 88";
  default:
    return NULL;
  }
}

static const char *take_line(struct config *c, char *from, char *to, unsigned *seen) {
  char *text = strip(from, to);
  if (*text == 0 || *text == '#') {
    return NULL;
  }
  char *equals = strchr(text, '=');
  if (equals == NULL || equals == text) {
    return "key=value or a # comment";
  }
  if (strchr(text, '\\') != NULL) {
    return "no backslash: there are no escapes and no continuation lines";
  }
  char *value = strip(equals + 1, text + strlen(text));
  return set(c, strip(text, equals), value, seen);
}

const char *config_parse(struct config *c, const char *file, char *octets, size_t n) {
  unsigned seen = 0;
  int number = 0;
  config_defaults(c);
  if (memchr(octets, 0, n) != NULL) {
    snprintf(error, sizeof error, "%s: contains a NUL", file);
    return error;
  }
  for (size_t at = 0; at < n;) {
    /* A line ends with a newline or a carriage return or both, as in Java. */
    size_t length = 0;
    while (at + length < n && octets[at + length] != '\n' && octets[at + length] != '\r') {
      length++;
    }
    size_t next = at + length + 1;
    if (next < n && octets[next - 1] == '\r' && octets[next] == '\n') {
      next++;
    }
    number++;
    char shown[128];
    snprintf(shown, sizeof shown, "%.*s", length < 120 ? (int)length : 120, octets + at);
    const char *wanted = take_line(c, octets + at, octets + at + length, &seen);
    if (wanted != NULL) {
      snprintf(error, sizeof error, "%.500s:%d: %s: want %s", file, number, shown, wanted);
      return error;
    }
    at = next;
  }
  return NULL;
}

const char *config_read(struct config *c, const char *file, char *room, size_t size) {
  size_t longest = size - 1; /* one for the NUL that ends the last line */
  int fd = open(file, O_RDONLY | O_CLOEXEC);
  size_t n = 0;
  ssize_t got = fd < 0 ? -1 : 1;
  while (got > 0 && n < longest) {
    got = read(fd, room + n, longest - n);
    n += got > 0 ? (size_t)got : 0;
  }
  if (got < 0) {
    snprintf(error, sizeof error, "%.500s: cannot be read: %s", file, strerror(errno));
  } else if (got > 0) {
    snprintf(error, sizeof error, "%.500s: is longer than %zu octets", file, longest - 1);
  }
  if (fd >= 0) {
    close(fd);
  }
  return got != 0 ? error : config_parse(c, file, room, n);
}
