/* Checks an envelope: F sender NUL (T recipient NUL)* NUL. Only its last NUL commits a message. */
#ifndef QSCAN_ENVELOPE_H
#define QSCAN_ENVELOPE_H

#include <stddef.h>
#include <stdint.h>

enum { LONGEST_ADDRESS = 1002 }; /* qmail-queue's ADDR is 1003 and counts the NUL */

/* What has been read of it. The protocol uses the same numbers. */
enum envelope_state {
  ENVELOPE_UNREAD = 0,
  ENVELOPE_COMPLETE = 1,
  ENVELOPE_BROKEN_OFF = 2,
  ENVELOPE_ADDRESS_TOO_LONG = 3,
  ENVELOPE_MALFORMED = 4,
  ENVELOPE_UNFINISHED = 5 /* correct so far, and larger than the buffer */
};

struct envelope {
  enum envelope_state state;
  int expect;    /* 'F'; 'T' before a recipient or the end; 's' or 'r' within an address */
  size_t length; /* of the current address so far */
  uint64_t recipients;
  size_t sender_length;
  unsigned char sender[LONGEST_ADDRESS];
};

void envelope_begin(struct envelope *envelope);

/* Checks octets until they end or the state is final; returns how many of them were correct. */
size_t envelope_take(struct envelope *envelope, const unsigned char *octets, size_t n);

#endif
