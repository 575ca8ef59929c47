/* Does for a message what simscan does with its usual settings (clamav=yes, attachment names checked),
 * as a yardstick beside QScan.  Written from its documents and from watching it; none of its code.
 *
 * - a directory of the message's own; the message into a file there, then the envelope into another,
 *   which simscan reads an octet at a time
 * - ripmime for the names of the attachments, which are compared with a list; of what ripmime writes,
 *   nothing but the names is looked at
 * - `clamdscan --stdout MESSAGE-FILE`: simscan shows clamd the message and not the parts, since 2007
 * - then the real queue program, through a pipe, with the file of the envelope
 *
 * Not done here: control files by domain, the Received line, the log, spam.  One thing is done better:
 * where clamdscan cannot be started, simscan delivers, and this defers.  Not to be used.
 *
 * Usage: simscan RIPMIME CLAMDSCAN CLAMD-CONF QUEUE-PROGRAM DIRECTORY
 * Descriptor 0: the message, descriptor 1: the envelope.  Exit code: that of QUEUE-PROGRAM; 31 where
 * clamd finds something or a name is on the list; 71 where anything fails. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { REFUSED = 31, FAILED = 71, FOUND = 1 };

static const char *const forbidden[] = {".exe", ".scr", ".pif", ".bat", ".com", ".vbs", ".cmd", ".js"};

static char buffer[2048]; /* simscan's has this size */
static char place[PATH_MAX];
static const char message[] = "msg", envelope[] = "addr";

static _Noreturn void leave(int code) {
  DIR *entries = opendir(place);
  if (entries != NULL) {
    for (struct dirent *entry; (entry = readdir(entries)) != NULL;) {
      unlinkat(dirfd(entries), entry->d_name, 0);
    }
    closedir(entries);
  }
  rmdir(place);
  _exit(code);
}

static void make_place(const char *directory) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  int n = snprintf(place, sizeof place, "%s/%lld.%06ld.%ld", directory, (long long)now.tv_sec,
                   now.tv_nsec / 1000, (long)getpid());
  umask(027);
  if (n < 0 || (size_t)n >= sizeof place || mkdir(place, 0750) < 0) {
    _exit(FAILED);
  }
  if (chdir(place) < 0) {
    leave(FAILED);
  }
}

static void put(int to, const char *from, ssize_t length) {
  for (ssize_t done = 0, n; done < length; done += n) {
    n = write(to, from + done, (size_t)(length - done));
    if (n < 0) {
      leave(FAILED);
    }
  }
}

/* All of a descriptor into a new file, so many octets at a time. */
static void spool(int from, const char *name, size_t at_a_time) {
  int to = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  ssize_t n;
  if (to < 0) {
    leave(FAILED);
  }
  while ((n = read(from, buffer, at_a_time)) > 0) {
    put(to, buffer, n);
  }
  if (n < 0 || close(to) < 0) {
    leave(FAILED);
  }
}

static int exit_code_of(pid_t child) {
  int status;
  if (child < 0 || waitpid(child, &status, 0) < 0 || !WIFEXITED(status)) {
    leave(FAILED);
  }
  return WEXITSTATUS(status);
}

static void extract(char *ripmime) {
  pid_t child = vfork();
  if (child == 0) {
    close(1);
    close(2);
    execl(ripmime, "ripmime", "--disable-qmail-bounce", "-i", message, "-d", place, (char *)NULL);
    _exit(FAILED);
  }
  if (exit_code_of(child) != 0) {
    leave(FAILED);
  }
}

static void look_at_names(void) {
  DIR *entries = opendir(".");
  if (entries == NULL) {
    leave(FAILED);
  }
  for (struct dirent *entry; (entry = readdir(entries)) != NULL;) {
    size_t length = strlen(entry->d_name);
    for (size_t i = 0; i < sizeof forbidden / sizeof *forbidden; i++) {
      size_t suffix = strlen(forbidden[i]);
      if (length >= suffix && strcasecmp(entry->d_name + length - suffix, forbidden[i]) == 0) {
        leave(REFUSED);
      }
    }
  }
  closedir(entries);
}

static void scan(char *clamdscan, const char *configuration) {
  int says[2];
  char option[PATH_MAX];
  char *none[] = {NULL};
  char *arguments[] = {"clamdscan", option, "--stdout", (char *)message, NULL};
  int n = snprintf(option, sizeof option, "--config-file=%s", configuration);
  if (n < 0 || (size_t)n >= sizeof option || pipe2(says, O_CLOEXEC) < 0) {
    leave(FAILED);
  }
  pid_t child = vfork();
  if (child == 0) {
    dup2(says[1], 1);
    execve(clamdscan, arguments, none);
    _exit(FAILED);
  }
  close(says[1]);
  while (read(says[0], buffer, sizeof buffer) > 0) {
    /* simscan looks for "FOUND" here, for the log. */
  }
  close(says[0]);
  int code = exit_code_of(child);
  if (code != 0) {
    leave(code == FOUND ? REFUSED : FAILED);
  }
}

static int queue(char *program) {
  int to_queue[2];
  int addresses = open(envelope, O_RDONLY | O_CLOEXEC), from = open(message, O_RDONLY | O_CLOEXEC);
  if (addresses < 0 || from < 0 || pipe2(to_queue, O_CLOEXEC) < 0) {
    leave(FAILED);
  }
  pid_t child = vfork();
  if (child == 0) {
    dup2(to_queue[0], 0);
    dup2(addresses, 1);
    execl(program, program, (char *)NULL);
    _exit(FAILED);
  }
  close(to_queue[0]);
  ssize_t n;
  while ((n = read(from, buffer, sizeof buffer)) > 0) {
    put(to_queue[1], buffer, n);
  }
  if (n < 0) {
    leave(FAILED);
  }
  close(to_queue[1]);
  return exit_code_of(child);
}

int main(int argc, char **argv) {
  if (argc != 6) {
    return FAILED;
  }
  make_place(argv[5]);
  spool(0, message, sizeof buffer);
  spool(1, envelope, 1);
  extract(argv[1]);
  look_at_names();
  scan(argv[2], argv[3]);
  leave(queue(argv[4]));
}
