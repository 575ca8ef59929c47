/* What the files of qscan-client share: the state of its one message, how it waits, how it ends.
 *
 *   entry.c         the first instructions, before the C library has started
 *   signals.c       no signal kills the client where it can give an exit code
 *   waiting.c       deadlines, and system calls that have to be tried again
 *   queue.c         the real qmail-queue, a child on two pipes
 *   daemon.c        the connection with qscand
 *   ending.c        every way in which the client ends
 *   qscan-client.c  the steps in order: descriptors, configuration, message, envelope, verdict
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

/* This variable is set for the real qmail-queue. If queue.program leads back to qscan-client, that
 * finds the variable and stops. qscan-queue does the same. */
#define LOOP "QSCAN_QUEUE"

enum {
  MESSAGE_IN = 0,
  ENVELOPE_IN = 1,
  TOO_LONG = 11, /* from here on, exit codes of qmail-queue's own table */
  BROKEN_OFF = 54,
  CRASHED = 81,
  MALFORMED = 91,
  EXIT_FAILED = 99, /* until exit.failed has been read */
  REASON_LONGEST = 1100,
  FOREVER = -1
};

struct client {
  struct config config;
  struct envelope envelope;
  int failed_code;
  int daemon; /* this and the next two are descriptors, or -1 */
  int message_out;
  int envelope_out;
  pid_t queue;    /* the process id of qmail-queue; -1 before its start and after its end */
  bool committed; /* the first octet of the envelope was written: qmail-queue's exit code counts */
  bool finishing; /* finish() was called: nothing may call it again */
};

extern struct client client;

/* --- signals.c */

/* main() calls this before anything else. */
void catch_signals(void);

extern sigset_t callers_mask;
extern sigset_t waiting_mask;
extern volatile sig_atomic_t signals_arrived;
extern volatile sig_atomic_t terminated;

/* --- waiting.c */

/* Milliseconds of a monotonic clock. */
long long now(void);

/* Waits until one of these descriptors has an event, or until the deadline; false after the
 * deadline. If a child ends, it may return true early, with no event. */
bool wait_for(struct pollfd *fds, nfds_t n, long long deadline);

/* To be asked after a system call has failed: whether to try it again. */
bool is_to_be_tried_again(void);

/* To be called after a system call has succeeded: its failures are counted anew. */
void note_progress(void);

/* --- ending.c */

/* Writes nothing more to qmail-queue, gives it time to remove its files, and exits with this code.
 * The reason is empty if qscand knows it already. */
_Noreturn void finish(int code, const char *reason);

/* Exits with exit.failed ("try again"), and logs the reason for the operator. */
_Noreturn void fail(const char *reason);
_Noreturn void fail_because(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Closes a descriptor that may be -1; false if close(2) fails. */
bool shut(int *fd);

/* --- queue.c */

void start_queue(void);

/* Waits until qmail-queue has ended; false if it takes longer, or if its status cannot be read. */
bool queue_ended(long long patience, int *status);

/* Exits as qmail-queue does, which gets nothing more. `whole`: it has the whole envelope. */
_Noreturn void pass_on_answer(bool whole);

/* qmail-queue has closed a pipe, so it has ended or is about to. */
_Noreturn void queue_gave_up(void);
/* qmail-queue has read nothing for queue.timeout. */
_Noreturn void queue_stands_still(void);

/* --- daemon.c */

/* Returns when qscand has said that it takes the message. Nothing of the message is read before. */
void call_daemon(void);

/* qscand has ended or cannot be trusted, so it will not log the message: the client does. */
_Noreturn void fail_without_daemon(const char *reason);

/* Sends these octets. They are few, so that qmail-queue can wait meanwhile. */
void transmit(const unsigned char *octets, size_t n);
void tell_envelope(void);
struct answer receive_answer(void);

/* qscand answers before it has the whole message: that can only be "try again". */
_Noreturn void early_answer(void);

/* Tells qscand how the message ended, for its log. Nothing depends on whether this arrives. */
void tell_outcome(int code, const char *reason);

#endif
