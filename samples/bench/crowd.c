/* Many clients of qscand at once, without a program for each: shows what a crowd does to the daemon.
 *
 * Usage: crowd SOCKET CLIENTS OCTETS-A-SECOND SECONDS
 * Each client sends its greeting and then this many octets of a message per second, and never ends the message.
 * With 0 octets per second, it sends one small message and waits for the answer.
 *
 * Prints a line with six numbers of clients: those that were connected; that the kernel sent away (no room in
 * the queue); that got a greeting; that got an answer; whose connection was ended without an answer; and the
 * most that were connected at the same time. */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { HELLO = 11, ANSWER = 'A' };

struct client {
  int fd, greeted, answered, ended, asked;
};

static const char hello[] = "H\0\0\0\6qscan\1";
static const char octet[] = "M\0\0\0\1x";
/* A header, the end with its size, and an envelope that is complete and has one recipient. */
static const char small[] = "M\0\0\0\013Subject: x\n"
                            "E\0\0\0\010\0\0\0\0\0\0\0\013"
                            "V\0\0\0\011\1\0\0\0\0\0\0\0\1";

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static int say(struct client *client, const char *octets, size_t length) {
  return send(client->fd, octets, length, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)length;
}

/* The first octets are the hello, what follows is the answer. */
static void hear(struct client *client) {
  char octets[512];
  ssize_t n = recv(client->fd, octets, sizeof octets, MSG_DONTWAIT);
  if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) {
    client->ended = 1;
    return;
  }
  for (ssize_t i = 0; i < n; i++) {
    if (octets[i] == 'H' && !client->greeted) {
      client->greeted = 1;
      i += HELLO - 1;
    } else if (octets[i] == ANSWER) {
      client->answered = 1;
      break;
    }
  }
}

int main(int argc, char **argv) {
  if (argc != 5) {
    fprintf(stderr, "usage: crowd SOCKET CLIENTS OCTETS-A-SECOND SECONDS\n");
    return 111;
  }
  int count = atoi(argv[2]), rate = atoi(argv[3]);
  double end = now() + atof(argv[4]);
  struct rlimit files = {(rlim_t)count + 50, (rlim_t)count + 50};
  setrlimit(RLIMIT_NOFILE, &files);
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (strlen(argv[1]) >= sizeof address.sun_path) {
    return 111;
  }
  strcpy(address.sun_path, argv[1]);
  struct client *clients = calloc((size_t)count, sizeof *clients);
  struct pollfd *polls = calloc((size_t)count, sizeof *polls);
  int connected = 0, away = 0, most = 0;
  for (int i = 0; i < count; i++) {
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) {
      perror("crowd: socket");
      return 111;
    }
    if (connect(fd, (struct sockaddr *)&address, sizeof address) < 0) {
      away++;
      close(fd);
      continue;
    }
    clients[connected].fd = fd;
    say(&clients[connected++], hello, sizeof hello - 1);
  }
  double turn = now();
  while (now() < end) {
    int open = 0;
    for (int i = 0; i < connected; i++) {
      int gone = clients[i].ended || (rate == 0 && clients[i].answered);
      polls[i] = (struct pollfd){.fd = gone ? -1 : clients[i].fd, .events = POLLIN};
      open += !gone && clients[i].greeted;
      if (gone && clients[i].fd >= 0) {
        close(clients[i].fd);
        clients[i].fd = -1;
      }
    }
    most = open > most ? open : most;
    if (poll(polls, (nfds_t)connected, 100) < 0 && errno != EINTR) {
      perror("crowd: poll");
      return 111;
    }
    for (int i = 0; i < connected; i++) {
      if (polls[i].revents) {
        hear(&clients[i]);
      }
      if (rate == 0 && clients[i].greeted && !clients[i].asked) {
        clients[i].asked = 1;
        say(&clients[i], small, sizeof small - 1);
      }
    }
    if (rate > 0 && now() - turn >= 1.0 / rate) {
      turn = now();
      for (int i = 0; i < connected; i++) {
        if (clients[i].greeted && !clients[i].ended && !clients[i].answered) {
          say(&clients[i], octet, sizeof octet - 1);
        }
      }
    }
  }
  int greeted = 0, answered = 0, ended = 0;
  for (int i = 0; i < connected; i++) {
    greeted += clients[i].greeted;
    answered += clients[i].answered;
    ended += clients[i].ended && !clients[i].answered;
  }
  printf("%d %d %d %d %d %d\n", connected, away, greeted, answered, ended, most);
  return 0;
}
