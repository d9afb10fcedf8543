"""Whether the packages beside this one are its own: other projects have some of their names.

Nothing of this project is imported here, since any of it might be somebody else's.
"""

import os
import sys
from importlib.util import find_spec
from itertools import pairwise

PACKAGES = (
    *("artifacts", "auditing", "base", "checks", "curation", "evaluation", "flows"),
    *("generators", "inference", "measures", "moderators", "people", "pipelines", "taxonomy"),
)
"""The packages beside this one; several of their names are taken on package indexes too."""


class PackageTakenError(ImportError):
    """A package of this project is not there, or another project's stands in its place.

    Attributes:
        rule: What must hold, in one line.
        value: What was found instead.
        exit_code: The command's exit status.
    """

    exit_code = 2

    def __init__(self, rule: str, value: str, name: str) -> None:
        """Keeps the rule, the value that broke it, and the package's name."""
        self.rule = rule
        self.value = value
        super().__init__(f"{rule} (got {value})", name=name)


def require_own() -> None:
    """Refuses a package that does not lie beside this one; none of them is loaded for that.

    Raises:
        PackageTakenError: One lies elsewhere, or nowhere.
        SystemExit: The same where this is the command, which says it in one line.
    """
    try:
        _require_own()
    except PackageTakenError as error:
        if not _is_command():
            raise
        sys.stderr.write(f"refusery: {error}\n")
        raise SystemExit(error.exit_code) from None


def _is_command() -> bool:
    """Whether the installed script or `python -m refusery` imports this."""
    if os.path.basename(sys.argv[0] if sys.argv else "").partition(".")[0] == "refusery":
        return True
    return ("-m", "refusery") in pairwise(sys.orig_argv)


def _require_own() -> None:
    home = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
    for name in PACKAGES:
        found, own = _place(name), os.path.join(home, name)
        if found != own:
            rule = f"package `{name}` must be Refusery's own, at {own}"
            raise PackageTakenError(rule, found or "no such package", name)


def _place(name: str) -> str | None:
    """Where a package, or a module in its place, would be loaded from; None for nowhere."""
    loaded = sys.modules.get(name)
    spec = find_spec(name) if loaded is None else loaded.__spec__
    if spec is None:
        return None
    found = next(iter(spec.submodule_search_locations or ()), spec.origin)
    return None if found is None else os.path.realpath(found)
