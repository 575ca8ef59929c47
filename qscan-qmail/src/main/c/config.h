/* The few keys of qscan.properties that the client needs; qscan-config(5) explains them.
 *
 * Two of them say what is reached: the program that is executed and the socket. They count only
 * from a file that nobody but root, or the caller himself, could have written; what is wrong with
 * them is an error. The others are numbers. Those that qscand has published beside its socket count
 * before those of the file, and one that is not allowed is passed over: qscand has told its
 * operator, and mail does not stop while it runs well. */
#ifndef QSCAN_CONFIG_H
#define QSCAN_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define CONFIG_FILE "/etc/qscan/qscan.properties"

/* Behind the path of the socket: where qscand publishes its numbers. */
#define PUBLISHED ".settings"

enum { PATH_LONGEST = 4096 };

/* Not a user: chown(2) and setresuid(2) take it for "leave as it is". */
#define NOBODY ((uid_t)-1)

struct config {
  char queue_program[PATH_LONGEST];
  char socket[108];   /* sun_path of unix(7) */
  long queue_timeout; /* times in milliseconds, 1 to a day */
  long patience;
  long restart_patience;
  long timeout;
  int exit_failed;    /* 41 to 111 */
  uid_t bounce_user;  /* whom qmail-send injects bounces as; nobody where it was not published */
};

void config_defaults(struct config *config);

/* Reads the file; with null the usual one, if it is there. It must belong to root or to `owner`.
 * Null, or what is wrong: a sentence in static memory. The room is free afterwards. */
const char *config_read(struct config *config, const char *file, uid_t owner, char *room,
                        size_t size);

/* Reads what qscand has published, if it has. */
void config_read_published(struct config *config, char *room, size_t size);

/* The same for n octets that have been read, into room for one more. */
const char *config_parse(struct config *config, const char *file, char *octets, size_t n);
void config_parse_published(struct config *config, char *octets, size_t n);

#endif
