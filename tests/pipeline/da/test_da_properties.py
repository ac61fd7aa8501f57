"""What must hold for every input: inverses are inverses, and garbage breaks no reader."""

import random

from cairn_pipeline.da import aliases, stateless
from cairn_pipeline.da.errors import DaError
from cairn_pipeline.da.felts import PRIME, felts_json, parse_felts
from cairn_pipeline.da.packing import pack, unpack
from cairn_pipeline.da.reader import Reader
from cairn_pipeline.da.scalar_field import MODULUS, SIZE, evaluate, evaluate_at, interpolate
from cairn_pipeline.da.segment import open_segment
from cairn_pipeline.da.snos_output import parse, without_aggregator_input
from cairn_pipeline.da.state_diff import ClassChange, ContractChange, StateDiff, StorageChange
from cairn_pipeline.da.state_words import Form, decode, encode
from hypothesis import assume, given, settings
from hypothesis import strategies as st

# A frozen machine is no failure: no deadlines.
relaxed = settings(deadline=None, max_examples=60)
few = settings(deadline=None, max_examples=5)

sizes = st.sampled_from([1, 14, 15, 16, 31, 32, 62, 63, 83, 84, 125, 126, 251])
felt = st.one_of(
    sizes.flatmap(lambda bits: st.integers(0, 2**bits - 1)), st.just(PRIME - 1), st.integers(0, PRIME - 1)
)
nonce = st.one_of(st.none(), st.integers(1, 2**64 - 1))
storage = st.dictionaries(felt, felt, max_size=6).map(
    lambda d: tuple(StorageChange(k, v) for k, v in d.items())
)
contract = st.builds(ContractChange, felt, nonce, st.one_of(st.none(), felt), storage)
contracts = st.lists(contract, max_size=5, unique_by=lambda c: c.address).map(tuple)
classes = st.lists(st.builds(ClassChange, felt, felt), max_size=3).map(tuple)
diffs = st.builds(StateDiff, contracts, classes)


@relaxed
@given(st.lists(felt, max_size=300))
def test_decompress_inverts_compress(words: list[int]) -> None:
    compressed = stateless.compress(words)

    assert stateless.decompress(compressed) == words
    header = stateless.parse_header(compressed[0])
    assert header is not None and header.compressed_words == len(compressed)


@relaxed
@given(
    st.integers(1, 5000).flatmap(
        lambda b: st.tuples(st.just(b), st.lists(st.integers(0, b - 1), max_size=99))
    )
)
def test_unpack_inverts_pack(case: tuple[int, list[int]]) -> None:
    bound, numbers = case

    felts = pack(numbers, bound)

    assert all(word < 2**251 for word in felts)
    assert unpack(Reader(felts, "felts", None), len(numbers), bound, "numbers") == numbers  # type: ignore[arg-type]


@relaxed
@given(diffs, st.sampled_from([Form.PACKED, Form.PACKED_OLD]))
def test_decode_inverts_encode(diff: StateDiff, form: Form) -> None:
    assert decode(encode(diff, form), form) == diff


@relaxed
@given(st.integers(250, 260))
def test_both_sizes_of_count_are_packed(count: int) -> None:
    diff = StateDiff((ContractChange(1, 2**64 - 1, 5, tuple(StorageChange(k, k) for k in range(count))),))

    assert decode(encode(diff, Form.PACKED), Form.PACKED) == diff


@relaxed
@given(diffs, st.integers(0, 2**64 - 1), felt)
def test_full_form_keeps_previous_values(diff: StateDiff, previous_nonce: int, previous: int) -> None:
    full = StateDiff(
        tuple(
            ContractChange(
                c.address,
                c.nonce or previous_nonce,
                previous if c.class_hash is None else c.class_hash,
                tuple(StorageChange(e.key, e.value, previous) for e in c.storage),
                previous_nonce,
                previous,
            )
            for c in diff.contracts
        ),
        tuple(ClassChange(c.class_hash, c.compiled_class_hash, previous) for c in diff.classes),
    )

    assert decode(encode(full, Form.FULL), Form.FULL) == full
    changed = [c for c in diff.contracts if c.nonce != previous_nonce and c.class_hash != previous]
    assert all(c in full.without_previous().contracts for c in changed)


@relaxed
@given(diffs, st.integers(0, 10**6))
def test_aliases_are_allocated_and_undone(diff: StateDiff, used: int) -> None:
    assume(all(c.address != aliases.ALIAS_CONTRACT for c in diff.contracts))
    whole = aliases.allocate(diff, {}, aliases.FIRST_ALIAS + used)

    by_alias = aliases.compress(whole, {})

    assert not aliases.missing(whole, {})
    assert aliases.decompress(by_alias, {}) == whole
    fresh = aliases.aliases_in(whole)
    start = aliases.FIRST_ALIAS + used
    assert sorted(fresh.values()) == list(range(start, start + len(fresh)))
    longest = max((c.address for c in by_alias.contracts), default=0)
    assert longest < start + len(fresh) + 1


@few
@given(st.integers(0, 2**32), st.integers(0, SIZE), st.integers(0, MODULUS - 1))
def test_interpolation_inverts_evaluation(seed: int, count: int, point: int) -> None:
    generator = random.Random(seed)
    coefficients = [generator.randrange(MODULUS) for _ in range(count)]

    values = evaluate(coefficients)

    assert interpolate(values) == coefficients + [0] * (SIZE - count)
    assert values[0] == sum(coefficients) % MODULUS  # the first point is 1
    root = pow(7, (MODULUS - 1) // SIZE, MODULUS)
    place = point % SIZE
    bit_reversed = int(f"{place:012b}"[::-1], 2)
    assert values[place] == evaluate_at(coefficients, pow(root, bit_reversed, MODULUS))


@relaxed
@given(st.lists(st.one_of(st.integers(0, 40), felt), max_size=60))
def test_garbage_is_refused_in_one_line(words: list[int]) -> None:
    for read in (open_segment, parse, stateless.decompress):
        try:
            read(words)  # type: ignore[operator]
        except DaError as error:
            assert "\n" not in error.reason and error.reason.startswith(error.name.value)
    assert list(without_aggregator_input(words))[-1:] == words[-1:]


@relaxed
@given(diffs, st.data())
def test_changed_word_is_refused_or_changes_the_content(diff: StateDiff, data: st.DataObject) -> None:
    words = encode(diff, Form.PACKED)
    changed = stateless.compress(words)
    place = data.draw(st.integers(0, len(changed) - 1))
    changed[place] = (changed[place] + data.draw(st.integers(1, PRIME - 1))) % PRIME

    try:
        found = stateless.decompress(changed)
    except DaError:
        return

    assert found != words


@relaxed
@given(st.lists(felt, max_size=40))
def test_felts_survive_their_file(words: list[int]) -> None:
    assert parse_felts(felts_json(words), "file") == words
    assert not words or parse_felts(" ".join(map(str, words)), "file") == words
