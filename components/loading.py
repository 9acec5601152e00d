"""What the server loads once, so that no photo has to wait for it, and how it keeps memory low."""

import ctypes
import gc
import sys
import threading

import streamlit as st

# Parameters of glibc's mallopt(3).
M_MMAP_THRESHOLD = -3
M_ARENA_MAX = -8
LARGE_BYTES = 2**20

_loading = threading.Lock()


def load_package() -> None:
    """Imports what a photo needs, for one thread at a time: whoever imports a package while another
    thread is at it can be given it half made, where its modules import each other.
    """
    with _loading:
        import pipeline.matting
        import pipeline.stored  # noqa: F401  (what comes after the matte)


@st.cache_resource(show_spinner=False)
def warm_up() -> None:
    """Loads the package and what finds people, once per server, while the first visitor looks
    around. A dark square takes it that far; the rest is loaded within the first photo's own time.
    """
    def load() -> None:
        load_package()
        import numpy as np

        from pipeline import matte

        matte(np.zeros((64, 64, 3), np.uint8))
        leave_modules_out_of_collections()

    threading.Thread(target=load, name="warm-up", daemon=True).start()


def leave_modules_out_of_collections() -> None:
    """Streamlit collects garbage after every run of a page, and nobody else runs meanwhile.

    Nearly all of what it looks through are the tens of thousands of objects of modules, which
    live as long as the server does; without them a collection takes no time to speak of. What
    belongs to those who are there is left out, too: to be called again when one of them has gone.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()


@st.cache_resource(show_spinner=False)
def give_freed_memory_back() -> None:
    """Makes glibc return the memory of large arrays as soon as they are freed, once per server.

    By itself it learns to keep blocks of up to 32 MB, in a heap for every thread, and Streamlit
    starts a thread for every rerun; benchmarks/app.py shows what the server holds after twenty
    photos. Elsewhere than on Linux nothing is done.
    """
    if not sys.platform.startswith("linux"):
        return
    libc = ctypes.CDLL(None)
    if hasattr(libc, "mallopt"):
        libc.mallopt(M_MMAP_THRESHOLD, LARGE_BYTES)
        libc.mallopt(M_ARENA_MAX, 2)
