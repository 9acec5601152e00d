"""Files that come inside PyPI packages which are installed for them alone."""

import importlib.util
from pathlib import Path


def package_folder(name: str, requirements: str) -> Path:
    """Where a package lies; found without importing it, as it may ask for much.

    ModuleNotFoundError says that it is in `requirements`, a file of this project.
    """
    package = importlib.util.find_spec(name)
    if package is None:
        raise ModuleNotFoundError(
            f"{name} is missing. Install it with: pip install --no-deps -r {requirements}"
        )
    return Path(package.origin).parent
