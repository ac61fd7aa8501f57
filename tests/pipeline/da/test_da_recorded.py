"""Every recorded block: from its state update or segment to the bytes and hashes that Starknet published."""

import json
from pathlib import Path

import pytest
from cairn_pipeline.da import aliases, kzg, stateless
from cairn_pipeline.da.blob import build_blob, chunks, join, read_blob_file
from cairn_pipeline.da.equivalence import prove
from cairn_pipeline.da.felts import PRIME, read_felts
from cairn_pipeline.da.onchain_data import check_pages, keccak_words, state_transition_fact
from cairn_pipeline.da.pie_memory import Pie
from cairn_pipeline.da.segment import Kind, build_segment, open_segment
from cairn_pipeline.da.snos_output import Layout, parse, without_aggregator_input
from cairn_pipeline.da.state_diff import StateDiff
from cairn_pipeline.da.state_files import read_pairs, segment_of_state_update
from cairn_pipeline.da.state_update import read_state_update
from cairn_pipeline.da.state_words import Form, decode, encode

CHAIN = ["2002", "2003", "2004", "2002-2004"]


@pytest.mark.parametrize("block", ["178", "631861", "671070"])
def test_old_packing_gives_the_blob_on_chain(shared: Path, block: str) -> None:
    folder = shared / "da" / block
    nonces = read_pairs(folder / "nonces.json", "address", "nonce")
    diff = read_state_update(folder / "state_update.json", nonces)

    words = encode(diff, Form.PACKED_OLD)

    blob = read_blob_file(folder / "blob.hex")
    assert build_blob(words) == blob
    assert decode(words, Form.PACKED_OLD) == diff
    assert open_segment(words).form is Form.PACKED_OLD


@pytest.mark.parametrize(
    "blob, output, layout",
    [
        ("da/671070/blob.hex", "da/671070/program_output.txt", Layout.OLD),
        ("da/kzg/20468828.blob.hex", "da/kzg/20468828.program_output.txt", Layout.OLD),
        ("da/kzg/6806848.blob.hex", "da/kzg/6806848.program_output.txt", Layout.CURRENT),
    ],
)
def test_blob_is_the_one_of_its_program_output(shared: Path, blob: str, output: str, layout: Layout) -> None:
    parsed = parse(read_felts(shared / output))
    published = read_blob_file(shared / blob)
    segment = [*join([published]), 0]  # the number of classes, 0, ends the segment; a blob cannot tell it

    (proven,) = prove(segment, parsed)

    assert parsed.layout is layout
    assert proven.blob == published
    assert proven.commitment == kzg.commit(published)


def test_blob_proof_is_the_recorded_one(shared: Path) -> None:
    blob = read_blob_file(shared / "da/kzg/20462788.blob.hex")
    commitment = bytes.fromhex((shared / "da/kzg/20462788.commitment.hex").read_text().strip()[2:])
    proof = bytes.fromhex((shared / "da/kzg/20462788.proof.hex").read_text().strip()[2:])

    assert kzg.commit(blob) == commitment
    assert kzg.blob_proof(blob, commitment) == proof
    assert kzg.verify_blob_proof(blob, commitment, proof)


def test_trusted_setup_is_the_ceremonys(shared: Path) -> None:
    carried = Path(__import__("eth_account").__file__).parent / "typed_transactions/blob_transactions"

    assert (carried / "kzg_trusted_setup.txt").read_text().split() == (
        shared / "da/kzg/trusted_setup.txt"
    ).read_text().split()


def test_encrypted_segment_passes_untouched(shared: Path) -> None:
    segment = read_felts(shared / "da/agg_batch1/da_segment.json")
    output = parse(read_felts(shared / "da/agg_batch1/program_output.json"))

    (proven,) = prove(segment, output)

    assert open_segment(segment).kind is Kind.ENCRYPTED
    assert len(open_segment(segment).public_keys) == 2
    assert list(proven.words) == segment


def test_batch_compresses_to_the_recorded_words_and_blobs(shared: Path) -> None:
    folder = shared / "da/compress_9662264"
    words = read_felts(folder / "stateless_compressed_state_update.json")
    by_alias = read_state_update(folder / "stateful_compressed_state_update.json")

    segment = build_segment(by_alias)

    assert segment == words
    assert open_segment(words).diff == by_alias
    assert [build_blob(part) for part in chunks(segment)] == [
        read_blob_file(folder / f"blob{i}.hex") for i in (1, 2)
    ]


@pytest.mark.parametrize("name", CHAIN)
def test_chain_segment_is_its_outputs_and_in_its_memory(shared: Path, name: str) -> None:
    pie = Pie(shared / f"snos/chain/{name}.pie.zip")
    segment = read_felts(shared / f"snos/chain/{name}.da.json")
    output = parse(pie.output())

    (proven,) = prove(segment, output)

    assert output.kzg is not None and output.kzg.values == (proven.y,)
    assert stateless.compress(stateless.decompress(segment)) == segment
    assert pie.find_segment(output) == segment


@pytest.mark.parametrize("name", CHAIN)
def test_chain_diff_translates_to_keys_and_back(shared: Path, name: str) -> None:
    diff = chain_diff(shared, name)
    known = known_aliases(diff)

    by_key = aliases.decompress(diff, known)

    assert by_key != diff or not known
    assert aliases.compress(by_key, known) == diff
    assert by_key == by_key.ordered()  # the OS goes by keys, not by aliases


