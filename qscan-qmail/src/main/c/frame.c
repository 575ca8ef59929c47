#include "frame.h"

#include <string.h>

void frame_number(unsigned char *to, uint64_t value) {
  for (int i = 7; i >= 0; i--) {
    to[i] = (unsigned char)(value & 0xff);
    value >>= 8;
  }
}

static uint64_t number(const unsigned char *from, int octets) {
  uint64_t value = 0;
  for (int i = 0; i < octets; i++) {
    value = value << 8 | from[i];
  }
  return value;
}

void frame_header(unsigned char *to, char type, size_t length) {
  unsigned char eight[8];
  frame_number(eight, length);
  to[0] = (unsigned char)type;
  memcpy(to + 1, eight + 4, 4);
}

char frame_type(const unsigned char *header, size_t *length) {
  *length = (size_t)number(header + 1, 4);
  bool good =
      (header[0] == FRAME_HELLO || header[0] == FRAME_ANSWER) && *length <= FRAME_ANSWER_LONGEST;
  return good ? (char)header[0] : 0;
}

bool frame_is_hello(const unsigned char *octets, size_t n) {
  return n == sizeof HELLO - 1 && memcmp(octets, HELLO, n) == 0;
}

bool frame_answer(const unsigned char *octets, size_t n, struct answer *answer) {
  if (n < 10 || n > FRAME_ANSWER_LONGEST) {
    return false;
  }
  answer->fate = (char)octets[0];
  answer->code = octets[1];
  answer->size = number(octets + 2, 8);
  switch (answer->fate) {
  case FATE_QUEUE:
  case FATE_DISCARD:
    return answer->code == 0;
  case FATE_REFUSE: /* the codes that qmail takes as permanent */
    return answer->code >= 12 && answer->code <= 40;
  case FATE_DEFER: /* the codes that it takes as temporary; with 82 and 88 it expects a text */
    return answer->code > 40 && answer->code <= 111 && answer->code != 82 && answer->code != 88;
  default:
    return false;
  }
}
