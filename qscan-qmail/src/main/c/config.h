/* The few keys of qscan.properties that the client needs; qscan-config(5) explains them.
 *
 * Two of them are paths: the program to execute, and the socket. They count only if nobody but root
 * or the caller can have written the file, and a bad value is an error. The others are numbers. If
 * qscand has published a number beside its socket, that number overrides the file. A number that is
 * not allowed is ignored: qscand has already told the operator, and mail must not stop for it. */
#ifndef QSCAN_CONFIG_H
#define QSCAN_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define CONFIG_FILE "/etc/qscan/qscan.properties"

/* qscand publishes its numbers in a file with the path of the socket and this suffix. */
#define PUBLISHED ".settings"

enum { PATH_LONGEST = 4096 };

/* No user has this number: for chown(2) and setresuid(2), it means "leave as it is". */
#define NOBODY ((uid_t)-1)

struct config {
  char queue_program[PATH_LONGEST];
  char socket[108];   /* sun_path of unix(7) */
  long queue_timeout; /* this and the next three are milliseconds, from 1 to a day */
  long patience;
  long restart_patience;
  long timeout;
  int exit_failed;   /* 41 to 111 */
  uid_t bounce_user; /* the user that qmail-send injects bounces as; NOBODY if not published */
};

void config_defaults(struct config *config);

/* Reads the file, or CONFIG_FILE if `file` is null and CONFIG_FILE exists. The file must belong to
 * root or to `owner`. Returns null, or a sentence in static memory that says what is wrong. `room`
 * is memory for reading, and free again afterwards. */
const char *config_read(struct config *config, const char *file, uid_t owner, char *room,
                        size_t size);

/* Reads the numbers that qscand has published, if there are any. */
void config_read_published(struct config *config, char *room, size_t size);

/* The same two for n octets in memory, which is modified and has space for one more octet. */
const char *config_parse(struct config *config, const char *file, char *octets, size_t n);
void config_parse_published(struct config *config, char *octets, size_t n);

#endif
