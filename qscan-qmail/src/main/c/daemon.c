#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "client.h"

#define NOT_OF_THIS_PROTOCOL                                                                       \
  "qscand sent something that does not belong to the protocol: install both from one release"

void fail_without_daemon(const char *reason) {
  shut(&client.daemon);
  fail(reason);
}

/* --- frames */

/* Reads exactly n octets; false at an early end, or if they have not come by the deadline. */
static bool receive(unsigned char *to, size_t n, long long deadline) {
  while (n > 0) {
    ssize_t got = recv(client.daemon, to, n, MSG_DONTWAIT);
    struct pollfd in = {.fd = client.daemon, .events = POLLIN};
    if (got > 0) {
      note_progress();
      to += got;
      n -= (size_t)got;
    } else if (got == 0 || !is_to_be_tried_again() || !wait_for(&in, 1, deadline)) {
      return false;
    }
  }
  return true;
}

/* Reads the next frame, and returns its type; 0 if none came by the deadline. */
static char receive_frame(unsigned char *to, size_t *n, long long deadline) {
  unsigned char header[FRAME_HEADER];
  if (!receive(header, sizeof header, deadline)) {
    return 0;
  }
  char type = frame_type(header, n);
  if (type == 0) {
    fail_without_daemon(NOT_OF_THIS_PROTOCOL);
  }
  return receive(to, *n, deadline) ? type : 0;
}

void transmit(const unsigned char *octets, size_t n) {
  long long deadline = now() + client.config.timeout;
  while (n > 0) {
    ssize_t sent = send(client.daemon, octets, n, MSG_DONTWAIT | MSG_NOSIGNAL);
    struct pollfd out = {.fd = client.daemon, .events = POLLOUT};
    if (sent > 0) {
      note_progress();
      octets += sent;
      n -= (size_t)sent;
    } else if (!is_to_be_tried_again() || !wait_for(&out, 1, deadline)) {
      fail_without_daemon("qscand has ended, or reads nothing any more");
    }
  }
}

void tell_envelope(void) {
  unsigned char frame[FRAME_HEADER + 9 + LONGEST_ADDRESS];
  const struct envelope *envelope = &client.envelope;
  frame_header(frame, FRAME_ENVELOPE, 9 + envelope->sender_length);
  frame[5] = (unsigned char)envelope->state;
  frame_number(frame + 6, envelope->recipients);
  memcpy(frame + 14, envelope->sender, envelope->sender_length);
  transmit(frame, FRAME_HEADER + 9 + envelope->sender_length);
}

void tell_outcome(int code, const char *reason) {
  unsigned char frame[FRAME_HEADER + 10 + FRAME_TEXT_LONGEST];
  size_t length = strnlen(reason, FRAME_TEXT_LONGEST);
  frame_header(frame, FRAME_OUTCOME, 10 + length);
  frame[5] = (unsigned char)code;
  frame[6] = (unsigned char)client.envelope.state;
  frame_number(frame + 7, client.envelope.recipients);
  memcpy(frame + 15, reason, length);
  send(client.daemon, frame, FRAME_HEADER + 10 + length, MSG_DONTWAIT | MSG_NOSIGNAL);
}

/* --- the beginning of the conversation */

/* Another program could have put a socket of its own in this place. Only root and the owner of the
 * directory, who is qscand's user, can do so legitimately. The kernel names the user who called
 * listen(2); with socket activation, that is root. */
static void check_peer(void) {
  const char *path = client.config.socket;
  char directory[sizeof client.config.socket];
  struct ucred peer;
  socklen_t length = sizeof peer;
  struct stat facts;
  size_t n = (size_t)(strrchr(path, '/') - path);
  memcpy(directory, path, n);
  strcpy(directory + n, n == 0 ? "/" : "");
  if (getsockopt(client.daemon, SOL_SOCKET, SO_PEERCRED, &peer, &length) != 0 ||
      length != sizeof peer || stat(directory, &facts) != 0) {
    fail_without_daemon(
        "cannot find out which user listens at daemon.socket, so that may not be qscand");
  }
  if (peer.uid != 0 && peer.uid != facts.st_uid) {
    char reason[REASON_LONGEST];
    snprintf(
        reason, sizeof reason,
        "user %u listens at daemon.socket %s, and is neither root nor the owner of that directory"
        " (user %u): if it is qscand, give the directory to its user",
        (unsigned)peer.uid, path, (unsigned)facts.st_uid);
    fail_without_daemon(reason);
  }
}

/* Before the connection: what is told to qscand now, nobody logs. */
static _Noreturn void cannot_call(void) {
  const char *why = strerror(errno);
  shut(&client.daemon);
  fail_because("cannot set up its call of qscand: %s", why);
}

/* The kernel's queue is as short as qscand wants it (BACKLOG of its Server), so that nobody can put
 * thousands in front of us. When it is full we wait in connect(2), for as long as we wait at all:
 * there the kernel takes whoever came first. One who comes back now and then finds it full again
 * for as long as others wait there, or goes behind all of them. If nobody listens, connect(2) fails
 * at once.
 *
 * TERM ends the wait, unless it comes just between the look at `terminated` and connect(2). */
static bool is_connected(long long give_up) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  long long most = give_up - now();
  struct timeval limit = {.tv_usec = 1000}; /* zero would mean for ever */
  sigset_t before;
  if (most > 0) {
    limit.tv_sec = most / 1000;
    limit.tv_usec = most % 1000 * 1000;
  }
  memcpy(address.sun_path, client.config.socket, sizeof address.sun_path);
  client.daemon = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (client.daemon < 0) {
    fail_because("cannot make a socket: %s", strerror(errno));
  }
  if (setsockopt(client.daemon, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit) != 0 ||
      sigprocmask(SIG_SETMASK, &waiting_mask, &before) != 0) {
    cannot_call();
  }
  int result = -1;
  int why = EINTR;
  if (!terminated) {
    result = connect(client.daemon, (const struct sockaddr *)&address, sizeof address);
    why = errno;
  }
  if (sigprocmask(SIG_SETMASK, &before, NULL) != 0 ||
      fcntl(client.daemon, F_SETFL, O_NONBLOCK) != 0) {
    cannot_call();
  }
  errno = why;
  return result == 0;
}

