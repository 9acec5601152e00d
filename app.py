"""The app: page configuration and navigation, nothing else."""

from pathlib import Path

import streamlit as st

import preflight
from components.entrance import open_the_door
from components.history import one_entry_a_page
from components.loading import give_freed_memory_back
from components.menu import close_menu_after_choosing
from components.screen_reader import name_for_screen_readers
from components.server import (
    forget_closed_sessions,
    keep_downloads_until_fetched,
    keep_uploads_in_memory,
    make_downloads_side_by_side,
)

HOME = Path(__file__).parent

# File, title and icon, in the order of the menu.
PAGES = (
    ("studio.py", "Studio", ":material/theater_comedy:"),
    ("steps.py", "Step by step", ":material/stairs:"),
    ("face3d.py", "3D face", ":material/deployed_code:"),
    ("hardware.py", "4 KB of memory", ":material/memory:"),
    ("results.py", "Results", ":material/monitoring:"),
    ("about.py", "About", ":material/info:"),
)


def main() -> None:
    st.set_page_config(
        page_title="DeepMasque: we create real masks",
        page_icon=str(HOME / "static" / "icon.svg"),
        layout="wide",
        initial_sidebar_state="collapsed",
        menu_items={"Get help": None, "Report a bug": None, "About": None},
    )
    st.logo(HOME / "static" / "logo.svg", size="large")
    st.html(HOME / "static" / "style.css")
    problem = preflight.libraries_problem()
    if problem:
        st.error(problem)
        st.stop()
    give_freed_memory_back()
    keep_uploads_in_memory()
    keep_downloads_until_fetched()
    make_downloads_side_by_side()
    forget_closed_sessions()
    pages = [
        st.Page(HOME / "pages" / file, title=title, icon=icon, default=file == "studio.py")
        for file, title, icon in PAGES
    ]
    page = st.navigation(pages, position="top")
    if page is not pages[0]:  # so that tabs and bookmarks can be told apart
        st.set_page_config(page_title=f"{page.title}: DeepMasque")
    open_the_door()
    close_menu_after_choosing()
    one_entry_a_page()
    name_for_screen_readers()
    page.run()


main()
