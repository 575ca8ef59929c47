/* qscan-client [-c FILE]: takes the place of qmail-queue; see qscan-client(8).
 *
 * The client only handles descriptors. It starts the real qmail-queue on two pipes, copies the
 * message to it and to qscand as it arrives, and passes on or withholds the envelope as qscand
 * says.
 *
 * Three things keep this safe even if the client is killed at any instant. No other process holds a
 * writing end of qmail-queue's two pipes. The first octet of the envelope is written after the
 * verdict and after the last octet of the message. Only the last NUL of the envelope commits.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "client.h"

enum { MOST_DESCRIPTORS = 65536 };

/* It holds lines of the configuration, then pieces of the message, then the envelope. */
static unsigned char buffer[FRAME_HEADER + FRAME_LONGEST];

static uint64_t size; /* octets of the message that have been read */

struct client client = {
    .failed_code = EXIT_FAILED, .daemon = -1, .message_out = -1, .envelope_out = -1, .queue = -1};

/* --- the message */

/* One of the two places that the message goes to: qmail-queue's pipe, or qscand's socket. */
struct output {
  int fd;
  const unsigned char *next;
  size_t left;
  long long since; /* when it last accepted something, or was last given something */
};

static void give(struct output *to, const unsigned char *octets, size_t n) {
  to->next = octets;
  to->left = n;
  to->since = now();
}

/* Writes as much as fits now; false if nothing can be written any more. */
static bool push(struct output *to) {
  ssize_t n = write(to->fd, to->next, to->left);
  if (n > 0) {
    note_progress();
    to->next += n;
    to->left -= (size_t)n;
    to->since = now();
  }
  return n > 0 || is_to_be_tried_again();
}

/* Reads octets from descriptor 0 or 1; 0 at its end, negative if it cannot be read. If qmail-queue
 * ends or qscand answers meanwhile, the client ends as well. */
static ssize_t read_input(int fd, unsigned char *to, size_t n) {
  for (;;) {
    struct pollfd fds[] = {{.fd = fd, .events = POLLIN},
                           {.fd = client.daemon, .events = POLLIN},
                           {.fd = client.envelope_out}};
    wait_for(fds, 3, FOREVER);
    if (fds[2].revents) {
      queue_gave_up();
    }
    if (fds[1].revents) {
      early_answer();
    }
    if (fds[0].revents) {
      ssize_t got = read(fd, to, n);
      if (got >= 0) {
        note_progress();
      }
      if (got >= 0 || !is_to_be_tried_again()) {
        return got;
      }
    }
  }
}

/* Writes one piece of the message to both places before the next piece is read, so that memory does
 * not grow. Neither blocks the other: each reads whatever comes. */
