/* The first instructions of the process. If a limit on memory is small, the start of the C library
 * itself fails before main(), with SIGSEGV. So the signals of a crash become exit code 81 from the
 * first instruction on. Later, signals.c sets them up again, with a stack of their own and a line
 * for the log. This exists only for x86-64; elsewhere the Makefile uses the ordinary entry point.
 *
 * The code builds a struct for rt_sigaction(2) on the stack: handler, flags (SA_RESTORER, which the
 * kernel requires), restorer, mask. It cannot use the C library, which has not started yet. */
#ifdef __x86_64__
__asm__(".text\n"
        ".globl qscan_start\n"
        ".type qscan_start, @function\n"
        "qscan_start:\n"
        "  mov %rdx, %r12\n" /* _start needs it later */
        "  sub $32, %rsp\n"
        "  lea crashed_at_start(%rip), %rax\n"
        "  mov %rax, (%rsp)\n"
        "  movq $0x04000000, 8(%rsp)\n"
        "  mov %rax, 16(%rsp)\n"
        "  movq $0, 24(%rsp)\n"
        ".irp signal, 4, 5, 6, 7, 8, 11, 31\n" /* ILL TRAP ABRT BUS FPE SEGV SYS */
        "  mov $13, %eax\n"                    /* rt_sigaction */
        "  mov $\\signal, %edi\n"
        "  mov %rsp, %rsi\n"
        "  xor %edx, %edx\n"
        "  mov $8, %r10d\n"
        "  syscall\n"
        ".endr\n"
        "  add $32, %rsp\n"
        "  mov %r12, %rdx\n"
        "  jmp _start\n"
        "crashed_at_start:\n"
        "  mov $231, %eax\n" /* exit_group */
        "  mov $81, %edi\n"
        "  syscall\n"
        ".size qscan_start, . - qscan_start\n"
        ".section .note.GNU-stack, \"\", @progbits\n"
        ".text\n");
#endif

/* ISO C forbids an empty translation unit. */
typedef int nothing_else_here;
