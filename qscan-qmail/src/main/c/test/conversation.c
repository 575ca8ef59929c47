/* Fuzzes the whole of qscan-client, with sanitizers. Each run is a child of its own. It gets a
 * message and an envelope that may be mangled, and an environment that may lack a variable. This
 * program plays qscand, which may say anything and stop anywhere. In each run:
 *
 *   - the client commits only after a hello and an answer "queue", correct to the last octet;
 *   - it exits with 0 only if it has committed, or after a correct answer "discard";
 *   - it ends, and its exit code is one of those in the manual page.
 *
 *   conversation QUEUE -runs=N [-seed=N]     QUEUE is test/queue.c
 */
int client_main(int argc, char **argv);
#define main client_main
#include "qscan-client.c"
#undef main

#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

/* If a sanitizer reports something, the exit code is none of the client's. */
const char *__asan_default_options(void);
const char *__asan_default_options(void) { return "exitcode=120:detect_leaks=0"; }

enum { MOST = 40000, LONGEST_TALK = 4096, DEADLINE = 60000 };

/* What is still to be written to a descriptor. */
struct pending {
  int fd;
  const unsigned char *next;
  size_t left;
};

struct talk {
  unsigned char greeting[64];
  size_t greeting_length;
  unsigned char answer[LONGEST_TALK];
  size_t answer_length;
  char after; /* we answer after this frame of the client; 0: at once, with the hello */
  bool hangs_up;
};

static unsigned char message[MOST];
static unsigned char mail_envelope[MOST];
static size_t message_length;
static size_t mail_envelope_length;
static struct talk talk;

static size_t below(size_t n) { return (size_t)rand() % n; }

static void require(bool what, const char *name, int status) {
  if (!what) {
    fprintf(stderr, "broken: %s (wait status %d)\n", name, status);
    abort();
  }
}

/* --- what is said */

static size_t mangle(unsigned char *octets, size_t n, size_t most) {
  for (size_t change = below(3); change > 0 && n > 0; change--) {
    size_t at = below(n);
    switch (below(4)) {
    case 0:
      octets[at] = (unsigned char)rand();
      break;
    case 1:
      n = at;
      break;
    case 2:
      if (2 * n - at <= most) {
        memmove(octets + n, octets + at, n - at);
        n += n - at;
      }
      break;
    default:
      octets[at] = (unsigned char)"\0QRDTAHFs\377"[below(10)];
    }
  }
  return n;
}

static size_t make_answer(unsigned char *to, size_t judged) {
  static const char *const fates[] = {"Q\0", "Q\0", "R\47", "D\0", "T\143", "Q\37", "R\0"};
  size_t text = below(3) ? 0 : below(600);
  frame_header(to, FRAME_ANSWER, 10 + text);
  memcpy(to + FRAME_HEADER, fates[below(7)], 2);
  frame_number(to + FRAME_HEADER + 2, judged + (below(6) ? 0 : below(3)));
  memset(to + FRAME_HEADER + 10, 'x', text);
  return FRAME_HEADER + 10 + text;
}

static void make_talk(void) {
  bool wild = below(2);
  message_length = below(3) ? below(500) : below(MOST);
  memset(message, 'm', message_length);
  memcpy(mail_envelope, "Fa@b\0Tc@d\0", 10);
  mail_envelope_length = 10;
  for (size_t more = below(4) ? below(3) : below(900); more > 0; more--) {
    memcpy(mail_envelope + mail_envelope_length, "Trecipient@e.test\0", 18);
    mail_envelope_length += 18;
  }
  mail_envelope[mail_envelope_length++] = 0;
  frame_header(talk.greeting, FRAME_HELLO, 6);
  memcpy(talk.greeting + FRAME_HEADER, HELLO, 6);
  talk.greeting_length = FRAME_HEADER + 6;
  talk.answer_length = make_answer(talk.answer, message_length);
  talk.after = below(8) ? FRAME_ENVELOPE : "\0HMEX"[below(5)];
  talk.hangs_up = below(6) == 0;
  if (wild) {
    mail_envelope_length = mangle(mail_envelope, mail_envelope_length, sizeof mail_envelope);
    talk.answer_length = mangle(talk.answer, talk.answer_length, sizeof talk.answer);
    if (below(4) == 0) {
      talk.greeting_length = mangle(talk.greeting, talk.greeting_length, sizeof talk.greeting);
    }
  }
}

