/* USART0 by the data sheet: one byte of transmit buffer before the shift register; two bytes of
 * receive buffer behind it, and a third byte waiting in it is lost to the next one (DOR). */
#include <stdlib.h>
#include <string.h>

#include "emgsim.h"
#include "sim_cycle_timers.h"

enum { REG_A = 0xc0, REG_B = 0xc1, REG_C = 0xc2, REG_UBRRL = 0xc4, REG_UBRRH = 0xc5, REG_UDR = 0xc6 };
enum { A_RXC = 0x80, A_TXC = 0x40, A_UDRE = 0x20, A_DOR = 0x08, A_U2X = 0x02, A_MPCM = 0x01 };
enum { B_RXCIE = 0x80, B_TXCIE = 0x40, B_UDRIE = 0x20, B_RXEN = 0x10, B_TXEN = 0x08, B_UCSZ2 = 0x04 };

static uint64_t bit_cycles(const struct sim *sim)
{
    const uint8_t *data = sim->avr->data;
    uint64_t divider = ((data[REG_UBRRH] & 0x0fu) << 8 | data[REG_UBRRL]) + 1u;
    return divider * (data[REG_A] & A_U2X ? 8 : 16);
}

static uint64_t byte_cycles(const struct sim *sim)
{
    uint8_t format = sim->avr->data[REG_C];
    unsigned size = (format >> 1 & 3u) | (sim->avr->data[REG_B] & B_UCSZ2 ? 4u : 0u);
    unsigned data_bits = size == 7 ? 9 : 5 + (size & 3u);
    unsigned parity_bits = format >> 5 & 1u, stop_bits = 1 + (format >> 3 & 1u);
    return (1 + data_bits + parity_bits + stop_bits) * bit_cycles(sim);
}

double uart_baud(const struct sim *sim)
{
    return sim->clock_hz / (double)bit_cycles(sim);
}

static void set_status(struct sim *sim, uint8_t bits, bool on)
{
    uint8_t *status = &sim->avr->data[REG_A];
    *status = on ? *status | bits : *status & (uint8_t)~bits;
}

/* RXC and UDRE are levels: a handler that leaves them standing is entered again. */
static void refresh_level(struct sim *sim, avr_int_vector_t *vector, bool on)
{
    if (on)
        avr_raise_interrupt(sim->avr, vector);
    else
        avr_clear_interrupt(sim->avr, vector);
}

static void handler_left(struct avr_irq_t *irq, uint32_t value, void *param)
{
    struct sim *sim = param;
    if (value)
        return;
    uint8_t status = sim->avr->data[REG_A];
    if (irq->irq / 256 == sim->chip->rx_vector && (status & A_RXC))
        avr_raise_interrupt(sim->avr, sim->uart.rx);
    if (irq->irq / 256 == sim->chip->udre_vector && (status & A_UDRE))
        avr_raise_interrupt(sim->avr, sim->uart.udre);
}

static avr_cycle_count_t shifted_out(avr_t *avr, avr_cycle_count_t when, void *param)
{
    struct sim *sim = param;
    struct uart *uart = &sim->uart;
    if (when < uart->hold_until)
        return uart->hold_until;
    uart->n_sent++;
    host_take(sim, when, uart->shift);
    if (!uart->buffered) {
        uart->shifting = false;
        avr_raise_interrupt(avr, uart->tx);
        return 0;
    }
    uart->shift = uart->buffer;
    uart->buffered = false;
    set_status(sim, A_UDRE, true);
    refresh_level(sim, uart->udre, true);
    return when + byte_cycles(sim);
}

static void write_data(avr_t *avr, avr_io_addr_t address, uint8_t value, void *param)
{
    (void)address;
    struct sim *sim = param;
    struct uart *uart = &sim->uart;
    if (!(avr->data[REG_B] & B_TXEN))
        return;
    if (!uart->shifting) {
        uart->shifting = true;
        uart->shift = value;
        avr_cycle_timer_register(avr, byte_cycles(sim), shifted_out, sim);
        return;
    }
    uart->buffer = value; /* written while full, the byte before is lost, as on the chip */
    uart->buffered = true;
    set_status(sim, A_UDRE, false);
    refresh_level(sim, uart->udre, false);
}

