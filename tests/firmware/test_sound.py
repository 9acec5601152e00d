"""Recordings and files of samples as the board's converter would have taken them."""

import io
import tracemalloc

import numpy as np
import pytest
from scipy.io import wavfile

from pipeline.launchpad import Launchpad
from pipeline.launchpad_signal import (
    SIGNAL_SAMPLES,
    SignalError,
    signal_from_recording,
    signal_from_text,
    trimap_from_loudness,
)
from pipeline.launchpad_simulator import synthesised_voice

TONE_HERTZ = 400


def recording(rate: int, dtype, channels: int = 1, seconds: float = 0.5) -> bytes:
    """A tone of 50 ms after and before silence as a WAV file."""
    time = np.arange(int(rate * seconds)) / rate
    tone = 0.4 * np.sin(2 * np.pi * TONE_HERTZ * time) * (abs(time - seconds / 2) < 0.025)
    if np.issubdtype(dtype, np.floating):
        waves = tone.astype(dtype)
    elif dtype == np.uint8:
        waves = np.round(128 + 127 * tone).astype(dtype)
    else:
        waves = np.round(tone * np.iinfo(dtype).max).astype(dtype)
    if channels > 1:
        waves = np.repeat(waves[:, None], channels, 1)
    file = io.BytesIO()
    wavfile.write(file, rate, waves)
    return file.getvalue()


def in_24_bits(data: bytes) -> bytes:
    """The 32-bit recording with the lowest byte of every sample taken away."""
    header, samples = bytearray(data[:44]), np.frombuffer(data[44:], np.uint8).reshape(-1, 4)
    packed = samples[:, 1:].tobytes()
    rate = int.from_bytes(header[24:28], "little")
    header[28:32] = (3 * rate).to_bytes(4, "little")
    header[32:34], header[34:36] = (3).to_bytes(2, "little"), (24).to_bytes(2, "little")
    header[40:44] = len(packed).to_bytes(4, "little")
    header[4:8] = (36 + len(packed)).to_bytes(4, "little")
    return bytes(header) + packed


RECORDINGS = {
    "8 bits, 11025": recording(11025, np.uint8),
    "16 bits, 44100": recording(44100, np.int16),
    "24 bits, 48000": in_24_bits(recording(48000, np.int32)),
    "32 bits, 96000": recording(96000, np.int32),
    "float, 16000": recording(16000, np.float32),
    "double, stereo, 22050": recording(22050, np.float64, channels=2),
}


@pytest.mark.parametrize("name", RECORDINGS)
def test_any_rate_and_depth_becomes_ten_bits_at_the_boards_rate(name):
    samples = signal_from_recording(RECORDINGS[name], 8000)
    assert samples.shape == (SIGNAL_SAMPLES,) and samples.dtype == np.uint16
    assert abs(samples.astype(int) - 512).max() == 500
    spectrum = abs(np.fft.rfft(samples - 512.0))
    assert np.argmax(spectrum) * 8000 / SIGNAL_SAMPLES == pytest.approx(TONE_HERTZ, abs=10)
    loud = np.flatnonzero(abs(samples.astype(int) - 512) > 100)
    assert (loud.max() - loud.min()) / 8000 == pytest.approx(0.05, abs=2 / TONE_HERTZ)


@pytest.mark.parametrize("peak", [1.5, 32768, 1e200, 1e308])
def test_floats_beyond_full_scale_are_the_same_sound(peak):
    rate, waves = wavfile.read(io.BytesIO(RECORDINGS["double, stereo, 22050"]))
    waves = waves * np.linspace(0.5, 1, len(waves))[:, None]  # or two stretches would vary as much
    usual, loud = io.BytesIO(), io.BytesIO()
    wavfile.write(usual, rate, waves)
    wavfile.write(loud, rate, waves / abs(waves).max() * peak)
    first, second = (signal_from_recording(each.getvalue(), 8000) for each in (usual, loud))
    assert np.abs(first.astype(int) - second).max() <= 1


def noise_free(seconds: float) -> bytes:
    return recording(8000, np.int16, seconds=seconds)


def with_holes() -> bytes:
    file = io.BytesIO()
    wavfile.write(file, 8000, np.full(8000, np.nan, np.float32))
    return file.getvalue()


