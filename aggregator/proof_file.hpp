// The proof as a file: HDF5, so that `h5dump -A` shows what was proven, by what and how.
//
//   /                    attributes: format, format_version, hash, proof_digest, security_bits,
//   segments,
//                        software_version, git_commit, created_utc
//   /statement           attributes: program_hash, fact, output_length, builtins, main,
//   program_length /statement/bytes     the statement (docs/protocol.md) /records/bytes       the
//   segments' records, one after another /segments/bytes      the segment proofs, one after
//   another; /segments/offsets: where each begins, and the end /provenance          JSON: ranks,
//   hosts, times, versions. Not part of the proof, nor of its digest
//
// The datasets are the proof: its digest covers all bytes of statement, records and segments, each
// of which has one encoding, and a file that holds anything beside them is refused. Attributes
// repeat what follows from them and are compared when it is verified. How HDF5 lays them out is no
// part of it.
#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "stark/protocol/proof.hpp"

namespace cairn {

inline constexpr const char* kProofFormat = "cairn-proof";
inline constexpr const char* kProofFormatVersion = "1.0";

/// Attributes by name, those of /statement as "statement/NAME".
using Attributes = std::map<std::string, std::string>;

struct ProofFile {
  JobProof proof;
  Attributes attributes;
  std::string provenance;
};

/// The bytes of the file.
std::vector<std::byte> encode_proof_file(const ProofFile& file);

/// Reads a proof. Throws Error(kBadInput) when the file is no proof file, Error(kInvalidProof) when
/// its datasets do not decode. Soundness: HDF5's parser is not made for hostile bytes, so it runs
/// in a process of its own, and what comes out of that is read as any other untrusted bytes.
ProofFile read_proof_file(const std::string& path);

/// Attributes and datasets as the reading process hands them over, and what read_proof_file() makes
/// of them; decode_contents(encode_contents(file), ...) is `file`, and no other bytes give it.
std::vector<std::byte> encode_contents(const ProofFile& file);
ProofFile decode_contents(std::span<const std::byte> contents, const std::string& path);

/// Of the HDF5 library in use.
std::string hdf5_version();

/// True when the file begins as HDF5 files do. Throws Error(kBadInput) when it cannot be read.
bool looks_like_proof(const std::string& path);

}  // namespace cairn
