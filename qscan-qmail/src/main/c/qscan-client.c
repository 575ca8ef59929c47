/* qscan-client [-c FILE]: stands where qmail-queue stands; see qscan-client(8).
 *
 * Does only descriptors. Starts the real qmail-queue on two pipes, hands it the message as it comes
 * and to qscand as well, and bridges or withholds the envelope as qscand says.
 *
 * The order that keeps it safe, killed at whatever instant: both writing ends of qmail-queue's pipes
 * are held by this process and no other; the first octet of the envelope is written after the
 * verdict, and after the last octet of the message; only the envelope's last NUL commits.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "config.h"
#include "envelope.h"
#include "frame.h"

/* Set for the real qmail-queue, so that a loop back to us is noticed; qscan-queue does the same. */
#define LOOP "QSCAN_QUEUE"

enum {
  MESSAGE_IN = 0,
  ENVELOPE_IN = 1,
  BROKEN_OFF = 54, /* qmail-queue's own codes */
  TOO_LONG = 11,
  MALFORMED = 91,
  EXIT_FAILED = 99, /* before there is a configuration */
  CLEAN_UP = 10000, /* milliseconds that qmail-queue gets to remove its files */
  FOREVER = -1
};

/* For the configuration, then for pieces of the message, then for the envelope. */
static unsigned char buffer[FRAME_HEADER + FRAME_LONGEST];

static struct config config;
static int failed_code = EXIT_FAILED;
static int daemon_socket = -1;
static int message_out = -1;
static int envelope_out = -1;
static pid_t queue = -1;
static bool committed; /* from the first octet of the envelope on, qmail-queue's answer counts */
static bool finishing;
static sigset_t callers_mask;
static sigset_t waiting_mask;
static volatile sig_atomic_t terminated;
static uint64_t size;
static struct envelope envelope;

static _Noreturn void finish(int code, const char *reason);
static _Noreturn void queue_gave_up(void);

static _Noreturn void fail(const char *reason) { finish(failed_code, reason); }

static long long now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

/* --- signals */

static void noted(int signal) { terminated |= signal == SIGTERM; }

/* What qmail-queue ignores is ignored from here on (sig_misc.c): so there is no instant at which it
 * could die of one. The others find their defaults in it again. TERM and the end of a child arrive
 * only while we wait, so that none is missed between a look and the wait. */
static void catch_signals(void) {
  static const int ignored[] = {SIGHUP, SIGINT, SIGQUIT, SIGPIPE, SIGVTALRM, SIGPROF, SIGXCPU, SIGXFSZ};
  static const int caught[] = {SIGTERM, SIGCHLD, SIGALRM, SIGUSR1, SIGUSR2};
  struct sigaction ignore = {.sa_handler = SIG_IGN};
  struct sigaction catch = {.sa_handler = noted, .sa_flags = SA_RESTART};
  struct sigaction before;
  sigset_t blocked;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGTERM);
  sigaddset(&blocked, SIGCHLD);
  sigprocmask(SIG_BLOCK, &blocked, &callers_mask);
  waiting_mask = callers_mask;
  sigdelset(&waiting_mask, SIGTERM);
  sigdelset(&waiting_mask, SIGCHLD);
  for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++) {
    sigaction(ignored[i], &ignore, NULL);
  }
  for (size_t i = 0; i < sizeof caught / sizeof *caught; i++) {
    sigaction(caught[i], NULL, &before);
    if (before.sa_handler != SIG_IGN || caught[i] == SIGCHLD) {
      sigaction(caught[i], &catch, NULL);
    }
  }
}

/* Waits for one of these or the deadline; false when that is over. A child's end may return early,
 * with no event. */
static bool wait_for(struct pollfd *fds, nfds_t n, long long deadline) {
  long long left = deadline == FOREVER ? 0 : deadline - now();
  if (left < 0) {
    return false;
  }
  struct timespec limit = {.tv_sec = left / 1000, .tv_nsec = left % 1000 * 1000000};
  int ready = ppoll(fds, n, deadline == FOREVER ? NULL : &limit, &waiting_mask);
  if (terminated && !committed && !finishing) {
    fail("terminated by a signal");
  }
  if (ready < 0 && errno != EINTR && !finishing) {
    fail("poll failed: out of memory?");
  }
  for (nfds_t i = 0; ready < 0 && i < n; i++) {
    fds[i].revents = 0;
  }
  return true;
}

/* --- ending */

static void say(const char *reason) {
  char line[1200];
  char shown[900];
  size_t n = 0;
  for (const char *c = reason; *c && n < sizeof shown - 1; c++) {
    bool plain = *c >= ' ' && *c <= '~' && *c != '"' && *c != '\\';
    shown[n++] = plain ? *c : '?';
  }
  shown[n] = 0;
  int length = snprintf(line, sizeof line,
                        "qscan: id=- front=qmail verdict=failed threat=- reason=\"%s\" exit=%d\n",
                        shown, failed_code);
  struct pollfd out = {.fd = 2, .events = POLLOUT};
  if (poll(&out, 1, 0) == 1 && write(2, line, (size_t)length) < 0) {
    return; /* in a bounce, descriptor 2 is the reading end of a pipe */
  }
}

static void shut(int *fd) {
  if (*fd >= 0) {
    close(*fd);
  }
  *fd = -1;
}

/* Waits for qmail-queue's end; false if it takes longer. */
static bool queue_ended(long long patience, int *status) {
  long long deadline = now() + patience;
  while (waitpid(queue, status, WNOHANG) == 0) {
    if (!wait_for(NULL, 0, deadline)) {
      return false;
    }
  }
  queue = -1;
  return true;
}

/* For the log. Whether it gets there changes nothing. */
static void tell_outcome(int code, const char *reason) {
  unsigned char frame[FRAME_HEADER + 10 + FRAME_TEXT_LONGEST];
  size_t length = strnlen(reason, FRAME_TEXT_LONGEST);
  frame_header(frame, FRAME_OUTCOME, 10 + length);
  frame[5] = (unsigned char)code;
  frame[6] = (unsigned char)envelope.state;
  frame_number(frame + 7, envelope.recipients);
  memcpy(frame + 15, reason, length);
  send(daemon_socket, frame, FRAME_HEADER + 10 + length, MSG_DONTWAIT | MSG_NOSIGNAL);
}

/* The end of the message without an envelope: qmail-queue removes its files and exits 54. One that
 * takes long is left to it; killed, it would leave files in its queue for more than a day. */
static _Noreturn void finish(int code, const char *reason) {
  int status;
  finishing = true;
  shut(&message_out);
  shut(&envelope_out);
  if (queue > 0) {
    queue_ended(CLEAN_UP, &status);
  }
  if (daemon_socket >= 0) {
    tell_outcome(code, reason);
  } else if (*reason) {
    say(reason);
  }
  _exit(code);
}

/* qscand is gone, or not to be trusted: it will not log what became of the message. */
static _Noreturn void fail_without_daemon(const char *reason) {
  shut(&daemon_socket);
  fail(reason);
}

/* The answer of a qmail-queue that has been given all it will get. */
static _Noreturn void pass_on_answer(bool whole) {
  char reason[FRAME_TEXT_LONGEST + 1];
  int status;
  if (!queue_ended(config.queue_timeout, &status)) {
    kill(queue, SIGKILL);
    snprintf(reason, sizeof reason, "queue.program %.120s did not end within queue.timeout",
             config.queue_program);
    finish(failed_code, reason);
  }
  if (WIFSIGNALED(status)) {
    snprintf(reason, sizeof reason, "queue.program %.120s died of signal %d", config.queue_program,
             WTERMSIG(status));
    finish(failed_code, reason);
  }
  int code = WEXITSTATUS(status);
  /* 1, and 126 and above, are no codes of a qmail-queue but of shells and virtual machines. */
  if (code == 1 || code >= 126 || (code == 0 && !whole)) {
    snprintf(reason, sizeof reason,
             code == 0 ? "queue.program %.120s ended before it had the envelope"
                       : "queue.program %.120s exited with %d",
             config.queue_program, code);
    finish(failed_code, reason);
  }
  if (whole) {
    finish(code, "");
  }
  snprintf(reason, sizeof reason, "queue.program %.120s gave up with exit code %d",
           config.queue_program, code);
  finish(code, reason);
}

