/* Command line, the run loop and its pace. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "emgsim.h"

#define SLICE_S 500e-6
#define LAG_FORGIVEN_S 1.0

static const char USAGE[] =
    "usage: emgsim [options] PROGRAM.elf, or with --boot without a program\n"
    "  --mcu NAME          atmega328p (default) or atmega2560, at 16 MHz\n"
    "  --vref V            reference voltage of the converter (5.0)\n"
    "  --adc PIN=SPEC      voltage at a pin (* for all): dc:V sine:V,HZ[,RAD] noise:V\n"
    "                      file:PATH,HZ,COLUMNS,COLUMN[,hold], joined by +; or count\n"
    "  --link PATH         a pseudo-terminal behind this symlink\n"
    "  --out PATH          or: what the board sends goes to this file\n"
    "  --speed X           1 real time (default with --link), 0 flat out (default with --out)\n"
    "  --lossless          wait for a slow reader rather than drop\n"
    "  --reset-on-open     reset when the port is opened, as an Uno does\n"
    "  --boot PATH         a boot loader (Intel HEX) runs after every reset\n"
    "  --boot-delay S      time in the boot loader after a reset; bytes are swallowed\n"
    "  --baud-check        garble when the reader's rate is more than 4 % off\n"
    "  --host-baud N       rate of the reader with --out\n"
    "  --crystal R         true over nominal clock (1.0)\n"
    "  --seconds S         stop after this simulated time\n"
    "  --at T:COMMAND      do COMMAND at simulated time T; see control.c\n"
    "  --control           take commands from stdin, one a line; ends with stdin\n"
    "  --seed N            of noise and faults\n"
    "  --adc-log PATH      every conversion (12-byte records, see emgsim.h)\n"
    "  --uart-log PATH     every byte sent, as it was before any fault\n"
    "  --flash PATH        what lies in flash in the end\n"
    "  --stats PATH        statistics as JSON\n";

static struct sim sim;
static volatile sig_atomic_t told_to_stop;

static void stop(int signal_number)
{
    (void)signal_number;
    told_to_stop = 1;
}

static double wall_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static FILE *create(const char *path)
{
    FILE *file = fopen(path, "wb");
    if (!file)
        die("cannot write %s: %s", path, strerror(errno));
    return file;
}

static void sleep_until(double wall)
{
    double left = wall - wall_s();
    if (left <= 0)
        return;
    struct timespec pause = {(time_t)left, (long)((left - (double)(time_t)left) * 1e9)};
    nanosleep(&pause, NULL);
}

/* Wall time follows simulated time; after a long stall of this computer it starts over. */
static void keep_pace(struct sim *s)
{
    static double speed_of_base, wall_base, board_base;
    double board_now = board_time_s(s, s->avr->cycle);
    if (s->speed <= 0)
        return;
    double due = wall_base + (board_now - board_base) / s->speed;
    if (s->speed != speed_of_base || wall_s() - due > LAG_FORGIVEN_S) {
        speed_of_base = s->speed;
        wall_base = wall_s();
        board_base = board_now;
        return;
    }
    sleep_until(due);
}

static int run(struct sim *s)
{
    double start = wall_s();
    bool alive = true;
    uint64_t slice = (uint64_t)(SLICE_S * s->clock_hz);
    uint64_t end = s->seconds > 0 ? (uint64_t)(s->seconds * s->clock_hz) : UINT64_MAX;
    while (alive && !s->quit && !told_to_stop && s->avr->cycle < end) {
        uint64_t until = s->avr->cycle + slice < end ? s->avr->cycle + slice : end;
        if (s->n_events > 0 && s->events[0].cycle < until)
            until = s->events[0].cycle;
        alive = board_run_to(s, until);
        control_run_due(s);
        host_poll(s);
        control_poll_stdin(s);
        keep_pace(s);
    }
    s->wall_s = wall_s() - start;
    s->quit = true;
    host_close(s);
    report_stats(s);
    if (s->flash_path)
        flash_write(s, s->flash_path);
    if (s->adc_log && fclose(s->adc_log) != 0)
        die("cannot write the ADC log: disk full?");
    if (s->uart_log && fclose(s->uart_log) != 0)
        die("cannot write the UART log: disk full?");
    return alive ? 0 : 3;
}

enum { LONG_MCU = 256, LONG_VREF, LONG_ADC, LONG_LINK, LONG_OUT, LONG_SPEED, LONG_BOOT_DELAY,
       LONG_HOST_BAUD, LONG_CRYSTAL, LONG_SECONDS, LONG_AT, LONG_SEED, LONG_ADC_LOG,
       LONG_UART_LOG, LONG_STATS, LONG_LOSSLESS, LONG_RESET_ON_OPEN, LONG_BAUD_CHECK,
       LONG_CONTROL, LONG_BOOT, LONG_FLASH, LONG_HELP };

