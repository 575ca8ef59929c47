/* The first instructions of all: under a small limit on memory already the C library's own start
 * fails, before main, and it fails by SIGSEGV. So the signals of a crash are 81 from the beginning;
 * signals.c says the same again, with a stack of its own and a line for the log. Only for x86-64;
 * elsewhere the Makefile leaves the entry as it is.
 *
 * A struct of rt_sigaction(2) is made on the stack: handler, flags (SA_RESTORER, which the kernel
 * asks for), restorer, mask. Nothing of the C library may be used: it is not there yet. */
#ifdef __x86_64__
__asm__(".text\n"
        ".globl qscan_start\n"
        ".type qscan_start, @function\n"
        "qscan_start:\n"
        "  mov %rdx, %r12\n" /* _start will want it */
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
