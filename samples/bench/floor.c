/* The least that any wrapper of qmail-queue costs: two pipes, vfork, the queue program, copying,
 * and waiting for its answer.  It scans nothing: it is a yardstick, not a filter.
 *
 * Usage: floor QUEUE-PROGRAM     descriptor 0: the message, descriptor 1: the envelope
 * Exit code: that of QUEUE-PROGRAM, or 99 if it gave none. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FAILED = 99 };

static char buffer[65536];

static int put(int to, const char *bytes, size_t length) {
  while (length > 0) {
    ssize_t n = write(to, bytes, length);
    if (n >= 0) {
      bytes += n;
      length -= (size_t)n;
    } else if (errno != EINTR) {
      return -1;
    }
  }
  return 0;
}

/* Closes descriptor to, whatever happens. */
static int copy(int from, int to) {
  ssize_t n;
  while ((n = read(from, buffer, sizeof buffer)) != 0) {
    if (n > 0 ? put(to, buffer, (size_t)n) < 0 : errno != EINTR) {
      break;
    }
  }
  return close(to) < 0 || n != 0 ? -1 : 0;
}

int main(int argc, char **argv) {
  int message[2], envelope[2];
  if (argc != 2 || pipe2(message, O_CLOEXEC) < 0 || pipe2(envelope, O_CLOEXEC) < 0) {
    return FAILED;
  }
  pid_t queue = vfork();
  if (queue < 0) {
    return FAILED;
  }
  if (queue == 0) {
    if (dup2(message[0], 0) == 0 && dup2(envelope[0], 1) == 1) {
      execv(argv[1], argv + 1);
    }
    _exit(FAILED);
  }
  close(message[0]);
  close(envelope[0]);
  signal(SIGPIPE, SIG_IGN);

  /* An envelope after an incomplete message would commit it, so it is withheld then. */
  int failed = copy(0, message[1]) < 0;
  if (!failed) {
    failed = copy(1, envelope[1]) < 0;
  } else {
    close(envelope[1]);
  }

  int status;
  while (waitpid(queue, &status, 0) < 0) {
    if (errno != EINTR) {
      return FAILED;
    }
  }
  return failed || !WIFEXITED(status) ? FAILED : WEXITSTATUS(status);
}
