"""The version of the package, which ``pyproject.toml`` takes from here, and those of the packages it stands on."""

VERSION = "0.1.0"
SOFTWARE = (
    "PyMARE",
    "spaCy",
    "scispaCy",
    "Snakemake",
    "NumPy",
    "SciPy",
    "pandas",
    "Biopython",
    "lxml",
    "matplotlib",
)
"""The packages that a methods section names: what pools, reads, runs, computes, fetches, parses and draws."""


def versions_of(names: tuple[str, ...]) -> dict[str, str]:
    """Return the installed version of each package; one that is not installed is left out."""
    from importlib.metadata import PackageNotFoundError, version

    found = {}
    for name in names:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
