; Reset, the timer's overflow interrupt, and the interrupt vectors.
        .equ    WDTCTL, 0x01CC
        .equ    WDTPW_WDTHOLD, 0x5A80
        .equ    TA0IV, 0x03AE
        .equ    PAINT, 0xA55A           ; what an untouched stack word holds, see port_stack_unused

        .section .start,"ax",@progbits
        .globl  reset
reset:  mov     #WDTPW_WDTHOLD, &WDTCTL
        mov     #stack_top, r1
        mov     #bss_start, r12
clear:  cmp     #bss_end, r12
        jhs     paint
        clr     0(r12)
        incd    r12
        jmp     clear
paint:  cmp     #stack_top, r12
        jhs     copy
        mov     #PAINT, 0(r12)
        incd    r12
        jmp     paint
copy:   mov     #data_image, r13
        mov     #data_start, r12
copy_word:
        cmp     #data_end, r12
        jhs     run
        mov     @r13+, r14
        mov     r14, 0(r12)
        incd    r12
        jmp     copy_word
run:    call    #main
        .globl  stopped
stopped:
        jmp     stopped

        .text
timer_overflow:                         ; reading TA0IV clears the flag
        tst     &TA0IV
        inc     &timer_overflows
        reti

unexpected:                             ; a wrong watchdog password resets the chip
        clr     &WDTCTL
        jmp     unexpected

        .section .vectors,"a",@progbits
        .rept   14                      ; 0xFFDA .. 0xFFF4: ports, ADC, eUSCI, watchdog, RTC, timers
        .word   unexpected
        .endr
        .word   timer_overflow          ; 0xFFF6: Timer0_A3 overflow
        .rept   3                       ; 0xFFF8 Timer0_A3 CCR0, 0xFFFA user NMI, 0xFFFC system NMI
        .word   unexpected
        .endr
        .word   reset                   ; 0xFFFE
