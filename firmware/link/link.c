#include "link.h"

#include "matting.h"
#include "port.h"

enum { JOB_HEADER_BYTES = 26, JOB_REPORT_BYTES = 84, INFO_BYTES = 20 };

struct request {
    uint8_t type, sequence;
    uint16_t remaining;              /* payload bytes not yet read */
    uint16_t crc;
    uint8_t broken;                  /* the line fell silent */
};

/* Times of the phases, in ticks, as they go into the reply. */
enum phase { RECEIVE, PROJECT, SEARCH, MERGE, SOLVE, PHASES };

static struct request request;
static uint16_t sent_crc;

/* CRC-16/CCITT-FALSE (polynomial 0x1021, start 0xFFFF), one byte at a time without a table. */
static uint16_t crc_after(uint16_t crc, uint8_t byte)
{
    crc = (uint16_t)((crc >> 8) | (crc << 8));
    crc ^= byte;
    crc ^= (uint16_t)((crc & 0xFF) >> 4);
    crc ^= (uint16_t)(crc << 12);
    crc ^= (uint16_t)((crc & 0xFF) << 5);
    return crc;
}

static uint8_t receive_raw(void)
{
    int16_t byte = request.broken ? NO_BYTE : port_receive();
    if (byte == NO_BYTE) {
        request.broken = 1;
        return 0;
    }
    return (uint8_t)byte;
}

static uint8_t receive_covered(void)
{
    uint8_t byte = receive_raw();
    request.crc = crc_after(request.crc, byte);
    return byte;
}

static uint8_t receive_byte(void)
{
    request.remaining--;
    return receive_covered();
}

static uint16_t receive_word(void)
{
    uint8_t low = receive_byte();
    return (uint16_t)(low | (uint16_t)receive_byte() << 8);
}

static void receive_into(uint16_t offset, uint16_t bytes)
{
    while (bytes--)
        arena[offset++] = receive_byte();
}

static void receive_rest(void)
{
    while (request.remaining && !request.broken)
        receive_byte();
}

static uint8_t crc_matches(void)
{
    uint16_t expected = request.crc;
    uint8_t low = receive_raw();
    return expected == (uint16_t)(low | (uint16_t)receive_raw() << 8);
}

static void send_byte(uint8_t byte)
{
    sent_crc = crc_after(sent_crc, byte);
    port_send(byte);
}

static void send_word(uint16_t word)
{
    send_byte((uint8_t)word);
    send_byte((uint8_t)(word >> 8));
}

static void send_long(uint32_t value)
{
    send_word((uint16_t)value);
    send_word((uint16_t)(value >> 16));
}

static void send_header(uint8_t type, uint16_t length)
{
    port_send(SYNC_FIRST);
    port_send(SYNC_SECOND);
    sent_crc = 0xFFFF;
    send_byte(type);
    send_byte(request.sequence);
    send_word(length);
}

static void send_crc(void)
{
    uint16_t crc = sent_crc;
    port_send((uint8_t)crc);
    port_send((uint8_t)(crc >> 8));
}

static void send_error(enum link_error error)
{
    send_header(FRAME_ERROR, 1);
    send_byte((uint8_t)error);
    send_crc();
}

static void send_info(void)
{
    struct board_facts facts = port_facts();
    send_header(FRAME_REPLY | FRAME_INFO, INFO_BYTES);
    send_byte(PROTOCOL_VERSION);
    send_byte(facts.kind);
    send_word(ARENA_BYTES);
    send_word(facts.arena_address);
    send_word(facts.static_bytes);
    send_word(port_stack_unused());
    send_word(MAX_PIXELS);
    send_byte(MAX_NEIGHBOURS);
    send_byte(MAX_SPATIAL);
    send_word(MAX_UNKNOWN);
    send_long(facts.ticks_per_second);
    send_crc();
}

static void send_report(enum status status, const uint32_t *ticks, uint8_t with_alpha)
{
    const uint16_t *map = (const uint16_t *)&job.at;
    send_header(FRAME_REPLY | request.type,
                (uint16_t)(JOB_REPORT_BYTES + (with_alpha ? job.unknown : 0)));
    send_byte((uint8_t)status);
    send_byte(job.iterations);
    send_byte((uint8_t)job.residual_exponent);
    send_byte(job.neighbours);
    send_word(job.unknown);
    send_word(job.edge_count);
    send_word(port_stack_unused());
    for (uint8_t phase = 0; phase < PHASES; phase++)
        send_long(ticks[phase]);
    for (uint8_t c = 0; c < 3; c++)
        send_byte(job.mean[c]);
    send_byte(0);
    for (uint8_t c = 0; c < 6; c++)
        send_word((uint16_t)job.axes[c / 3][c % 3]);
    for (uint8_t i = 0; i < sizeof job.at / 2; i++)
        send_word(map[i]);
    for (uint16_t rank = 0; with_alpha && rank < job.unknown; rank++)
        send_byte(solved_code(rank));
    send_crc();
}

static void send_features(void)
{
    const uint8_t *feature = bytes_at(job.at.features);
    send_header(FRAME_FEATURES, (uint16_t)(2 * job.pixels));
    for (uint16_t i = 2 * job.pixels; i; i--)
        send_byte(*feature++);
    send_crc();
}

struct job_options {
    uint8_t flags, delay;
    uint16_t period;
};

