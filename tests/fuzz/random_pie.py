"""Writes PIEs of random programs: every instruction shape that the reference VM executes, edge values, builtins.

    random_pie.py FOLDER --seeds 0:10 [--shapes 64] [--builtins output,range_check]

Needs PyPI's cairo-lang (tests/data/make_pies.sh says which); nothing else of ours. A seed always gives the same
bytes. Successive seeds take successive shapes of one list, so that 1,100 / SHAPES seeds cover all.

A program is a chain of slots in shuffled order. A slot pushes operands, executes one instruction with random
registers and offsets, and leaves to the next slot: by that very instruction if it jumps. The generator knows every
register and every cell all the time, so the offsets fit by construction; values come out of the VM.
"""

import argparse
import pathlib
import random
import sys
import zipfile

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "data"))
import cairo_lang_starts  # noqa: E402, F401
from starkware.cairo.lang.compiler.program import StrippedProgram  # noqa: E402
from starkware.cairo.lang.instances import all_cairo_instance  # noqa: E402
from starkware.cairo.lang.vm.cairo_runner import CairoRunner  # noqa: E402
from starkware.crypto.signature.signature import EC_GEN, ec_mult, ALPHA, FIELD_PRIME  # noqa: E402

P = 2**251 + 17 * 2**192 + 1
EDGES = sorted(
    {(s * (2**e + d)) % P for e in (0, 9, 27, 28, 36, 63, 64, 72, 128, 135, 192, 250, 251) for d in (-1, 0, 1) for s in (1, -1)}
    | {0, (P - 1) // 2, (P + 1) // 2, P - 2**192}
)

# Bits 48-62 of an instruction.
FLAGS = "dst_fp op0_fp imm fp ap add mul abs rel jnz ap_add ap_add1 call ret aeq".split()
BIT = {name: 1 << i for i, name in enumerate(FLAGS)}
GROUPS = [("imm", "fp", "ap"), ("add", "mul"), ("abs", "rel", "jnz"), ("ap_add", "ap_add1"), ("call", "ret", "aeq")]

# (inputs, outputs) of an instance.
BUILTINS = {"output": (1, 0), "pedersen": (2, 1), "range_check": (1, 0), "bitwise": (2, 3), "ec_op": (5, 2),
            "keccak": (8, 8), "poseidon": (3, 3), "range_check96": (1, 0)}  # fmt: skip

SLOT, TEST, DATA = 28, 20, 24  # words of a slot; places of the instruction and of a data word in it


def shapes():
    """All flag sets that are legal and that a VM with relocatable pointers can execute."""
    for bits in range(1 << len(FLAGS)):
        f = frozenset(name for name in FLAGS if bits & BIT[name])
        if any(len(f & set(group)) > 1 for group in GROUPS):
            continue
        if "jnz" in f and f & {"add", "mul", "ap_add", "call", "ret", "aeq"} or "call" in f and f & {"ap_add", "ap_add1"}:
            continue
        deref = not f & {"imm", "fp", "ap"}
        pointer0 = deref or "call" in f  # op0 is a pointer, and so is a sum with it
        if "mul" in f and (pointer0 or "abs" in f) or "add" in f and pointer0 and f & {"rel", "ap_add"}:
            continue
        if {"abs", "ap_add"} <= f:  # a target is a pointer, a distance is none
            continue
        if "abs" in f and "add" not in f and ("imm" in f or deref and "call" in f):  # no pointers in a program
            continue
        yield f


class Writer:
    """Writes one program; pc, ap, fp and the cells of the execution segment are known all the time.

    Values are integers, or pointers: ("pc", word), ("fp", cell), (builtin, cell). Cells are counted from main's fp.
    """

    def __init__(self, rng, builtins):
        self.rng, self.builtins = rng, builtins
        self.words, self.pc, self.ap, self.fp = {}, 0, 0, 0
        self.cells = {-2: ("end", 0), -1: ("end", 1)}
        self.stack = {name: i - 2 - len(builtins) for i, name in enumerate(builtins)}
        for name, cell in self.stack.items():
            self.cells[cell] = (name, 0)
        self.used = dict.fromkeys(builtins, 0)

    def emit(self, f, o0, o1, o2, immediate=None):
        assert all(-(2**15) <= o < 2**15 for o in (o0, o1, o2)) and (immediate is None) == ("imm" not in f)
        word = sum((o + 2**15) << (16 * i) for i, o in enumerate((o0, o1, o2)))
        size = 1 if immediate is None else 2
        for place, value in zip((self.pc, self.pc + 1), (word | sum(BIT[n] for n in f) << 48, immediate)[:size]):
            assert place not in self.words
            self.words[place] = value % P
        self.pc += size

    def reach(self, by_fp, cell):
        return cell - (self.fp if by_fp else self.ap)

    def idle(self):
        """A cell for an operand that is not used: as compilers do it, if that exists."""
        return self.fp - 1 if self.fp - 1 in self.cells and self.rng.random() < 0.9 else self.known()

    def known(self):
        return self.rng.choice([c for c in self.cells if c >= -2])

    def simple(self, f, dst, op0, op1=None, immediate=None):
        """An instruction by cells; registers of operands are chosen at random."""
        f = set(f)
        for name, cell in (("dst_fp", dst), ("op0_fp", op0)):
            if self.rng.random() < (0.97 if cell == self.fp - 1 else 0.5):
                f.add(name)
        if immediate is None and not f & {"deref"}:
            f.add(self.rng.choice(("fp", "ap")))
        o2 = 1 if immediate is not None else op1 if "deref" in f else self.reach("fp" in f, op1)
        f -= {"deref"}
        self.emit(f, self.reach("dst_fp" in f, dst), self.reach("op0_fp" in f, op0), o2, immediate)

    def move_ap(self, distance):
        self.simple({"imm", "ap_add"}, self.idle(), self.idle(), immediate=distance)
        self.ap += distance

    def jump(self, target):
        self.simple({"imm", "rel"}, self.idle(), self.idle(), immediate=target - self.pc)
        self.pc = target

    def push(self, value):
        """Pushes a value at ap and gives its cell."""
        cell = self.ap
        if isinstance(value, tuple):
            base = self.stack.get(value[0], 0 if value[0] == "fp" else 1)
            self.simple({"imm", "add", "aeq", "ap_add1"}, cell, base, immediate=value[1] - self.cells[base][1])
        else:
            value %= P
            numbers = [c for c, v in self.cells.items() if isinstance(v, int) and v != 0]
            way, other = self.rng.choice(("", "", "add", "mul")), numbers and self.rng.choice(numbers)
            if not numbers or not way:
                self.simple({"imm", "aeq", "ap_add1"}, cell, self.idle(), immediate=value)
            else:
                x = self.cells[other]
                rest = (value - x) % P if way == "add" else value * pow(x, -1, P) % P
                self.simple({"imm", way, "aeq", "ap_add1"}, cell, other, immediate=rest)
        self.cells[cell] = value
        self.ap += 1
        return cell

    def write(self, value):
        """A cell that nothing has written yet, for the coming instruction to write."""
        cell = max(max(self.cells) + 1, self.ap) + self.rng.randrange(2)
        self.cells[cell] = value
        return cell

    def settle(self):
        """Moves ap to where nothing is written yet."""
        free = max(self.cells) + 1
        if not free <= self.ap <= free + 64:
            self.move_ap(free + self.rng.randrange(3) - self.ap)

    def value(self):
        return self.rng.choice((self.rng.choice(EDGES), self.rng.choice(EDGES), self.rng.randrange(P), self.rng.randrange(1000)))

    def use_builtin(self, name):
        """One instance: writes the inputs, reads the outputs."""
        inputs, outputs = BUILTINS[name]
        values = [self.value() for _ in range(inputs)]
        if name in ("range_check", "range_check96", "bitwise", "keccak"):
            bits = {"range_check": 128, "range_check96": 96, "bitwise": 251, "keccak": 200}[name]
            values = [v % 2**bits for v in values]
        if name == "ec_op":
            p, q = (ec_mult(self.rng.randrange(1, 2**200), EC_GEN, ALPHA, FIELD_PRIME) for _ in range(2))
            values = [*p, *q, values[4]]
        at = self.used[name]
        for i, v in enumerate(values):
            cell = self.push(v)
            self.simple({"deref", "aeq"}, cell, self.stack[name], at + i)
        for i in range(inputs, inputs + outputs):
            self.simple({"deref", "aeq", "ap_add1"}, self.ap, self.stack[name], at + i)
            self.cells[self.ap] = ("read", i)
            self.ap += 1
        self.used[name] = at + inputs + outputs

    def use_plain_code(self, back):
        """What compilers write: small numbers, copies, branches, a call and a return."""
        frame = self.fp - 1 in self.cells
        x, y = (self.push(self.rng.randrange(1 << self.rng.choice((9, 27, 28, 36)))) for _ in range(2))
        for way in ("add", "mul"):
            self.emit({"fp", "op0_fp", way, "aeq", "ap_add1"}, 0, x - self.fp, y - self.fp)
            a, b = self.cells[x], self.cells[y]
            self.cells[self.ap] = a + b if way == "add" else a * b
            self.ap += 1
        zero = self.push(0)
        if frame:
            self.emit({"fp", "op0_fp", "aeq", "ap_add1"}, 0, -1, x - self.fp)
            self.cells[self.ap] = self.cells[x]
            self.ap += 1
            self.emit({"imm", "op0_fp", "jnz"}, zero - self.ap, -1, 1, self.value())
            self.emit({"imm", "op0_fp", "dst_fp", "jnz"}, self.rng.choice((x, y, 1)) - self.fp, -1, 1, 4)
            # Where x or y is 0 this runs, else it is leapt over.
            self.emit({"imm", "op0_fp", "dst_fp", "rel"}, -1, -1, 1, 2)
        place = self.pc
        self.emit({"imm", "rel", "call"}, 0, 1, 1, 4)
        self.pc = place + 4
        self.emit({"dst_fp", "op0_fp", "fp", "abs", "ret"}, -2, -1, -1)
        self.pc = place + 2
        self.cells.update({self.ap: ("fp", self.fp), self.ap + 1: ("pc", place + 2)})
        self.ap += 2
        self.jump(back)

    def instruction(self, f, start, target):
        """The instruction of a slot: `f`, its operands, the way to `target`."""
        rng, pc = self.rng, start + TEST
        size = 2 if "imm" in f else 1
        deref = not f & {"imm", "fp", "ap"}
        taken = "jnz" in f and rng.random() < 0.6
        distance = target - pc
        planted = None  # a number in the program that op1 is
        if "jnz" in f and not taken:
            res = self.value()
        elif f & {"rel", "jnz"}:
            res = distance
        elif "ap_add" in f:
            res = rng.choice((0, 1, 2, 7, 1000, -1, -2))
        elif "abs" in f:
            res = ("pc", target)
        else:
            res = self.value()
        # op0, op1 and what comes out.
        op0 = op1 = None
        if "call" in f:
            op0 = ("pc", pc + size)
        if "add" in f:
            if deref or "call" in f or isinstance(res, tuple):
                op0 = op0 or ("pc", rng.randrange(start))
                if deref and "abs" not in f:
                    op0 = op0 if "call" in f else rng.choice((op0, ("fp", self.ap)))
                op1 = target - op0[1] if "abs" in f else rng.randrange(50)
                res = (op0[0], op0[1] + op1)
            else:
                op0, op1 = self.value(), None
                op1 = (res - op0) % P
        elif "mul" in f:
            op0 = rng.choice((self.value(), 1, P - 1)) or 1
            op1 = res * pow(op0, -1, P) % P
        else:
            op1 = res
        if op1 is not None and isinstance(op1, int):
            op1 %= P

        self.settle()
        where0 = where1 = None
        if deref:
            if op0 is None:
                op0 = rng.choice((("pc", rng.randrange(start)), None)) if isinstance(op1, int) else None
            if op0 is not None and op0[0] == "pc":
                planted = op1
            else:
                where1 = self.push(op1)
                op0 = ("fp", max(0, where1 - rng.randrange(-20, 20))) if op0 is None else op0
                if "add" in f:
                    res = (op0[0], op0[1] + op1)
        elif "imm" not in f:
            where1 = self.push(op1)
        if "call" not in f or deref or rng.random() < 0.5:
            where0 = self.idle() if op0 is None else self.push(op0)
        if "aeq" in f:
            dst = res % P if isinstance(res, int) else res
        elif "call" in f:
            dst = ("fp", self.fp)
        elif "ret" in f:
            dst = ("fp", self.known() + 1)
        elif "jnz" in f:
            dst = rng.choice((self.value() or 1, ("fp", self.ap))) if taken else 0
        else:
            dst = None
        fresh = f & {"aeq", "call"} and rng.random() < 0.5
        where = None if fresh else self.idle() if dst is None else self.push(dst)
        self.jump(pc)
        if fresh:  # the VM writes these cells
            where = self.write(dst)
        if "call" in f and fresh and where0 is None and not f & {"dst_fp", "op0_fp"} and rng.random() < 0.7:
            del self.cells[where]  # as compilers write it
            where, where0 = self.ap, self.ap + 1
            self.cells.update({where: dst, where0: op0})
        if where0 is None:
            where0 = self.write(op0)
        if planted is not None:
            self.words[start + DATA] = planted
            o2 = start + DATA - op0[1]
        elif "imm" in f:
            o2 = 1
        else:
            o2 = where1 - op0[1] if deref else self.reach("fp" in f, where1)
        self.emit(f, self.reach("dst_fp" in f, where), self.reach("op0_fp" in f, where0), o2, op1 if "imm" in f else None)
        # The state after it.
        if "ap_add" in f:
            self.ap += res
        if "ap_add1" in f:
            self.ap += 1
        if "call" in f:
            self.ap = self.fp = self.ap + 2
        if "ret" in f:
            self.fp = dst[1]
        if taken or f & {"abs", "rel"}:
            self.pc = target
        else:
            self.jump(target)


def random_program(seed, count, builtins):
    rng = random.Random(seed)
    w = Writer(rng, builtins)
    todo = sorted(shapes(), key=sorted)
    random.Random(1).shuffle(todo)
    todo = [todo[(seed * count + i) % len(todo)] for i in range(count)]
    # Two pointers: to the execution segment in cell 0, to the program in cell 1; and room for ap to move back.
    w.emit({"imm", "rel", "call"}, 0, 1, 1, 2)
    w.cells.update({0: ("fp", 0), 1: ("pc", 2)})
    w.ap = w.fp = 2
    w.move_ap(rng.randrange(60, 80) + SLOT * (count + 2))
    order = [10 + SLOT * i for i in range(count + 1)]
    rng.shuffle(order)
    w.jump(order[0])
    for i, f in enumerate(todo):
        start = w.pc
        if rng.random() < 0.5:
            # In a place of its own, so that it may be as long as it likes.
            w.settle()
            w.jump(10 + SLOT * (count + 1) + 80 * i)
            if builtins and rng.random() < 0.7:
                w.use_builtin(rng.choice(builtins))
                w.jump(start + 8)
            else:
                w.use_plain_code(start + 8)
        w.instruction(f, start, order[i + 1])
    # Home: fp of main, the builtins' pointers on the stack, ret.
    w.settle()
    frame = w.push(("fp", 0))
    w.simple({"imm", "ret"}, frame, w.idle(), immediate=0)
    w.fp = 0
    for name in builtins:
        w.push((name, w.used[name]))
    w.emit({"dst_fp", "op0_fp", "fp", "abs", "ret"}, -2, -1, -1)
    return [w.words.get(i, 0) for i in range(max(w.words) + 1)]


def run(words, builtins):
    program = StrippedProgram(prime=P, data=words, builtins=builtins, main=0)
    runner = CairoRunner(program, layout=all_cairo_instance, proof_mode=False)
    runner.initialize_segments()
    end = runner.initialize_main_entrypoint()
    runner.initialize_vm(hint_locals={})
    runner.run_until_pc(end)
    runner.end_run()
    runner.read_return_values()
    return runner.get_cairo_pie()


def write(pie, path):
    """Without times, and packed by us: the same program gives the same bytes."""
    raw = path.with_suffix(".raw")
    pie.to_file(str(raw))
    with zipfile.ZipFile(raw) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as out:
        for name in source.namelist():
            out.writestr(zipfile.ZipInfo(name), source.read(name), zipfile.ZIP_DEFLATED, 9)
    raw.unlink()


def make(folder, seed, count, builtins):
    """Writes the PIE of that seed and gives its path."""
    path = folder / f"fuzz.{seed}.pie.zip"
    write(run(random_program(seed, count, builtins), builtins), path)
    return path


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--seeds", default="0:1", help="FIRST:END")
    parser.add_argument("--shapes", type=int, default=64, help="instructions a program")
    parser.add_argument("--builtins", default="output,range_check", help="those to use, in Cairo's order")
    arguments = parser.parse_args()
    builtins = [b for b in arguments.builtins.split(",") if b]
    arguments.folder.mkdir(parents=True, exist_ok=True)
    first, end = map(int, arguments.seeds.split(":"))
    for seed in range(first, end):
        path = make(arguments.folder, seed, arguments.shapes, builtins)
        print(f"{path}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
