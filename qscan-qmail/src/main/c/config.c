#define _GNU_SOURCE
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char error[1000];

void config_defaults(struct config *c) {
  memset(c, 0, sizeof *c);
  strcpy(c->queue_program, "/var/qmail/bin/qmail-queue-old");
  strcpy(c->socket, "/run/qscan/qscand.sock");
  c->queue_timeout = 600 * 1000;
  c->patience = 5 * 1000;
  c->restart_patience = 120 * 1000;
  c->timeout = 480 * 1000;
  c->exit_failed = 99;
  c->bounce_user = NOBODY;
}

static bool is_blank(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r') || (c >= 0x1c && c <= 0x1f);
}

/* Removes blanks at both ends; returns the new beginning. */
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
static bool digits(const char *text, int64_t *value, const char **rest) {
  int64_t n = 0;
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
  int64_t n;
  const char *unit;
  if (!digits(value, &n, &unit)) {
    return false;
  }
  for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
    if (strcmp(unit, units[i].name) == 0 && n > 0 && n <= day / units[i].millis) {
      *to = (long)n * units[i].millis;
      return true;
    }
  }
  return false;
}

static bool failure_code(int *to, const char *value) {
  int64_t n;
  const char *rest;
  if (!digits(value, &n, &rest) || *rest || n < 41 || n > 111 || n == 82 || n == 88) {
    return false;
  }
  *to = (int)n;
  return true;
}

static bool user(uid_t *to, const char *value) {
  int64_t n; /* where long has 32 bits, it does not hold every uid */
  const char *rest;
  if (!digits(value, &n, &rest) || *rest || n >= (int64_t)NOBODY) {
    return false;
  }
  *to = (uid_t)n;
  return true;
}

/* --- keys */

enum key {
  QUEUE_PROGRAM,
  SOCKET,
  PATHS,
  QUEUE_TIMEOUT = PATHS,
  PATIENCE,
  RESTART_PATIENCE,
  TIMEOUT,
  EXIT_FAILED,
  BOUNCE_UID,
  OTHER
};

static const char *const keys[] = {
    "queue.program",           "daemon.socket",  "queue.timeout", "daemon.patience",
    "daemon.restart-patience", "daemon.timeout", "exit.failed",   "bounce.uid"};

static enum key key_of(const char *name) {
  enum key key = QUEUE_PROGRAM;
  while (key < OTHER && strcmp(name, keys[key]) != 0) {
    key++;
  }
  return key;
}

/* What is being read. */
struct reading {
  struct config *config;
  const char *file;
  bool published; /* the file that qscand has published: only its numbers count */
  int line;
  unsigned seen;
};

static void set_number(struct config *c, enum key key, const char *value) {
  switch (key) {
  case QUEUE_TIMEOUT:
    duration(&c->queue_timeout, value);
    break;
  case PATIENCE:
    duration(&c->patience, value);
    break;
  case RESTART_PATIENCE:
    duration(&c->restart_patience, value);
    break;
  case TIMEOUT:
    duration(&c->timeout, value);
    break;
  case EXIT_FAILED:
    failure_code(&c->exit_failed, value);
    break;
  case BOUNCE_UID:
    user(&c->bounce_user, value);
    break;
  default:
    break;
  }
}

#define A_PATH "must be an absolute path"

/* Null, or what the value has to be. */
static const char *set_path(struct config *c, enum key key, const char *value) {
  if (strchr(value, '\\') != NULL) {
    return "must have no backslash: there are no escapes and no continuation lines";
  }
  if (key == SOCKET) {
    return path(c->socket, sizeof c->socket, value) ? NULL : A_PATH " of at most 107 octets";
  }
  return path(c->queue_program, sizeof c->queue_program, value) ? NULL : A_PATH;
}

/* True for a line without '=' that begins with the name of a path. Such a line must not be ignored:
 * the client would execute another program than the operator meant. */
static bool means_a_path(const char *text) {
  for (enum key key = QUEUE_PROGRAM; key < PATHS; key++) {
    size_t n = strlen(keys[key]);
    if (strncmp(text, keys[key], n) == 0 && (text[n] == 0 || text[n] == ':' || is_blank(text[n]))) {
      return true;
    }
  }
  return false;
}

static const char *take_line(struct reading *reading, char *from, char *to) {
  bool cut = memchr(from, 0, (size_t)(to - from)) != NULL;
  char *text = strip(from, to);
  char *equals = strchr(text, '=');
  if (*text == 0 || *text == '#') {
    return NULL;
  }
  if (equals == NULL) {
    return means_a_path(text) ? "must have the form key=value" : NULL;
  }
  char *value = strip(equals + 1, equals + strlen(equals));
  enum key key = key_of(strip(text, equals));
  bool again = key < OTHER && (reading->seen & 1U << key);
  reading->seen |= 1U << key;
  if (key >= PATHS) {
    if (!again &&
        (key != BOUNCE_UID || reading->published)) { /* bounce.uid is no key of the file */
      set_number(reading->config, key, value);
    }
    return NULL;
  }
  if (reading->published) {
    return NULL;
  }
  if (cut) {
    return "must have no NUL";
  }
  return again ? "must be set only once" : set_path(reading->config, key, value);
}

/* --- lines */

/* Takes the complete lines, and at the end of the file the last one; the rest begins at *octets. A
 * line ends with a newline, a carriage return or both, as in Java. */
static const char *take_lines(struct reading *reading, char **octets, size_t *n, bool end) {
  while (*n > 0) {
    char *from = *octets;
    size_t length = 0;
    while (length < *n && from[length] != '\n' && from[length] != '\r') {
      length++;
    }
    size_t next = length + 1;
    if (!end && (length == *n || (from[length] == '\r' && next == *n))) {
      return NULL;
    }
    if (next < *n && from[length] == '\r' && from[next] == '\n') {
      next++;
    }
    next = next < *n ? next : *n;
    reading->line++;
    char shown[128];
    snprintf(shown, sizeof shown, "%.*s", length < 120 ? (int)length : 120, from);
    const char *wanted = take_line(reading, from, from + length);
    if (wanted != NULL) {
      snprintf(error, sizeof error, "%.500s:%d: %s: %s", reading->file, reading->line, shown,
               wanted);
      return error;
    }
    *octets += next;
    *n -= next;
  }
  return NULL;
}

const char *config_parse(struct config *c, const char *file, char *octets, size_t n) {
  struct reading reading = {.config = c, .file = file};
  return take_lines(&reading, &octets, &n, true);
}

void config_parse_published(struct config *c, char *octets, size_t n) {
  struct reading reading = {.config = c, .file = "", .published = true};
  take_lines(&reading, &octets, &n, true);
}

/* --- files */

/* Reads up to `most` octets, fewer only at the end of the file; negative if it cannot be read. */
static ssize_t fill(int fd, char *to, size_t most) {
  size_t n = 0;
  int tries = 0;
  while (n < most) {
    ssize_t got = read(fd, to + n, most - n);
    if (got < 0 && errno == EINTR && ++tries < 1000) {
      continue;
    }
    if (got <= 0) {
      return got < 0 ? got : (ssize_t)n;
    }
    n += (size_t)got;
  }
  return (ssize_t)n;
}

static const char *unreadable(const char *file) {
  snprintf(error, sizeof error, "%.500s: cannot be read: %s", file, strerror(errno));
  return error;
}

/* Reads a file of any length line by line. A line that does not fit in `room` is an error. */
static const char *read_all(struct reading *reading, int fd, char *room, size_t size) {
  size_t kept = 0;
  for (;;) {
    ssize_t got =
        fill(fd, room + kept, size - 1 - kept); /* one for the NUL that ends the last line */
    if (got < 0) {
      return unreadable(reading->file);
    }
    size_t n = kept + (size_t)got;
    bool end = n < size - 1;
    char *left = room;
    const char *wrong = take_lines(reading, &left, &n, end);
    if (wrong != NULL || end) {
      return wrong;
    }
    if (n == size - 1) {
      snprintf(error, sizeof error, "%.500s:%d: is longer than %zu octets", reading->file,
               reading->line + 1, n);
      return error;
    }
    memmove(room, left, n);
    kept = n;
  }
}

/* Null, or why the file is not trusted: it says which program is executed, so only its owner may be
 * able to write it. */
static const char *distrust(const char *file, int fd, uid_t owner) {
  struct stat facts;
  if (fstat(fd, &facts) != 0) {
    return unreadable(file);
  }
  if (!S_ISREG(facts.st_mode)) {
    snprintf(error, sizeof error, "%.500s: is not a regular file", file);
  } else if (facts.st_uid != 0 && facts.st_uid != owner) {
    snprintf(error, sizeof error,
             "%.300s: belongs to user %u, but only a file of root%s may say which queue.program is"
             " executed: chown root %.300s",
             file, (unsigned)facts.st_uid, owner == 0 ? "" : " or of the caller", file);
  } else if ((facts.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    snprintf(error, sizeof error,
             "%.300s: can be written by others than its owner (mode %04o), but it says which"
             " queue.program is executed: chmod go-w %.300s",
             file, (unsigned)facts.st_mode & 07777U, file);
  } else {
    return NULL;
  }
  return error;
}

const char *config_read(struct config *c, const char *file, uid_t owner, char *room, size_t size) {
  const char *name = file == NULL ? CONFIG_FILE : file;
  struct reading reading = {.config = c, .file = name};
  int fd = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0) {
    bool missing = errno == ENOENT || errno == ENOTDIR;
    return file == NULL && missing ? NULL : unreadable(name);
  }
  const char *wrong = distrust(name, fd, owner);
  wrong = wrong ? wrong : read_all(&reading, fd, room, size);
  close(fd);
  return wrong;
}

/* The file must belong to root or to the owner of the socket's directory, like the process that
 * listens there. If it is missing or belongs to anybody else, it is ignored. */
void config_read_published(struct config *c, char *room, size_t size) {
  char name[sizeof c->socket + sizeof PUBLISHED];
  char directory[sizeof c->socket];
  struct stat facts;
  int length = (int)(strrchr(c->socket, '/') - c->socket);
  snprintf(name, sizeof name, "%s" PUBLISHED, c->socket);
  snprintf(directory, sizeof directory, "%.*s", length > 0 ? length : 1, c->socket);
  int fd = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW);
  if (fd < 0) {
    return;
  }
  if (stat(directory, &facts) == 0 && distrust(name, fd, facts.st_uid) == NULL) {
    ssize_t n = fill(fd, room, size - 1);
    if (n > 0) {
      config_parse_published(c, room, (size_t)n);
    }
  }
  close(fd);
}
