/* A scanner for benchmarks. It costs nothing but its start, and finds only the test file that QScan shows to
   scanners. */
#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv) {
    char file[4096];
    int length = snprintf(file, sizeof file, "%s/qscan-canary-eicar-test-file", argc > 1 ? argv[argc - 1] : "");
    if (length < 0 || (size_t)length >= sizeof file || access(file, F_OK) != 0) return 0;
    printf(">>> Virus 'EICAR-AV-Test' found in file %s\n", file);
    return 3;
}