/* The fate, if everything that was said is correct; else 0. */
static char right_answer(const unsigned char *said, size_t n) {
  static const unsigned char greeting[] = {FRAME_HELLO, 0, 0, 0, 6};
  struct answer answer;
  size_t length;
  if (n < 11 + FRAME_HEADER || memcmp(said, greeting, 5) != 0 || !frame_is_hello(said + 5, 6) ||
      frame_type(said + 11, &length) != FRAME_ANSWER || n < 11 + FRAME_HEADER + length ||
      !frame_answer(said + 11 + FRAME_HEADER, length, &answer) || answer.size != message_length) {
    return 0;
  }
  return answer.fate;
}

/* --- a run */

static _Noreturn void be_the_client(int message_in, int envelope_in) {
  static char name[] = "qscan-client";
  static char option[] = "-c";
  static char file[] = "conf";
  static char *argv[] = {name, option, file, NULL};
  dup2(message_in, 0);
  dup2(envelope_in, 1);
  if (below(2)) {
    setenv("TCPREMOTEIP", below(2) ? "192.0.2.1" : "", 1);
  } else {
    unsetenv("TCPREMOTEIP");
  }
  client_main(3, argv);
  abort();
}

static void write_some(struct pending *to) {
  ssize_t n = write(to->fd, to->next, to->left);
  if (n > 0) {
    to->next += n;
    to->left -= (size_t)n;
  }
  if (to->left == 0 || (n < 0 && errno != EAGAIN)) {
    close(to->fd);
    to->fd = -1;
  }
}

/* Removes the next complete frame, and returns its type; 0 if there is none. */
static char next_frame(unsigned char *heard, size_t *n) {
  if (*n < FRAME_HEADER) {
    return 0;
  }
  size_t length =
      (size_t)heard[1] << 24 | (size_t)heard[2] << 16 | (size_t)heard[3] << 8 | heard[4];
  require(length <= FRAME_LONGEST, "a frame of the client's is too long", 0);
  if (*n < FRAME_HEADER + length) {
    return 0;
  }
  char type = (char)heard[0];
  *n -= FRAME_HEADER + length;
  memmove(heard, heard + FRAME_HEADER + length, *n);
  return type;
}

static void say_octets(int fd, const unsigned char *octets, size_t n, unsigned char *said,
                       size_t *length) {
  if (n > 0 && send(fd, octets, n, MSG_NOSIGNAL) == (ssize_t)n) {
    memcpy(said + *length, octets, n);
    *length += n;
  }
}

static unsigned char heard[2 * (FRAME_HEADER + FRAME_LONGEST)];
static unsigned char said[20 * LONGEST_TALK];

/* Serves the client until it has ended; returns its wait status. */
static int serve(pid_t pid, int listener, struct pending *mail, size_t *said_length) {
  int fd = -1;
  int status;
  size_t n = 0;
  long long deadline = now() + DEADLINE;
  pid_t ended;
  while ((ended = waitpid(pid, &status, WNOHANG)) == 0) {
    struct pollfd fds[] = {{.fd = fd < 0 ? listener : fd, .events = POLLIN},
                           {.fd = mail[0].fd, .events = POLLOUT},
                           {.fd = mail[0].fd < 0 ? mail[1].fd : -1, .events = POLLOUT}};
    require(now() < deadline, "the client does not end", 0);
    poll(fds, 3, 2);
    for (int i = 0; i < 2; i++) {
      if (fds[i + 1].revents) {
        write_some(&mail[i]);
      }
    }
    if (fds[0].revents && fd < 0) {
      fd = accept(listener, NULL, NULL);
      n = 0;
    } else if (fds[0].revents) {
      ssize_t got = recv(fd, heard + n, sizeof heard - n, MSG_DONTWAIT);
      n += got > 0 ? (size_t)got : 0;
      bool over = got == 0;
      for (char type = next_frame(heard, &n); type != 0; type = next_frame(heard, &n)) {
        if (type == FRAME_HELLO) {
          *said_length = 0; /* it connects again: what was said before does not count */
          say_octets(fd, talk.greeting, talk.greeting_length, said, said_length);
        }
        if (type == talk.after || (talk.after == 0 && type == FRAME_HELLO)) {
          say_octets(fd, talk.answer, talk.answer_length, said, said_length);
          over = over || talk.hangs_up;
        }
      }
      if (over) {
        close(fd);
        fd = -1;
      }
    }
  }
  require(ended == pid, "waitpid", 0);
  if (fd >= 0) {
    close(fd);
  }
  return status;
}

