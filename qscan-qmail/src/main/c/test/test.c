/* Tests of what the client parses. A test prints what is wrong, or nothing. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config.h"
#include "envelope.h"
#include "frame.h"

static int failures;

#define CHECK(what)                                                                                \
  do {                                                                                             \
    if (!(what)) {                                                                                 \
      fprintf(stderr, "%s:%d: %s: not so: %s\n", __FILE__, __LINE__, __func__, #what);             \
      failures++;                                                                                  \
    }                                                                                              \
  } while (0)

static struct config config;

static const char *parse(const char *text) {
  char octets[8192];
  size_t n = strlen(text);
  memcpy(octets, text, n);
  config_defaults(&config);
  return config_parse(&config, "FILE", octets, n);
}

static void an_empty_file_gives_the_defaults(void) {
  CHECK(parse("") == NULL);
  CHECK(strcmp(config.queue_program, "/var/qmail/bin/qmail-queue-old") == 0);
  CHECK(strcmp(config.socket, "/run/qscan/qscand.sock") == 0);
  CHECK(config.patience == 5000 && config.timeout == 480000 && config.queue_timeout == 600000);
  CHECK(config.restart_patience == 120000 && config.exit_failed == 99);
}

static void every_key_of_ours_is_read(void) {
  CHECK(parse("# comment\n\n  queue.program = /q \r\ndaemon.socket=/s\rdaemon.patience=7ms\n"
              "daemon.timeout=24h\nqueue.timeout=2m\ndaemon.restart-patience=3s\nexit.failed=71") ==
        NULL);
  CHECK(strcmp(config.queue_program, "/q") == 0 && strcmp(config.socket, "/s") == 0);
  CHECK(config.patience == 7 && config.timeout == 86400000 && config.queue_timeout == 120000);
  CHECK(config.restart_patience == 3000 && config.exit_failed == 71);
}

static void what_is_not_ours_is_left_to_qscand(void) {
  CHECK(
      parse(
          "gate.slots=none\nno.such.key=1\ndaemon.fallback=standalone\nnonsense\n=x\nkey=a\\b\n") ==
      NULL);
}

static void a_number_that_is_not_allowed_is_passed_over(void) {
  static const char *const bad[] = {"daemon.patience=5",   "daemon.patience=0s",
                                    "daemon.patience=s",   "daemon.patience=25h",
                                    "daemon.patience=-5s", "daemon.patience=",
                                    "daemon.patience=5 s", "daemon.timeout=99999999999999999999s",
                                    "exit.failed=82",      "exit.failed=0",
                                    "exit.failed=40",      "exit.failed=112",
                                    "exit.failed=71x",     "exit.failed"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    CHECK(parse(bad[i]) == NULL);
    CHECK(config.patience == 5000 && config.timeout == 480000 && config.exit_failed == 99);
  }
  CHECK(parse("exit.failed=71\nexit.failed=72\n") == NULL && config.exit_failed == 71);
}

static void a_path_that_is_not_allowed_is_refused_with_its_line(void) {
  static const char *const bad[] = {
      "\nqueue.program=q",  "\nqueue.program=",         "\nqueue.program",
      "\nqueue.program:/q", "\n queue.program /q",      "\nqueue.program=/a\\b",
      "\ndaemon.socket=s",  "\ndaemon.socket = \\u002f"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    const char *error = parse(bad[i]);
    CHECK(error != NULL && strncmp(error, "FILE:2: ", 8) == 0);
  }
  CHECK(parse("queue.program=/a\nqueue.program=/a\n") != NULL);
  CHECK(parse("queue.program=/a\nqueue.programs /b\n") == NULL);
}

static void a_socket_path_that_does_not_fit_is_refused(void) {
  char line[256] = "daemon.socket=/";
  memset(line + 15, 'x', 106);
  CHECK(parse(line) == NULL && strlen(config.socket) == 107);
  line[121] = 'x';
  CHECK(parse(line) != NULL);
}

static void a_nul_is_refused_in_a_path_and_passed_over_elsewhere(void) {
  char path[] = "queue.program=/q\0x\n";
  CHECK(config_parse(&config, "FILE", path, sizeof path - 1) != NULL);
  char other[] = "gate.slots=7\0\nqueue.program=/r";
  config_defaults(&config);
  CHECK(config_parse(&config, "FILE", other, sizeof other - 1) == NULL);
  CHECK(strcmp(config.queue_program, "/r") == 0);
}

/* An attacker who controls qscand must not choose the program or the socket. */
static void published_are_numbers_alone_and_they_count_before_the_file(void) {
  char octets[256] =
      "queue.program=/evil\ndaemon.socket=/evil\nexit.failed=71\ndaemon.patience=0s\nqueue.program";
  CHECK(parse("queue.program=/q\nexit.failed=72\ndaemon.patience=1s") == NULL);
  config_parse_published(&config, octets, strlen(octets));
  CHECK(strcmp(config.queue_program, "/q") == 0 &&
        strcmp(config.socket, "/run/qscan/qscand.sock") == 0);
  CHECK(config.exit_failed == 71 && config.patience == 1000);
}