static struct job_options receive_job_header(void)
{
    struct job_options options;
    job.width = receive_word();
    job.height = receive_word();
    job.neighbours = receive_byte();
    job.spatial = receive_byte();
    job.map_bits = receive_byte();
    job.max_iterations = receive_byte();
    job.residual_bits = receive_byte();
    options.flags = receive_byte();
    options.delay = receive_byte();
    for (uint8_t c = 0; c < 3; c++)
        job.mean[c] = receive_byte();
    for (uint8_t c = 0; c < 6; c++)
        job.axes[c / 3][c % 3] = (int16_t)receive_word();
    job.axes_given = options.flags & FLAG_AXES_GIVEN;
    options.period = 0;
    return options;
}

/* Samples are words, 2 a pixel; they lie at the start of the arena until they are embedded, where
 * some of the pixels will be too. */
static uint16_t data_bytes(void)
{
    if (request.type == FRAME_MATTE)
        return 3 * job.pixels;
    return request.type == FRAME_SIGNAL ? 2 * job.pixels : 2;
}

static uint16_t wire_map_bytes(void)
{
    return job.map_bits == 8 ? job.pixels : (uint16_t)((job.pixels + 3) >> 2);
}

static enum status receive_data(struct job_options *options)
{
    enum status status = begin_job();
    if (status != STATUS_OK)
        return status;
    if (request.remaining != wire_map_bytes() + data_bytes())
        return STATUS_BAD_JOB;
    if (request.type != FRAME_MATTE && (options->delay < 1 || options->delay > 8))
        return STATUS_BAD_JOB;
    receive_into(job.at.map, wire_map_bytes());
    if (request.type == FRAME_MATTE)
        receive_into(job.at.pixels, data_bytes());
    else if (request.type == FRAME_SIGNAL)
        receive_into(0, data_bytes());
    else
        options->period = receive_word();
    return STATUS_OK;
}

/* The least period the sampling loop keeps up with, 20 kHz, and the longest of which two timer ticks
   an eighth of a microsecond lie within the half of 16 bits that tells early from late. */
enum { SHORTEST_PERIOD = 400, LONGEST_PERIOD = 16383 };

static enum status take_samples(const struct job_options *options)
{
    if (request.type == FRAME_RECORD) {
        if (options->period < SHORTEST_PERIOD || options->period > LONGEST_PERIOD)
            return STATUS_BAD_JOB;
        port_record(words_at(0), job.pixels, options->period);
    }
    for (uint16_t i = 0; i < job.pixels; i++)
        words_at(0)[i] &= 0x3FF;
    embed_signal(options->delay);
    return STATUS_OK;
}

static enum status run_phases(uint8_t send_projections, uint32_t *ticks)
{
    enum status status;
    uint32_t before = port_ticks();
    project_pixels();
    ticks[PROJECT] = port_ticks() - before;
    if (send_projections)
        send_features();
    before = port_ticks();
    status = find_neighbours();
    ticks[SEARCH] = port_ticks() - before;
    if (status != STATUS_OK)
        return status;
    before = port_ticks();
    status = merge_edges();
    ticks[MERGE] = port_ticks() - before;
    if (status != STATUS_OK)
        return status;
    before = port_ticks();
    status = solve_alpha();
    ticks[SOLVE] = port_ticks() - before;
    return status;
}

static void serve_job(uint32_t started)
{
    uint32_t ticks[PHASES] = {0, 0, 0, 0, 0};
    struct job_options options;
    enum status status = STATUS_BAD_JOB;
    uint8_t whole = request.remaining >= JOB_HEADER_BYTES;
    if (whole) {
        options = receive_job_header();
        status = receive_data(&options);
    }
    receive_rest();
    if (!crc_matches() || request.broken) {
        send_error(request.broken ? LINK_TIMEOUT : LINK_BAD_CRC);
        return;
    }
    port_lamp(LAMP_WORKING);
    if (status == STATUS_OK && request.type != FRAME_MATTE)
        status = take_samples(&options);
    ticks[RECEIVE] = port_ticks() - started;
    if (status == STATUS_OK)
        status = run_phases(options.flags & FLAG_SEND_FEATURES, ticks);
    send_report(status, ticks, status == STATUS_OK);
    port_lamp(status == STATUS_OK ? LAMP_DONE : LAMP_OFF);
}

static void serve_other(void)
{
    uint8_t empty = request.remaining == 0;
    receive_rest();
    if (!crc_matches() || request.broken)
        send_error(request.broken ? LINK_TIMEOUT : LINK_BAD_CRC);
    else if (request.type != FRAME_INFO)
        send_error(LINK_UNKNOWN_TYPE);
    else if (!empty)
        send_error(LINK_BAD_LENGTH);
    else
        send_info();
}

static void send_button(void)
{
    send_header(FRAME_BUTTON, 0);
    send_crc();
}

void link_serve(void)
{
    uint32_t started;
    int16_t second;
    if (!port_byte_waits()) {                    /* else what is sent would make bytes overrun */
        if (port_button_pressed())
            send_button();
        return;
    }
    if (port_receive() != SYNC_FIRST)
        return;
    started = port_ticks();
    do
        second = port_receive();
    while (second == SYNC_FIRST);                /* a stray one came before the frame */
    if (second != SYNC_SECOND)
        return;
    request.crc = 0xFFFF;
    request.broken = 0;
    request.remaining = 4;
    request.type = receive_byte();
    request.sequence = receive_byte();
    request.remaining = receive_word();
    if (request.type >= FRAME_MATTE && request.type <= FRAME_RECORD)
        serve_job(started);
    else
        serve_other();
}