static char run(int listener) {
  int in[2];
  int envelope_in[2];
  size_t said_length = 0;
  unlink("committed");
  make_talk();
  require(pipe2(in, O_CLOEXEC) == 0 && pipe2(envelope_in, O_CLOEXEC) == 0, "pipes", 0);
  fcntl(in[1], F_SETFL, O_NONBLOCK);
  fcntl(envelope_in[1], F_SETFL, O_NONBLOCK);
  pid_t pid = fork();
  if (pid == 0) {
    be_the_client(in[0], envelope_in[0]);
  }
  close(in[0]);
  close(envelope_in[0]);
  struct pending mail[] = {{in[1], message, message_length},
                           {envelope_in[1], mail_envelope, mail_envelope_length}};
  int status = serve(pid, listener, mail, &said_length);
  for (int i = 0; i < 2; i++) {
    if (mail[i].fd >= 0) {
      close(mail[i].fd);
    }
  }
  char fate = right_answer(said, said_length);
  bool committed = access("committed", F_OK) == 0;
  int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  require(!committed || fate == FATE_QUEUE, "committed without a right answer", status);
  require(code != 0 || committed || fate == FATE_DISCARD, "0 and not committed", status);
  require(code == 0 || (code >= 11 && code <= 111 && code != CRASHED), "no such exit code", status);
  require(code == 0 || code > 40 || code == TOO_LONG || fate == FATE_REFUSE, "permanent", status);
  return committed ? FATE_QUEUE : code == 0 ? FATE_DISCARD : code > 40 ? FATE_DEFER : FATE_REFUSE;
}

static int start_listening(const char *directory, const char *queue) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  FILE *file = fopen("conf", "w");
  fprintf(file,
          "queue.program=%s\ndaemon.socket=%s/sock\ndaemon.patience=50ms\n"
          "daemon.restart-patience=200ms\ndaemon.timeout=300ms\nqueue.timeout=30s\n",
          queue, directory);
  fclose(file);
  chmod("conf", 0600);
  snprintf(address.sun_path, sizeof address.sun_path, "%s/sock", directory);
  int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  require(bind(listener, (const struct sockaddr *)&address, sizeof address) == 0 &&
              listen(listener, 10) == 0,
          "a socket", 0);
  return listener;
}

int main(int argc, char **argv) {
  char directory[] = "/tmp/qscan-conversation-XXXXXX";
  long counts[128] = {0};
  long runs = argc > 2 && strncmp(argv[2], "-runs=", 6) == 0 ? atol(argv[2] + 6) : 300;
  unsigned seed = argc > 3 && strncmp(argv[3], "-seed=", 6) == 0
                      ? (unsigned)strtoul(argv[3] + 6, NULL, 10)
                      : 20261129;
  char *queue = argc > 1 ? realpath(argv[1], NULL) : NULL;
  require(queue != NULL && mkdtemp(directory) != NULL && chdir(directory) == 0, "a directory", 0);
  int listener = start_listening(directory, queue);
  signal(SIGPIPE, SIG_IGN);
  for (long i = 0; i < runs; i++) {
    srand(seed + (unsigned)i);
    counts[(unsigned char)run(listener) & 127]++;
  }
  printf("%ld conversations: %ld queued, %ld discarded, %ld refused, %ld deferred\n", runs,
         counts[FATE_QUEUE], counts[FATE_DISCARD], counts[FATE_REFUSE], counts[FATE_DEFER]);
  require(runs < 100 || (counts[FATE_QUEUE] > 0 && counts[FATE_REFUSE] > 0), "nothing happens", 0);
  unlink("committed");
  unlink("conf");
  unlink("sock");
  free(queue);
  return chdir("/") == 0 && rmdir(directory) == 0 ? 0 : 1;
}
