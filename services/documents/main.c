#include "documents/service.h"

int main(int argc, char **argv) { return ch_main(&documents_service, argc, argv); }
