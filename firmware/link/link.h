/* The serial protocol, see firmware/PROTOCOL.md. */
#ifndef DEEPMASQUE_LINK_H
#define DEEPMASQUE_LINK_H

#include <stdint.h>

enum { PROTOCOL_VERSION = 1, SYNC_FIRST = 0xA5, SYNC_SECOND = 0x5A };

enum frame_type {
    FRAME_INFO = 0x01,
    FRAME_MATTE = 0x02,              /* map and RGB pixels */
    FRAME_SIGNAL = 0x03,             /* map and 16-bit samples */
    FRAME_RECORD = 0x04,             /* map alone: the board takes the samples */
    FRAME_REPLY = 0x80,              /* added to the type of the request that is answered */
    FRAME_FEATURES = 0xA0,           /* the projections, ahead of the reply if asked for */
    FRAME_BUTTON = 0xB0,             /* the board's button was pressed: send the last job again */
    FRAME_ERROR = 0xE0               /* the request was not understood: one byte, why */
};

enum link_error {
    LINK_BAD_CRC = 0x40,
    LINK_TIMEOUT = 0x41,             /* silence in the middle of a frame */
    LINK_UNKNOWN_TYPE = 0x42,
    LINK_BAD_LENGTH = 0x43
};

enum job_flags {
    FLAG_AXES_GIVEN = 1,             /* mean and axes of the job header are used as they are */
    FLAG_SEND_FEATURES = 2
};

/* Answers one button press and one request, if there are any. Call it for ever. */
void link_serve(void);

#endif
