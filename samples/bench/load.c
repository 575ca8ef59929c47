/* Runs a program many times, some at a time, as qmail-smtpd runs qmail-queue, and prints what that
 * cost.  Each of the callers is a process of its own.
 *
 * Usage: load COUNT AT-A-TIME MESSAGE ENVELOPE PROGRAM [ARGUMENT...]
 * Prints a line: runs that did not end with exit code 0; milliseconds from the first start to the last
 * end; microseconds of CPU a run (the program and all descendants that were waited for); and of the
 * times from start to end the 50th, 90th and 99th percentile in microseconds. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

struct shared {
  atomic_long next, failed;
  atomic_llong cpu;
  long long took[];
};

struct bytes {
  char *start;
  size_t length;
};

static struct shared *shared;
static struct bytes message, envelope;

static _Noreturn void die(const char *what) {
  fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
  exit(111);
}

static long long now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000LL + time.tv_nsec / 1000;
}

static struct bytes map(const char *name) {
  struct stat status;
  int fd = open(name, O_RDONLY | O_CLOEXEC);
  if (fd < 0 || fstat(fd, &status) < 0) {
    die(name);
  }
  struct bytes bytes = {NULL, (size_t)status.st_size};
  bytes.start = mmap(NULL, bytes.length, PROT_READ, MAP_SHARED | MAP_POPULATE, fd, 0);
  if (bytes.start == MAP_FAILED) {
    die(name);
  }
  close(fd);
  return bytes;
}

/* Writes all of it, unless the reader ends before; then its exit code tells the result. */
static void feed(int to, struct bytes bytes) {
  for (size_t done = 0; done < bytes.length;) {
    ssize_t n = write(to, bytes.start + done, bytes.length - done);
    if (n < 0 && errno != EINTR) {
      break;
    }
    done += n > 0 ? (size_t)n : 0;
  }
  close(to);
}

static void run(char **argv, long number) {
  int in[2], out[2];
  if (pipe2(in, O_CLOEXEC) < 0 || pipe2(out, O_CLOEXEC) < 0) {
    die("pipe");
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
  long long start = now();
  pid_t pid;
  errno = posix_spawn(&pid, argv[0], &actions, &attributes, argv, environ);
  if (errno) {
    die(argv[0]);
  }
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  close(in[0]);
  close(out[0]);
  feed(in[1], message);
  feed(out[1], envelope);
  int status;
  while (waitpid(pid, &status, 0) < 0) {
    if (errno != EINTR) {
      die("waitpid");
    }
  }
  shared->took[number] = now() - start;
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    atomic_fetch_add(&shared->failed, 1);
  }
}

static _Noreturn void call(char **argv, long count) {
  for (long number; (number = atomic_fetch_add(&shared->next, 1)) < count;) {
    run(argv, number);
  }
  struct rusage usage;
  getrusage(RUSAGE_CHILDREN, &usage);
  atomic_fetch_add(&shared->cpu, usage.ru_utime.tv_sec * 1000000LL + usage.ru_utime.tv_usec +
                                     usage.ru_stime.tv_sec * 1000000LL + usage.ru_stime.tv_usec);
  _exit(0);
}

static int by_value(const void *left, const void *right) {
  long long l = *(const long long *)left, r = *(const long long *)right;
  return (l > r) - (l < r);
}

int main(int argc, char **argv) {
  if (argc < 6) {
    fprintf(stderr, "usage: load COUNT AT-A-TIME MESSAGE ENVELOPE PROGRAM [ARGUMENT...]\n");
    return 111;
  }
  long count = atol(argv[1]), at_a_time = atol(argv[2]);
  if (count < 1 || at_a_time < 1) {
    fprintf(stderr, "load: COUNT and AT-A-TIME are numbers from 1 on\n");
    return 111;
  }
  message = map(argv[3]);
  envelope = map(argv[4]);
  size_t size = sizeof *shared + (size_t)count * sizeof(long long);
  shared = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (shared == MAP_FAILED) {
    die("mmap");
  }
  signal(SIGPIPE, SIG_IGN);

  long long start = now();
  for (long i = 0; i < at_a_time; i++) {
    pid_t caller = fork();
    if (caller < 0) {
      die("fork");
    }
    if (caller == 0) {
      call(argv + 5, count);
    }
  }
  int status, broken = 0;
  while (wait(&status) > 0) {
    broken |= status != 0;
  }
  long long end = now();
  if (broken) {
    fprintf(stderr, "load: a caller failed\n");
    return 111;
  }
  qsort(shared->took, (size_t)count, sizeof(long long), by_value);
  printf("%ld %lld %lld %lld %lld %lld\n", atomic_load(&shared->failed), (end - start) / 1000,
         atomic_load(&shared->cpu) / count, shared->took[(count - 1) / 2],
         shared->took[(count - 1) * 9 / 10], shared->took[(count - 1) * 99 / 100]);
  return 0;
}
