/* What the files of qscan-client share: the state of the one message, how we wait, how we end.
 *
 *   entry.c         before the C library is there
 *   signals.c       none that kills us where an exit code can be given
 *   waiting.c       deadlines, and calls that say "again"
 *   queue.c         the real qmail-queue, a child on two pipes
 *   daemon.c        the connection with qscand
 *   ending.c        every way out
 *   qscan-client.c  the order of it all: descriptors, configuration, message, envelope, verdict
 */
#ifndef QSCAN_CLIENT_H
#define QSCAN_CLIENT_H

#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "config.h"
#include "envelope.h"
#include "frame.h"

/* Set for the real qmail-queue, so that a loop back to us is noticed; qscan-queue does the same. */
#define LOOP "QSCAN_QUEUE"

enum {
  MESSAGE_IN = 0,
  ENVELOPE_IN = 1,
  TOO_LONG = 11, /* qmail-queue's own codes */
  BROKEN_OFF = 54,
  CRASHED = 81,
  MALFORMED = 91,
  EXIT_FAILED = 99, /* before there is a configuration */
  REASON_LONGEST = 1100,
  FOREVER = -1
};

struct client {
  struct config config;
  struct envelope envelope;
  int failed_code;
  int daemon; /* descriptors; -1 where there is none */
  int message_out;
  int envelope_out;
  pid_t queue;    /* -1 before its start and after its end */
  bool committed; /* from the first octet of the envelope on, qmail-queue's answer counts */
  bool finishing;
};

extern struct client client;

/* --- signals.c */

/* The first thing of all to be called. */
void catch_signals(void);

extern sigset_t callers_mask;
extern sigset_t waiting_mask;
extern volatile sig_atomic_t signals_arrived;
extern volatile sig_atomic_t terminated;

/* --- waiting.c */

/* Milliseconds of a clock that only goes forward. */
long long now(void);

/* Waits for one of these or the deadline; false when that is over. A child's end may return early,
 * with no event. */
bool wait_for(struct pollfd *fds, nfds_t n, long long deadline);

/* After a call that has failed: whether to try it again. */
bool is_to_be_tried_again(void);

/* A call has got something done. */
void note_progress(void);

/* --- ending.c */

/* Nothing more is written to qmail-queue, which is given time to tidy up; then the end. An empty
 * reason says that qscand knows it already. */
_Noreturn void finish(int code, const char *reason);

/* "Try again", for a reason that the operator should read. */
_Noreturn void fail(const char *reason);
_Noreturn void fail_because(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Closes it, if it is open; false if the kernel would not. */
bool shut(int *fd);

/* --- queue.c */

void start_queue(void);

/* Waits for its end; false if it takes longer, or cannot be learned. */
bool queue_ended(long long patience, int *status);

/* The answer of a qmail-queue that has been given all it will get. */
_Noreturn void pass_on_answer(bool whole);

/* It has closed its pipes, so it has ended or is about to. */
_Noreturn void queue_gave_up(void);
_Noreturn void queue_stands_still(void);

/* --- daemon.c */

/* Returns when qscand has said that it takes the message; nothing of it is read before. */
void call_daemon(void);

/* qscand is gone, or not to be trusted: it will not log what became of the message. */
_Noreturn void fail_without_daemon(const char *reason);

/* A frame that fits in the socket's buffer, or nearly. */
void transmit(const unsigned char *octets, size_t n);
void tell_envelope(void);
struct answer receive_answer(void);

/* Before it has the whole message, qscand can only have failed. */
_Noreturn void early_answer(void);

/* For the log. Whether it gets there changes nothing. */
void tell_outcome(int code, const char *reason);

#endif
