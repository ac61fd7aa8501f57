#!/usr/bin/env python3
"""Makes vectors.json from the definitions alone: imports nothing of Cairn, evaluates blobs point by point.

Needs PyPI's ckzg, eth-account (for the ceremony's setup), poseidon-py and pycryptodome; takes a minute.
"""

import hashlib
import json
import random
from pathlib import Path

import ckzg
import eth_account
from Crypto.Hash import keccak
from poseidon_py.poseidon_hash import poseidon_hash, poseidon_hash_many

PRIME = 2**251 + 17 * 2**192 + 1
SCALARS = 52435875175126190479447740508185965837690552500527637822603658699938581184513
ROOT = 39033254847818212395286706435128746857159659164139250548781411570340225835782  # of order 4096
HEADER = [0x1001, 0x1002, 41, 42, 0x2001, 0x2002, 0, 0x3001]
MESSAGES = [5, 0xA, 0xB, 2, 7, 8, 6, 0xC, 0xD, 3, 0xE, 1, 9]

setup = ckzg.load_trusted_setup(
    str(Path(eth_account.__file__).parent / "typed_transactions/blob_transactions/kzg_trusted_setup.txt"), 0
)


def blob(words):
    points = [pow(ROOT, int(f"{i:012b}"[::-1], 2), SCALARS) for i in range(4096)]
    values = []
    for x in points:
        y = 0
        for word in reversed(words):
            y = (y * x + word) % SCALARS
        values.append(y)
    return b"".join(y.to_bytes(32, "big") for y in values)


def kzg(segment):
    blobs = [blob(segment[i : i + 4096]) for i in range(0, len(segment), 4096)]
    commitments = [ckzg.blob_to_kzg_commitment(b, setup) for b in blobs]
    halves = [(int.from_bytes(c[24:], "big"), int.from_bytes(c[:24], "big")) for c in commitments]
    z = poseidon_hash(poseidon_hash_many(segment), poseidon_hash_many([w for pair in halves for w in pair]))
    proofs = [ckzg.compute_kzg_proof(b, z.to_bytes(32, "big"), setup) for b in blobs]
    ys = [int.from_bytes(y, "big") for _, y in proofs]
    output = HEADER + [1, 0, z, len(blobs)]
    output += [w for pair in halves for w in pair] + [w for y in ys for w in (y % 2**128, y >> 128)]
    return {
        "output": [hex(w) for w in output + MESSAGES],
        "z": hex(z),
        "y": [hex(y) for y in ys],
        "commitments": ["0x" + c.hex() for c in commitments],
        "versioned_hashes": ["0x01" + hashlib.sha256(c).hexdigest()[2:] for c in commitments],
        "proofs": ["0x" + bytes(p).hex() for p, _ in proofs],
        "blobs_sha256": [hashlib.sha256(b).hexdigest() for b in blobs],
    }


def keccak_words(words):
    digest = keccak.new(digest_bits=256, data=b"".join(w.to_bytes(32, "big") for w in words)).digest()
    return int.from_bytes(digest, "big")


def calldata(segment):
    main = HEADER + [0, 0] + MESSAGES
    pages = [segment[i : i + 3800] for i in range(0, len(segment), 3800)]
    ends = [len(main) + min(i + 3800, len(segment)) for i in range(0, len(segment), 3800)]
    data = 1 + keccak_words([w for p, end in zip(pages, ends, strict=True) for w in (keccak_words(p), end)])
    fact = 1 + keccak_words([keccak_words(main), len(main), data, len(main) + len(segment)])
    return {"main_words": len(main), "data_hash": f"{data:#066x}", "state_transition_fact": f"{fact:#066x}"}


def sha256_words(words):
    return hashlib.sha256(b"".join(w.to_bytes(32, "big") for w in words)).hexdigest()


def packed(numbers, bound):
    bits = max((bound - 1).bit_length(), 1)
    per = 251 if bound <= 1 else 251 // bits
    groups = [numbers[i : i + per] for i in range(0, len(numbers), per)]
    return [sum(n * bound**i for i, n in enumerate(group)) for group in groups]


def compressed(words):
    sizes = [252, 125, 83, 62, 31, 15]
    unique, origin = {size: [] for size in sizes}, []
    for word in words:
        size = min(s for s in sizes if word < 2**s)
        origin.append(6 if word in unique[size] else sizes.index(size))
        if word not in unique[size]:
            unique[size].append(word)
    values = [value for size in sizes for value in unique[size]]
    repeated = [values.index(word) for word, bucket in zip(words, origin, strict=True) if bucket == 6]
    felts = packed([0, len(words), *(len(unique[s]) for s in sizes), len(repeated)], 2**20) + unique[252]
    for size in sizes[1:]:
        felts += packed(unique[size], 2**size)
    return felts + packed(repeated, max(len(values), 1)) + packed(origin, 7)


# By aliases. Words as the OS packs them, written out by hand: flag 1, small 2, count x 4, nonce x 4 x 2^8.
state_diff = {
    "storage_diffs": [
        {
            "address": "0x81",
            "storage_entries": [{"key": "0x5", "value": "0x77"}, {"key": "0x80", "value": "0x0"}],
        },
        {"address": "0x1", "storage_entries": [{"key": "0x20", "value": hex(PRIME - 5)}]},
        {
            "address": "0x2",
            "storage_entries": [{"key": "0x0", "value": "0x83"}, {"key": hex(2**250 + 9), "value": "0x81"}],
        },
    ],
    "deployed_contracts": [{"address": "0x82", "class_hash": "0xc1a55"}],
    "replaced_classes": [],
    "declared_classes": [{"class_hash": "0xc1a55", "compiled_class_hash": "0xc0de"}],
    "nonces": [{"contract_address": "0x81", "nonce": "0x7"}],
}
diff_words = [
    4, 0x1, 2 + 4, 0x20, PRIME - 5, 0x2, 2 + 8, 0x0, 0x83, 2**250 + 9, 0x81, 0x81, 2 + 8 + 7 * 1024, 0x5,
    0x77, 0x80, 0x0, 0x82, 3, 0xC1A55, 1, 0xC1A55, 0xC0DE,
]  # fmt: skip
old_words = [
    4, 0x1, 1, 0x20, PRIME - 5, 0x2, 2, 0x0, 0x83, 2**250 + 9, 0x81, 0x81, 2 + 7 * 2**64, 0x5, 0x77, 0x80,
    0x0, 0x82, 2**128, 0xC1A55, 1, 0xC1A55, 0xC0DE,
]  # fmt: skip
small = compressed(diff_words)
generator = random.Random(4844)
large = [generator.randrange(2 ** generator.choice([8, 60, 130, 251])) for _ in range(6000)]
cipher = [2, 0x111, 0x222, 0x333, 0x444] + [generator.randrange(PRIME) for _ in range(30)]

vectors = {
    "state_diff": state_diff,
    "diff_words": [hex(w) for w in diff_words],
    "old_words": [hex(w) for w in old_words],
    "small": {"segment": [hex(w) for w in small], **kzg(small)},
    "encrypted": {"segment": [hex(w) for w in cipher], **kzg(cipher)},
    "large": {
        "compressed_sha256": hashlib.sha256(
            b"".join(w.to_bytes(32, "big") for w in compressed(large))
        ).hexdigest(),
        **kzg(large),
        **calldata(large),
    },
    "calldata": {"output": [hex(w) for w in HEADER + [0, 0] + MESSAGES + small], **calldata(small)},
}
text = json.dumps(vectors, indent=1)
(Path(__file__).parent / "vectors.json").write_text(text + "\n")
