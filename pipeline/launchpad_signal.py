"""A recorded sound or a file of numbers as the signal the board's converter would have taken.

The demonstration of 2018 was a signal of 800 samples. Here a recording becomes one: resampled to
the board's rate, its most telling stretch cut out, in the 10 bits of the converter.
"""

import io
import re
import struct
import warnings
from fractions import Fraction

import numpy as np
from scipy.io import wavfile
from scipy.ndimage import uniform_filter1d
from scipy.signal import resample_poly

from pipeline.image_error import ImageError

SIGNAL_SAMPLES = 800
LEAST_SAMPLES = 100
HIGHEST = 1023
MIDDLE = 512
# How far from the middle the loudest sample goes: the microphone's amplifier, set well.
SWING = 500
# Loudness is taken over this many samples: more than one pitch period of a voice at 8000 Hz.
ENVELOPE_SAMPLES = 80
# Samples left for the board to decide: even the smaller arena of the Energia sketch holds them.
UNKNOWN_SAMPLES = 110
# The loud part has to be this many times as loud as the quiet one.
LEAST_CONTRAST = 2.0
MOST_BYTES = 50_000_000
# Bytes of a file of numbers: some three minutes at the fastest rate of the board.
MOST_TEXT = 1_000_000
# Samples a second of a recording, at least and at most.
RATES_HEARD = (1000, 200_000)
# A longer recording is heard so far; resampling an hour of sound would take gigabytes.
SECONDS_HEARD = 60


class SignalError(ImageError):
    """A recording or a file of samples that cannot be used; the text says why."""


def signal_from_recording(data: bytes, rate: int) -> np.ndarray:
    """A WAV file of any depth as `SIGNAL_SAMPLES` samples, `rate` a second.

    Channels are averaged, and no more is heard than the first minute. Floats beyond full scale are
    heard as a quieter recording of the same sound.

    Returns (800,) uint16 0..1023, the stretch whose loudness varies most. Raises SignalError.
    """
    own_rate, waves = _read_wave(data)
    ratio = Fraction(rate, own_rate).limit_denominator(1000)
    level = resample_poly(waves, ratio.numerator, ratio.denominator)
    if len(level) < SIGNAL_SAMPLES:
        raise SignalError(
            f"This recording lasts {len(waves) / own_rate:.2f} s; {SIGNAL_SAMPLES} samples at "
            f"{rate} a second need {SIGNAL_SAMPLES / rate:.2f} s."
        )
    level = most_telling(level - level.mean())
    loudest = np.abs(level).max()
    if loudest < 1e-4:
        raise SignalError("This recording is silent.")
    return np.round(MIDDLE + SWING * level / loudest).astype(np.uint16)


def signal_from_text(data: bytes) -> np.ndarray:
    """A text file of whole numbers from 0 to 1023, parted by blanks, commas, semicolons or lines.

    Returns (n,) uint16, n from 100 to 800; of a longer file the stretch whose loudness varies
    most. Raises SignalError.
    """
    if len(data) > MOST_TEXT:
        raise SignalError(
            f"This file has {len(data) / 1e6:.1f} MB; a file of samples has at most "
            f"{MOST_TEXT / 1e6:.0f} MB, and {SIGNAL_SAMPLES} of them are used."
        )
    try:
        text = data.decode("utf-8-sig").strip().rstrip(",; \t\r\n")  # a comma may end the last line
        words = re.split(r"[\s,;]+", text)
        samples = np.array([int(word) for word in words])
    except (UnicodeDecodeError, ValueError) as error:
        raise SignalError(
            "A file of samples holds whole numbers from 0 to 1023, parted by blanks, commas or "
            "lines, and nothing else."
        ) from error
    if samples.min() < 0 or samples.max() > HIGHEST:
        raise SignalError(
            f"The samples reach from {samples.min()} to {samples.max()}; the board's converter "
            f"gives 0 to {HIGHEST}."
        )
    if len(samples) < LEAST_SAMPLES:
        raise SignalError(f"{len(samples)} samples are too few: it takes {LEAST_SAMPLES} at least.")
    return most_telling(samples).astype(np.uint16)


