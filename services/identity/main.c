#include "identity/service.h"

int main(int argc, char **argv) { return ch_main(&identity_service, argc, argv); }
