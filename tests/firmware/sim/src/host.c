/* The other end of the wire: a pseudo-terminal behind a symlink, or a file; and what goes wrong
 * on the way (lost and damaged bytes, a wrong rate, a stalled or unplugged cable). */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "emgsim.h"

#define TOLERATED_BAUD_ERROR 0.04

static void make_link(const struct host *host)
{
    struct stat info;
    if (lstat(host->link_path, &info) == 0) {
        if (!S_ISLNK(info.st_mode))
            die("%s exists and is no symlink", host->link_path);
        unlink(host->link_path);
    }
    if (symlink(host->slave, host->link_path) != 0)
        die("cannot make %s: %s", host->link_path, strerror(errno));
}

/* Raw before anyone opens it: else the line discipline would echo our bytes back to us. */
static void open_terminal(struct host *host)
{
    host->master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
    if (host->master < 0 || grantpt(host->master) != 0 || unlockpt(host->master) != 0 ||
        ptsname_r(host->master, host->slave, sizeof host->slave) != 0)
        die("cannot make a pseudo-terminal: %s", strerror(errno));
    int slave = open(host->slave, O_RDWR | O_NOCTTY);
    struct termios settings;
    if (slave < 0 || tcgetattr(slave, &settings) != 0)
        die("cannot open %s: %s", host->slave, strerror(errno));
    cfmakeraw(&settings);
    tcsetattr(slave, TCSANOW, &settings);
    close(slave);
    host->opened = false;
    host->n_buffered = 0;
    make_link(host);
}

void host_open(struct sim *sim)
{
    sim->host.master = -1;
    if (sim->host.link_path)
        open_terminal(&sim->host);
}

void host_close(struct sim *sim)
{
    struct host *host = &sim->host;
    if (host->out && fclose(host->out) != 0)
        die("cannot write the output file: disk full?");
    if (host->master < 0)
        return;
    unlink(host->link_path);
    close(host->master);
    host->master = -1;
}

/* The board lives on the cable's power: unplugged it stops, plugged in it starts anew. */
void host_plug(struct sim *sim, bool plugged)
{
    struct host *host = &sim->host;
    if (sim->powered == plugged)
        return;
    sim->powered = plugged;
    if (!plugged) {
        if (host->master >= 0) {
            unlink(host->link_path);
            close(host->master);
            host->master = -1;
        }
        report_event(sim, "unplugged", "");
        return;
    }
    host->n_replugs++;
    board_reset(sim);
    if (host->link_path)
        open_terminal(host);
    report_event(sim, "plugged", host->slave);
}

static double baud_of_host(const struct host *host)
{
    if (host->fixed_baud > 0)
        return host->fixed_baud;
    return host->baud_check && host->master >= 0 ? baud_of_terminal(host->master) : 0;
}

static bool garbled(struct sim *sim)
{
    double theirs = baud_of_host(&sim->host);
    return theirs > 0 && fabs(theirs / uart_baud(sim) - 1) > TOLERATED_BAUD_ERROR;
}

static uint8_t random_byte(struct sim *sim)
{
    return (uint8_t)(random_uniform(sim) * 256);
}

static uint8_t flip_one_bit(struct sim *sim, uint8_t byte)
{
    return byte ^ (uint8_t)(1u << (unsigned)(random_uniform(sim) * 8));
}

static void flush_buffer(struct sim *sim)
{
    struct host *host = &sim->host;
    while (host->n_buffered > 0) {
        ssize_t n = write(host->master, host->buffer, host->n_buffered);
        if (n > 0) {
            host->n_buffered -= (size_t)n;
            host->n_delivered += (uint64_t)n;
            memmove(host->buffer, host->buffer + n, host->n_buffered);
            continue;
        }
        struct pollfd wait = {host->master, POLLOUT, 0};
        if (!host->lossless || sim->quit || poll(&wait, 1, 100) < 0 || (wait.revents & POLLHUP))
            return;
    }
}

static bool hears(const struct host *host)
{
    return host->out || (host->master >= 0 && host->opened);
}

static void put(struct sim *sim, uint8_t byte)
{
    struct host *host = &sim->host;
    if (host->out) {
        host->n_delivered++;
        fputc(byte, host->out);
        return;
    }
    if (host->n_buffered == sizeof host->buffer && host->lossless)
        flush_buffer(sim);
    if (host->n_buffered == sizeof host->buffer)
        host->n_overflow++;
    else
        host->buffer[host->n_buffered++] = byte;
}

void host_take(struct sim *sim, uint64_t cycle, uint8_t byte)
{
    struct host *host = &sim->host;
    uint8_t sent = byte, flags = 0;
    if (!hears(host)) {
        host->n_unheard++;
        flags = LOG_UNHEARD;
    } else if (host->drop > 0 && random_uniform(sim) < host->drop) {
        host->n_dropped++;
        flags = LOG_DROPPED;
    } else {
        if (host->flip > 0 && random_uniform(sim) < host->flip) {
            host->n_flipped++;
            flags = LOG_FLIPPED;
            byte = flip_one_bit(sim, byte);
        }
        put(sim, garbled(sim) ? random_byte(sim) : byte);
    }
    report_log(sim->uart_log, cycle, 0, flags, sent);
}

void host_send(struct sim *sim, const uint8_t *data, size_t n)
{
    struct host *host = &sim->host;
    uint8_t kept[4096];
    size_t n_kept = 0;
    if (!sim->powered || sim->held_until > sim->avr->cycle)
        return;
    bool garble = garbled(sim);
    for (size_t i = 0; i < n && n_kept < sizeof kept; i++) {
        uint8_t byte = garble ? random_byte(sim) : data[i];
        if (host->drop_in > 0 && random_uniform(sim) < host->drop_in) {
            host->n_dropped_in++;
            continue;
        }
        if (host->flip_in > 0 && random_uniform(sim) < host->flip_in) {
            host->n_flipped_in++;
            byte = flip_one_bit(sim, byte);
        }
        kept[n_kept++] = byte;
    }
    uart_receive(sim, kept, n_kept);
}

static void notice_opening(struct sim *sim, bool open_now)
{
    struct host *host = &sim->host;
    if (open_now == host->opened)
        return;
    host->opened = open_now;
    host->n_buffered = 0;
    if (open_now)
        host->n_opens++;
    report_event(sim, open_now ? "open" : "close", host->link_path);
    if (open_now && host->reset_on_open)
        board_reset(sim);
}

void host_poll(struct sim *sim)
{
    struct host *host = &sim->host;
    if (host->master < 0)
        return;
    struct pollfd state = {host->master, POLLIN, 0};
    if (poll(&state, 1, 0) < 0)
        return;
    notice_opening(sim, !(state.revents & POLLHUP));
    if (!host->opened || sim->avr->cycle < host->stalled_until)
        return;
    flush_buffer(sim);
    uint8_t data[4096];
    ssize_t n = state.revents & POLLIN ? read(host->master, data, sizeof data) : 0;
    if (n > 0)
        host_send(sim, data, (size_t)n);
}
