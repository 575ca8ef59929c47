#define _GNU_SOURCE
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "client.h"

enum { CLEAN_UP = 10000 }; /* milliseconds for qmail-queue to remove its files */

/* A pipe of qmail-queue's could not be closed. It is closed when this process ends. */
static bool left_open;

bool shut(int *fd) {
  bool closed = *fd < 0 || close(*fd) == 0;
  left_open = left_open || !closed;
  *fd = -1;
  return closed;
}

static void say(const char *reason) {
  char line[REASON_LONGEST + 200];
  char shown[REASON_LONGEST];
  size_t n = 0;
  for (const char *c = reason; *c && n < sizeof shown - 1; c++) {
    bool plain = *c >= ' ' && *c <= '~' && *c != '"' && *c != '\\';
    shown[n++] = plain ? *c : '?';
  }
  shown[n] = 0;
  int length = snprintf(line, sizeof line,
                        "qscan: id=- front=qmail verdict=failed threat=- reason=\"%s\" exit=%d\n",
                        shown, client.failed_code);
  struct pollfd out = {.fd = 2, .events = POLLOUT};
  if (poll(&out, 1, 0) == 1 && write(2, line, (size_t)length) < 0) {
    return; /* in a bounce, descriptor 2 is the reading end of a pipe */
  }
}

/* qmail-queue sees the end of the message and no envelope, removes its files and exits with 54. If
 * it takes long, it is left alone: if it were killed, its files would stay for more than a day. */
void finish(int code, const char *reason) {
  int status;
  client.finishing = true;
  shut(&client.message_out);
  shut(&client.envelope_out);
  if (client.queue > 0 && !left_open) {
    queue_ended(CLEAN_UP, &status);
  }
  if (client.daemon >= 0) {
    tell_outcome(code, reason);
  } else if (*reason) {
    say(reason);
  }
  _exit(code);
}

void fail(const char *reason) { finish(client.failed_code, reason); }

void fail_because(const char *format, ...) {
  char reason[REASON_LONGEST];
  va_list values;
  va_start(values, format);
  vsnprintf(reason, sizeof reason, format, values);
  va_end(values);
  fail(reason);
}
