/* Where simavr's timers part from the chip: writing a flag register clears all flags of the timer,
 * and a stopped timer reads 0 and starts at 0. The chip clears the bits written 1, and a stopped
 * Timer1 keeps its count. */
#include <string.h>

#include "emgsim.h"

enum { REG_TCCR1B = 0x81, REG_TCNT1L = 0x84, REG_TCNT1H = 0x85 };

static struct {
    avr_timer_t *timer;
    avr_io_read_t read_count;
    avr_io_write_t write_count, write_control;
    void *count_param, *control_param;
    uint16_t standing;
} timer1;

static bool bit_in(const avr_int_vector_t *vector, uint16_t address, uint8_t value)
{
    return vector->vector && vector->raised.reg == address &&
           (value >> vector->raised.bit) & vector->raised.mask;
}

static void write_flags(avr_t *avr, avr_io_addr_t address, uint8_t value, void *param)
{
    avr_timer_t *timer = param;
    avr_int_vector_t *vectors[2 + AVR_TIMER_COMP_COUNT] = {&timer->overflow, &timer->icr};
    for (int i = 0; i < AVR_TIMER_COMP_COUNT; i++)
        vectors[2 + i] = &timer->comp[i].interrupt;
    for (int i = 0; i < 2 + AVR_TIMER_COMP_COUNT; i++)
        if (bit_in(vectors[i], address, value)) {
            avr_clear_interrupt(avr, vectors[i]);
            avr_regbit_clear(avr, vectors[i]->raised);
        }
}

static bool runs(void)
{
    return timer1.timer->tov_cycles != 0;
}

static void show_standing(avr_t *avr)
{
    avr->data[REG_TCNT1L] = (uint8_t)timer1.standing;
    avr->data[REG_TCNT1H] = (uint8_t)(timer1.standing >> 8);
}

static uint8_t read_count(avr_t *avr, avr_io_addr_t address, void *param)
{
    (void)param;
    if (runs())
        return timer1.read_count(avr, address, timer1.count_param);
    show_standing(avr);
    return avr->data[address];
}

static void write_count(avr_t *avr, avr_io_addr_t address, uint8_t value, void *param)
{
    (void)param;
    timer1.write_count(avr, address, value, timer1.count_param);
    timer1.standing = (uint16_t)(avr->data[REG_TCNT1H] << 8 | value);
}

static void write_control(avr_t *avr, avr_io_addr_t address, uint8_t value, void *param)
{
    (void)param;
    if (runs()) {
        uint8_t low = timer1.read_count(avr, REG_TCNT1L, timer1.count_param);
        timer1.standing = (uint16_t)(avr->data[REG_TCNT1H] << 8 | low);
    }
    bool ran = runs();
    timer1.write_control(avr, address, value, timer1.control_param);
    if (!ran && runs() && timer1.standing) {
        show_standing(avr);
        timer1.write_count(avr, REG_TCNT1L, (uint8_t)timer1.standing, timer1.count_param);
    }
}

static void take_timer1(struct sim *sim, avr_timer_t *timer)
{
    int count = AVR_DATA_TO_IO(REG_TCNT1L), control = AVR_DATA_TO_IO(REG_TCCR1B);
    timer1.timer = timer;
    timer1.read_count = sim->avr->io[count].r.c;
    timer1.write_count = sim->avr->io[count].w.c;
    timer1.count_param = sim->avr->io[count].w.param;
    timer1.write_control = sim->avr->io[control].w.c;
    timer1.control_param = sim->avr->io[control].w.param;
    board_take_register(sim, REG_TCNT1L, read_count, write_count);
    board_take_register(sim, REG_TCCR1B, sim->avr->io[control].r.c, write_control);
    sim->adc.timer1 = timer;
}

void timer_attach(struct sim *sim)
{
    for (avr_io_t *io = sim->avr->io_port; io; io = io->next) {
        if (!io->kind || strcmp(io->kind, "timer") != 0)
            continue;
        avr_timer_t *timer = (avr_timer_t *)io;
        int flags = AVR_DATA_TO_IO(timer->overflow.raised.reg);
        sim->avr->io[flags].w.c = write_flags;
        sim->avr->io[flags].w.param = timer;
        if (timer->name == '1')
            take_timer1(sim, timer);
    }
    if (!timer1.timer)
        die("%s has no Timer1 in this libsimavr", sim->chip->name);
}

void timer_reset(void)
{
    timer1.standing = 0;
}