def most_telling(samples: np.ndarray) -> np.ndarray:
    """The stretch of at most `SIGNAL_SAMPLES` samples whose loudness varies most."""
    if len(samples) <= SIGNAL_SAMPLES:
        return samples
    loud = loudness(samples)
    total = np.cumsum(np.r_[0, loud])
    squares = np.cumsum(np.r_[0, loud**2])
    mean, mean_square = (
        (sums[SIGNAL_SAMPLES:] - sums[:-SIGNAL_SAMPLES]) / SIGNAL_SAMPLES
        for sums in (total, squares)
    )
    start = int(np.argmax(mean_square - mean**2))
    return samples[start : start + SIGNAL_SAMPLES]


def loudness(samples: np.ndarray) -> np.ndarray:
    """Root mean square of the samples about their mean, over `ENVELOPE_SAMPLES` around each."""
    swing = np.asarray(samples, float) - np.mean(samples)
    return np.sqrt(np.maximum(uniform_filter1d(swing**2, ENVELOPE_SAMPLES), 0))


def trimap_from_loudness(samples: np.ndarray) -> np.ndarray:
    """What is known of a signal: 0 where it is plainly silence, 255 where it is plainly sound.

    The `UNKNOWN_SAMPLES` whose loudness lies nearest to the middle between silence and sound (the
    10th and 90th percentile) are 128: the board decides them. samples (n,) 0..1023; returns (n,)
    uint8. Raises SignalError if nothing in the signal is much louder than the rest.
    """
    loud = loudness(samples)
    quiet, full = np.percentile(loud, (10, 90))
    if full < LEAST_CONTRAST * max(quiet, 1):
        raise SignalError(
            f"In the {len(samples)} samples that the board would get nothing is much louder than "
            "the rest, so there is no silence to tell from it. Leave a pause before you speak; of "
            "a recording, fewer samples a second last longer."
        )
    middle = (quiet + full) / 2
    trimap = np.where(loud > middle, 255, 0).astype(np.uint8)
    unknown = min(UNKNOWN_SAMPLES, len(loud) // 4)
    trimap[np.argsort(np.abs(loud - middle), kind="stable")[:unknown]] = 128
    return trimap


# What scipy's reader raises for files cut off or with impossible headers.
DAMAGED = (
    ValueError, EOFError, OSError, TypeError, UnboundLocalError, ZeroDivisionError, struct.error
)


def _read_wave(data: bytes) -> tuple[int, np.ndarray]:
    """Samples a second and the mean of all channels, (n,) float64, full scale 1."""
    if len(data) > MOST_BYTES:
        raise SignalError("This recording is larger than 50 MB.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", wavfile.WavFileWarning)  # chunks of other programs
            rate, waves = wavfile.read(io.BytesIO(data))
    except DAMAGED as error:
        raise SignalError("This is not a WAV recording, or it is damaged.") from error
    if waves.size == 0:
        raise SignalError("This WAV file holds no sound.")
    slowest, fastest = RATES_HEARD
    if not slowest <= rate <= fastest:
        raise SignalError(
            f"This WAV file has {rate} samples a second; it takes {slowest} to {fastest}."
        )
    depth = waves.dtype
    waves = waves[: SECONDS_HEARD * rate]
    if np.issubdtype(depth, np.floating):
        if not np.isfinite(waves).all():
            raise SignalError("This WAV file holds values that are not numbers.")
        # Floats may exceed full scale, and so far that no number holds their sums and squares.
        waves = waves / max(1.0, np.abs(waves).max())
    waves = waves.reshape(len(waves), -1).mean(1, dtype=float)
    if depth == np.uint8:
        waves = (waves - 128) / 128
    elif np.issubdtype(depth, np.integer):
        waves /= -float(np.iinfo(depth).min)
    return rate, waves