/* It has closed its pipes, so it has ended or is about to. */
static _Noreturn void queue_gave_up(void) {
  shut(&message_out);
  shut(&envelope_out);
  pass_on_answer(false);
}

static _Noreturn void queue_stands_still(void) {
  kill(queue, SIGKILL); /* nothing of it can be in the queue: it has no envelope */
  fail("queue.program does not read within queue.timeout");
}

/* --- the daemon */

/* Reads so many octets; false if they end early or do not come. */
static bool receive(unsigned char *to, size_t n, long long deadline) {
  while (n > 0) {
    ssize_t got = recv(daemon_socket, to, n, MSG_DONTWAIT);
    struct pollfd in = {.fd = daemon_socket, .events = POLLIN};
    if (got > 0) {
      to += got;
      n -= (size_t)got;
    } else if (got == 0 || (errno != EAGAIN && errno != EINTR) || !wait_for(&in, 1, deadline)) {
      return false;
    }
  }
  return true;
}

/* The type of the next frame and what is in it; 0 if there is none to be had. */
static char receive_frame(unsigned char *to, size_t *n, long long deadline) {
  unsigned char header[FRAME_HEADER];
  if (!receive(header, sizeof header, deadline)) {
    return 0;
  }
  char type = frame_type(header, n);
  if (type == 0) {
    fail_without_daemon("qscand said something that is not of this protocol");
  }
  return receive(to, *n, deadline) ? type : 0;
}

/* A frame that fits in the socket's buffer, or nearly. */
static void transmit(const unsigned char *octets, size_t n) {
  long long deadline = now() + config.timeout;
  while (n > 0) {
    ssize_t sent = send(daemon_socket, octets, n, MSG_DONTWAIT | MSG_NOSIGNAL);
    struct pollfd out = {.fd = daemon_socket, .events = POLLOUT};
    if (sent > 0) {
      octets += sent;
      n -= (size_t)sent;
    } else if ((errno != EAGAIN && errno != EINTR) || !wait_for(&out, 1, deadline)) {
      fail_without_daemon("qscand has gone away, or takes nothing any more");
    }
  }
}

/* Whether qscand has said that it takes the message. */
static bool is_greeted(long long deadline) {
  unsigned char frame[FRAME_HEADER + FRAME_ANSWER_LONGEST];
  size_t n = sizeof HELLO - 1;
  const char *address = getenv("TCPREMOTEIP"); /* for the log, where it is escaped */
  size_t length = address == NULL ? 0 : strnlen(address, FRAME_TEXT_LONGEST);
  frame_header(frame, FRAME_HELLO, n + length);
  memcpy(frame + FRAME_HEADER, HELLO, n);
  memcpy(frame + FRAME_HEADER + n, address, length);
  if (send(daemon_socket, frame, FRAME_HEADER + n + length, MSG_DONTWAIT | MSG_NOSIGNAL) < 0) {
    return false;
  }
  struct answer answer;
  switch (receive_frame(frame, &n, deadline)) {
  case 0:
    return false;
  case FRAME_HELLO:
    if (frame_is_hello(frame, n)) {
      return true;
    }
    fail_without_daemon("qscand speaks another version of the protocol: install both from one release");
  default: /* too busy, or it does not know our version; it has logged which */
    if (!frame_answer(frame, n, &answer) || answer.fate != FATE_DEFER) {
      fail_without_daemon("qscand said something that is not of this protocol");
    }
    shut(&daemon_socket);
    finish(answer.code, "");
  }
}

static bool is_connected(void) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  memcpy(address.sun_path, config.socket, sizeof address.sun_path);
  daemon_socket = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  return daemon_socket >= 0 &&
         connect(daemon_socket, (const struct sockaddr *)&address, sizeof address) == 0;
}

/* Nothing of the message is read before this returns, so there is still another way to go. */
static bool is_daemon_there(void) {
  long long deadline = now() + config.patience;
  for (long long pause = 10;; pause = pause < 160 ? 2 * pause : pause) {
    if (is_connected() && is_greeted(deadline)) {
      return true;
    }
    shut(&daemon_socket);
    if (now() >= deadline) {
      return false;
    }
    long long until = now() + pause;
    while (wait_for(NULL, 0, until < deadline ? until : deadline) && now() < until) {
    }
  }
}

/* --- the real qmail-queue */

static void make_pipe(int ends[2]) {
  if (pipe2(ends, O_CLOEXEC) != 0 || fcntl(ends[1], F_SETFL, O_NONBLOCK) != 0) {
    fail("cannot make a pipe: too few descriptors?");
  }
}

static void start_queue(void) {
  char *argv[] = {config.queue_program, NULL};
  char reason[FRAME_TEXT_LONGEST + 1];
  int message[2];
  int envelope_pipe[2];
  struct stat facts;
  if (stat(config.queue_program, &facts) != 0 || S_ISDIR(facts.st_mode) ||
      access(config.queue_program, X_OK) != 0) {
    snprintf(reason, sizeof reason, "queue.program %.150s is missing or not executable",
             config.queue_program);
    fail(reason);
  }
  make_pipe(message);
  make_pipe(envelope_pipe);
  message_out = message[1];
  envelope_out = envelope_pipe[1];
  /* All other descriptors are closed on exec. */
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  int error = posix_spawn_file_actions_init(&actions);
  error = error ? error : posix_spawn_file_actions_adddup2(&actions, message[0], 0);
  error = error ? error : posix_spawn_file_actions_adddup2(&actions, envelope_pipe[0], 1);
  error = error ? error : posix_spawnattr_init(&attributes);
  error = error ? error : posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
  error = error ? error : posix_spawnattr_setsigmask(&attributes, &callers_mask);
  error = error || setenv(LOOP, "1", 1) == 0 ? error : ENOMEM;
  error = error ? error : posix_spawn(&queue, argv[0], &actions, &attributes, argv, environ);
  if (error != 0) {
    queue = -1;
    snprintf(reason, sizeof reason, "queue.program %.120s could not be executed: %.80s",
             config.queue_program, strerror(error));
    fail(reason);
  }
  close(message[0]);
  close(envelope_pipe[0]);
}

/* --- the message */

/* One of the two that the message goes to. */
struct output {
  int fd;
  const unsigned char *next;
  size_t left;
  long long since; /* it last took something, or was given something */
};

static void give(struct output *to, const unsigned char *octets, size_t n) {
  to->next = octets;
  to->left = n;
  to->since = now();
}

/* Writes what it takes; false if it will take no more. */
static bool push(struct output *to) {
  ssize_t n = write(to->fd, to->next, to->left);
  if (n > 0) {
    to->next += n;
    to->left -= (size_t)n;
    to->since = now();
  }
  return n > 0 || errno == EAGAIN || errno == EINTR;
}

static _Noreturn void early_answer(void);

/* Octets from one of our inputs; 0 at its end, less if it cannot be read. Meanwhile qmail-queue or
 * qscand may have had enough. */
