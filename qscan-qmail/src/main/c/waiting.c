#define _GNU_SOURCE
#include <errno.h>
#include <time.h>
#include <unistd.h>

#include "client.h"

/* A system call may fail with EINTR or EAGAIN although poll(2) said that it can proceed: a signal
 * came, or another process was faster. After this many failures in a row, something is broken, and
 * the client gives up: otherwise it would try for ever. */
enum { TRIES = 1000 };

static int tries;

void note_progress(void) { tries = 0; }

bool is_to_be_tried_again(void) { return (errno == EINTR || errno == EAGAIN) && ++tries < TRIES; }

long long now(void) {
  struct timespec t;
  if (clock_gettime(CLOCK_MONOTONIC, &t) != 0) {
    _exit(client.failed_code); /* there are no deadlines without a clock; this closes the pipes */
  }
  return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

bool wait_for(struct pollfd *fds, nfds_t n, long long deadline) {
  long long left = deadline == FOREVER ? 0 : deadline - now();
  if (left < 0) {
    return false;
  }
  struct timespec limit = {.tv_sec = left / 1000, .tv_nsec = left % 1000 * 1000000};
  int ready = ppoll(fds, n, deadline == FOREVER ? NULL : &limit, &waiting_mask);
  if (terminated && !client.committed && !client.finishing) {
    fail("terminated by a signal");
  }
  if (ready < 0) {
    if (signals_arrived) {
      signals_arrived = 0;
    } else if (errno != EINTR || !is_to_be_tried_again()) {
      if (client.finishing) {
        return false;
      }
      fail("poll failed: out of memory?");
    }
    for (nfds_t i = 0; i < n; i++) {
      fds[i].revents = 0;
    }
  }
  return true;
}
