/* The 16-bit processor: 27 instructions, seven addressing modes, cycles from SLAU445 section
 * 4.5.1.5. */
#include "machine.h"

enum { PC = 0, SP = 1, SR = 2, CG = 3 };
enum { CARRY = 0x0001, ZERO = 0x0002, NEGATIVE = 0x0004, GIE = 0x0008, OVERFLOW = 0x0100 };
enum { TIMER_VECTOR = 0xFFF6, INTERRUPT_CYCLES = 6, RETI_CYCLES = 5, JUMP_CYCLES = 2 };

/* Addressing modes in the rows of tables 4-9 and 4-10. */
enum mode { REGISTER, INDIRECT, AUTOINCREMENT, IMMEDIATE, INDEXED };

/* Table 4-10: destination a register, the PC, or in memory. */
static const uint8_t TO_REGISTER[5] = {1, 2, 2, 2, 3};
static const uint8_t TO_PC[5] = {3, 4, 4, 3, 5};
static const uint8_t TO_MEMORY[5] = {4, 5, 5, 5, 6};
/* Table 4-9: shifts and swaps, PUSH, CALL. CALL &EDE takes one more. */
static const uint8_t SHIFT[5] = {1, 3, 3, 3, 4};
static const uint8_t PUSH[5] = {3, 3, 3, 3, 4};
static const uint8_t CALL[5] = {4, 4, 4, 4, 5};

struct operand {
    uint16_t value;
    uint16_t address;
    enum mode mode;
    uint8_t in_memory;
};

/* The read cache of the FRAM controller: two sets of two 8-byte lines; a miss waits. */
static uint16_t cache_line[2][2];
static uint8_t cache_oldest[2];

static void through_cache(uint16_t address)
{
    uint16_t line = address >> 3;
    uint8_t set = line & 1;
    for (uint8_t way = 0; way < 2; way++)
        if (cache_line[set][way] == line) {
            cache_oldest[set] = (uint8_t)(way ^ 1);
            return;
        }
    machine.cache_misses++;
    machine.cycles += fram_wait_states();
    cache_line[set][cache_oldest[set]] = line;
    cache_oldest[set] ^= 1;
}

static uint16_t read_memory(uint16_t address, uint8_t is_byte)
{
    if (!is_byte && (address & 1)) {
        stop(TRAP_ODD_WORD, address);
        return 0;
    }
    if (address < PERIPHERALS_END) {
        uint16_t word = read_peripheral(address & 0xFFFE);
        return is_byte ? (address & 1 ? word >> 8 : word & 0xFF) : word;
    }
    if (address >= FRAM_START) {
        through_cache(address);
    } else if (address < SRAM_START || address >= SRAM_END) {
        stop(TRAP_VACANT_READ, address);
        return 0;
    }
    return is_byte ? machine.memory[address] : load_word(address);
}

static void write_memory(uint16_t address, uint16_t value, uint8_t is_byte)
{
    if (!is_byte && (address & 1))
        stop(TRAP_ODD_WORD, address);
    else if (address < PERIPHERALS_END)
        write_peripheral(address, value, is_byte);
    else if (address >= FRAM_START)
        stop(TRAP_PROTECTED_WRITE, address);
    else if (address < SRAM_START || address >= SRAM_END)
        stop(TRAP_VACANT_WRITE, address);
    else if (is_byte)
        machine.memory[address] = (uint8_t)value;
    else
        store_word(address, value);
}

static uint16_t fetch(void)
{
    uint16_t address = machine.reg[PC];
    if (address < FRAM_START || (address & 1)) {
        stop(TRAP_FETCH, address);
        return 0;
    }
    through_cache(address);
    machine.reg[PC] = (uint16_t)(address + 2);
    return load_word(address);
}

static void set_register(uint8_t index, uint16_t value)
{
    machine.reg[index] = value;
    if (index == SP) {
        machine.reg[SP] &= 0xFFFE;
        if (machine.reg[SP] < machine.lowest_stack && machine.reg[SP] >= SRAM_START)
            machine.lowest_stack = machine.reg[SP];
    }
}

static void push(uint16_t value)
{
    set_register(SP, (uint16_t)(machine.reg[SP] - 2));
    write_memory(machine.reg[SP], value, 0);
}

static uint16_t pop(void)
{
    uint16_t value = read_memory(machine.reg[SP], 0);
    set_register(SP, (uint16_t)(machine.reg[SP] + 2));
    return value;
}