/* Says hello to qscand; true if qscand says that it takes the message. */
static bool is_greeted(long long deadline) {
  unsigned char frame[FRAME_HEADER + FRAME_ANSWER_LONGEST];
  size_t n = sizeof HELLO - 1;
  const char *address = getenv("TCPREMOTEIP"); /* for the log, where it is escaped */
  size_t length = strnlen(address == NULL ? "" : address, FRAME_TEXT_LONGEST);
  frame_header(frame, FRAME_HELLO, n + length);
  memcpy(frame + FRAME_HEADER, HELLO, n);
  memcpy(frame + FRAME_HEADER + n, address == NULL ? "" : address, length);
  if (send(client.daemon, frame, FRAME_HEADER + n + length, MSG_DONTWAIT | MSG_NOSIGNAL) < 0) {
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
    fail_without_daemon(
        "qscand speaks another version of the protocol: install both from one release");
  default: /* qscand is too busy or has another version, and has logged which */
    if (!frame_answer(frame, n, &answer) || answer.fate != FATE_DEFER) {
      fail_without_daemon(NOT_OF_THIS_PROTOCOL);
    }
    shut(&client.daemon);
    finish(answer.code, "");
  }
}

/* How long to try in all. qmail-send injects its bounces itself, one after the other, and delivers
 * nothing meanwhile; if one fails, it tries that one again after two minutes. So a bounce does not
 * wait for a restart. A bounce is known by the user of its caller, in qscand as well. */
static long whole_patience(const struct config *config) {
  if (getuid() == config->bounce_user || config->restart_patience < config->patience) {
    return config->patience;
  }
  return config->restart_patience;
}

static _Noreturn void fail_without_answer(bool held, const char *why) {
  const struct config *config = &client.config;
  if (held && getuid() == config->bounce_user) {
    fail_because("no answer from qscand at daemon.socket %s within daemon.patience, which is all"
                 " that a bounce of qmail-send waits for a qscand that restarts, has"
                 " daemon.max-connections messages under way, or hangs: qmail-send tries again",
                 config->socket);
  }
  if (held) {
    fail_because("no answer from qscand at daemon.socket %s within daemon.restart-patience: it has"
                 " daemon.max-connections messages under way, or it hangs: see 'qscan status'",
                 config->socket);
  }
  fail_because("no answer from qscand at daemon.socket %s within daemon.patience (%s): is it"
               " running?",
               config->socket, why);
}

/* Connects until qscand takes the message. The client waits in two ways:
 *   - nobody listens, or the connection is closed without an answer: for daemon.patience;
 *   - somebody holds the socket but does not take the message yet, because qscand restarts, has as
 *     many messages as it may have, or the backlog is full (EAGAIN): for daemon.restart-patience.
 *
 * Time of the second kind does not count as daemon.patience. */
void call_daemon(void) {
  const struct config *config = &client.config;
  long long began = now();
  long long patience_ends = began + config->patience;
  long long all_ends = began + whole_patience(config);
  bool waited = false; /* until the end, while somebody held the socket */
  const char *why = "";
  for (long long pause = 10;; pause = pause < 160 ? 2 * pause : pause) {
    long long since = now();
    bool full = false;
    if (is_connected(all_ends)) {
      check_peer();
      if (is_greeted(all_ends)) {
        return;
      }
      waited |= now() >= all_ends;
      why = "it closes the connection without an answer";
    } else {
      full = errno == EAGAIN || errno == EINTR;
      why = full ? "too many clients wait there already" : strerror(errno);
    }
    patience_ends += now() - since; /* somebody held the socket, or it was no time at all */
    shut(&client.daemon);
    if (now() >= all_ends && (full || waited || all_ends > began + config->patience)) {
      fail_without_answer(true, why);
    }
    long long until = now() + pause;
    if (full) {
      patience_ends += pause;
    }
    long long give_up = patience_ends < all_ends ? patience_ends : all_ends;
    if (now() >= give_up) {
      fail_without_answer(full, why);
    }
    while (wait_for(NULL, 0, until < give_up ? until : give_up) && now() < until) {
    }
  }
}

/* --- the verdict */

struct answer receive_answer(void) {
  unsigned char frame[FRAME_ANSWER_LONGEST];
  struct answer answer;
  size_t n;
  struct pollfd fds[] = {{.fd = client.daemon, .events = POLLIN}, {.fd = client.envelope_out}};
  long long deadline = now() + client.config.timeout;
  do {
    if (!wait_for(fds, 2, deadline)) {
      fail_without_daemon("qscand did not answer within daemon.timeout");
    }
    if (fds[1].revents) {
      queue_gave_up();
    }
  } while (fds[0].revents == 0);
  char type = receive_frame(frame, &n, deadline);
  if (type == 0) {
    fail_without_daemon("qscand ended before its answer");
  }
  if (type != FRAME_ANSWER || !frame_answer(frame, n, &answer)) {
    fail_without_daemon(NOT_OF_THIS_PROTOCOL);
  }
  return answer;
}

void early_answer(void) {
  struct answer answer = receive_answer();
  if (answer.fate != FATE_DEFER) {
    fail_without_daemon("qscand answered before it had the whole message");
  }
  finish(answer.code, "");
}
