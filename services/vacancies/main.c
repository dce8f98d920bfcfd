#include "vacancies/service.h"

int main(int argc, char **argv) { return ch_main(&vacancies_service, argc, argv); }