static ssize_t read_input(int fd, unsigned char *to, size_t n) {
  for (;;) {
    struct pollfd fds[] = {{.fd = fd, .events = POLLIN},
                           {.fd = daemon_socket, .events = POLLIN},
                           {.fd = envelope_out}};
    wait_for(fds, 3, FOREVER);
    if (fds[2].revents) {
      queue_gave_up();
    }
    if (fds[1].revents) {
      early_answer();
    }
    if (fds[0].revents) {
      ssize_t got = read(fd, to, n);
      if (got >= 0 || (errno != EAGAIN && errno != EINTR)) {
        return got;
      }
    }
  }
}

/* Both take all of it before the next is read: memory does not grow, and neither waits for the
 * other, because both read whatever comes. */
static void hand_on(unsigned char *frame, size_t n) {
  struct output queue_output = {.fd = message_out};
  struct output daemon_output = {.fd = daemon_socket};
  frame_header(frame, FRAME_MESSAGE, n);
  give(&daemon_output, frame, FRAME_HEADER + n);
  give(&queue_output, frame + FRAME_HEADER, n);
  while (queue_output.left > 0 || daemon_output.left > 0) {
    struct pollfd fds[] = {
        {.fd = queue_output.left > 0 ? message_out : -1, .events = POLLOUT},
        {.fd = daemon_socket, .events = (short)(POLLIN | (daemon_output.left > 0 ? POLLOUT : 0))},
        {.fd = envelope_out}};
    long long deadline = daemon_output.left > 0 ? daemon_output.since + config.timeout
                                                : queue_output.since + config.queue_timeout;
    if (queue_output.left > 0 && queue_output.since + config.queue_timeout < deadline) {
      deadline = queue_output.since + config.queue_timeout;
    }
    if (!wait_for(fds, 3, deadline)) {
      if (queue_output.left > 0 && now() - queue_output.since >= config.queue_timeout) {
        queue_stands_still();
      }
      fail_without_daemon("qscand takes nothing any more: daemon.timeout is over");
    }
    if (fds[2].revents || (fds[0].revents && !push(&queue_output))) {
      queue_gave_up();
    }
    if (fds[1].revents & ~POLLOUT) {
      early_answer();
    }
    if ((fds[1].revents & POLLOUT) && !push(&daemon_output)) {
      fail_without_daemon("qscand has gone away");
    }
  }
}

static void pass_message(void) {
  unsigned char frame[FRAME_HEADER + 8];
  ssize_t n;
  while ((n = read_input(MESSAGE_IN, buffer + FRAME_HEADER, FRAME_LONGEST)) > 0) {
    hand_on(buffer, (size_t)n);
    size += (size_t)n;
  }
  if (n < 0) {
    fail("cannot read the message");
  }
  /* All of it is in qmail-queue's pipe, or beyond: it stores the message while that is scanned. */
  shut(&message_out);
  frame_header(frame, FRAME_END, 8);
  frame_number(frame + FRAME_HEADER, size);
  transmit(frame, sizeof frame);
}

/* --- the envelope */

static size_t envelope_length;

/* Reads up to the last NUL, or as much as there is room for. */
static void read_envelope(void) {
  envelope_begin(&envelope);
  while (envelope.state == ENVELOPE_UNREAD) {
    unsigned char *to = buffer + envelope_length;
    size_t room = sizeof buffer - envelope_length;
    ssize_t n = room == 0 ? 0 : read_input(ENVELOPE_IN, to, room);
    if (n > 0) {
      envelope_length += envelope_take(&envelope, to, (size_t)n);
    } else {
      envelope.state = room == 0 ? ENVELOPE_UNFINISHED : ENVELOPE_BROKEN_OFF;
    }
  }
}

static void tell_envelope(void) {
  unsigned char frame[FRAME_HEADER + 9 + LONGEST_ADDRESS];
  frame_header(frame, FRAME_ENVELOPE, 9 + envelope.sender_length);
  frame[5] = (unsigned char)envelope.state;
  frame_number(frame + 6, envelope.recipients);
  memcpy(frame + 14, envelope.sender, envelope.sender_length);
  transmit(frame, FRAME_HEADER + 9 + envelope.sender_length);
}