static void the_bounce_user_is_a_number_and_published(void) {
  char good[] = "bounce.uid=4711\n", high[] = "bounce.uid=4294967294", root[] = "bounce.uid=0", none[] = "bounce.uid=4294967295",
       name[] = "bounce.uid=qmails";
  CHECK(parse("bounce.uid=4711") == NULL && config.bounce_user == NOBODY);
  config_parse_published(&config, good, strlen(good));
  CHECK(config.bounce_user == 4711);
  config_parse_published(&config, none, strlen(none));
  config_parse_published(&config, name, strlen(name));
  CHECK(config.bounce_user == 4711);
  config_parse_published(&config, high, strlen(high));
  CHECK(config.bounce_user == 4294967294);
  config_parse_published(&config, root, strlen(root));
  CHECK(config.bounce_user == 0);
}

static char room[4096];
static char name[] = "/tmp/qscan-test-XXXXXX";

static const char *read_file(const char *text, mode_t mode, uid_t owner) {
  FILE *file = fopen(name, "w");
  fputs(text, file);
  fclose(file);
  chmod(name, mode);
  config_defaults(&config);
  return config_read(&config, name, owner, room, sizeof room);
}

static void a_file_is_read_whatever_its_length_and_one_line_is_not_without_bounds(void) {
  char text[20001];
  size_t n = 0;
  while (n + 100 < sizeof text) {
    n += (size_t)sprintf(text + n, "# %zu\r\n", n);
  }
  strcpy(text + n, "queue.program=/q\n");
  CHECK(read_file(text, 0644, getuid()) == NULL && strcmp(config.queue_program, "/q") == 0);
  memset(text, 'x', n);
  CHECK(read_file(text, 0644, getuid()) != NULL);
}

static void a_file_that_others_can_write_is_not_believed(void) {
  CHECK(read_file("queue.program=/q", 0644, getuid()) == NULL);
  CHECK(read_file("queue.program=/q", 0600, getuid()) == NULL);
  CHECK(read_file("queue.program=/q", 0664, getuid()) != NULL);
  CHECK(read_file("queue.program=/q", 0646, getuid()) != NULL);
  CHECK(getuid() == 0 || read_file("queue.program=/q", 0644, getuid() + 1) != NULL);
  CHECK(read_file("queue.program=/q", 0644, 0) == NULL || getuid() != 0);
  CHECK(getuid() != 0 ||
        (chown(name, 4321, 0) == 0 && config_read(&config, name, 0, room, sizeof room) != NULL &&
         config_read(&config, name, 4322, room, sizeof room) != NULL &&
         config_read(&config, name, 4321, room, sizeof room) == NULL));
}

static void what_is_no_file_is_not_believed_and_not_waited_for(void) {
  CHECK(unlink(name) == 0 && config_read(&config, name, getuid(), room, sizeof room) != NULL);
  CHECK(mkfifo(name, 0600) == 0 && config_read(&config, name, getuid(), room, sizeof room) != NULL);
  CHECK(config_read(&config, "/", getuid(), room, sizeof room) != NULL);
}

static struct envelope envelope;

static size_t take(const char *octets, size_t n) {
  envelope_begin(&envelope);
  return envelope_take(&envelope, (const unsigned char *)octets, n);
}

#define TAKE(literal) take(literal, sizeof literal - 1)

static void an_envelope_ends_with_its_last_nul(void) {
  CHECK(TAKE("Fa@b\0Tc\0T\0\0after") == 11);
  CHECK(envelope.state == ENVELOPE_COMPLETE && envelope.recipients == 2);
  CHECK(envelope.sender_length == 3 && memcmp(envelope.sender, "a@b", 3) == 0);
  CHECK(TAKE("F\0\0") == 3 && envelope.state == ENVELOPE_COMPLETE);
  CHECK(TAKE("Fa\0Tb\0") == 6 && envelope.state == ENVELOPE_UNREAD);
}

static void an_envelope_that_is_none_is_noticed_at_the_octet(void) {
  CHECK(TAKE("X") == 0 && envelope.state == ENVELOPE_MALFORMED);
  CHECK(TAKE("\0") == 0 && envelope.state == ENVELOPE_MALFORMED);
  CHECK(TAKE("Fa\0Fb\0\0") == 3 && envelope.state == ENVELOPE_MALFORMED);
  CHECK(TAKE("Fa\0Tb\0Xc\0\0") == 6 && envelope.state == ENVELOPE_MALFORMED);
}

static void an_address_has_1002_octets_at_most(void) {
  char octets[1100];
  memset(octets, 'x', sizeof octets);
  octets[0] = 'F';
  octets[1003] = 0;
  CHECK(take(octets, 1004) == 1004 && envelope.state == ENVELOPE_UNREAD);
  CHECK(envelope.sender_length == 1002);
  octets[1003] = 'x';
  CHECK(take(octets, 1100) == 1003 && envelope.state == ENVELOPE_ADDRESS_TOO_LONG);
}

static struct answer answer;

#define ANSWER(literal) frame_answer((const unsigned char *)(literal), sizeof literal - 1, &answer)

static void an_answer_is_believed_only_if_all_of_it_is_right(void) {
  CHECK(ANSWER("Q\000\0\0\0\0\0\0\001\002") && answer.size == 258 && answer.code == 0);
  CHECK(ANSWER("R\047\0\0\0\0\0\0\0\0virus") && answer.code == 39);
  CHECK(ANSWER("T\143\0\0\0\0\0\0\0\0") && answer.code == 99);
  CHECK(ANSWER("D\000\0\0\0\0\0\0\0\0"));
  CHECK(!ANSWER("Q\000\0\0\0\0\0\0\0"));
  CHECK(!ANSWER("Q\001\0\0\0\0\0\0\0\0"));
  CHECK(!ANSWER("R\000\0\0\0\0\0\0\0\0"));
  CHECK(!ANSWER("R\013\0\0\0\0\0\0\0\0"));
  CHECK(!ANSWER("T\000\0\0\0\0\0\0\0\0"));
  CHECK(!ANSWER("T\122\0\0\0\0\0\0\0\0"));
  CHECK(!ANSWER("X\000\0\0\0\0\0\0\0\0"));
}

static void a_header_that_no_daemon_would_send_is_noticed(void) {
  size_t n;
  CHECK(frame_type((const unsigned char *)"A\0\0\0\012", &n) == 'A' && n == 10);
  CHECK(frame_type((const unsigned char *)"H\0\0\0\006", &n) == 'H' && n == 6);
  CHECK(frame_type((const unsigned char *)"M\0\0\0\001", &n) == 0);
  CHECK(frame_type((const unsigned char *)"A\0\0\100\0", &n) == 0);
  CHECK(frame_type((const unsigned char *)"A\377\377\377\377", &n) == 0);
  CHECK(frame_is_hello((const unsigned char *)HELLO, 6));
  CHECK(!frame_is_hello((const unsigned char *)"qscan\002", 6));
}

static void a_header_says_what_follows(void) {
  unsigned char header[FRAME_HEADER];
  frame_header(header, FRAME_MESSAGE, 65536);
  CHECK(memcmp(header, "M\0\001\0\0", 5) == 0);
}

int main(void) {
  an_empty_file_gives_the_defaults();
  every_key_of_ours_is_read();
  what_is_not_ours_is_left_to_qscand();
  a_number_that_is_not_allowed_is_passed_over();
  a_path_that_is_not_allowed_is_refused_with_its_line();
  a_socket_path_that_does_not_fit_is_refused();
  a_nul_is_refused_in_a_path_and_passed_over_elsewhere();
  published_are_numbers_alone_and_they_count_before_the_file();
  the_bounce_user_is_a_number_and_published();
  close(mkstemp(name));
  a_file_is_read_whatever_its_length_and_one_line_is_not_without_bounds();
  a_file_that_others_can_write_is_not_believed();
  what_is_no_file_is_not_believed_and_not_waited_for();
  unlink(name);
  an_envelope_ends_with_its_last_nul();
  an_envelope_that_is_none_is_noticed_at_the_octet();
  an_address_has_1002_octets_at_most();
  an_answer_is_believed_only_if_all_of_it_is_right();
  a_header_that_no_daemon_would_send_is_noticed();
  a_header_says_what_follows();
  printf("%s\n", failures ? "FAILED" : "ok");
  return failures != 0;
}