static uint8_t read_data(avr_t *avr, avr_io_addr_t address, void *param)
{
    (void)address;
    struct sim *sim = param;
    struct uart *uart = &sim->uart;
    uint8_t byte = uart->fifo[0];
    if (uart->fifo_n == 0)
        return 0;
    uart->fifo[0] = uart->fifo[1];
    uart->fifo_n--;
    if (uart->holding) {
        uart->fifo[uart->fifo_n++] = uart->held;
        uart->holding = false;
    }
    set_status(sim, A_DOR, uart->overrun_flag);
    uart->overrun_flag = false;
    if (uart->fifo_n == 0) {
        set_status(sim, A_RXC, false);
        refresh_level(sim, uart->rx, false);
    }
    (void)avr;
    return byte;
}

static void byte_arrived(struct sim *sim, uint8_t byte)
{
    struct uart *uart = &sim->uart;
    if (!(sim->avr->data[REG_B] & B_RXEN))
        return;
    uart->n_received++;
    if (uart->fifo_n < 2) {
        uart->fifo[uart->fifo_n++] = byte;
    } else {
        if (uart->holding) {
            uart->n_overrun++;
            uart->overrun_flag = true;
        }
        uart->held = byte;
        uart->holding = true;
    }
    set_status(sim, A_RXC, true);
    refresh_level(sim, uart->rx, true);
}

static avr_cycle_count_t shifted_in(avr_t *avr, avr_cycle_count_t when, void *param)
{
    (void)avr;
    struct sim *sim = param;
    struct uart *uart = &sim->uart;
    byte_arrived(sim, uart->queue[uart->queue_head++]);
    if (--uart->queue_n > 0)
        return when + byte_cycles(sim);
    uart->rx_active = false;
    uart->queue_head = 0;
    return 0;
}

/* Bytes from the host follow each other without pause, one byte time each. */
void uart_receive(struct sim *sim, const uint8_t *data, size_t n)
{
    struct uart *uart = &sim->uart;
    if (n == 0)
        return;
    size_t needed = uart->queue_head + uart->queue_n + n;
    if (needed > uart->queue_size) {
        uart->queue = realloc(uart->queue, uart->queue_size = 2 * needed);
        if (!uart->queue)
            die("out of memory");
    }
    memcpy(uart->queue + uart->queue_head + uart->queue_n, data, n);
    uart->queue_n += n;
    if (!uart->rx_active)
        avr_cycle_timer_register(sim->avr, byte_cycles(sim), shifted_in, sim);
    uart->rx_active = true;
}

static void write_status(avr_t *avr, avr_io_addr_t address, uint8_t value, void *param)
{
    struct sim *sim = param;
    uint8_t writable = A_U2X | A_MPCM;
    if (value & A_TXC)
        avr_clear_interrupt(avr, sim->uart.tx);
    avr->data[address] = (uint8_t)((avr->data[address] & ~writable) | (value & writable));
}

static void write_control(avr_t *avr, avr_io_addr_t address, uint8_t value, void *param)
{
    struct sim *sim = param;
    struct uart *uart = &sim->uart;
    avr->data[address] = value;
    if (!(value & B_RXEN)) {
        uart->fifo_n = 0;
        uart->holding = false;
        set_status(sim, A_RXC, false);
    }
    uint8_t status = avr->data[REG_A];
    if ((value & B_RXCIE) && (status & A_RXC))
        avr_raise_interrupt(avr, uart->rx);
    if ((value & B_UDRIE) && (status & A_UDRE))
        avr_raise_interrupt(avr, uart->udre);
    if ((value & B_TXCIE) && (status & A_TXC))
        avr_raise_interrupt(avr, uart->tx);
}

void uart_attach(struct sim *sim)
{
    struct uart *uart = &sim->uart;
    uart->rx = board_vector(sim, sim->chip->rx_vector);
    uart->udre = board_vector(sim, sim->chip->udre_vector);
    uart->tx = board_vector(sim, sim->chip->tx_vector);
    board_take_register(sim, REG_UDR, read_data, write_data);
    board_take_register(sim, REG_A, NULL, write_status);
    board_take_register(sim, REG_B, NULL, write_control);
    board_take_register(sim, REG_UBRRL, NULL, NULL);
    avr_irq_register_notify(uart->rx->irq + AVR_INT_IRQ_RUNNING, handler_left, sim);
    avr_irq_register_notify(uart->udre->irq + AVR_INT_IRQ_RUNNING, handler_left, sim);
}

void uart_reset(struct sim *sim)
{
    struct uart *uart = &sim->uart;
    uart->shifting = uart->buffered = uart->holding = uart->overrun_flag = false;
    uart->rx_active = false;
    uart->fifo_n = 0;
    uart->queue_head = uart->queue_n = 0;
}
