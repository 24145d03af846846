/* The converter, by the data sheet (ATmega328P section 24, ATmega2560 section 26):
 * a conversion begins at the next edge of the ADC clock, where channel and reference are locked;
 * the input is held 1.5 ADC clocks later (13.5 after enabling) and the result stands after 13 (25);
 * by auto trigger the prescaler restarts, the input is held after 2 clocks, the result stands
 * after 13.5. */
#include "emgsim.h"
#include "sim_cycle_timers.h"

enum { REG_ADCL = 0x78, REG_ADCH = 0x79, REG_ADCSRA = 0x7a, REG_ADCSRB = 0x7b, REG_ADMUX = 0x7c };
enum { BIT_ADEN = 0x80, BIT_ADSC = 0x40, BIT_ADATE = 0x20, BIT_ADIF = 0x10, BIT_ADIE = 0x08 };
enum { BIT_ADLAR = 0x20, BIT_MUX5 = 0x08, SYNC_CYCLES = 3, INPUT_MV_BANDGAP = 1100 };

static unsigned clock_divider(const struct sim *sim)
{
    unsigned select = sim->avr->data[REG_ADCSRA] & 7u;
    return select ? 1u << select : 2u;
}

static uint8_t selected_channel(const struct sim *sim)
{
    uint8_t mux = sim->avr->data[REG_ADMUX] & (sim->chip->mega ? 0x1f : 0x0f);
    bool upper = sim->chip->mega && (sim->avr->data[REG_ADCSRB] & BIT_MUX5);
    if (mux < 8)
        return (uint8_t)(mux + (upper ? 8 : 0));
    if (upper)
        return CHANNEL_OTHER;
    if (mux == (sim->chip->mega ? 0x1e : 0x0e))
        return CHANNEL_BANDGAP;
    if (mux == (sim->chip->mega ? 0x1f : 0x0f))
        return CHANNEL_GROUND;
    return !sim->chip->mega && mux == 8 ? CHANNEL_TEMPERATURE : CHANNEL_OTHER;
}

static double reference_v(const struct sim *sim)
{
    switch (sim->avr->data[REG_ADMUX] >> 6) {
    case 2:
        return sim->chip->mega ? 1.1 : sim->adc.vref_v;
    case 3:
        return sim->chip->mega ? 2.56 : 1.1;
    default:
        return sim->adc.vref_v;
    }
}

static uint16_t convert(struct sim *sim, uint64_t cycle)
{
    struct adc *adc = &sim->adc;
    if (adc->channel < N_PINS)
        return source_code(sim, &adc->sources[adc->channel], board_time_s(sim, cycle));
    if (adc->channel == CHANNEL_BANDGAP)
        return (uint16_t)(INPUT_MV_BANDGAP / 1000.0 / reference_v(sim) * 1024.0);
    return 0;
}

static void publish(struct sim *sim)
{
    struct adc *adc = &sim->adc;
    if (adc->locked) { /* ADCL was read and ADCH was not: the chip loses this result */
        adc->n_blocked++;
        return;
    }
    bool left = sim->avr->data[REG_ADMUX] & BIT_ADLAR;
    uint16_t value = left ? (uint16_t)(adc->code << 6) : adc->code;
    sim->avr->data[REG_ADCL] = (uint8_t)value;
    sim->avr->data[REG_ADCH] = (uint8_t)(value >> 8);
}

static uint64_t plan(struct sim *sim, uint64_t edge)
{
    struct adc *adc = &sim->adc;
    unsigned divider = clock_divider(sim);
    adc->edge = edge;
    adc->sample_at = edge + (adc->first ? 27u : 3u) * divider / 2;
    adc->done_at = edge + (adc->first ? 25u : 13u) * divider;
    adc->phase = PHASE_LATCH;
    return edge;
}

static avr_cycle_count_t step(avr_t *avr, avr_cycle_count_t when, void *param)
{
    struct sim *sim = param;
    struct adc *adc = &sim->adc;
    if (adc->phase == PHASE_LATCH) {
        adc->channel = selected_channel(sim);
        adc->phase = PHASE_SAMPLE;
        return adc->sample_at;
    }
    if (adc->phase == PHASE_SAMPLE) {
        adc->code = convert(sim, adc->sample_at);
        adc->phase = PHASE_DONE;
        return adc->done_at;
    }
    if (when < adc->hold_until)
        return adc->hold_until;
    publish(sim);
    uint8_t flags = (uint8_t)((adc->first ? LOG_FIRST : 0) | (adc->triggered ? LOG_TRIGGERED : 0));
    report_log(sim->adc_log, adc->sample_at, adc->channel, flags, adc->code);
    if (adc->channel < N_PINS)
        report_interval(&adc->stats[adc->channel], adc->sample_at);
    adc->first = false;
    adc->triggered = false;
    avr_raise_interrupt(avr, adc->vector);
    uint8_t control = avr->data[REG_ADCSRA];
    if ((control & BIT_ADATE) && (avr->data[REG_ADCSRB] & 7) == 0) { /* free running */
        plan(sim, when);
        adc->channel = selected_channel(sim);
        adc->phase = PHASE_SAMPLE;
        return adc->sample_at;
    }
    adc->running = false;
    avr->data[REG_ADCSRA] = control & (uint8_t)~BIT_ADSC;
    return 0;
}

