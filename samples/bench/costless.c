/* A scanner that costs nothing but its start, and finds nothing: for benchmarks. */
int main(void) { return 0; }
