#ifndef UNIT_UNIT_H
#define UNIT_UNIT_H
/* The main() of a Check program: UNIT_MAIN("name", test_a, test_b, …) runs each START_TEST as a case of one suite. */
#include <check.h>
#include <stdlib.h>

#define UNIT_MAIN(title, ...)                                                                                                                        \
    int main(void)                                                                                                                                   \
    {                                                                                                                                                \
        const TTest *const tests[] = {__VA_ARGS__};                                                                                                  \
        Suite *suite = suite_create(title);                                                                                                          \
        for (size_t i = 0; i < sizeof tests / sizeof *tests; i++) {                                                                                  \
            TCase *tcase = tcase_create(tests[i]->name);                                                                                             \
            tcase_set_timeout(tcase, 120);                                                                                                           \
            tcase_add_test(tcase, tests[i]);                                                                                                         \
            suite_add_tcase(suite, tcase);                                                                                                           \
        }                                                                                                                                            \
        SRunner *runner = srunner_create(suite);                                                                                                     \
        srunner_run_all(runner, CK_ENV);                                                                                                             \
        int failed = srunner_ntests_failed(runner);                                                                                                  \
        srunner_free(runner);                                                                                                                        \
        return failed ? EXIT_FAILURE : EXIT_SUCCESS;                                                                                                 \
    }
#endif