@pytest.mark.parametrize("name", CHAIN)
def test_the_blocks_new_aliases_are_allocated_again(shared: Path, name: str) -> None:
    diff = chain_diff(shared, name)
    fresh = aliases.aliases_in(diff)
    known = known_aliases(diff)
    counter = next((c.value for k in diff.contracts if k.address == 2 for c in k.storage if c.key == 0), 1000)
    by_key = aliases.decompress(diff, known)
    before = StateDiff(tuple(c for c in by_key.contracts if c.address != 2), by_key.classes)

    again = aliases.allocate(before, {k: a for k, a in known.items() if k not in fresh}, counter - len(fresh))

    assert again == by_key


def chain_diff(shared: Path, name: str) -> StateDiff:
    diff = open_segment(read_felts(shared / f"snos/chain/{name}.da.json")).diff
    assert diff is not None
    return diff


def known_aliases(diff: StateDiff) -> dict[int, int]:
    """diff's own aliases, and for those that older blocks assigned some key that keeps the recorded order."""
    keys = {alias: key for key, alias in aliases.aliases_in(diff).items()}
    long = [c for c in diff.contracts if c.address > aliases.LAST_PLAIN_CONTRACT]
    orders = [[c.address for c in long], *([e.key for e in c.storage] for c in long)]
    orders = [[alias for alias in order if alias >= aliases.FIRST_ALIAS] for order in orders]
    for unknown in (alias for order in orders for alias in order if alias not in keys):
        around = [(order, order.index(unknown)) for order in orders if unknown in order]
        low = max((keys[a] for order, i in around for a in order[:i] if a in keys), default=128)
        high = min((keys[a] for order, i in around for a in order[i:] if a in keys), default=PRIME)
        keys[unknown] = (low + high) // 2
    return {key: alias for alias, key in keys.items()}


def rpc_state_diff(diff: StateDiff) -> dict[str, object]:
    """As the RPC writes it, in some order of its own."""
    storage = [
        {
            "address": hex(c.address),
            "storage_entries": [{"key": hex(e.key), "value": hex(e.value)} for e in c.storage],
        }
        for c in reversed(diff.contracts)
    ]
    replaced = [(c.address, c.class_hash) for c in diff.contracts if c.class_hash is not None]
    nonces = [(c.address, c.nonce) for c in diff.contracts if c.nonce is not None]
    return {
        "storage_diffs": storage,
        "replaced_classes": [{"contract_address": hex(a), "class_hash": hex(h)} for a, h in replaced],
        "nonces": [{"contract_address": hex(a), "nonce": hex(n)} for a, n in nonces],
        "declared_classes": [
            {"class_hash": hex(c.class_hash), "compiled_class_hash": hex(c.compiled_class_hash)}
            for c in diff.classes
        ],
    }


@pytest.mark.parametrize("name", CHAIN)
def test_state_update_gives_the_chains_segment(shared: Path, tmp_path: Path, name: str) -> None:
    segment = read_felts(shared / f"snos/chain/{name}.da.json")
    output = parse(Pie(shared / f"snos/chain/{name}.pie.zip").output())
    diff = chain_diff(shared, name)
    known = known_aliases(diff)
    by_key = aliases.decompress(diff, known)
    update = rpc_state_diff(by_key)
    (tmp_path / "update.json").write_text(json.dumps({"result": {"state_diff": update}}))
    (tmp_path / "aliases.json").write_text(json.dumps({hex(k): hex(v) for k, v in known.items()}))

    built = segment_of_state_update(tmp_path / "update.json", output, tmp_path / "aliases.json")

    assert built == segment


CALLDATA = [
    *(f"empty-chain/{n}" for n in range(2002, 2007)), "genesis-6k", "l1-handler-68k", "os-logic-342k",
    "syscalls-1044k",
]  # fmt: skip


@pytest.mark.parametrize("name", [*CALLDATA, *(f"chain/{name}" for name in CHAIN)])
def test_fact_is_the_recorded_one(shared: Path, name: str) -> None:
    expected = json.loads((shared / "snos/expected.json").read_text())[f"{name}.pie.zip"]
    pie = Pie(shared / f"snos/{name}.pie.zip")
    output = parse(pie.output())

    fact = keccak_words([int(expected["program_hash_pedersen"], 16), state_transition_fact(output)])

    assert f"{fact:#066x}" == expected["fact_keccak"]
    if not output.use_kzg_da:
        check_pages(output, *pie.pages())


@pytest.mark.parametrize("name", CALLDATA)
def test_calldata_segment_can_be_read(shared: Path, name: str) -> None:
    output = parse(Pie(shared / f"snos/{name}.pie.zip").output())

    opened = open_segment(output.da_segment)

    assert opened.kind is (Kind.ENCRYPTED if name == "os-logic-342k" else Kind.COMPRESSED)


@pytest.mark.parametrize("name", ["aggregator_0_14_1_batch1", "aggregator_0_13_unmerged"])
def test_aggregators_input_is_taken_off(shared: Path, name: str) -> None:
    expected = json.loads((shared / "pie/expected.json").read_text())[f"{name}.zip"]
    felts = Pie(shared / f"pie/{name}.zip").output()

    own = without_aggregator_input(felts)

    assert [hex(felt) for felt in own] == expected["aggregator"]["output"]
    assert len(felts) - len(own) == expected["aggregator"]["input_len"]
    assert without_aggregator_input(own) == own


def test_full_output_can_be_read(shared: Path) -> None:
    output = parse(Pie(shared / "pie/snos_sepolia_924016.zip").output())

    assert output.full_output
    assert open_segment(output.da_segment).form is Form.FULL