static void begin_at(struct sim *sim, uint64_t when)
{
    uint64_t now = sim->avr->cycle;
    avr_cycle_timer_register(sim->avr, when > now ? when - now : 0, step, sim);
}

static void start_by_program(struct sim *sim)
{
    struct adc *adc = &sim->adc;
    uint64_t divider = clock_divider(sim), now = sim->avr->cycle;
    uint64_t clocks = (now - adc->prescaler_base) / divider + 1;
    adc->running = true;
    adc->triggered = false;
    begin_at(sim, plan(sim, adc->prescaler_base + clocks * divider));
}

/* The cycle at which the timer really matched: simavr tells us up to an instruction later. */
static uint64_t trigger_cycle(const struct sim *sim, uint8_t vector)
{
    const avr_timer_t *timer = sim->adc.timer1;
    for (int i = 0; timer && i < AVR_TIMER_COMP_COUNT; i++) {
        const avr_timer_comp_t *comp = &timer->comp[i];
        if (comp->interrupt.vector != vector)
            continue;
        return timer->tov_base + (comp->comp_cycles == timer->tov_cycles ? 0 : comp->comp_cycles);
    }
    return timer && timer->overflow.vector == vector ? timer->tov_base : sim->avr->cycle;
}

static void start_by_trigger(struct sim *sim, uint8_t vector)
{
    struct adc *adc = &sim->adc;
    unsigned divider = clock_divider(sim);
    uint64_t at = trigger_cycle(sim, vector) + SYNC_CYCLES;
    adc->prescaler_base = at;
    adc->running = true;
    adc->triggered = true;
    sim->avr->data[REG_ADCSRA] |= BIT_ADSC;
    plan(sim, at);
    if (!adc->first) {
        adc->sample_at = at + 2 * divider;
        adc->done_at = at + 27 * divider / 2;
    }
    begin_at(sim, at);
}

/* A trigger is the rising edge of an interrupt flag: the program must clear the flag again. */
static void flag_changed(struct avr_irq_t *irq, uint32_t value, void *param)
{
    struct sim *sim = param;
    uint8_t control = sim->avr->data[REG_ADCSRA];
    uint8_t vector = (uint8_t)(irq->irq / 256);
    if (vector != sim->chip->trigger_vectors[sim->avr->data[REG_ADCSRB] & 7])
        return;
    bool rose = value && !sim->adc.trigger_high;
    sim->adc.trigger_high = value;
    if (rose && (control & BIT_ADEN) && (control & BIT_ADATE) && !sim->adc.running)
        start_by_trigger(sim, vector);
}

static void write_control_a(avr_t *avr, avr_io_addr_t address, uint8_t value, void *param)
{
    struct sim *sim = param;
    struct adc *adc = &sim->adc;
    uint8_t old = avr->data[address];
    uint8_t flag = old & BIT_ADIF;
    if (value & BIT_ADIF) {
        avr_clear_interrupt(avr, adc->vector);
        flag = 0;
    }
    uint8_t next = (uint8_t)((value & ~BIT_ADIF) | flag | (adc->running ? BIT_ADSC : 0));
    if (!(next & BIT_ADEN)) {
        avr_cycle_timer_cancel(avr, step, sim);
        adc->running = false;
        next &= (uint8_t)~BIT_ADSC;
    } else if (!(old & BIT_ADEN)) {
        adc->first = true;
        adc->prescaler_base = avr->cycle;
    }
    avr->data[address] = next;
    if ((next & BIT_ADSC) && !adc->running)
        start_by_program(sim);
    if ((next & BIT_ADIE) && flag)
        avr_raise_interrupt(avr, adc->vector);
}

static void write_control_b(avr_t *avr, avr_io_addr_t address, uint8_t value, void *param)
{
    struct sim *sim = param;
    uint8_t vector = sim->chip->trigger_vectors[value & 7];
    avr->data[address] = value;
    if ((value & 7) && !vector)
        die("the program selects ADC trigger source %d, which is not modelled", value & 7);
    sim->adc.trigger_high = vector && avr_regbit_get(avr, board_vector(sim, vector)->raised);
}

static uint8_t read_low(avr_t *avr, avr_io_addr_t address, void *param)
{
    ((struct sim *)param)->adc.locked = true;
    return avr->data[address];
}

static uint8_t read_high(avr_t *avr, avr_io_addr_t address, void *param)
{
    ((struct sim *)param)->adc.locked = false;
    return avr->data[address];
}

void adc_attach(struct sim *sim)
{
    sim->adc.vector = board_vector(sim, sim->chip->adc_vector);
    board_take_register(sim, REG_ADCL, read_low, NULL);
    board_take_register(sim, REG_ADCH, read_high, NULL);
    board_take_register(sim, REG_ADCSRA, NULL, write_control_a);
    board_take_register(sim, REG_ADCSRB, NULL, write_control_b);
    for (int i = 0; i < 8; i++)
        if (sim->chip->trigger_vectors[i])
            avr_irq_register_notify(
                board_vector(sim, sim->chip->trigger_vectors[i])->irq + AVR_INT_IRQ_PENDING,
                flag_changed, sim);
}

void adc_reset(struct sim *sim)
{
    struct adc *adc = &sim->adc;
    adc->running = adc->first = adc->triggered = adc->locked = adc->trigger_high = false;
    for (int i = 0; i < N_PINS; i++)
        adc->stats[i].last_cycle = 0; /* the pause of a reset is no sampling interval */
}