static struct operand constant(uint16_t value, uint8_t is_byte)
{
    struct operand result = {is_byte ? value & 0xFF : value, 0, REGISTER, 0};
    return result;
}

static uint16_t indexed_address(uint8_t index)
{
    uint16_t base = index == SR ? 0 : machine.reg[index];   /* symbolic: the PC is at the offset */
    return (uint16_t)(base + fetch());
}

static struct operand source(uint8_t index, uint8_t as, uint8_t is_byte)
{
    static const uint16_t generated[4] = {0, 1, 2, 0xFFFF};
    struct operand result = {0, 0, REGISTER, 0};
    if (index == CG)
        return constant(generated[as], is_byte);
    if (index == SR && as >= 2)
        return constant(as == 2 ? 4 : 8, is_byte);
    if (as == 0)
        return constant(machine.reg[index], is_byte);
    if (as == 3 && index == PC) {
        result = constant(fetch(), is_byte);
        result.mode = IMMEDIATE;
        return result;
    }
    result.in_memory = 1;
    result.mode = as == 1 ? INDEXED : as == 2 ? INDIRECT : AUTOINCREMENT;
    result.address = as == 1 ? indexed_address(index) : machine.reg[index];
    result.value = read_memory(result.address, is_byte);
    if (as == 3)
        set_register(index, (uint16_t)(machine.reg[index] + (is_byte && index != SP ? 1 : 2)));
    return result;
}

static void set_flags(uint8_t carry, uint16_t result, uint16_t sign, uint8_t overflow)
{
    uint16_t flags = (uint16_t)(machine.reg[SR] & ~(CARRY | ZERO | NEGATIVE | OVERFLOW));
    flags |= (uint16_t)((carry ? CARRY : 0) | (result == 0 ? ZERO : 0)
                        | (result & sign ? NEGATIVE : 0) | (overflow ? OVERFLOW : 0));
    machine.reg[SR] = flags;
}

static void jump(uint16_t opcode)
{
    uint16_t flags = machine.reg[SR];
    uint8_t negative = (flags & NEGATIVE) != 0, overflow = (flags & OVERFLOW) != 0, taken = 1;
    switch ((opcode >> 10) & 7) {
    case 0: taken = !(flags & ZERO); break;
    case 1: taken = (flags & ZERO) != 0; break;
    case 2: taken = !(flags & CARRY); break;
    case 3: taken = (flags & CARRY) != 0; break;
    case 4: taken = negative; break;
    case 5: taken = negative == overflow; break;
    case 6: taken = negative != overflow; break;
    }
    if (taken) {
        int16_t offset = (int16_t)((opcode & 0x03FF) << 6);
        machine.reg[PC] = (uint16_t)(machine.reg[PC] + (offset >> 6) * 2);
    }
    machine.cycles += JUMP_CYCLES;
}

static void return_from_interrupt(void)
{
    machine.reg[SR] = pop();
    machine.reg[PC] = pop();
    machine.cycles += RETI_CYCLES;
}

/* RRC, SWPB, RRA, SXT. */
static void shift(uint8_t operation, struct operand operand, uint8_t index, uint8_t is_byte)
{
    uint16_t sign = is_byte ? 0x80 : 0x8000, value = operand.value, result;
    uint8_t carry_in = machine.reg[SR] & CARRY;
    if ((operation == 1 || operation == 3) && is_byte) {
        stop(TRAP_ILLEGAL_INSTRUCTION, operation);
        return;
    }
    if (operation == 0 || operation == 2) {
        uint16_t top = operation == 0 ? (carry_in ? sign : 0) : value & sign;
        result = (uint16_t)(value >> 1 | top);
        set_flags(value & 1, result, sign, 0);
    } else if (operation == 1) {
        result = (uint16_t)(value << 8 | value >> 8);
    } else {
        result = (uint16_t)(int16_t)(int8_t)value;
        set_flags(result != 0, result, 0x8000, 0);
    }
    machine.cycles += SHIFT[operand.mode];
    if (operand.in_memory)
        write_memory(operand.address, result, is_byte);
    else
        set_register(index, result);
}

