/* Makes system calls of a program fail. It does without ptrace(2), which containers may forbid: the
 * kernel asks this process what each call shall return (seccomp_unotify(2), Linux 5.5).
 *
 *   inject -o FILE PROGRAM [ARG...]              writes the name of each of its calls to FILE
 *   inject -e CALL:ERROR:WHEN PROGRAM [ARG...]   WHEN: the number of the occurrence, or 1+ for all
 *
 * As with strace, a call that fails is not executed, the calls of the program's children are left
 * alone, and this process ends as the program does: with its exit code, or by its signal. Exit code
 * 125 means that the kernel does not allow this here.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NOT_HERE = 125, OTHERS_MILLIS = 10000 };

static const struct {
  const char *name;
  int number;
} calls[] = {
#include "syscalls.h"
};

static const struct {
  const char *name;
  int number;
} errors[] = {
    {"EINTR", EINTR}, {"EIO", EIO}, {"EAGAIN", EAGAIN}, {"ENOMEM", ENOMEM}, {"ENOSPC", ENOSPC}};

static char **program;
static int call = -1; /* all */
static int error;
static long when; /* 0: all */
static volatile int listener = -1;
static int status = -1;
static int ended[2];
static volatile pid_t *target; /* shared with the child, which sets it before its first call */

static void parse(char *text) {
  char *first = strchr(text, ':');
  char *second = first == NULL ? NULL : strchr(first + 1, ':');
  if (second == NULL) {
    exit(NOT_HERE);
  }
  *first = *second = 0;
  for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
    call = strcmp(calls[i].name, text) == 0 ? calls[i].number : call;
  }
  for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
    error = strcmp(errors[i].name, first + 1) == 0 ? errors[i].number : error;
  }
  when = strcmp(second + 1, "1+") == 0 ? 0 : atol(second + 1);
  if (call < 0 || error == 0) {
    fprintf(stderr, "inject: %s:%s\n", text, first + 1);
    exit(NOT_HERE);
  }
}

/* Watches the system calls of this thread only, and of the processes that it starts. */
static int watch(void) {
  struct sock_filter one[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)call, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  struct sock_filter all[] = {BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF)};
  struct sock_fprog filter = {.len = call < 0 ? 1 : 4, .filter = call < 0 ? all : one};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
    return -1;
  }
  return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER,
                      &filter);
}

static void *start(void *unused) {
  (void)unused;
  int fd = watch();
  listener = fd < 0 ? -2 : fd;
  if (fd >= 0) {
    pid_t child = fork();
    if (child == 0) {
      *target = getpid();
      execv(program[0], program);
      _exit(127);
    }
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
  }
  close(ended[1]);
  return NULL;
}

static const char *name_of(int number) {
  for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
    if (calls[i].number == number) {
      return calls[i].name;
    }
  }
  return "?";
}

static void answer(FILE *trace) {
  static long seen;
  static int begun; /* the program's execve was seen */
  struct seccomp_notif asked;
  struct seccomp_notif_resp said;
  memset(&asked, 0, sizeof asked);
  memset(&said, 0, sizeof said);
  if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &asked) != 0) {
    return; /* it is gone */
  }
  said.id = asked.id;
  said.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
  if ((pid_t)asked.pid == *target && *target != 0) {
    if (trace != NULL) {
      if (begun) {
        fprintf(trace, "%s(\n", name_of(asked.data.nr));
      }
      begun |= asked.data.nr == SYS_execve;
    } else if (++seen == when || when == 0) {
      said.flags = 0;
      said.error = -error;
    }
  }
  ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &said);
}

int main(int argc, char **argv) {
  FILE *trace = NULL;
  pthread_t thread;
  if (argc < 4) {
    return NOT_HERE;
  }
  program = argv + 3;
  if (strcmp(argv[1], "-e") == 0) {
    parse(argv[2]);
  } else if ((trace = fopen(argv[2], "we")) == NULL) {
    return NOT_HERE;
  }
  target = mmap(NULL, sizeof *target, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (target == MAP_FAILED || pipe2(ended, O_CLOEXEC) != 0 ||
      pthread_create(&thread, NULL, start, NULL) != 0) {
    return NOT_HERE;
  }
  while (listener == -1) {
    usleep(100);
  }
  if (listener < 0) {
    return NOT_HERE;
  }
  struct pollfd fds[] = {{.fd = listener, .events = POLLIN}, {.fd = ended[0], .events = POLLIN}};
  while (poll(fds, 2, fds[1].fd < 0 ? OTHERS_MILLIS : -1) > 0 && !(fds[0].revents & POLLHUP)) {
    if (fds[0].revents & POLLIN) {
      answer(trace);
    }
    if (fds[1].revents) {
      fds[1].fd = -1; /* it has ended; its children still need answers */
    }
  }
  if (trace != NULL && fclose(trace) != 0) {
    return NOT_HERE;
  }
  if (WIFSIGNALED(status)) {
    signal(WTERMSIG(status), SIG_DFL);
    kill(getpid(), WTERMSIG(status));
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : NOT_HERE;
}
