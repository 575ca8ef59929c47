/* Takes the place of the real qmail-queue for conversation.c: it reads the message to its end, then
 * the envelope. After the last NUL it creates a file "committed" in this directory and exits with
 * 0. */
#include <fcntl.h>
#include <unistd.h>

#include "envelope.h"

static unsigned char octets[65536];

int main(void) {
  struct envelope envelope;
  ssize_t n;
  while ((n = read(0, octets, sizeof octets)) > 0) {
  }
  envelope_begin(&envelope);
  while (envelope.state == ENVELOPE_UNREAD && (n = read(1, octets, sizeof octets)) > 0) {
    envelope_take(&envelope, octets, (size_t)n);
  }
  return envelope.state == ENVELOPE_COMPLETE && creat("committed", 0600) >= 0 ? 0 : 54;
}
