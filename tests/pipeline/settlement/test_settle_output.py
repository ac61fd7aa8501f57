"""Outputs as the core contract reads them, and the facts that stand for them."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from settlement_support import SNOS, made_up, output_of_pie

from cairn_pipeline.da.felts import PRIME
from cairn_pipeline.settlement.errors import SettlementError
from cairn_pipeline.settlement.output import fact, parse_output


@pytest.mark.skipif(not SNOS.is_dir(), reason=f"{SNOS} is not there")
def test_facts_of_recorded_outputs() -> None:
    known = json.loads((SNOS / "expected.json").read_text())
    assert len(known) >= 13
    for name, facts in known.items():
        output = parse_output(output_of_pie(SNOS / name))
        assert len(output.main) + len(output.data) == facts["output_len"]
        assert "0x" + fact(int(facts["program_hash_pedersen"], 16), output).hex() == facts["fact_keccak"]


def test_header_and_data() -> None:
    words = made_up(8)
    words[10:12] = [4, 1, 2, 1, 9, 6, 1, 2, 3, 4, 1, 5]
    output = parse_output(words)
    assert (output.old_number, output.new_number, len(output.main)) == (7, 8, 22)
    assert output.data == (3, 1, 4) and output.kzg is None


def test_the_first_block() -> None:
    words = made_up(0)
    words[2] = PRIME - 1
    words[0] = words[4] = 0
    assert parse_output(words).old_number == -1


def test_words_of_blobs() -> None:
    words = made_up(8, data=())
    words[8] = 1
    words[10:10] = [77, 2, 1, 2, 3, 4, 5, 6, 7, 8]
    kzg = parse_output(words).kzg
    assert kzg is not None and kzg.z == 77
    assert [c.hex() for c in kzg.commitments] == [f"{2:048x}{1:048x}", f"{4:048x}{3:048x}"]
    assert kzg.values == (6 << 128 | 5, 8 << 128 | 7)


def set_word(place: int | slice, value: Any) -> Callable[[list[int]], None]:
    def change(words: list[int]) -> None:
        words[place] = value

    return change


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (set_word(1, PRIME), "outside the field"),
        (set_word(1, -1), "outside the field"),
        (lambda words: words.__delitem__(slice(10, None)), "ends after 10 words"),
        (lambda words: words.__delitem__(slice(11, None)), "wanted the size of the L1 to L2 messages"),
        (set_word(8, 2), "use_kzg_da is 0x2, wanted less than 0x2"),
        (set_word(9, 1), "full output"),
        (set_word(3, 7), "7 does not follow 7"),
        (set_word(3, 2**64), "the block number is"),
        (set_word(10, 1), "messages to L1: ends after 1 words"),
        (set_word(10, 2**40), "of L2 to L1 messages wanted"),
        (set_word(11, 2), "messages to L2: ends after 2 words"),
        (set_word(11, 4), "of L1 to L2 messages wanted"),
        (set_word(slice(12, None), []), "wanted a DA segment"),
        (set_word(slice(8, None), [1, 0, 7, 2]), "wanted the low word of a commitment"),
        (set_word(slice(8, None), [1, 0, 7, 0, 0, 0]), "0 blobs"),
    ],
)
def test_outputs_that_no_contract_takes(change: Callable[[list[int]], None], reason: str) -> None:
    words = made_up(8)
    change(words)
    with pytest.raises(SettlementError, match=f"^output: .*{reason}"):
        parse_output(words)


def test_wide_halves_and_data_after_blobs() -> None:
    for place, value, reason in (
        (12, 2**192, "word of a commitment is"),
        (15, 2**128, "word of y is"),
        (18, 1, "19 words, the content ends after 18"),
    ):
        words = made_up(8, data=())
        words[8] = 1
        words[10:10] = [77, 1, 1, 2, 3, 4]
        words += [0] * (place - len(words) + 1)
        words[place] = value
        with pytest.raises(SettlementError, match=f"^output: .*{reason}"):
            parse_output(words)


def test_data_of_several_pages_is_one_node() -> None:
    data = tuple(range(3801))
    long, short = parse_output(made_up(8, data=data)), parse_output(made_up(8, data=data[:3800]))
    assert (long.main, long.data) == (short.main, data)
    assert long.data_node != short.data_node and fact(1, long) != fact(1, short)
    message = made_up(8, data=data)
    message[10:11] = [3, 1, 2, 0]
    assert parse_output(message).data_node != long.data_node  # it tells where the data begin
