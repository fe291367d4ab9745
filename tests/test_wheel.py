"""The wheel: what it carries, and that the bot finds it from anywhere."""

import json
import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

FIND_BUNDLED = """
import json
import modelus_bot
from modelus_bot import bundled

print(json.dumps({
    "package": modelus_bot.__file__,
    "version": modelus_bot.__version__,
    "migrations": str(bundled.migrations_dir()),
    "config": str(bundled.default_config()),
    "sample": str(bundled.sample_dir()),
}))
"""


def run(*command: str | Path, cwd: Path) -> str:
    """Output of a program that must succeed; its error output is shown when it does not."""
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel built from this checkout with the build tools that are installed already."""
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT, cwd=folder)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Python of a new environment that has this wheel and borrows everything else from the running one."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False, symlinks=True)
    python = folder / "bin" / "python"
    run(
        sys.executable,
        "-m",
        "pip",
        "--python",
        python,
        "install",
        "--quiet",
        "--no-deps",
        "--no-index",
        wheel,
        cwd=folder,
    )
    packages = Path(
        run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=folder).strip()
    )
    borrowed = [entry for entry in sys.path if entry.endswith("site-packages")]
    assert borrowed, "the running interpreter has no site-packages to borrow from"
    # Plain paths, not site directories: the checkout's own .pth file must not be read here.
    (packages / "borrowed.pth").write_text("\n".join(borrowed) + "\n", encoding="utf-8")
    return python


def test_finds_its_files_from_an_installed_wheel(installed: Path, tmp_path: Path) -> None:
    """Migrations, default settings and sample data are found from a folder that is not the checkout."""
    found = json.loads(run(installed, "-c", FIND_BUNDLED, cwd=tmp_path))

    package = Path(found["package"]).parent
    assert not package.is_relative_to(ROOT)
    assert Path(found["migrations"]) == package / "_bundled" / "migrations"
    assert Path(found["config"]) == package / "_bundled" / "config.toml"
    assert Path(found["sample"]) == package / "_bundled" / "sample"


@pytest.mark.parametrize(
    ("in_wheel", "in_checkout"),
    [("migrations", "migrations"), ("sample", "tests/sample")],
)
def test_carries_the_same_files_as_the_checkout(
    installed: Path, in_wheel: str, in_checkout: str, tmp_path: Path
) -> None:
    """Every file of a bundled folder is in the wheel, byte for byte, and nothing else is."""
    package = Path(json.loads(run(installed, "-c", FIND_BUNDLED, cwd=tmp_path))["package"]).parent

    assert contents(package / "_bundled" / in_wheel) == contents(ROOT / in_checkout)


def test_starts_as_a_program(installed: Path, tmp_path: Path) -> None:
    """The installed command answers --help without a checkout and writes nothing into the current folder."""
    answer = run(installed.with_name("modelus-bot"), "--help", cwd=tmp_path)

    assert "sandbox" in answer
    assert list(tmp_path.iterdir()) == []


def test_works_in_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    """The whole bot up to the login: migrations, a change, a copy and a check in children."""
    variables = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [installed, "-P", ROOT / "tests" / "ways.py"],
        cwd=tmp_path, env=variables | {"MODELUS_BOT__METRICS__SERVE": "off"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout.splitlines()[-1])
    assert answer["mode"] == "normal"
    assert answer["copy"] == "verified"
    assert answer["sound"]


def test_leaves_out_what_is_not_the_bot(wheel: Path) -> None:
    """Tests, documents, data and settings of one server do not travel with the package."""
    with zipfile.ZipFile(wheel) as archive:
        tops = {name.split("/")[0] for name in archive.namelist()}

    assert {top for top in tops if not top.endswith(".dist-info")} == {"modelus_bot"}


def contents(folder: Path) -> dict[str, bytes]:
    """Relative name to bytes of every file below a folder, without Python's caches."""
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }
