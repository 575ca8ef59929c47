/* What a careful C programmer would write in an afternoon, as a yardstick: it spools the message, runs
 * ripmime and a scanner for it, and then the queue program with the spooled file. It starts a scanner for
 * each message, and has no limits, no deadlines and no log. Do not use it.
 *
 * Usage: wrapper RIPMIME SCANNER QUEUE-PROGRAM DIRECTORY
 * Descriptor 0: the message, descriptor 1: the envelope.  Exit code: that of QUEUE-PROGRAM; 39 if
 * SCANNER exits with 3; 99 if anything fails. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

enum { INFECTED = 39, FAILED = 99, FOUND = 3 };

extern char **environ;

static char buffer[65536];
static char place[PATH_MAX - 300], parts[PATH_MAX], message[PATH_MAX];

static void empty(const char *directory) {
  DIR *entries = opendir(directory);
  if (entries == NULL) {
    return;
  }
  for (struct dirent *entry; (entry = readdir(entries)) != NULL;) {
    unlinkat(dirfd(entries), entry->d_name, 0);
  }
  closedir(entries);
  rmdir(directory);
}

static _Noreturn void leave(int code) {
  empty(parts);
  empty(place);
  _exit(code);
}

static void make_places(const char *directory) {
  int n = snprintf(place, sizeof place, "%s/%ld", directory, (long)getpid());
  if (n < 0 || (size_t)n >= sizeof place || mkdir(place, 0700) < 0) {
    _exit(FAILED);
  }
  snprintf(parts, sizeof parts, "%s/parts", place);
  snprintf(message, sizeof message, "%s/message", place);
  if (mkdir(parts, 0700) < 0) {
    leave(FAILED);
  }
}

static void spool(void) {
  int out = open(message, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  ssize_t n;
  while (out >= 0 && (n = read(0, buffer, sizeof buffer)) != 0) {
    for (ssize_t done = 0, more; done < n; done += more) {
      more = write(out, buffer + done, (size_t)(n - done));
      if (more < 0) {
        leave(FAILED);
      }
    }
    if (n < 0 && errno != EINTR) {
      leave(FAILED);
    }
  }
  if (out < 0 || close(out) < 0) {
    leave(FAILED);
  }
}

/* The exit code of a program; its standard output goes to /dev/null, unless it is the envelope. */
static int run(char **argv, const char *input, int keeps_output) {
  posix_spawn_file_actions_t actions;
  pid_t pid;
  int status;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, input, O_RDONLY, 0);
  if (!keeps_output) {
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  }
  if (posix_spawn(&pid, argv[0], &actions, NULL, argv, environ) != 0) {
    return -1;
  }
  while (waitpid(pid, &status, 0) < 0) {
    if (errno != EINTR) {
      return -1;
    }
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int main(int argc, char **argv) {
  if (argc != 5) {
    return FAILED;
  }
  char *ripmime[] = {argv[1], "-i", message, "-d", parts, "--paranoid", "--unique-names", NULL};
  char *scanner[] = {argv[2], place, NULL};
  char *queue[] = {argv[3], NULL};
  make_places(argv[4]);
  spool();
  if (run(ripmime, "/dev/null", 0) != 0) {
    leave(FAILED);
  }
  int found = run(scanner, "/dev/null", 0);
  if (found != 0) {
    leave(found == FOUND ? INFECTED : FAILED);
  }
  int code = run(queue, message, 1);
  leave(code < 0 ? FAILED : code);
}