static void single_operand(uint16_t opcode)
{
    uint8_t operation = (opcode >> 7) & 7, is_byte = (opcode >> 6) & 1, index = opcode & 15;
    uint8_t as = (opcode >> 4) & 3;
    struct operand operand;
    if (operation == 6 && opcode == 0x1300) {
        return_from_interrupt();
        return;
    }
    if (operation >= 6) {
        stop(TRAP_ILLEGAL_INSTRUCTION, opcode);
        return;
    }
    operand = source(index, as, is_byte);
    if (operation == 4) {
        push(operand.value);
        machine.cycles += PUSH[operand.mode];
    } else if (operation == 5) {
        push(machine.reg[PC]);
        machine.reg[PC] = operand.value;
        machine.cycles += CALL[operand.mode] + (operand.mode == INDEXED && index == SR);
    } else {
        shift(operation, operand, index, is_byte);
    }
}

static uint16_t add_decimal(uint16_t a, uint16_t b, uint8_t is_byte, uint8_t *carry)
{
    uint16_t result = 0;
    for (uint8_t digit = 0; digit < (is_byte ? 2 : 4); digit++) {
        uint8_t sum = (uint8_t)(((a >> 4 * digit) & 15) + ((b >> 4 * digit) & 15) + *carry);
        *carry = sum > 9;
        if (*carry)
            sum = (uint8_t)(sum - 10);
        result |= (uint16_t)((sum & 15) << 4 * digit);
    }
    return result;
}

enum { MOV = 4, ADD, ADDC, SUBC, SUB, CMP, DADD, BIT, BIC, BIS, XOR, AND };

/* The result of a two-operand instruction; flags are set on the way. */
static uint16_t combine(uint8_t operation, uint16_t from, uint16_t to, uint8_t is_byte)
{
    uint32_t mask = is_byte ? 0xFF : 0xFFFF, sum;
    uint16_t sign = is_byte ? 0x80 : 0x8000, result;
    uint8_t carry = machine.reg[SR] & CARRY;
    switch (operation) {
    case MOV:
        return from;
    case BIC:
        return (uint16_t)(to & ~from);
    case BIS:
        return to | from;
    case DADD:
        result = add_decimal(from, to, is_byte, &carry);
        set_flags(carry, result, sign, 0);
        return result;
    case BIT: case AND:
        result = from & to;
        set_flags(result != 0, result, sign, 0);
        return result;
    case XOR:
        result = from ^ to;
        set_flags(result != 0, result, sign, (from & to & sign) != 0);
        return result;
    case ADD: case ADDC:
        sum = (uint32_t)from + to + (operation == ADDC ? carry : 0);
        break;
    default:                         /* SUBC, SUB, CMP: to + not from + carry */
        from = (uint16_t)(~from & mask);
        sum = (uint32_t)from + to + (operation == SUBC ? carry : 1);
    }
    result = (uint16_t)(sum & mask);
    set_flags(sum > mask, result, sign, ((from ^ result) & (to ^ result) & sign) != 0);
    return result;
}

static void double_operand(uint16_t opcode)
{
    uint8_t operation = (uint8_t)(opcode >> 12), is_byte = (opcode >> 6) & 1, index = opcode & 15;
    uint8_t to_memory = (opcode >> 7) & 1, discards = operation == CMP || operation == BIT;
    struct operand from = source((opcode >> 8) & 15, (opcode >> 4) & 3, is_byte);
    uint16_t address = to_memory ? indexed_address(index) : 0, to = 0, result;
    if (!to_memory)
        to = is_byte ? machine.reg[index] & 0xFF : machine.reg[index];
    else if (operation != MOV)
        to = read_memory(address, is_byte);
    result = combine(operation, from.value, to, is_byte);
    if (to_memory)
        machine.cycles += TO_MEMORY[from.mode] - (operation == MOV || discards);
    else
        machine.cycles += (index == PC && !discards ? TO_PC : TO_REGISTER)[from.mode];
    if (discards)
        return;
    if (to_memory)
        write_memory(address, result, is_byte);
    else
        set_register(index, result);
}

static void enter_interrupt(void)
{
    push(machine.reg[PC]);
    push(machine.reg[SR]);
    machine.reg[SR] = 0;
    machine.reg[PC] = load_word(TIMER_VECTOR);
    machine.cycles += INTERRUPT_CYCLES;
    machine.interrupts++;
}

void step(void)
{
    uint16_t opcode;
    if ((machine.reg[SR] & GIE) && timer_interrupt_pending())
        enter_interrupt();
    opcode = fetch();
    machine.instructions++;
    if (opcode >= 0x4000)
        double_operand(opcode);
    else if (opcode >= 0x2000)
        jump(opcode);
    else if ((opcode & 0xFC00) == 0x1000)
        single_operand(opcode);
    else
        stop(TRAP_ILLEGAL_INSTRUCTION, opcode);
}
