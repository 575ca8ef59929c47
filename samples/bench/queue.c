/* Takes the place of the real qmail-queue during a benchmark. It costs as little as possible, so that the
 * wrapper in front of it is measured.
 *
 * Reads the message from descriptor 0 to its end, then the envelope from descriptor 1 to its end,
 * and stores them as $QSCAN_SAMPLE_QUEUE/STAMP.msg and STAMP.env.  It does not wait for the disk, as
 * the real one has to, unless the variable QSCAN_SAMPLE_FSYNC is set: waiting would be most of the time,
 * and it is the same behind every wrapper.
 *
 * Exit code: 0 queued, 53 write error, 54 read error or early end, 91 bad envelope. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

enum { QUEUED = 0, WRITE_ERROR = 53, READ_ERROR = 54, BAD_ENVELOPE = 91 };

static char buffer[65536];
static char message[PATH_MAX], envelope[PATH_MAX];

static void give_up(int code) {
  unlink(message);
  unlink(envelope);
  _exit(code);
}

static size_t get(int from) {
  ssize_t n;
  do {
    n = read(from, buffer, sizeof buffer);
  } while (n < 0 && errno == EINTR);
  if (n < 0) {
    give_up(READ_ERROR);
  }
  return (size_t)n;
}

static void put(int to, size_t length) {
  size_t done = 0;
  while (done < length) {
    ssize_t n = write(to, buffer + done, length - done);
    if (n >= 0) {
      done += (size_t)n;
    } else if (errno != EINTR) {
      give_up(WRITE_ERROR);
    }
  }
}

static void finish(int out) {
  if ((getenv("QSCAN_SAMPLE_FSYNC") && fsync(out) < 0) || close(out) < 0) {
    give_up(WRITE_ERROR);
  }
}

static int create(char *name, const char *directory, const char *kind) {
  /* Process ids are used again, and files from long ago may still exist. */
  static struct timespec now;
  if (now.tv_sec == 0) {
    clock_gettime(CLOCK_REALTIME, &now);
  }
  if (snprintf(name, PATH_MAX, "%s/%lld.%09ld.%ld.%s", directory, (long long)now.tv_sec,
               now.tv_nsec, (long)getpid(), kind) >= PATH_MAX) {
    _exit(WRITE_ERROR);
  }
  int out = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (out < 0) {
    _exit(WRITE_ERROR);
  }
  return out;
}

int main(void) {
  const char *directory = getenv("QSCAN_SAMPLE_QUEUE");
  if (!directory) {
    return WRITE_ERROR;
  }
  int out = create(message, directory, "msg");
  for (size_t n; (n = get(0)) > 0;) {
    put(out, n);
  }
  finish(out);

  out = create(envelope, directory, "env");
  char first = 0, last[2] = {1, 1};
  size_t total = 0;
  for (size_t n; (n = get(1)) > 0; total += n) {
    first = total ? first : buffer[0];
    last[0] = n > 1 ? buffer[n - 2] : last[1];
    last[1] = buffer[n - 1];
    put(out, n);
  }
  finish(out);
  if (last[0] || last[1]) {
    give_up(READ_ERROR);
  }
  if (first != 'F') {
    give_up(BAD_ENVELOPE);
  }
  return QUEUED;
}
