/* The few keys of qscan.properties that the client needs; qscan-config(5) explains them. */
#ifndef QSCAN_CONFIG_H
#define QSCAN_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

#define CONFIG_FILE "/etc/qscan/qscan.properties"

enum { PATH_LONGEST = 4096 };

struct config {
  char queue_program[PATH_LONGEST];
  long queue_timeout; /* times in milliseconds, 1 to a day */
  char socket[108];   /* sun_path of unix(7) */
  long patience;
  long timeout;
  bool standalone; /* the fallback */
  char standalone_program[PATH_LONGEST];
  int exit_failed;
};

/* Null, or what is wrong: a sentence in static memory. The file must fit in the room, which is free
 * afterwards. */
const char *config_read(struct config *config, const char *file, char *room, size_t size);

/* The same for n octets that have been read, into room for one more. */
const char *config_parse(struct config *config, const char *file, char *octets, size_t n);

void config_defaults(struct config *config);

#endif
