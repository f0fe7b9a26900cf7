#define _GNU_SOURCE
#include "CProcess.h"
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

int cprocess_close_from(posix_spawn_file_actions_t *actions, int first) {
  return posix_spawn_file_actions_addclosefrom_np(actions, first);
}

int cprocess_detach(posix_spawnattr_t *attributes) {
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  int result = posix_spawnattr_setsigmask(attributes, &none);
  if (result == 0) result = posix_spawnattr_setsigdefault(attributes, &all);
  if (result == 0)
    result = posix_spawnattr_setflags(attributes,
                                      POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  return result;
}

int cprocess_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }
