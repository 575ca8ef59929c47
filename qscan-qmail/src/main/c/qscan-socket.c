/* qscan-socket: holds the socket of qscand while that is restarted; see qscan-socket(8).
 *
 *   qscan-socket hold [-m MODE] SOCKET      listens at SOCKET for ever, and accepts no connection
 *   qscan-socket take SOCKET PROGRAM [ARG]  becomes PROGRAM, with that socket as descriptor 0
 *
 * A supervisor starts a service again only after it has ended. If another process holds the socket,
 * connections wait there in between. systemd does that by itself; this program does it for the
 * other supervisors. `take` connects to `hold` at SOCKET.hold, which only one user may do, and gets
 * the descriptor by SCM_RIGHTS.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { FAILED = 111, BACKLOG = 64 /* of qscand's Server */, TAKE_PATIENCE = 30 /* seconds */ };

static _Noreturn void fail(const char *what, const char *path) {
  fprintf(stderr, "qscan-socket: cannot %s %s: %s\n", what, path, strerror(errno));
  exit(FAILED);
}

static _Noreturn void usage(void) {
  fputs("usage: qscan-socket hold [-m MODE] SOCKET\n"
        "       qscan-socket take SOCKET PROGRAM [ARGUMENT...]\n",
        stderr);
  exit(FAILED);
}

static void pause_for(long millis) {
  struct timespec t = {.tv_sec = millis / 1000, .tv_nsec = millis % 1000 * 1000000};
  nanosleep(&t, NULL);
}

static struct sockaddr_un address_of(const char *path, const char *suffix) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  int n = snprintf(address.sun_path, sizeof address.sun_path, "%s%s", path, suffix);
  if (path[0] != '/' || n < 0 || (size_t)n >= sizeof address.sun_path) {
    fprintf(stderr, "qscan-socket: SOCKET %s must be an absolute path of at most %zu octets\n",
            path, sizeof address.sun_path - sizeof ".hold");
    exit(FAILED);
  }
  return address;
}

static int new_socket(void) {
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) {
    fail("make", "a socket");
  }
  return fd;
}

/* --- hold */

static bool is_answered(const struct sockaddr_un *address) {
  int fd = new_socket();
  bool answered =
      fcntl(fd, F_SETFL, O_NONBLOCK) == 0 &&
      (connect(fd, (const struct sockaddr *)address, sizeof *address) == 0 || errno == EAGAIN);
  close(fd);
  return answered;
}

/* Binds the socket to its final name, because qscand asks what name its descriptor 0 has. (A socket
 * that is renamed keeps the name that it was bound to.) Until it listens, clients try again. */
static int listen_at(const struct sockaddr_un *address, mode_t mode) {
  int fd = new_socket();
  umask(~mode & 0777);
  if ((unlink(address->sun_path) != 0 && errno != ENOENT) ||
      bind(fd, (const struct sockaddr *)address, sizeof *address) != 0 ||
      listen(fd, BACKLOG) != 0) {
    fail("listen at", address->sun_path);
  }
  return fd;
}

