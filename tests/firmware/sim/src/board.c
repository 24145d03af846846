/* The chip: loads the program, takes registers over, resets, runs to a given cycle. */
#include <stdarg.h>
#include <string.h>

#include "emgsim.h"
#include "sim_elf.h"
#include "sim_io.h"

/* Cycles the core may run between looks at the cycle timers; timers still fire to the cycle. */
#define BATCH_CYCLES 400
#define REGISTER_MCUSR 0x54
#define MCUSR_EXTRF 0x02

static const struct chip CHIPS[] = {
    {"atmega328p", 21, 18, 19, 20, {0, 0, 0, 14, 16, 12, 13, 10}, false, 4},
    {"atmega2560", 29, 25, 26, 27, {0, 0, 0, 21, 23, 18, 20, 16}, true, 5},
};

/* libsimavr's hooks carry no pointer to us, and there is one board per process. */
static struct sim *the_sim;

static void log_errors(avr_t *avr, const int level, const char *format, va_list args)
{
    (void)avr;
    if (level <= LOG_ERROR)
        vfprintf(stderr, format, args);
}

static void count_sleep(avr_t *avr, avr_cycle_count_t cycles)
{
    (void)avr;
    the_sim->sleep_cycles += cycles + 1;
}

/* simavr enters a handler in no time; the chip takes 4 cycles (5 with a 22-bit program counter). */
static void enter_interrupt(struct avr_irq_t *irq, uint32_t value, void *param)
{
    (void)irq;
    struct sim *sim = param;
    if (value)
        sim->avr->cycle += (avr_cycle_count_t)sim->chip->entry_cycles;
}

static void reset_ours(struct avr_io_t *io)
{
    (void)io;
    the_sim->avr->run_cycle_limit = BATCH_CYCLES;
    the_sim->n_resets++;
    timer_reset();
    adc_reset(the_sim);
    uart_reset(the_sim);
}

static avr_io_t our_module = {.kind = "emgsim", .reset = reset_ours};

avr_int_vector_t *board_vector(struct sim *sim, uint8_t number)
{
    avr_int_table_t *table = &sim->avr->interrupts;
    for (int i = 0; i < table->vector_count; i++)
        if (table->vector[i]->vector == number)
            return table->vector[i];
    die("%s has no interrupt vector %d in this libsimavr", sim->chip->name, number);
}

void board_take_register(struct sim *sim, uint16_t address, avr_io_read_t read,
                         avr_io_write_t write)
{
    int index = AVR_DATA_TO_IO(address);
    sim->avr->io[index].r.c = read;
    sim->avr->io[index].r.param = sim;
    sim->avr->io[index].w.c = write;
    sim->avr->io[index].w.param = sim;
}

double board_time_s(const struct sim *sim, uint64_t cycle)
{
    return (double)cycle / sim->clock_hz;
}

void board_open(struct sim *sim, const char *chip, const char *elf_path)
{
    the_sim = sim;
    for (size_t i = 0; i < sizeof CHIPS / sizeof *CHIPS; i++)
        if (strcmp(CHIPS[i].name, chip) == 0)
            sim->chip = &CHIPS[i];
    if (!sim->chip)
        die("no chip %s; there are atmega328p and atmega2560", chip);
    avr_global_logger_set(log_errors);
    elf_firmware_t firmware = {0};
    if (elf_path && (elf_read_firmware(elf_path, &firmware) != 0 || firmware.flashsize == 0))
        die("cannot load %s: not an AVR ELF program", elf_path);
    sim->avr = avr_make_mcu_by_name(chip);
    if (!sim->avr)
        die("this libsimavr does not know the %s", chip);
    avr_init(sim->avr);
    if (elf_path)
        avr_load_firmware(sim->avr, &firmware);
    if (sim->boot_path)
        flash_load_boot(sim, sim->boot_path, !elf_path);
    sim->avr->frequency = (uint32_t)F_CPU_HZ;
    sim->avr->sleep = count_sleep;
    for (int i = 0; i < sim->avr->interrupts.vector_count; i++)
        avr_irq_register_notify(sim->avr->interrupts.vector[i]->irq + AVR_INT_IRQ_RUNNING,
                                enter_interrupt, sim);
    timer_attach(sim);
    adc_attach(sim);
    uart_attach(sim);
    avr_register_io(sim->avr, &our_module);
    sim->powered = true;
    avr_reset(sim->avr);
    sim->n_resets = 0;
}

/* External reset, then the boot loader's time with the program not running. */
void board_reset(struct sim *sim)
{
    avr_reset(sim->avr);
    sim->avr->data[REGISTER_MCUSR] |= MCUSR_EXTRF;
    sim->held_until = sim->avr->cycle + (uint64_t)(sim->boot_delay_s * sim->clock_hz);
    report_event(sim, "reset", "");
}

bool board_run_to(struct sim *sim, uint64_t cycle)
{
    avr_t *avr = sim->avr;
    if (!sim->powered || sim->held_until > avr->cycle) {
        uint64_t until = sim->powered && sim->held_until < cycle ? sim->held_until : cycle;
        avr->cycle = until;
    }
    while (sim->powered && avr->cycle < cycle) {
        int state = avr_run(avr);
        if (state == cpu_Done || state == cpu_Crashed) {
            fprintf(stderr, "emgsim: the program %s at address 0x%04x, cycle %llu\n",
                    state == cpu_Done ? "sleeps for ever" : "crashed", (unsigned)avr->pc,
                    (unsigned long long)avr->cycle);
            return false;
        }
    }
    return true;
}
