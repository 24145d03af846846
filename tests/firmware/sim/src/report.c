/* What happened: truth logs, events on stdout, statistics as JSON; and the dice. */
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>

#include "emgsim.h"

void die(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fprintf(stderr, "emgsim: ");
    vfprintf(stderr, format, args);
    fprintf(stderr, "\n");
    va_end(args);
    exit(2);
}

/* xorshift64*: Vigna, ACM Trans. Math. Softw. 42 (2016) 30. */
static uint64_t random_bits(struct sim *sim)
{
    uint64_t x = sim->random_state;
    x ^= x >> 12;
    x ^= x << 25;
    x ^= x >> 27;
    sim->random_state = x;
    return x * 2685821657736338717ull;
}

double random_uniform(struct sim *sim)
{
    return (double)(random_bits(sim) >> 11) / 9007199254740992.0;
}

double random_gauss(struct sim *sim)
{
    double radius = sqrt(-2 * log(1 - random_uniform(sim)));
    return radius * cos(2 * M_PI * random_uniform(sim));
}

void report_interval(struct interval_stats *stats, uint64_t cycle)
{
    uint64_t last = stats->last_cycle;
    stats->last_cycle = cycle;
    if (last == 0)
        return;
    uint64_t interval = cycle - last;
    double delta = (double)interval - stats->mean;
    stats->n++;
    stats->mean += delta / (double)stats->n;
    stats->m2 += delta * ((double)interval - stats->mean);
    if (stats->n == 1 || interval < stats->min)
        stats->min = interval;
    if (interval > stats->max)
        stats->max = interval;
}

void report_log(FILE *file, uint64_t cycle, uint8_t channel, uint8_t flags, uint16_t value)
{
    struct log_record record = {cycle, channel, flags, value};
    if (file && fwrite(&record, sizeof record, 1, file) != 1)
        die("cannot write a log: disk full?");
}

void report_event(struct sim *sim, const char *what, const char *detail)
{
    printf("%s %.6f %s\n", what, board_time_s(sim, sim->avr->cycle), detail);
    fflush(stdout);
}

static void write_channels(const struct sim *sim, FILE *file)
{
    const char *comma = "";
    fprintf(file, "  \"channels\": {");
    for (int i = 0; i < N_PINS; i++) {
        const struct interval_stats *s = &sim->adc.stats[i];
        if (s->n == 0)
            continue;
        fprintf(file,
                "%s\n    \"%d\": {\"n\": %llu, \"mean\": %.6f, \"std\": %.6f, \"min\": %llu, "
                "\"max\": %llu}",
                comma, i, (unsigned long long)s->n, s->mean, sqrt(s->m2 / (double)s->n),
                (unsigned long long)s->min, (unsigned long long)s->max);
        comma = ",";
    }
    fprintf(file, "\n  },\n");
}

static void write_number(FILE *file, const char *name, uint64_t value)
{
    fprintf(file, "  \"%s\": %llu,\n", name, (unsigned long long)value);
}

void report_stats(struct sim *sim)
{
    if (!sim->stats_path)
        return;
    FILE *file = fopen(sim->stats_path, "w");
    if (!file)
        die("cannot write %s", sim->stats_path);
    double t_s = board_time_s(sim, sim->avr->cycle);
    fprintf(file, "{\n");
    write_channels(sim, file);
    write_number(file, "cycles", sim->avr->cycle);
    write_number(file, "resets", sim->n_resets);
    write_number(file, "adc_results_lost", sim->adc.n_blocked);
    write_number(file, "bytes_sent", sim->uart.n_sent);
    write_number(file, "bytes_received", sim->uart.n_received);
    write_number(file, "rx_overruns", sim->uart.n_overrun);
    write_number(file, "bytes_delivered", sim->host.n_delivered);
    write_number(file, "bytes_unheard", sim->host.n_unheard);
    write_number(file, "bytes_overflowed", sim->host.n_overflow);
    write_number(file, "opens", sim->host.n_opens);
    write_number(file, "replugs", sim->host.n_replugs);
    write_number(file, "dropped", sim->host.n_dropped);
    write_number(file, "flipped", sim->host.n_flipped);
    write_number(file, "dropped_in", sim->host.n_dropped_in);
    write_number(file, "flipped_in", sim->host.n_flipped_in);
    fprintf(file, "  \"baud\": %.3f,\n", uart_baud(sim));
    fprintf(file, "  \"sleep_share\": %.6f,\n",
            (double)sim->sleep_cycles / (double)(sim->avr->cycle ? sim->avr->cycle : 1));
    fprintf(file, "  \"simulated_s\": %.6f,\n", t_s);
    fprintf(file, "  \"wall_s\": %.6f,\n  \"speed\": %.3f\n}\n", sim->wall_s,
            t_s / (sim->wall_s > 0 ? sim->wall_s : 1));
    if (fclose(file) != 0)
        die("cannot write %s", sim->stats_path);
}
