/* The protocol between qscan-client and qscand; ARCHITECTURE.md explains it. Numbers are
 * big-endian. */
#ifndef QSCAN_FRAME_H
#define QSCAN_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
  FRAME_HEADER = 5,      /* a type and the length of what follows */
  FRAME_LONGEST = 65536, /* octets after the header, in any frame */
  FRAME_ANSWER_LONGEST = 10 + 512,
  FRAME_TEXT_LONGEST = 255
};

/* From the client. */
#define FRAME_MESSAGE 'M'  /* octets of the message */
#define FRAME_END 'E'      /* its size, 8 octets */
#define FRAME_ENVELOPE 'V' /* state, recipients (8), sender */
#define FRAME_OUTCOME 'X'  /* exit code, state, recipients (8), reason */
/* From both. */
#define FRAME_HELLO 'H' /* "qscan", version; from the client followed by the sender's address */
/* From the daemon. */
#define FRAME_ANSWER 'A' /* fate, exit code, size of what was judged (8), text */

#define HELLO "qscan\001"

/* Fates: what the client shall do with the message. */
#define FATE_QUEUE 'Q'
#define FATE_REFUSE 'R'
#define FATE_DEFER 'T'
#define FATE_DISCARD 'D'

struct answer {
  char fate;
  int code;
  uint64_t size;
};

void frame_header(unsigned char *to, char type, size_t length);
void frame_number(unsigned char *to, uint64_t value); /* 8 octets */

/* The type of a frame that a client may receive, or 0; its length goes to *length. */
char frame_type(const unsigned char *header, size_t *length);

bool frame_is_hello(const unsigned char *octets, size_t n);

/* Reads an answer; false if its length, fate or code is not allowed. */
bool frame_answer(const unsigned char *octets, size_t n, struct answer *answer);

#endif
