/* Runs a program once, as qmail-smtpd runs qmail-queue, and prints what that cost.
 *
 * Usage: meter MESSAGE ENVELOPE PROGRAM [ARGUMENT...]
 * The program reads file MESSAGE from descriptor 0, and file ENVELOPE from descriptor 1 once the
 * message is written; with "-" in place of ENVELOPE its descriptor 1 is /dev/null.
 *
 * Prints a line: its exit code (128 + the signal if a signal killed it), microseconds from start to end,
 * microseconds of CPU, and the peak RSS in KB of the largest process.  CPU and RSS are those of the
 * program and all descendants that were waited for.  This is C and not part of the driver because
 * a process never has a smaller peak RSS than the one that started it, and because only wait4 has
 * the CPU time of one child to the microsecond. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static char buffer[65536];

static void die(const char *what, int error) {
  fprintf(stderr, "meter: %s: %s\n", what, strerror(error));
  exit(111);
}

static int open_or_die(const char *name, int flags) {
  int fd = open(name, flags | O_CLOEXEC);
  if (fd < 0) {
    die(name, errno);
  }
  return fd;
}

/* Writes the whole file, unless the reader ends before; then its exit code tells the result. */
static void feed(int from, int to) {
  ssize_t n;
  while ((n = read(from, buffer, sizeof buffer)) > 0) {
    for (ssize_t done = 0, more; done < n; done += more) {
      more = write(to, buffer + done, (size_t)(n - done));
      if (more < 0) {
        close(to);
        return;
      }
    }
  }
  if (n < 0) {
    die("read", errno);
  }
  close(to);
}

static long long microseconds(struct timeval time) {
  return time.tv_sec * 1000000LL + time.tv_usec;
}

static long long now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000LL + time.tv_nsec / 1000;
}

int main(int argc, char **argv) {
  if (argc < 4) {
    fprintf(stderr, "usage: meter MESSAGE ENVELOPE PROGRAM [ARGUMENT...]\n");
    return 111;
  }
  int bare = strcmp(argv[2], "-") == 0;
  int message = open_or_die(argv[1], O_RDONLY);
  int envelope = bare ? -1 : open_or_die(argv[2], O_RDONLY);
  int in[2], out[2] = {-1, -1};
  if (pipe2(in, O_CLOEXEC) < 0 || (!bare && pipe2(out, O_CLOEXEC) < 0)) {
    die("pipe", errno);
  }
  if (bare) {
    out[0] = open_or_die("/dev/null", O_WRONLY);
  }

  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGPIPE);
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in[0], 0);
  posix_spawn_file_actions_adddup2(&actions, out[0], 1);
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setsigdefault(&attributes, &signals);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
  signal(SIGPIPE, SIG_IGN);
  alarm(300); /* a program that hangs is a failure as well */

  long long start = now();
  pid_t pid;
  int error = posix_spawn(&pid, argv[3], &actions, &attributes, argv + 3, environ);
  if (error) {
    die(argv[3], error);
  }
  close(in[0]);
  close(out[0]);
  feed(message, in[1]);
  if (!bare) {
    feed(envelope, out[1]);
  }
  int status;
  struct rusage usage;
  if (wait4(pid, &status, 0, &usage) < 0) {
    die("wait4", errno);
  }
  long long end = now();

  printf("%d %lld %lld %ld\n", WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
         end - start, microseconds(usage.ru_utime) + microseconds(usage.ru_stime), usage.ru_maxrss);
  return 0;
}