static void hand_over(int to, int held) {
  struct ucred peer;
  socklen_t length = sizeof peer;
  if (getsockopt(to, SOL_SOCKET, SO_PEERCRED, &peer, &length) != 0 ||
      (peer.uid != 0 && peer.uid != geteuid())) {
    return;
  }
  char octet = 0;
  struct iovec data = {.iov_base = &octet, .iov_len = 1};
  union {
    struct cmsghdr header;
    char space[CMSG_SPACE(sizeof(int))];
  } control;
  memset(&control, 0, sizeof control);
  struct msghdr message = {.msg_iov = &data,
                           .msg_iovlen = 1,
                           .msg_control = control.space,
                           .msg_controllen = sizeof control.space};
  struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
  rights->cmsg_level = SOL_SOCKET;
  rights->cmsg_type = SCM_RIGHTS;
  rights->cmsg_len = CMSG_LEN(sizeof held);
  memcpy(CMSG_DATA(rights), &held, sizeof held);
  sendmsg(to, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
}

/* If qscand still serves the socket of a holder that has ended, this holder waits until qscand
 * ends. A new socket of the same name would get the clients, but nobody would accept them. */
static _Noreturn void hold(const char *path, mode_t mode) {
  struct sockaddr_un address = address_of(path, "");
  struct sockaddr_un hand = address_of(path, ".hold");
  if (is_answered(&address)) {
    fprintf(stderr,
            "qscan-socket: another process, perhaps qscand, answers at %s already: waiting until it"
            " ends\n",
            path);
    while (is_answered(&address)) {
      pause_for(500);
    }
  }
  int held = listen_at(&address, mode);
  int to_hand = listen_at(&hand, 0600);
  fprintf(stderr, "qscan-socket: holding %s\n", path);
  for (;;) {
    int to = accept4(to_hand, NULL, NULL, SOCK_CLOEXEC);
    if (to >= 0) {
      hand_over(to, held);
      close(to);
    } else if (errno != EINTR) {
      pause_for(100);
    }
  }
}

/* --- take */

/* Gets the socket from the holder; -1 if there is no holder now, and errno says why. */
static int receive_from(const struct sockaddr_un *hand) {
  int from = new_socket();
  int held = -1;
  struct timeval patience = {.tv_sec = 5};
  char octet;
  struct iovec data = {.iov_base = &octet, .iov_len = 1};
  union {
    struct cmsghdr header;
    char space[CMSG_SPACE(sizeof(int))];
  } control;
  struct msghdr message = {.msg_iov = &data,
                           .msg_iovlen = 1,
                           .msg_control = control.space,
                           .msg_controllen = sizeof control.space};
  setsockopt(from, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  int failed = 0;
  if (connect(from, (const struct sockaddr *)hand, sizeof *hand) != 0) {
    failed = errno;
  } else if (recvmsg(from, &message, MSG_CMSG_CLOEXEC) == 1) {
    struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
    if (rights != NULL && rights->cmsg_level == SOL_SOCKET && rights->cmsg_type == SCM_RIGHTS &&
        rights->cmsg_len == CMSG_LEN(sizeof held)) {
      memcpy(&held, CMSG_DATA(rights), sizeof held);
    }
  }
  close(from);
  errno = failed;
  return held;
}

/* The holder hands its socket over to its own user only, so to wait does not help. */
static _Noreturn void refuse(const char *path, const struct sockaddr_un *hand) {
  struct stat facts;
  if (stat(hand->sun_path, &facts) == 0) {
    fprintf(
        stderr,
        "qscan-socket: cannot connect to %s: Permission denied: it belongs to user %u, who holds"
        " %s, and this is user %u: run 'qscan-socket take' as user %u or as root, or 'qscan-socket"
        " hold' as user %u\n",
        hand->sun_path, (unsigned)facts.st_uid, path, (unsigned)geteuid(), (unsigned)facts.st_uid,
        (unsigned)geteuid());
  } else {
    fprintf(stderr,
            "qscan-socket: cannot connect to %s: Permission denied: user %u may not search its"
            " directory: chmod a+x the directories above it\n",
            hand->sun_path, (unsigned)geteuid());
  }
  exit(FAILED);
}

static _Noreturn void take(const char *path, char **program) {
  struct sockaddr_un hand = address_of(path, ".hold");
  int held = receive_from(&hand);
  for (int i = 0; held < 0 && i < TAKE_PATIENCE * 10; i++) {
    if (errno == EACCES || errno == EPERM) {
      refuse(path, &hand);
    }
    pause_for(100);
    held = receive_from(&hand);
  }
  if (held < 0) {
    fprintf(stderr,
            "qscan-socket: no holder handed over %s within %d seconds%s%s: start 'qscan-socket hold"
            " %s' as the same user\n",
            path, TAKE_PATIENCE,
            errno == 0 ? "" : ", last error: ", errno == 0 ? "" : strerror(errno), path);
    exit(FAILED);
  }
  if (held != 0 && dup2(held, 0) != 0) {
    fail("make descriptor 0 of", path);
  }
  if (held == 0) {
    fcntl(0, F_SETFD, 0);
  }
  execv(program[0], program);
  fail("execute", program[0]);
}

int main(int argc, char **argv) {
  const char *verb = argc > 1 ? argv[1] : "";
  long mode = 0666;
  if (strcmp(verb, "take") == 0 && argc >= 4) {
    take(argv[2], argv + 3);
  }
  if (strcmp(verb, "hold") != 0 || (argc != 3 && (argc != 5 || strcmp(argv[2], "-m") != 0))) {
    usage();
  }
  if (argc == 5) {
    char *end;
    mode = strtol(argv[3], &end, 8);
    if (*end || mode < 0600 || mode > 0666) {
      fprintf(stderr, "qscan-socket: MODE %s must be octal, from 0600 to 0666\n", argv[3]);
      usage();
    }
  }
  hold(argv[argc - 1], (mode_t)mode);
}