static void give_envelope(const unsigned char *octets, size_t n) {
  struct output to = {.fd = envelope_out};
  give(&to, octets, n);
  while (to.left > 0) {
    struct pollfd out = {.fd = envelope_out, .events = POLLOUT};
    if (!wait_for(&out, 1, to.since + config.queue_timeout)) {
      queue_stands_still();
    }
    if (out.revents && !push(&to)) {
      queue_gave_up();
    }
  }
}

/* The rest of an envelope that was larger than our memory; handed on only if `queued`. Its last NUL
 * comes last, so one that turns out bad commits nothing. */
static void pass_rest(bool queued) {
  if (envelope.state != ENVELOPE_UNFINISHED) {
    return;
  }
  envelope.state = ENVELOPE_UNREAD;
  while (envelope.state == ENVELOPE_UNREAD) {
    struct pollfd fds[] = {{.fd = ENVELOPE_IN, .events = POLLIN}, {.fd = envelope_out}};
    wait_for(fds, 2, FOREVER);
    if (fds[1].revents) {
      queue_gave_up();
    }
    ssize_t n = fds[0].revents ? read(ENVELOPE_IN, buffer, sizeof buffer) : -1;
    if (n == 0 || (n < 0 && fds[0].revents && errno != EAGAIN && errno != EINTR)) {
      envelope.state = ENVELOPE_BROKEN_OFF;
    } else if (n > 0) {
      size_t good = envelope_take(&envelope, buffer, (size_t)n);
      if (queued) {
        give_envelope(buffer, good);
      }
    }
  }
}

/* --- the verdict */

static struct answer receive_answer(void) {
  unsigned char frame[FRAME_ANSWER_LONGEST];
  struct answer answer;
  size_t n;
  struct pollfd fds[] = {{.fd = daemon_socket, .events = POLLIN}, {.fd = envelope_out}};
  long long deadline = now() + config.timeout;
  do {
    if (!wait_for(fds, 2, deadline)) {
      fail_without_daemon("qscand gives no answer: daemon.timeout is over");
    }
    if (fds[1].revents) {
      queue_gave_up();
    }
  } while (fds[0].revents == 0);
  char type = receive_frame(frame, &n, deadline);
  if (type == 0) {
    fail_without_daemon("qscand has gone away before its answer");
  }
  if (type != FRAME_ANSWER || !frame_answer(frame, n, &answer)) {
    fail_without_daemon("qscand said something that is not of this protocol");
  }
  return answer;
}

/* Before it has the whole message, qscand can only have failed. */
static _Noreturn void early_answer(void) {
  struct answer answer = receive_answer();
  if (answer.fate != FATE_DEFER) {
    fail_without_daemon("qscand judged what it had not seen");
  }
  finish(answer.code, "");
}

static _Noreturn void queue_message(void) {
  switch (envelope.state) {
  case ENVELOPE_COMPLETE:
  case ENVELOPE_UNFINISHED:
    committed = true;
    give_envelope(buffer, envelope_length);
    pass_rest(true);
    break;
  default:
    break;
  }
  switch (envelope.state) {
  case ENVELOPE_COMPLETE:
    shut(&envelope_out);
    pass_on_answer(true);
  case ENVELOPE_ADDRESS_TOO_LONG:
    finish(TOO_LONG, "");
  case ENVELOPE_MALFORMED:
    finish(MALFORMED, "");
  default:
    finish(BROKEN_OFF, "");
  }
}

static _Noreturn void carry_out(struct answer answer) {
  if (answer.fate == FATE_DEFER) {
    pass_rest(false);
    finish(answer.code, "");
  }
  if (answer.size != size) {
    fail_without_daemon("qscand judged another message than this one");
  }
  if (answer.fate == FATE_QUEUE) {
    queue_message();
  }
  pass_rest(false);
  if (answer.fate == FATE_DISCARD && envelope.state != ENVELOPE_COMPLETE) {
    finish(BROKEN_OFF, "");
  }
  finish(answer.code, "");
}

