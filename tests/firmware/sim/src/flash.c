/* The flash as a boot loader sees it: a boot loader from an Intel HEX file stands at its end and
 * runs after every reset; what lies in flash when the run ends goes to a file. */
#include <errno.h>
#include <string.h>

#include "emgsim.h"

enum { HEX_DATA = 0, HEX_SEGMENT = 2, HEX_LINEAR = 4 };

static unsigned hex_byte(const char *path, const char *digits)
{
    unsigned value;
    if (sscanf(digits, "%2x", &value) != 1)
        die("%s is no Intel HEX file", path);
    return value;
}

static void load_record(struct sim *sim, const char *path, const char *line, uint32_t *base,
                        uint32_t *lowest)
{
    unsigned n = hex_byte(path, line + 1), kind = hex_byte(path, line + 7);
    uint32_t offset = hex_byte(path, line + 3) << 8 | hex_byte(path, line + 5);
    if (kind == HEX_SEGMENT || kind == HEX_LINEAR)
        *base = (hex_byte(path, line + 9) << 8 | hex_byte(path, line + 11))
                << (kind == HEX_LINEAR ? 16 : 4);
    if (kind != HEX_DATA)
        return;
    for (unsigned i = 0; i < n; i++) {
        uint32_t address = *base + offset + i;
        if (address > sim->avr->flashend)
            die("%s does not fit into the %s", path, sim->chip->name);
        sim->avr->flash[address] = (uint8_t)hex_byte(path, line + 9 + 2 * i);
    }
    if (*base + offset < *lowest)
        *lowest = *base + offset;
}

/* A board from the shop holds some program. Without any, Optiboot runs over blank flash for ever,
 * and its stack over all memory. */
static void load_standstill(struct sim *sim)
{
    static const uint8_t jump_to_itself[] = {0xff, 0xcf};
    memcpy(sim->avr->flash, jump_to_itself, sizeof jump_to_itself);
}

void flash_load_boot(struct sim *sim, const char *path, bool alone)
{
    FILE *file = fopen(path, "r");
    char line[600];
    uint32_t base = 0, lowest = UINT32_MAX;
    if (!file)
        die("cannot read %s: %s", path, strerror(errno));
    while (fgets(line, sizeof line, file))
        if (line[0] == ':')
            load_record(sim, path, line, &base, &lowest);
    fclose(file);
    if (alone)
        load_standstill(sim);
    if (lowest == UINT32_MAX)
        die("%s is empty", path);
    sim->avr->reset_pc = lowest;
    sim->avr->codeend = sim->avr->flashend;
}

void flash_write(const struct sim *sim, const char *path)
{
    FILE *file = fopen(path, "wb");
    size_t n = (size_t)sim->avr->flashend + 1;
    if (!file || fwrite(sim->avr->flash, 1, n, file) != n || fclose(file) != 0)
        die("cannot write %s: %s", path, strerror(errno));
}
