#include "greetings/service.h"

int main(int argc, char **argv) { return ch_main(&greetings_service, argc, argv); }
