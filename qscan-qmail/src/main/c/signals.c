/* One mail server takes death by a signal for "queued". So the client dies of no signal but KILL.
 */
#define _GNU_SOURCE
#include <poll.h>
#include <unistd.h>

#include "client.h"

sigset_t callers_mask;
sigset_t waiting_mask;
volatile sig_atomic_t signals_arrived;
volatile sig_atomic_t terminated;

/* Room for the registers of any processor of today, AMX included. */
static unsigned char stack_for_crashes[32 * 1024];

static void noted(int signal) {
  signals_arrived = 1;
  terminated |= signal == SIGTERM;
}

/* Exits with 81, as qmail-queue does at these signals. That closes our pipes: if the last octet of
 * the envelope was not written yet, qmail-queue removes its files; if it was, our caller sees a
 * failure and sends the message again. This runs on a stack of its own, because the reason may be
 * that the usual stack is full. */
static void crashed(int signal) {
  static const char line[] =
      "qscan: id=- front=qmail verdict=failed threat=- reason=\"qscan-client crashed (by a"
      " signal such as SEGV or BUS): is a limit on its memory or stack too small?\" exit=81\n";
  struct pollfd out = {.fd = 2, .events = POLLOUT};
  (void)signal;
  if (poll(&out, 1, 0) == 1 && write(2, line, sizeof line - 1) < 0) {
    _exit(CRASHED);
  }
  _exit(CRASHED);
}

static void act(int signal, const struct sigaction *action) {
  if (sigaction(signal, action, NULL) != 0) {
    fail("cannot set up its signals: sigaction failed");
  }
}

static const int crashes[] = {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGSYS, SIGTRAP};

static void catch_crashes(void) {
  static const stack_t stack = {.ss_sp = stack_for_crashes, .ss_size = sizeof stack_for_crashes};
  struct sigaction action = {.sa_handler = crashed, .sa_flags = SA_ONSTACK};
  sigfillset(&action.sa_mask);
  if (sigaltstack(&stack, NULL) != 0) {
    fail("cannot set up its signals: sigaltstack failed");
  }
  for (size_t i = 0; i < sizeof crashes / sizeof *crashes; i++) {
    act(crashes[i], &action);
  }
}

/* Blocks every signal that could end the client; the signals by which a terminal stops and
 * continues a process stay as they are. TERM and CHLD are delivered only while the client waits in
 * ppoll(2), so that none is missed just before. */
static void block_the_others(void) {
  static const int never[] = {SIGTSTP, SIGTTIN, SIGTTOU, SIGCONT};
  sigset_t blocked;
  sigfillset(&blocked);
  for (size_t i = 0; i < sizeof crashes / sizeof *crashes; i++) {
    sigdelset(&blocked, crashes[i]);
  }
  for (size_t i = 0; i < sizeof never / sizeof *never; i++) {
    sigdelset(&blocked, never[i]);
  }
  waiting_mask = blocked;
  sigdelset(&waiting_mask, SIGTERM);
  sigdelset(&waiting_mask, SIGCHLD);
  if (sigprocmask(SIG_SETMASK, &blocked, &callers_mask) != 0) {
    fail("cannot set up its signals: sigprocmask failed");
  }
}

/* Ignores the signals that qmail-queue ignores (its sig_misc.c). A child inherits that, so there is
 * no instant at which qmail-queue could die of one. All others have their defaults in the child. */
void catch_signals(void) {
  static const int ignored[] = {SIGHUP,    SIGINT,  SIGQUIT, SIGPIPE,
                                SIGVTALRM, SIGPROF, SIGXCPU, SIGXFSZ};
  const struct sigaction ignore = {.sa_handler = SIG_IGN};
  const struct sigaction note = {.sa_handler = noted, .sa_flags = SA_RESTART};
  struct sigaction before;
  catch_crashes();
  block_the_others();
  for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++) {
    act(ignored[i], &ignore);
  }
  act(SIGCHLD, &note);
  if (sigaction(SIGTERM, NULL, &before) != 0) {
    fail("cannot set up its signals: sigaction failed");
  }
  if (before.sa_handler != SIG_IGN) {
    act(SIGTERM, &note);
  }
}
