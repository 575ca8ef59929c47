#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client.h"

static void make_pipe(int ends[2]) {
  if (pipe2(ends, O_CLOEXEC) != 0 || fcntl(ends[1], F_SETFL, O_NONBLOCK) != 0) {
    fail_because("cannot make a pipe to queue.program: %s", strerror(errno));
  }
}

static void look_at_program(const char *program) {
  struct stat facts;
  int error = stat(program, &facts) != 0 || access(program, X_OK) != 0 ? errno : 0;
  error = error == 0 && S_ISDIR(facts.st_mode) ? EISDIR : error;
  if (error != 0) {
    fail_because("queue.program %.150s is missing or not executable for the user who sends this"
                 " message: %s",
                 program, strerror(error));
  }
}

static int spawn(char *program, int message, int envelope) {
  char *argv[] = {program, NULL};
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  if (setenv(LOOP, "1", 1) != 0) {
    return errno;
  }
  /* All other descriptors are closed on exec. */
  int error = posix_spawn_file_actions_init(&actions);
  error = error ? error : posix_spawn_file_actions_adddup2(&actions, message, 0);
  error = error ? error : posix_spawn_file_actions_adddup2(&actions, envelope, 1);
  error = error ? error : posix_spawnattr_init(&attributes);
  error = error ? error : posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
  error = error ? error : posix_spawnattr_setsigmask(&attributes, &callers_mask);
  return error ? error : posix_spawn(&client.queue, program, &actions, &attributes, argv, environ);
}

void start_queue(void) {
  char *program = client.config.queue_program;
  int message[2];
  int envelope[2];
  look_at_program(program);
  make_pipe(message);
  make_pipe(envelope);
  client.message_out = message[1];
  client.envelope_out = envelope[1];
  int error = spawn(program, message[0], envelope[0]);
  if (error != 0) {
    client.queue = -1;
    fail_because("queue.program %.120s could not be executed: %.80s", program, strerror(error));
  }
  /* If these ends stayed open here, we would not notice that qmail-queue has closed its own. */
  if (!shut(&message[0]) || !shut(&envelope[0])) {
    fail_because("cannot close a pipe: %s", strerror(errno));
  }
}

/* Believes waitpid(2) only if it names this child and says how the child ended. */
bool queue_ended(long long patience, int *status) {
  long long deadline = now() + patience;
  for (;;) {
    *status = -1;
    pid_t ended = waitpid(client.queue, status, WNOHANG);
    if (ended == client.queue && (WIFEXITED(*status) || WIFSIGNALED(*status))) {
      client.queue = -1;
      return true;
    }
    if (ended != 0 && !(ended < 0 && is_to_be_tried_again())) {
      const char *why = ended < 0 ? strerror(errno) : "it reports another process";
      client.queue = -1; /* nothing more can be found out about it */
      if (client.finishing) {
        return false;
      }
      fail_because("cannot find out how queue.program %.120s ended (waitpid: %s)",
                   client.config.queue_program, why);
    }
    if (ended == 0 && !wait_for(NULL, 0, deadline)) {
      return false;
    }
  }
}

void pass_on_answer(bool whole) {
  const char *program = client.config.queue_program;
  char reason[REASON_LONGEST];
  int status;
  if (!queue_ended(client.config.queue_timeout, &status)) {
    kill(client.queue, SIGKILL);
    fail_because("queue.program %.120s did not end within queue.timeout", program);
  }
  if (WIFSIGNALED(status)) {
    fail_because("queue.program %.120s died of signal %d", program, WTERMSIG(status));
  }
  int code = WEXITSTATUS(status);
  if (code == 0 && !whole) {
    fail_because("queue.program %.120s ended before it had the envelope", program);
  }
  /* No qmail-queue exits with 1, or with 126 and above: shells and virtual machines do. */
  if (code == 1 || code >= 126) {
    fail_because("queue.program %.120s exited with %d", program, code);
  }
  if (whole) {
    finish(code, "");
  }
  snprintf(reason, sizeof reason, "queue.program %.120s gave up with exit code %d", program, code);
  finish(code, reason);
}

void queue_gave_up(void) {
  if (!shut(&client.message_out) || !shut(&client.envelope_out)) {
    fail_because("cannot close a pipe: %s", strerror(errno));
  }
  pass_on_answer(false);
}

void queue_stands_still(void) {
  kill(client.queue, SIGKILL); /* it has no whole envelope, so it has queued nothing */
  fail("queue.program read nothing within queue.timeout");
}