/* --- the beginning */

/* What others left open is not for our children, and descriptor 6 would hold up our caller's reply. */
static void close_others(void) {
  if (syscall(SYS_close_range, 3U, ~0U, 0U) != 0) {
    for (int fd = (int)sysconf(_SC_OPEN_MAX); fd > 2; fd--) {
      close(fd);
    }
  }
}

/* Not one that is open for writing only: nobody would ever say that it can be read. */
static bool is_readable(int fd) {
  int flags = fcntl(fd, F_GETFL);
  return flags >= 0 && (flags & O_ACCMODE) != O_WRONLY;
}

static void check_descriptors(void) {
  if (!is_readable(MESSAGE_IN) || !is_readable(ENVELOPE_IN)) {
    _exit(BROKEN_OFF); /* where one is closed, a file opened now would be taken for it */
  }
  if (fcntl(2, F_GETFD) < 0 && open("/dev/null", O_WRONLY) != 2) {
    _exit(EXIT_FAILED);
  }
}

static bool is_privileged(void) { return getuid() != geteuid() || getgid() != getegid(); }

/* The file to read; null for the defaults. What a caller says counts only with his own rights. */
static const char *locate_config(int argc, char **argv) {
  const char *named = getenv("QSCAN_CONFIG");
  if (argc != 1 && (argc != 3 || strcmp(argv[1], "-c") != 0)) {
    fail("usage: qscan-client [-c FILE]");
  }
  if (is_privileged() && argc != 1) {
    fail("-c is not for a qscan-client with more rights than its caller");
  }
  if (argc == 3) {
    return argv[2];
  }
  if (!is_privileged() && named != NULL && *named) {
    return named;
  }
  bool missing = access(CONFIG_FILE, F_OK) != 0 && (errno == ENOENT || errno == ENOTDIR);
  return missing ? NULL : CONFIG_FILE;
}

static void configure(const char *file) {
  char reason[1100];
  config_defaults(&config);
  const char *error = file == NULL ? NULL : config_read(&config, file, (char *)buffer, sizeof buffer);
  if (error != NULL) {
    snprintf(reason, sizeof reason, "configuration: %s", error);
    fail(reason);
  }
  failed_code = config.exit_failed;
}

/* A group may be needed to reach the socket. Another user is never needed: without it, the kernel
 * tells qscand who our caller is. */
static void drop_user(void) {
  if (setresuid(getuid(), getuid(), getuid()) != 0) {
    fail("cannot drop privileges");
  }
}

static void drop_group(void) {
  if (setresgid(getgid(), getgid(), getgid()) != 0) {
    fail("cannot drop privileges");
  }
}

static _Noreturn void without_daemon(const char *file) {
  char reason[512];
  if (!config.standalone) {
    snprintf(reason, sizeof reason, "no answer from qscand at daemon.socket %s within daemon.patience",
             config.socket);
    fail(reason);
  }
  drop_group();
  sigprocmask(SIG_SETMASK, &callers_mask, NULL);
  if (file == NULL) {
    execl(config.standalone_program, config.standalone_program, (char *)NULL);
  } else {
    execl(config.standalone_program, config.standalone_program, "-c", file, (char *)NULL);
  }
  snprintf(reason, sizeof reason, "daemon.standalone-program %.300s could not be executed: %s",
           config.standalone_program, strerror(errno));
  fail(reason);
}

int main(int argc, char **argv) {
  check_descriptors();
  close_others();
  catch_signals();
  const char *file = locate_config(argc, argv);
  configure(file);
  drop_user();
  if (getenv(LOOP) != NULL) {
    fail("queue.program leads back to qscan-client: name the real qmail-queue");
  }
  if (!is_daemon_there()) {
    without_daemon(file);
  }
  drop_group();
  start_queue();
  pass_message();
  read_envelope();
  tell_envelope();
  carry_out(receive_answer());
}
