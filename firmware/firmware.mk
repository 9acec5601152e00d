# Included by the top Makefile: `make firmware` builds firmware/release from source with Debian's
# clang-19, lld-19 and llvm-19 and prints what it takes. The results are committed, so that nothing
# else in the project needs these compilers.
FIRMWARE_PACKAGES := clang-19 lld-19 llvm-19 mspdebug
FIRMWARE_OUT := out/firmware
FIRMWARE_RELEASE := firmware/release
FIRMWARE_CORE := $(wildcard firmware/core/*.c)
FIRMWARE_HEADERS := $(wildcard firmware/*/*.h)
FIRMWARE_SOURCES := $(FIRMWARE_CORE) firmware/link/link.c firmware/msp430/board.c
FIRMWARE_ASSEMBLY := firmware/msp430/start.S firmware/msp430/runtime.S
FIRMWARE_OBJECTS := $(patsubst firmware/%,$(FIRMWARE_OUT)/%.o,$(FIRMWARE_SOURCES) $(FIRMWARE_ASSEMBLY))
SIMULATOR_SOURCES := firmware/sim/cpu.c firmware/sim/peripherals.c firmware/sim/simulator.c

MSP430_CC := clang-19 --target=msp430-none-elf
# The hardware multiplier is left to firmware/core/arithmetic.h: see firmware/msp430/runtime.S.
MSP430_CFLAGS := -mhwmult=none -Os -std=c11 -ffreestanding -fno-builtin -fno-strict-aliasing \
	-Wall -Wextra -Werror -ffunction-sections -fdata-sections -Ifirmware/core -Ifirmware/link

.PHONY: firmware
firmware: $(FIRMWARE_RELEASE)/SHA256SUMS
	@llvm-size-19 -A $(FIRMWARE_OUT)/deepmasque.elf
	@python3 firmware/sizes.py $(FIRMWARE_OUT)/deepmasque.elf
	@$(firstword $(wildcard .venv/bin/python) python3) firmware/stack.py

# The sketch folder as Energia wants it: one folder with everything in it.
.PHONY: energia
energia:
	@mkdir -p out/energia/DeepMasque
	cp firmware/energia/DeepMasque/DeepMasque.ino firmware/core/*.[ch] firmware/link/*.[ch] \
		out/energia/DeepMasque

$(FIRMWARE_RELEASE)/SHA256SUMS: $(FIRMWARE_OUT)/deepmasque.elf $(FIRMWARE_OUT)/simulator.wasm
	@mkdir -p $(@D)
	llvm-objcopy-19 -O ihex $< $(@D)/deepmasque.hex
	cp $(FIRMWARE_OUT)/simulator.wasm $(@D)/simulator.wasm
	cd $(@D) && sha256sum deepmasque.hex simulator.wasm > SHA256SUMS

$(FIRMWARE_OUT)/deepmasque.elf: $(FIRMWARE_OBJECTS) firmware/msp430/fr2433.ld
	ld.lld-19 -T firmware/msp430/fr2433.ld --gc-sections -Map=$(@:.elf=.map) $(FIRMWARE_OBJECTS) -o $@

$(FIRMWARE_OUT)/%.c.o: firmware/%.c $(FIRMWARE_HEADERS)
	@mkdir -p $(@D)
	$(MSP430_CC) $(MSP430_CFLAGS) -c $< -o $@

$(FIRMWARE_OUT)/%.S.o: firmware/%.S
	@mkdir -p $(@D)
	$(MSP430_CC) -c $< -o $@

$(FIRMWARE_OUT)/simulator.wasm: $(SIMULATOR_SOURCES) $(wildcard firmware/sim/*.h)
	@mkdir -p $(@D)
	clang-19 --target=wasm32 -O3 -std=c11 -ffreestanding -nostdlib -Wall -Wextra -Werror \
		-Wl,--no-entry -Wl,--export-memory -Wl,-z,stack-size=16384 $(SIMULATOR_SOURCES) -o $@