def silent() -> bytes:
    file = io.BytesIO()
    wavfile.write(file, 8000, np.zeros(8000, np.int16))
    return file.getvalue()


@pytest.mark.parametrize("data, sentence", [
    (b"", "not a WAV"),
    (b"\xff\xd8\xff\xe0 a photo", "not a WAV"),
    (RECORDINGS["16 bits, 44100"][:30], "not a WAV"),
    (RECORDINGS["16 bits, 44100"][:12], "not a WAV"),
    (RECORDINGS["16 bits, 44100"][:36], "not a WAV"),
    (RECORDINGS["16 bits, 44100"].replace(b"\2\0\x10\0data", b"\0\0\x10\0data"), "not a WAV"),
    (noise_free(0.06), "lasts 0.06 s; 800 samples at 8000 a second need 0.10 s"),
    (silent(), "silent"),
    (with_holes(), "not numbers")])
def test_a_recording_that_cannot_be_used_is_refused_in_words(data, sentence):
    with pytest.raises(SignalError, match=sentence):
        signal_from_recording(data, 8000)


def test_a_plain_file_of_samples():
    numbers = list(range(400, 600))
    for separator in (" ", ",", ";", "\n", ", ", "\r\n"):
        data = separator.join(map(str, numbers)).encode()
        assert signal_from_text(data).tolist() == numbers
        assert signal_from_text(data + separator.encode() + b"\n").tolist() == numbers


@pytest.mark.parametrize("data, sentence", [
    (b"", "whole numbers"),
    (b"time,level\n1,2", "whole numbers"),
    (b"0.5 0.7", "whole numbers"),
    (b"\xff\xfe\x00", "whole numbers"),
    (b"5 1024 " * 100, "reach from 5 to 1024"),
    (b"-1 5 " * 100, "reach from -1 to 5"),
    (b"1 2 3", "3 samples are too few"),
    (b"512 " * 300_000, "This file has 1.2 MB")])
def test_a_file_of_samples_that_cannot_be_used_is_refused_in_words(data, sentence):
    with pytest.raises(SignalError, match=sentence):
        signal_from_text(data)


def test_the_plainly_loud_and_the_plainly_quiet_are_given():
    samples = synthesised_voice(0.1, 8000)
    trimap = trimap_from_loudness(samples)
    assert (trimap == 128).sum() == 110
    assert (trimap[:100] == 0).all() and (trimap[-100:] == 0).all()
    assert (trimap[350:450] == 255).all()


def test_a_sound_without_silence_is_refused_in_words():
    with pytest.raises(SignalError, match="pause"):
        trimap_from_loudness(512 + 300 * np.sin(np.arange(800) / 3))


def test_a_sound_at_the_pin_gives_what_the_same_samples_by_wire_give():
    samples = signal_from_recording(RECORDINGS["16 bits, 44100"], 8000)
    trimap = trimap_from_loudness(samples)
    with Launchpad("sim://") as board:
        board.port.machine.listen(samples, 8000)
        heard = board.record_signal(trimap, rate=8000)
        sent = board.solve_signal(samples, trimap)
    assert heard.unknown == sent.unknown == (trimap == 128).sum()
    assert np.sqrt(np.mean((heard.alpha - sent.alpha) ** 2)) < 0.03
    for component in (0, 1):
        pair = (solution.features[0, :, component].astype(float) for solution in (heard, sent))
        assert abs(np.corrcoef(*pair)[0, 1]) > 0.98


def test_of_a_long_recording_the_first_minute_is_heard():
    short = recording(8000, np.int16, seconds=10)
    rate, waves = wavfile.read(io.BytesIO(short))
    file = io.BytesIO()
    wavfile.write(file, rate, np.concatenate([waves, np.zeros(rate * 2400, np.int16)]))
    tracemalloc.start()
    samples = signal_from_recording(file.getvalue(), 8000)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert abs(samples.astype(int) - 512).max() == 500
    assert peak < 250_000_000


@pytest.mark.parametrize("rate", [100, 4_000_000_000])
def test_a_rate_that_no_recording_has_is_refused_in_words(rate):
    data = bytearray(recording(8000, np.uint8))
    data[24:28] = data[28:32] = rate.to_bytes(4, "little")
    with pytest.raises(SignalError, match=f"{rate} samples a second"):
        signal_from_recording(bytes(data), 8000)
