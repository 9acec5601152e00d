; What the compiler calls and no library brings: MSP430 EABI (TI SLAA534) helper functions.
; Arguments 16 bit: r12, r13; 32 bit: r13:r12, r15:r14. Results: r12 or r13:r12. r11-r15 are free.
; Multiplication is by shift and add on purpose: arithmetic.h alone may use the MPY32, since the
; compiler is free to put a call of its own between two accesses to it.

        .macro  function name
        .section .text.\name,"ax",@progbits
        .globl  \name
\name:
        .endm

        function __mspabi_mpyi          ; shift and add
        clr     r14
1:      clrc
        rrc     r13
        jnc     2f
        add     r12, r14
2:      rla     r12
        tst     r13
        jne     1b
        mov     r14, r12
        ret

        function __mspabi_mpyl
        push    r10
        push    r9
        clr     r10
        clr     r11
        mov     #32, r9
1:      clrc
        rrc     r15
        rrc     r14
        jnc     2f
        add     r12, r10
        addc    r13, r11
2:      rla     r12
        rlc     r13
        dec     r9
        jne     1b
        mov     r10, r12
        mov     r11, r13
        pop     r9
        pop     r10
        ret

; 32 / 32 bits: quotient r13:r12, remainder r15:r14.
        function __mspabi_divul
        push    r8
        push    r9
        push    r10
        mov     r14, r10
        mov     r15, r11
        clr     r14
        clr     r15
        mov     #32, r9
        tst     r13
        jne     1f
        mov     r12, r13                ; a 16-bit dividend takes half the rounds
        clr     r12
        mov     #16, r9
1:      rla     r12
        rlc     r13
        rlc     r14
        rlc     r15
        jc      3f
        cmp     r11, r15
        jlo     2f
        jne     3f
        cmp     r10, r14
        jlo     2f
3:      sub     r10, r14
        subc    r11, r15
        inc     r12
2:      dec     r9
        jne     1b
        pop     r10
        pop     r9
        pop     r8
        ret

        function __mspabi_divli
        push    r7
        clr     r7
        tst     r13
        jge     1f
        inv     r12
        inv     r13
        inc     r12
        adc     r13
        inv     r7
1:      tst     r15
        jge     2f
        inv     r14
        inv     r15
        inc     r14
        adc     r15
        inv     r7
2:      call    #__mspabi_divul
        tst     r7
        jeq     3f
        inv     r12
        inv     r13
        inc     r12
        adc     r13
3:      pop     r7
        ret

; 16 / 16 bits: quotient r12, remainder r14.
        function __mspabi_divu
        clr     r14
        mov     #16, r15
1:      rla     r12
        rlc     r14
        jc      3f
        cmp     r13, r14
        jlo     2f
3:      sub     r13, r14
        inc     r12
2:      dec     r15
        jne     1b
        ret

        function __mspabi_remu
        call    #__mspabi_divu
        mov     r14, r12
        ret

; Shifts by r13 (16 bits) or r14 (32 bits).
        function __mspabi_srai
1:      dec     r13
        jn      2f
        rra     r12
        jmp     1b
2:      ret

        function __mspabi_srli
1:      dec     r13
        jn      2f
        clrc
        rrc     r12
        jmp     1b
2:      ret

        function __mspabi_slli
1:      dec     r13
        jn      2f
        rla     r12
        jmp     1b
2:      ret

        function __mspabi_sral
        cmp     #16, r14
        jlo     1f
        mov     r13, r12
        rla     r13
        subc    r13, r13
        inv     r13                     ; all bits the sign
        sub     #16, r14
1:      dec     r14
        jn      2f
        rra     r13
        rrc     r12
        jmp     1b
2:      ret

        function __mspabi_srll
        cmp     #16, r14
        jlo     1f
        mov     r13, r12
        clr     r13
        sub     #16, r14
1:      dec     r14
        jn      2f
        clrc
        rrc     r13
        rrc     r12
        jmp     1b
2:      ret

        function __mspabi_slll
        cmp     #16, r14
        jlo     1f
        mov     r12, r13
        clr     r12
        sub     #16, r14
1:      dec     r14
        jn      2f
        rla     r12
        rlc     r13
        jmp     1b
2:      ret

        function memset
        mov     r12, r15
1:      dec     r14
        jn      2f
        mov.b   r13, 0(r15)
        inc     r15
        jmp     1b
2:      ret

        function memcpy
        mov     r12, r15
1:      dec     r14
        jn      2f
        mov.b   @r13+, r11
        mov.b   r11, 0(r15)
        inc     r15
        jmp     1b
2:      ret
