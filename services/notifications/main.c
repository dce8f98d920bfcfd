#include "notifications/service.h"

int main(int argc, char **argv) { return ch_main(&notifications_service, argc, argv); }
