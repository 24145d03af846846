/* Commands to a running board, by line on stdin (--control) or at a simulated time (--at T:COMMAND):
 *   send HEX | drop P | flip P | drop-in P | flip-in P | stall S | hold tx S | hold adc S
 *   unplug | plug | reset | source PIN SPEC | speed X | quit */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "emgsim.h"

static void send_hex(struct sim *sim, const char *hex)
{
    uint8_t bytes[512];
    size_t n = 0;
    unsigned value;
    for (; hex[0] && hex[1] && n < sizeof bytes; hex += 2) {
        if (sscanf(hex, "%2x", &value) != 1)
            die("send wants hexadecimal digits, not %s", hex);
        bytes[n++] = (uint8_t)value;
    }
    host_send(sim, bytes, n);
}

void control_set_source(struct sim *sim, const char *pin_and_spec)
{
    char pin[8] = "";
    int used = 0;
    if (sscanf(pin_and_spec, "%7[^= ]%*[= ]%n", pin, &used) != 1 || used == 0)
        die("a source is PIN=SPEC, not %s", pin_and_spec);
    bool all = strcmp(pin, "*") == 0;
    int first = all ? 0 : atoi(pin), last = all ? N_PINS - 1 : first;
    if (first < 0 || last >= N_PINS)
        die("no pin %s; there are 0 to %d", pin, N_PINS - 1);
    for (int i = first; i <= last; i++) {
        const char *wrong = source_parse(&sim->adc.sources[i], pin_and_spec + used);
        if (wrong)
            die("source %s: %s", pin_and_spec, wrong);
    }
}

static uint64_t cycle_after(const struct sim *sim, const char *seconds)
{
    return sim->avr->cycle + (uint64_t)(atof(seconds) * sim->clock_hz);
}

static bool set_number(struct sim *sim, const char *name, const char *value)
{
    const struct {
        const char *name;
        double *target;
    } numbers[] = {{"drop", &sim->host.drop},       {"flip", &sim->host.flip},
                   {"drop-in", &sim->host.drop_in}, {"flip-in", &sim->host.flip_in},
                   {"speed", &sim->speed}};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (strcmp(name, numbers[i].name) == 0) {
            *numbers[i].target = atof(value);
            return true;
        }
    return false;
}

static void obey(struct sim *sim, const char *line)
{
    char name[32] = "";
    int used = 0;
    if (sscanf(line, "%31s %n", name, &used) != 1)
        return;
    const char *rest = line + used;
    if (strcmp(name, "send") == 0)
        send_hex(sim, rest);
    else if (strcmp(name, "stall") == 0)
        sim->host.stalled_until = cycle_after(sim, rest);
    else if (strcmp(name, "hold") == 0 && strncmp(rest, "tx ", 3) == 0)
        sim->uart.hold_until = cycle_after(sim, rest + 3);
    else if (strcmp(name, "hold") == 0 && strncmp(rest, "adc ", 4) == 0)
        sim->adc.hold_until = cycle_after(sim, rest + 4);
    else if (strcmp(name, "unplug") == 0 || strcmp(name, "plug") == 0)
        host_plug(sim, name[0] == 'p');
    else if (strcmp(name, "reset") == 0)
        board_reset(sim);
    else if (strcmp(name, "source") == 0)
        control_set_source(sim, rest);
    else if (strcmp(name, "quit") == 0)
        sim->quit = true;
    else if (!set_number(sim, name, rest))
        die("no such command: %s", line);
}

void control_schedule(struct sim *sim, double t_s, const char *command)
{
    if (sim->n_events == MAX_EVENTS)
        die("more than %d scheduled commands", MAX_EVENTS);
    struct event event = {.cycle = (uint64_t)(t_s * sim->clock_hz)};
    snprintf(event.command, sizeof event.command, "%s", command);
    int i = sim->n_events++;
    for (; i > 0 && sim->events[i - 1].cycle > event.cycle; i--)
        sim->events[i] = sim->events[i - 1];
    sim->events[i] = event;
}

void control_run_due(struct sim *sim)
{
    int n = 0;
    while (n < sim->n_events && sim->events[n].cycle <= sim->avr->cycle)
        obey(sim, sim->events[n++].command);
    sim->n_events -= n;
    memmove(sim->events, sim->events + n, (size_t)sim->n_events * sizeof *sim->events);
}

void control_poll_stdin(struct sim *sim)
{
    static char line[1024];
    static size_t n_line;
    if (!sim->control)
        return;
    char chunk[1024];
    ssize_t n = read(STDIN_FILENO, chunk, sizeof chunk);
    if (n == 0) /* the one who started us is gone */
        sim->quit = true;
    for (ssize_t i = 0; i < n; i++) {
        if (chunk[i] != '\n' && n_line + 1 < sizeof line) {
            line[n_line++] = chunk[i];
            continue;
        }
        line[n_line] = 0;
        n_line = 0;
        obey(sim, line);
    }
}