static void hand_on(unsigned char *frame, size_t n) {
  struct output queue_output = {.fd = client.message_out};
  struct output daemon_output = {.fd = client.daemon};
  frame_header(frame, FRAME_MESSAGE, n);
  give(&daemon_output, frame, FRAME_HEADER + n);
  give(&queue_output, frame + FRAME_HEADER, n);
  while (queue_output.left > 0 || daemon_output.left > 0) {
    struct pollfd fds[] = {
        {.fd = queue_output.left > 0 ? client.message_out : -1, .events = POLLOUT},
        {.fd = client.daemon, .events = (short)(POLLIN | (daemon_output.left > 0 ? POLLOUT : 0))},
        {.fd = client.envelope_out}};
    long long deadline = daemon_output.left > 0 ? daemon_output.since + client.config.timeout
                                                : queue_output.since + client.config.queue_timeout;
    if (queue_output.left > 0 && queue_output.since + client.config.queue_timeout < deadline) {
      deadline = queue_output.since + client.config.queue_timeout;
    }
    if (!wait_for(fds, 3, deadline)) {
      if (queue_output.left > 0 && now() - queue_output.since >= client.config.queue_timeout) {
        queue_stands_still();
      }
      fail_without_daemon("qscand accepted nothing within daemon.timeout");
    }
    if (fds[2].revents || (fds[0].revents && !push(&queue_output))) {
      queue_gave_up();
    }
    if (fds[1].revents & ~POLLOUT) {
      early_answer();
    }
    if ((fds[1].revents & POLLOUT) && !push(&daemon_output)) {
      fail_without_daemon("qscand has ended");
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
    fail_because("cannot read the message: %s", strerror(errno));
  }
  /* The whole message is in qmail-queue's pipe: it is stored while qscand scans it. */
  if (!shut(&client.message_out)) {
    fail_because("cannot close a pipe: %s", strerror(errno));
  }
  frame_header(frame, FRAME_END, 8);
  frame_number(frame + FRAME_HEADER, size);
  transmit(frame, sizeof frame);
}

/* --- the envelope */

static size_t envelope_length;

/* Reads the envelope up to its last NUL, or as much of it as fits in the buffer. */
static void read_envelope(void) {
  envelope_begin(&client.envelope);
  while (client.envelope.state == ENVELOPE_UNREAD) {
    unsigned char *to = buffer + envelope_length;
    size_t room = sizeof buffer - envelope_length;
    ssize_t n = room == 0 ? 0 : read_input(ENVELOPE_IN, to, room);
    if (n > 0) {
      envelope_length += envelope_take(&client.envelope, to, (size_t)n);
    } else {
      client.envelope.state = room == 0 ? ENVELOPE_UNFINISHED : ENVELOPE_BROKEN_OFF;
    }
  }
}

static void give_envelope(const unsigned char *octets, size_t n) {
  struct output to = {.fd = client.envelope_out};
  give(&to, octets, n);
  while (to.left > 0) {
    struct pollfd out = {.fd = client.envelope_out, .events = POLLOUT};
    if (!wait_for(&out, 1, to.since + client.config.queue_timeout)) {
      queue_stands_still();
    }
    if (out.revents && !push(&to)) {
      queue_gave_up();
    }
  }
}

/* Reads the rest of an envelope that does not fit in the buffer, and passes it on if `queued`. Its
 * last NUL comes last, so an envelope that proves to be malformed or cut off commits nothing. */
static void pass_rest(bool queued) {
  if (client.envelope.state != ENVELOPE_UNFINISHED) {
    return;
  }
  long long deadline = now() + client.config.timeout;
  client.envelope.state = ENVELOPE_UNREAD;
  while (client.envelope.state == ENVELOPE_UNREAD) {
    struct pollfd fds[] = {{.fd = ENVELOPE_IN, .events = POLLIN}, {.fd = client.envelope_out}};
    if (!wait_for(fds, 2, deadline)) {
      client.envelope.state = ENVELOPE_BROKEN_OFF;
      return;
    }
    if (fds[1].revents) {
      queue_gave_up();
    }
    ssize_t n = fds[0].revents ? read(ENVELOPE_IN, buffer, sizeof buffer) : -1;
    if (n == 0 || (n < 0 && fds[0].revents && !is_to_be_tried_again())) {
      client.envelope.state = ENVELOPE_BROKEN_OFF;
    } else if (n > 0) {
      note_progress();
      deadline = now() + client.config.timeout;
      size_t good = envelope_take(&client.envelope, buffer, (size_t)n);
      if (queued) {
        give_envelope(buffer, good);
      }
    }
  }
}

/* --- the verdict */

static _Noreturn void queue_message(void) {
  switch (client.envelope.state) {
  case ENVELOPE_COMPLETE:
  case ENVELOPE_UNFINISHED:
    client.committed = true;
    give_envelope(buffer, envelope_length);
    pass_rest(true);
    break;
  default:
    break;
  }
  switch (client.envelope.state) {
  case ENVELOPE_COMPLETE:
    shut(&client.envelope_out); /* if it fails: qmail-queue does not read beyond the last NUL */
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
    fail_without_daemon("qscand's answer is about a message of another size");
  }
  if (answer.fate == FATE_QUEUE) {
    queue_message();
  }
  pass_rest(false);
  if (answer.fate == FATE_DISCARD && client.envelope.state != ENVELOPE_COMPLETE) {
    finish(BROKEN_OFF, "");
  }
  finish(answer.code, "");
}

/* --- the beginning */

/* Closes the descriptors that our caller left open. Children must not inherit them, and some
 * callers answer only when descriptor 6 is closed. */
static void close_others(void) {
  if (syscall(SYS_close_range, 3U, ~0U, 0U) != 0) {
    /* The kernel is older than 5.9. In a container, the limit may be 1,000,000,000. */
    long limit = sysconf(_SC_OPEN_MAX);
    for (int fd = limit < 0 || limit > MOST_DESCRIPTORS ? MOST_DESCRIPTORS : (int)limit; fd > 2;
         fd--) {
      close(fd);
    }
  }
}

/* False for a descriptor that is open for writing only: poll(2) would never return for it. */
static bool is_readable(int fd) {
  int flags = fcntl(fd, F_GETFL);
  return flags >= 0 && (flags & O_ACCMODE) != O_WRONLY;
}

static void check_descriptors(void) {
  if (!is_readable(MESSAGE_IN) || !is_readable(ENVELOPE_IN)) {
    _exit(BROKEN_OFF); /* a file that is opened now would get the number of the closed one */
  }
  if (fcntl(2, F_GETFD) < 0 && open("/dev/null", O_WRONLY) != 2) {
    _exit(EXIT_FAILED);
  }
}

static bool is_privileged(void) {
  return getuid() != geteuid() || getgid() != getegid() || getauxval(AT_SECURE) != 0;
}

/* The configuration file that the caller names; null for the usual file. If the client has more
 * rights than its caller, the caller cannot choose. */
static const char *named_file(int argc, char **argv) {
  const char *named = getenv("QSCAN_CONFIG");
  if (argc != 1 && (argc != 3 || strcmp(argv[1], "-c") != 0)) {
    fail("usage: qscan-client [-c FILE]");
  }
  if (is_privileged() && argc != 1) {
    fail("-c is not allowed if qscan-client has more rights than its caller");
  }
  if (argc == 3) {
    return argv[2];
  }
  return !is_privileged() && named != NULL && *named ? named : NULL;
}

static void configure(const char *file) {
  uid_t owner = is_privileged() ? 0 : getuid();
  config_defaults(&client.config);
  const char *error = config_read(&client.config, file, owner, (char *)buffer, sizeof buffer);
  if (error != NULL) {
    fail_because("configuration: %s", error);
  }
  config_read_published(&client.config, (char *)buffer, sizeof buffer);
  client.failed_code = client.config.exit_failed;
}

/* If the client is installed setuid, it gives up that user: then the kernel tells qscand who called
 * it. If it is installed setgid, it keeps the group until it has reached the socket. */
static void drop_user(void) {
  if (setresuid(getuid(), getuid(), getuid()) != 0) {
    fail("cannot drop privileges: setresuid failed");
  }
}

static void drop_group(void) {
  if (setresgid(getgid(), getgid(), getgid()) != 0) {
    fail("cannot drop privileges: setresgid failed");
  }
}

int main(int argc, char **argv) {
  catch_signals();
  check_descriptors();
  close_others();
  configure(named_file(argc, argv));
  drop_user();
  if (getenv(LOOP) != NULL) {
    fail("queue.program leads back to qscan-client: name the real qmail-queue");
  }
  call_daemon();
  drop_group();
  start_queue();
  pass_message();
  read_envelope();
  tell_envelope();
  carry_out(receive_answer());
}