static const struct option OPTIONS[] = {
    {"mcu", 1, 0, LONG_MCU},           {"vref", 1, 0, LONG_VREF},
    {"adc", 1, 0, LONG_ADC},           {"link", 1, 0, LONG_LINK},
    {"out", 1, 0, LONG_OUT},           {"speed", 1, 0, LONG_SPEED},
    {"boot-delay", 1, 0, LONG_BOOT_DELAY}, {"host-baud", 1, 0, LONG_HOST_BAUD},
    {"crystal", 1, 0, LONG_CRYSTAL},   {"seconds", 1, 0, LONG_SECONDS},
    {"at", 1, 0, LONG_AT},             {"seed", 1, 0, LONG_SEED},
    {"adc-log", 1, 0, LONG_ADC_LOG},   {"uart-log", 1, 0, LONG_UART_LOG},
    {"stats", 1, 0, LONG_STATS},       {"lossless", 0, 0, LONG_LOSSLESS},
    {"reset-on-open", 0, 0, LONG_RESET_ON_OPEN}, {"baud-check", 0, 0, LONG_BAUD_CHECK},
    {"boot", 1, 0, LONG_BOOT},         {"flash", 1, 0, LONG_FLASH},
    {"control", 0, 0, LONG_CONTROL},   {"help", 0, 0, LONG_HELP},
    {0, 0, 0, 0},
};

struct request {
    const char *mcu, *at[MAX_EVENTS];
    int n_at;
    double crystal;
};

static void set_switch(struct sim *s, int option)
{
    switch (option) {
    case LONG_LOSSLESS: s->host.lossless = true; break;
    case LONG_RESET_ON_OPEN: s->host.reset_on_open = true; break;
    case LONG_BAUD_CHECK: s->host.baud_check = true; break;
    case LONG_CONTROL: s->control = true; break;
    case LONG_HELP: fputs(USAGE, stdout); exit(0);
    default: fputs(USAGE, stderr); exit(2);
    }
}

static void set_option(struct sim *s, struct request *request, int option, const char *value)
{
    switch (option) {
    case LONG_MCU: request->mcu = value; break;
    case LONG_VREF: s->adc.vref_v = atof(value); break;
    case LONG_ADC: control_set_source(s, value); break;
    case LONG_LINK: s->host.link_path = value; break;
    case LONG_OUT: s->host.out = create(value); break;
    case LONG_SPEED: s->speed = atof(value); break;
    case LONG_BOOT_DELAY: s->boot_delay_s = atof(value); break;
    case LONG_HOST_BAUD: s->host.fixed_baud = atof(value); break;
    case LONG_CRYSTAL: request->crystal = atof(value); break;
    case LONG_SECONDS: s->seconds = atof(value); break;
    case LONG_SEED: s->random_state = strtoull(value, NULL, 10) * 2654435761u + 88172645463325252u; break;
    case LONG_ADC_LOG: s->adc_log = create(value); break;
    case LONG_UART_LOG: s->uart_log = create(value); break;
    case LONG_STATS: s->stats_path = value; break;
    case LONG_BOOT: s->boot_path = value; break;
    case LONG_FLASH: s->flash_path = value; break;
    case LONG_AT:
        if (request->n_at == MAX_EVENTS)
            die("more than %d --at", MAX_EVENTS);
        request->at[request->n_at++] = value;
        break;
    default: set_switch(s, option);
    }
}

int main(int argc, char **argv)
{
    struct request request = {.mcu = "atmega328p", .crystal = 1.0};
    sim.adc.vref_v = 5.0;
    sim.random_state = 88172645463325252u;
    sim.speed = -1;
    control_set_source(&sim, "*=dc:2.5");
    for (int option; (option = getopt_long(argc, argv, "", OPTIONS, NULL)) != -1;)
        set_option(&sim, &request, option, optarg);
    if (optind + 1 != argc && !(optind == argc && sim.boot_path))
        set_switch(&sim, '?');
    if (sim.speed < 0)
        sim.speed = sim.host.link_path ? 1 : 0;
    sim.clock_hz = F_CPU_HZ * request.crystal;
    signal(SIGTERM, stop);
    signal(SIGINT, stop);
    signal(SIGPIPE, SIG_IGN);
    if (sim.control)
        fcntl(STDIN_FILENO, F_SETFL, fcntl(STDIN_FILENO, F_GETFL) | O_NONBLOCK);
    board_open(&sim, request.mcu, argv[optind]);
    for (int i = 0; i < request.n_at; i++) {
        const char *colon = strchr(request.at[i], ':');
        if (!colon)
            die("--at wants T:COMMAND, not %s", request.at[i]);
        control_schedule(&sim, atof(request.at[i]), colon + 1);
    }
    host_open(&sim);
    report_event(&sim, "ready", sim.host.slave);
    return run(&sim);
}
