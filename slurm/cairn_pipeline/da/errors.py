"""The named reasons for which data availability of a block is refused, and what may be done about each."""

import enum

from cairn_pipeline.contract import ErrorClass, StageError


class Reason(enum.StrEnum):
    """Each is provoked by a test of the same name."""

    # the input cannot be read
    NOT_FELTS = "not-felts"
    OUTPUT_MALFORMED = "output-malformed"
    SEGMENT_MALFORMED = "segment-malformed"
    SEGMENT_MISSING = "segment-missing"
    STATE_DIFF_MALFORMED = "state-diff-malformed"
    ALIAS_UNKNOWN = "alias-unknown"
    BLOB_MALFORMED = "blob-malformed"
    PIE_MALFORMED = "pie-malformed"
    # it can be read and is not what the program committed to
    SEGMENT_MISMATCH = "segment-mismatch"
    BLOB_COUNT_MISMATCH = "blob-count-mismatch"
    COMMITMENT_MISMATCH = "commitment-mismatch"
    Z_MISMATCH = "z-mismatch"
    Y_MISMATCH = "y-mismatch"
    PROOF_INVALID = "proof-invalid"
    PAGES_MISMATCH = "pages-mismatch"
    # it could never be settled
    FULL_OUTPUT = "full-output"
    MODE_MISMATCH = "mode-mismatch"
    TOO_MANY_BLOBS = "too-many-blobs"
    CALLDATA_TOO_BIG = "calldata-too-big"
    DATA_TOO_BIG = "data-too-big"
    # the operator's or the store's
    OPTION_INVALID = "option-invalid"
    STORE_CONFLICT = "store-conflict"
    STORE_UNAVAILABLE = "store-unavailable"


_CLASSES = {
    Reason.NOT_FELTS: ErrorClass.BAD_INPUT,
    Reason.OUTPUT_MALFORMED: ErrorClass.BAD_INPUT,
    Reason.SEGMENT_MALFORMED: ErrorClass.BAD_INPUT,
    Reason.SEGMENT_MISSING: ErrorClass.BAD_INPUT,
    Reason.STATE_DIFF_MALFORMED: ErrorClass.BAD_INPUT,
    Reason.ALIAS_UNKNOWN: ErrorClass.BAD_INPUT,
    Reason.BLOB_MALFORMED: ErrorClass.BAD_INPUT,
    Reason.PIE_MALFORMED: ErrorClass.BAD_INPUT,
    Reason.OPTION_INVALID: ErrorClass.CONFIGURATION,
    Reason.STORE_UNAVAILABLE: ErrorClass.TRANSIENT,
}


class DaError(StageError):
    """One line "name: what was found, what was wanted"; of class REFUSED unless the table says otherwise."""

    def __init__(self, name: Reason, sentence: str) -> None:
        self.name = name
        super().__init__(_CLASSES.get(name, ErrorClass.REFUSED), f"{name.value}: {sentence}")
