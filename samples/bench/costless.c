/* A scanner that costs nothing but its start, and finds nothing but the test file that QScan shows it to see
   whether it finds anything: for benchmarks. */
#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv) {
    char file[4096];
    int length = snprintf(file, sizeof file, "%s/qscan-canary-eicar-test-file", argc > 1 ? argv[argc - 1] : "");
    if (length < 0 || (size_t)length >= sizeof file || access(file, F_OK) != 0) return 0;
    printf(">>> Virus 'EICAR-AV-Test' found in file %s\n", file);
    return 3;
}
