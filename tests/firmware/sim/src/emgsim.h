/* emgsim: an AVR board under test. Links libsimavr (GPLv3), so it is a test tool and never shipped.
 *
 * Stock peripherals of simavr 1.6 are too coarse for judging a sampling firmware, so the ADC and
 * USART0 registers are taken over by models of our own (adc.c, uart.c) that follow the data sheet
 * of the ATmega328P and ATmega2560; the core, timers and watchdog stay simavr's.
 */
#ifndef EMGSIM_H
#define EMGSIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "avr_timer.h"
#include "sim_avr.h"

#define F_CPU_HZ 16000000.0
#define N_PINS 16
#define MAX_EVENTS 256
#define HOST_BUFFER_BYTES 65536

enum channel_id { CHANNEL_BANDGAP = 100, CHANNEL_GROUND, CHANNEL_TEMPERATURE, CHANNEL_OTHER };
enum log_flag { LOG_FIRST = 1, LOG_TRIGGERED = 2, LOG_DROPPED = 4, LOG_FLIPPED = 8, LOG_UNHEARD = 16 };

struct sim;

/* Twelve bytes of ground truth, little-endian: an ADC conversion or a byte on the wire. */
struct __attribute__((packed)) log_record {
    uint64_t cycle;
    uint8_t channel;
    uint8_t flags;
    uint16_t value;
};

struct interval_stats {
    uint64_t n, last_cycle, min, max;
    double mean, m2;
};

struct part {
    enum { PART_DC, PART_SINE, PART_NOISE, PART_FILE } kind;
    double a, b, c;
    const float *data;
    size_t rows;
    unsigned columns, column;
    bool hold;
};

struct source {
    bool count;
    unsigned n_converted;
    int n_parts;
    struct part parts[6];
};

struct chip {
    const char *name;
    uint8_t adc_vector, rx_vector, udre_vector, tx_vector;
    uint8_t trigger_vectors[8]; /* by ADTS; 0 where not modelled */
    bool mega;
    int entry_cycles;
};

struct adc {
    avr_int_vector_t *vector;
    avr_timer_t *timer1;
    bool running, first, triggered, locked, trigger_high;
    enum { PHASE_LATCH, PHASE_SAMPLE, PHASE_DONE } phase;
    uint64_t prescaler_base, edge, sample_at, done_at, hold_until;
    uint16_t code;
    uint8_t channel;
    double vref_v;
    uint64_t n_blocked;
    struct source sources[N_PINS];
    struct interval_stats stats[N_PINS];
};

struct uart {
    avr_int_vector_t *rx, *udre, *tx;
    bool shifting, buffered;
    uint8_t shift, buffer;
    uint64_t hold_until;
    uint8_t fifo[2], held;
    int fifo_n;
    bool holding, overrun_flag, rx_active;
    uint8_t *queue;
    size_t queue_head, queue_n, queue_size;
    uint64_t n_sent, n_received, n_overrun;
};

struct host {
    const char *link_path;
    bool lossless, reset_on_open, baud_check, opened;
    double fixed_baud;
    int master;
    char slave[128];
    FILE *out;
    uint8_t buffer[HOST_BUFFER_BYTES];
    size_t n_buffered;
    uint64_t stalled_until;
    uint64_t n_delivered, n_unheard, n_overflow;
    unsigned n_opens, n_replugs;
    double drop, flip, drop_in, flip_in;
    uint64_t n_dropped, n_flipped, n_dropped_in, n_flipped_in;
};

struct event {
    uint64_t cycle;
    char command[1024];
};

struct sim {
    avr_t *avr;
    const struct chip *chip;
    double clock_hz, speed, seconds, boot_delay_s;
    struct adc adc;
    struct uart uart;
    struct host host;
    FILE *adc_log, *uart_log;
    const char *stats_path, *boot_path, *flash_path;
    uint64_t random_state;
    uint64_t held_until, sleep_cycles;
    bool powered, quit, control;
    unsigned n_resets;
    struct event events[MAX_EVENTS];
    int n_events;
    double wall_s;
};

/* board.c */
void board_open(struct sim *sim, const char *chip, const char *elf_path);
void board_reset(struct sim *sim);
bool board_run_to(struct sim *sim, uint64_t cycle);
avr_int_vector_t *board_vector(struct sim *sim, uint8_t number);
void board_take_register(struct sim *sim, uint16_t address, avr_io_read_t read,
                         avr_io_write_t write);
double board_time_s(const struct sim *sim, uint64_t cycle);

/* flash.c */
void flash_load_boot(struct sim *sim, const char *path, bool alone);
void flash_write(const struct sim *sim, const char *path);

/* timer.c */
void timer_attach(struct sim *sim);
void timer_reset(void);

/* adc.c */
void adc_attach(struct sim *sim);
void adc_reset(struct sim *sim);

/* uart.c */
void uart_attach(struct sim *sim);
void uart_reset(struct sim *sim);
void uart_receive(struct sim *sim, const uint8_t *data, size_t n);
double uart_baud(const struct sim *sim);

/* source.c */
const char *source_parse(struct source *source, const char *spec);
uint16_t source_code(struct sim *sim, struct source *source, double t_s);

/* host.c */
void host_open(struct sim *sim);
void host_close(struct sim *sim);
void host_take(struct sim *sim, uint64_t cycle, uint8_t byte);
void host_send(struct sim *sim, const uint8_t *data, size_t n);
void host_poll(struct sim *sim);
void host_plug(struct sim *sim, bool plugged);

/* baud.c */
double baud_of_terminal(int fd);

/* control.c */
void control_schedule(struct sim *sim, double t_s, const char *command);
void control_run_due(struct sim *sim);
void control_poll_stdin(struct sim *sim);
void control_set_source(struct sim *sim, const char *channel_and_spec);

/* report.c */
void report_interval(struct interval_stats *stats, uint64_t cycle);
void report_log(FILE *file, uint64_t cycle, uint8_t channel, uint8_t flags, uint16_t value);
void report_event(struct sim *sim, const char *what, const char *detail);
void report_stats(struct sim *sim);
double random_uniform(struct sim *sim);
double random_gauss(struct sim *sim);
void die(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

#endif
