/* The voltage at a pin: the sum of parts, or a counter. `+` joins parts:
 *   dc:VOLTS  sine:VOLTS,HZ[,PHASE_RAD]  noise:SIGMA_VOLTS
 *   file:PATH,HZ,COLUMNS,COLUMN[,hold]   float32 volts, interleaved, held at the end
 *   count                                code = conversions of this pin so far, modulo 1024 */
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "emgsim.h"

static const char *map_file(struct part *part, const char *path)
{
    int fd = open(path, O_RDONLY);
    struct stat info;
    if (fd < 0 || fstat(fd, &info) != 0 || info.st_size == 0)
        return "cannot read the file, or it is empty";
    part->rows = (size_t)info.st_size / sizeof(float) / part->columns;
    if (part->rows * part->columns * sizeof(float) != (size_t)info.st_size)
        return "the file does not hold whole rows of float32";
    part->data = mmap(NULL, (size_t)info.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    close(fd);
    return part->data == MAP_FAILED ? "cannot map the file" : NULL;
}

static const char *parse_file(struct part *part, char *args)
{
    char *rest = args, *path = strsep(&rest, ",");
    const char *rate = strsep(&rest, ","), *columns = strsep(&rest, ",");
    const char *column = strsep(&rest, ","), *hold = strsep(&rest, ",");
    if (!column)
        return "file wants PATH,HZ,COLUMNS,COLUMN";
    part->kind = PART_FILE;
    part->a = atof(rate);
    part->columns = (unsigned)atoi(columns);
    part->column = (unsigned)atoi(column);
    part->hold = hold && strcmp(hold, "hold") == 0;
    if (part->a <= 0 || part->columns == 0 || part->column >= part->columns)
        return "file wants HZ > 0 and COLUMN < COLUMNS";
    return map_file(part, path);
}

static const char *parse_part(struct part *part, char *text)
{
    char *args = strchr(text, ':');
    if (!args)
        return "a part is dc:, sine:, noise: or file:";
    *args++ = 0;
    if (strcmp(text, "file") == 0)
        return parse_file(part, args);
    int n = sscanf(args, "%lf,%lf,%lf", &part->a, &part->b, &part->c);
    if (strcmp(text, "dc") == 0 && n == 1)
        part->kind = PART_DC;
    else if (strcmp(text, "sine") == 0 && n >= 2)
        part->kind = PART_SINE;
    else if (strcmp(text, "noise") == 0 && n == 1)
        part->kind = PART_NOISE;
    else
        return "a part is dc:V, sine:V,HZ[,PHASE], noise:V or file:...";
    return NULL;
}

const char *source_parse(struct source *source, const char *spec)
{
    struct source fresh = {0};
    if (strcmp(spec, "count") == 0) {
        fresh.count = true;
        *source = fresh;
        return NULL;
    }
    char text[1024];
    snprintf(text, sizeof text, "%s", spec);
    char *rest = text, *one;
    while ((one = strsep(&rest, "+"))) {
        if (fresh.n_parts == (int)(sizeof fresh.parts / sizeof *fresh.parts))
            return "too many parts";
        const char *wrong = parse_part(&fresh.parts[fresh.n_parts++], one);
        if (wrong)
            return wrong;
    }
    *source = fresh;
    return NULL;
}

static double file_volts(const struct part *part, double t_s)
{
    double position = t_s * part->a;
    double last = (double)(part->rows - 1);
    position = position < 0 ? 0 : position > last ? last : position;
    size_t row = (size_t)position;
    double here = part->data[row * part->columns + part->column];
    if (part->hold || row + 1 >= part->rows)
        return here;
    double next = part->data[(row + 1) * part->columns + part->column];
    return here + (next - here) * (position - (double)row);
}

static double part_volts(struct sim *sim, const struct part *part, double t_s)
{
    switch (part->kind) {
    case PART_DC:
        return part->a;
    case PART_SINE:
        return part->a * sin(2 * M_PI * part->b * t_s + part->c);
    case PART_NOISE:
        return part->a * random_gauss(sim);
    default:
        return file_volts(part, t_s);
    }
}

uint16_t source_code(struct sim *sim, struct source *source, double t_s)
{
    if (source->count)
        return (uint16_t)(source->n_converted++ % 1024);
    double volts = 0;
    for (int i = 0; i < source->n_parts; i++)
        volts += part_volts(sim, &source->parts[i], t_s);
    double code = floor(volts / sim->adc.vref_v * 1024.0);
    return code < 0 ? 0 : code > 1023 ? 1023 : (uint16_t)code;
}
