"""When each figure was measured, and on how many photos: a file beside the figures says it.

`measured.json` in the folder of the figures has an entry for each file, or each part of one that is
measured by itself: {"knn.json, choice": {"measured": "2026-11-29", "photos": 18}}. "committed" stands
in place of "measured" where figures are older than these notes: the day on which they came into the
repository as they are.
"""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipeline.whole_file import write_json

NOTES = "measured.json"


def keep_figures(file: Path, figures: Any, *part: str, photos: int | None = None) -> None:
    """Write figures as JSON, all of a file or, with `part`, what lies under these keys in it.

    photos: how many photos of a set they are of, where there is a set.
    """
    content = _read(file) if part else figures
    place = content
    for key in part[:-1]:
        place = place.setdefault(key, {})
    if part:
        place[part[-1]] = figures
    write_json(file, content)
    notes = _read(file.with_name(NOTES))
    if part and file.name in notes:  # the other parts are still of the day that the whole was of
        whole = notes.pop(file.name)
        notes |= {f"{file.name}, {key}": whole for key in content}
    note = {"measured": datetime.now(UTC).date().isoformat()}
    notes[", ".join((file.name, *part))] = note | ({"photos": photos} if photos else {})
    write_json(file.with_name(NOTES), dict(sorted(notes.items())))


def _read(file: Path) -> dict:
    return json.loads(file.read_text()) if file.exists() else {}
