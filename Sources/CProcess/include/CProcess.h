#ifndef CPROCESS_H
#define CPROCESS_H
#include <spawn.h>

/* What <spawn.h> hides behind _GNU_SOURCE, which Swift's Glibc module is not built with. */

/* The child closes every descriptor from `first` on. */
int cprocess_close_from(posix_spawn_file_actions_t *actions, int first);

/* The child gets a session of its own, no blocked signal, and the default action for each. */
int cprocess_detach(posix_spawnattr_t *attributes);

/* A pipe that no other child inherits. */
int cprocess_pipe(int ends[2]);

#endif
