#include <histedit.h>
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>

/* libedit's setters take a variable number of arguments, which Swift does not import: a wrapper for each. */

typedef char *(*cedit_prompt)(EditLine *);
typedef unsigned char (*cedit_function)(EditLine *, int);
typedef int (*cedit_reader)(EditLine *, wchar_t *);

/* `stdin` and its like are mutable globals, which Swift 6 refuses. */
static inline FILE *cedit_output(void) { return stdout; }
static inline EditLine *cedit_new(const char *program) {
    return el_init_fd(program, stdin, stdout, stderr, fileno(stdin), fileno(stdout), fileno(stderr));
}
static inline int cedit_set_prompt(EditLine *edit, cedit_prompt prompt) {
    return el_set(edit, EL_PROMPT_ESC, prompt, (char)1);
}
static inline int cedit_set_emacs_keys(EditLine *edit) { return el_set(edit, EL_EDITOR, "emacs"); }
static inline int cedit_leave_signals(EditLine *edit) { return el_set(edit, EL_SIGNAL, 0); }
static inline int cedit_take_terminal(EditLine *edit) { return el_set(edit, EL_PREP_TERM, 1); }
static inline int cedit_set_reader(EditLine *edit, cedit_reader reader) {
    return el_set(edit, EL_GETCFN, reader);
}
static inline int cedit_add_function(
    EditLine *edit, const char *name, const char *help, cedit_function function) {
    return el_set(edit, EL_ADDFN, name, help, function);
}
static inline int cedit_bind(EditLine *edit, const char *key, const char *function) {
    return el_set(edit, EL_BIND, key, function, (char *)0);
}
static inline int cedit_set_owner(EditLine *edit, void *owner) { return el_set(edit, EL_CLIENTDATA, owner); }
static inline void *cedit_owner(EditLine *edit) {
    void *owner = 0;
    el_get(edit, EL_CLIENTDATA, &owner);
    return owner;
}
static inline int cedit_refresh(EditLine *edit) { return el_set(edit, EL_REFRESH); }
static inline int cedit_set_history(EditLine *edit, History *past) {
    return el_set(edit, EL_HIST, history, past);
}
static inline int cedit_history_setting(History *past, int setting, int value) {
    HistEvent event;
    return history(past, &event, setting, value);
}
static inline void cedit_history_add(History *past, const char *line) {
    HistEvent event;
    history(past, &event, H_ENTER, line);
}
/* Adds a line, and forgets the same line where it was typed before. */
static inline void cedit_history_renew(History *past, const char *line) {
    HistEvent event;
    for (int found = history(past, &event, H_FIRST); found >= 0; found = history(past, &event, H_NEXT)) {
        if (strcmp(event.str, line) != 0) continue;
        /* Its text is a copy, and ours. */
        if (history(past, &event, H_DEL, event.num) == 0) free((void *)event.str);
        break;
    }
    cedit_history_add(past, line);
}

/* Hidden behind _GNU_SOURCE, with which Swift's Glibc is not built. */
extern int wcwidth(wchar_t);
extern int pipe2(int *, int);

/* Without a UTF-8 locale libedit drops every letter that is not ASCII. Returns 0 where there is none. */
static inline int cedit_use_utf8(void) {
    if (!setlocale(LC_CTYPE, "")) (void)setlocale(LC_CTYPE, "C");
    const char *set = nl_langinfo(CODESET);
    if (set[0] == 'U' && set[1] == 'T' && set[2] == 'F') return 1;
    return setlocale(LC_CTYPE, "C.UTF-8") != 0;
}
