"""Proves and verifies random programs: nothing but a proof that verifies, or a refusal that names its reason, will do.

    fuzz.py CAIRN FOLDER [--seeds 0:200] [--shapes 64] [--keep]

Every third program uses all builtins, every third none. Of each PIE a damaged copy is tried as well, one value of its
memory changed: it may be refused, or proven if nothing depends on that value. Needs cairo-lang, see random_pie.py.
"""

import argparse
import pathlib
import random
import shutil
import subprocess
import sys
import time
import zipfile

import random_pie

LIMIT = 600  # seconds that one command may take
RECORD = 40  # bytes of a record in memory.bin; the value is the last 32
BUILTINS = (list(random_pie.BUILTINS), ["output", "range_check"], [])


def damage(path, out, seed):
    """Changes one byte of a value that is not the program's: metadata has that a second time."""
    rng = random.Random(seed)
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = bytearray(source.read(name))
            if name == "memory.bin":
                records = range(0, len(content), RECORD)
                at = rng.choice([r for r in records if int.from_bytes(content[r : r + 8], "little") >> 47 != 2**16])
                at += 8 + rng.choice((0, 0, 0, 1, 8, 16, 30))
                content[at] = (content[at] + rng.choice((1, 255, 128))) % 256
            target.writestr(name, bytes(content))


class Fuzz:
    def __init__(self, cairn, folder):
        self.cairn, self.folder = cairn, folder
        self.proven = self.refused = 0
        self.failures = []

    def run(self, *arguments):
        """Exit code and the last line of stderr; None and a sentence if it did not end."""
        try:
            done = subprocess.run([self.cairn, *map(str, arguments)], capture_output=True, text=True, timeout=LIMIT)
        except subprocess.TimeoutExpired:
            return None, f"still running after {LIMIT} s"
        return done.returncode, (done.stderr.strip().splitlines() or [""])[-1]

    def try_pie(self, pie, sound):
        proof = self.folder / "proof.h5"
        proof.unlink(missing_ok=True)
        code, line = self.run("prove", pie, "-o", proof)
        expected = "not built yet" in line if sound else code in (2, 4)
        if code in (2, 4) and line.startswith("cairn: ") and expected:
            self.refused += 1
            return f"refused: {line[7:]}"
        if code != 0:
            return self.fail(pie, f"prove gives {code}: {line}")
        code, line = self.run("verify", proof)
        if code != 0:
            return self.fail(pie, f"verify gives {code}: {line}")
        self.proven += 1
        return "proven"

    def fail(self, pie, sentence):
        self.failures.append(f"{pie.name}: {sentence}")
        shutil.copy(pie, self.folder / f"failed.{pie.name}")
        return f"FAILED: {sentence}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("cairn")
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--seeds", default="0:200", help="FIRST:END")
    parser.add_argument("--shapes", type=int, default=64, help="instructions a program")
    parser.add_argument("--keep", action="store_true", help="keep the PIEs that passed")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    fuzz = Fuzz(arguments.cairn, arguments.folder)
    first, end = map(int, arguments.seeds.split(":"))
    for seed in range(first, end):
        start = time.monotonic()
        builtins = BUILTINS[seed % 3]
        path = random_pie.make(arguments.folder, seed, arguments.shapes, builtins)
        bad = arguments.folder / f"damaged.{seed}.pie.zip"
        damage(path, bad, seed)
        print(f"seed {seed}: {fuzz.try_pie(path, True)}; damaged: {fuzz.try_pie(bad, False)}", end="")
        print(f" ({time.monotonic() - start:.1f} s)", flush=True)
        if not arguments.keep:
            path.unlink()
            bad.unlink()
    print(f"{fuzz.proven} proven, {fuzz.refused} refused, {len(fuzz.failures)} failures")
    for failure in fuzz.failures:
        print(failure)
    sys.exit(1 if fuzz.failures or fuzz.proven == 0 else 0)


if __name__ == "__main__":
    main()
