#ifndef CCLOCK_H
#define CCLOCK_H

/// The variable that names a file with the shift of the system's clock: nanoseconds, eight bytes in the machine's order.
/// The file may change while the program runs.
#define CCTRL_CLOCK_FILE "CCTRL_CLOCK_FILE"

#endif
