/* commonhire-keys DIRECTORY: makes what is missing of cookie.key (32 random bytes) and seal.pub, seal.key (a libsodium box pair). */
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int put(const char *dir, const char *name, const unsigned char *bytes, size_t n)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *f = fopen(path, "wb");
    if (!f || chmod(path, 0600) || fwrite(bytes, 1, n, f) != n) return 1;
    return fclose(f);
}

static int there(const char *dir, const char *name)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    return access(path, R_OK) == 0;
}

int main(int argc, char **argv)
{
    unsigned char key[32], pub[crypto_box_PUBLICKEYBYTES], sec[crypto_box_SECRETKEYBYTES];
    if (argc != 2 || sodium_init() < 0) return 2;
    umask(0077);
    randombytes_buf(key, sizeof key);
    crypto_box_keypair(pub, sec);
    if (!there(argv[1], "cookie.key") && put(argv[1], "cookie.key", key, sizeof key)) return 1;
    if (there(argv[1], "seal.pub")) return 0;
    return put(argv[1], "seal.key", sec, sizeof sec) || put(argv[1], "seal.pub", pub, sizeof pub);
}
