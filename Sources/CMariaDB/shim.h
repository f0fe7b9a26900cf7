#include <string.h>

#include <mysql.h>
#include <mariadb_rpl.h>

/* Asks for the binary log from a place on, as a replica does. The library's own call takes its arguments in a form that
   Swift cannot pass. Zero where the server has begun to answer. */
static inline int cctrl_follow_log(MYSQL *handle, const char *file, unsigned long position, unsigned int server) {
    MARIADB_RPL *replica = mariadb_rpl_init(handle);
    if (!replica) return 1;
    int failed = mariadb_rpl_optionsv(replica, MARIADB_RPL_FILENAME, file, (size_t)strlen(file))
        || mariadb_rpl_optionsv(replica, MARIADB_RPL_START, position)
        || mariadb_rpl_optionsv(replica, MARIADB_RPL_SERVER_ID, server)
        || mariadb_rpl_optionsv(replica, MARIADB_RPL_FLAGS, 0u)
        || mariadb_rpl_open(replica)
        || mysql_net_read_packet(handle) == (unsigned long)-1;
    mariadb_rpl_close(replica);
    return failed;
}
