/* Fuzz target for everything that the client parses: a configuration, an envelope, qscand's frames.
 *
 * The first octet chooses the parser. With libFuzzer: make fuzz CC=clang FUZZER='-fsanitize=fuzzer
 * -DLIBFUZZER'. Without it, a generator of our own mangles a few good inputs.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "envelope.h"
#include "frame.h"

int LLVMFuzzerTestOneInput(const unsigned char *octets, size_t n);

static void require(bool what, const char *name) {
  if (!what) {
    fprintf(stderr, "broken: %s\n", name);
    abort();
  }
}

static void fuzz_config(const unsigned char *octets, size_t n) {
  struct config config;
  char *copy = malloc(n + 1);
  require(copy != NULL, "memory");
  memcpy(copy, octets, n);
  config_defaults(&config);
  if (config_parse(&config, "FILE", copy, n) == NULL) {
    require(config.socket[0] == '/' && config.queue_program[0] == '/', "paths are absolute");
    require(config.patience > 0 && config.patience <= 86400000, "durations are within a day");
    require(config.exit_failed > 40 && config.exit_failed <= 111, "failure is temporary");
  }
  struct config before = config;
  memcpy(copy, octets, n);
  config_parse_published(&config, copy, n);
  require(strcmp(config.queue_program, before.queue_program) == 0, "only the file names a program");
  require(config.timeout > 0 && config.exit_failed > 40 && config.exit_failed <= 111, "numbers");
  free(copy);
}

/* However the octets are cut into pieces, the result is the same. */
static void fuzz_envelope(const unsigned char *octets, size_t n) {
  struct envelope whole;
  struct envelope cut;
  envelope_begin(&whole);
  envelope_begin(&cut);
  size_t good = envelope_take(&whole, octets, n);
  size_t at = 0;
  while (at < n && cut.state == ENVELOPE_UNREAD) {
    size_t step = 1 + octets[at] % 7;
    step = step < n - at ? step : n - at;
    at += envelope_take(&cut, octets + at, step);
  }
  require(at == good && cut.state == whole.state && cut.recipients == whole.recipients, "cuts");
  require(whole.sender_length <= LONGEST_ADDRESS, "sender");
  require(whole.state != ENVELOPE_COMPLETE || octets[good - 1] == 0, "the last octet is NUL");
}

static void fuzz_frame(const unsigned char *octets, size_t n) {
  struct answer answer;
  size_t length;
  if (n >= FRAME_HEADER && frame_type(octets, &length) != 0) {
    require(length <= FRAME_ANSWER_LONGEST, "length");
  }
  if (frame_answer(octets, n, &answer)) {
    require((answer.code == 0) == (answer.fate == FATE_QUEUE || answer.fate == FATE_DISCARD), "0");
  }
  frame_is_hello(octets, n);
}

int LLVMFuzzerTestOneInput(const unsigned char *octets, size_t n) {
  if (n > 0) {
    switch (octets[0] % 3) {
    case 0:
      fuzz_config(octets + 1, n - 1);
      break;
    case 1:
      fuzz_envelope(octets + 1, n - 1);
      break;
    default:
      fuzz_frame(octets + 1, n - 1);
    }
  }
  return 0;
}

#ifndef LIBFUZZER

#define GOOD(literal)                                                                              \
  { (const unsigned char *)(literal), sizeof literal - 1 }

static const struct {
  const unsigned char *octets;
  size_t n;
} good[] = {
    GOOD("\003daemon.socket=/run/s\nexit.failed=99\r\n# c\nqueue.timeout=10m\ndaemon.patience=5s"),
    GOOD("\001Fsender@a.test\0Trecipient@b.test\0T\0\0"),
    GOOD("\002A\0\0\0\012Q\0\0\0\0\0\0\0\0\0"), GOOD("\002Q\0\0\0\0\0\0\0\001\0text")};

int main(int argc, char **argv) {
  long runs = argc > 1 && strncmp(argv[1], "-runs=", 6) == 0 ? atol(argv[1] + 6) : 100000;
  unsigned char octets[4096];
  srand(20261122);
  for (long i = 0; i < runs; i++) {
    size_t which = (size_t)rand() % (sizeof good / sizeof *good);
    size_t n = good[which].n;
    memcpy(octets, good[which].octets, n);
    for (int change = rand() % 6; change > 0; change--) {
      size_t at = 1 + (size_t)rand() % (n - 1);
      switch (rand() % 4) {
      case 0:
        octets[at] = (unsigned char)rand();
        break;
      case 1: /* cut */
        n = at + 1;
        break;
      case 2: /* repeat a piece */
        if (n + (n - at) <= sizeof octets) {
          memmove(octets + n, octets + at, n - at);
          n += n - at;
        }
        break;
      default:
        octets[at] = (unsigned char)"\n=\0Ts# /"[rand() % 8];
      }
    }
    LLVMFuzzerTestOneInput(octets, n);
  }
  printf("%ld runs\n", runs);
  return 0;
}

#endif
