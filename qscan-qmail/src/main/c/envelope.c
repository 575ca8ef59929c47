#include "envelope.h"

#include <string.h>

void envelope_begin(struct envelope *e) {
  memset(e, 0, sizeof *e);
  e->state = ENVELOPE_UNREAD;
  e->expect = 'F';
}

static void begin_address(struct envelope *e, unsigned char octet) {
  if (octet == 0 && e->expect == 'T') {
    e->state = ENVELOPE_COMPLETE;
  } else if (octet == e->expect) {
    e->expect = octet == 'F' ? 's' : 'r';
    e->length = 0;
  } else {
    e->state = ENVELOPE_MALFORMED;
  }
}

static void continue_address(struct envelope *e, unsigned char octet) {
  if (octet == 0) {
    e->recipients += e->expect == 'r';
    e->expect = 'T';
  } else if (e->length == LONGEST_ADDRESS) {
    e->state = ENVELOPE_ADDRESS_TOO_LONG;
  } else {
    if (e->expect == 's') {
      e->sender[e->sender_length++] = octet;
    }
    e->length++;
  }
}

size_t envelope_take(struct envelope *e, const unsigned char *octets, size_t n) {
  for (size_t i = 0; i < n; i++) {
    if (e->expect == 'F' || e->expect == 'T') {
      begin_address(e, octets[i]);
    } else {
      continue_address(e, octets[i]);
    }
    if (e->state != ENVELOPE_UNREAD) {
      return e->state == ENVELOPE_COMPLETE ? i + 1 : i;
    }
  }
  return n;
}
