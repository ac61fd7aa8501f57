// One finished thing of a job, as a file of its store: HDF5, so that `h5dump -A` says what it is.
//
//   /         attributes: format, format_version, kind, first, count, job, digest (BLAKE3 of the
//             bytes), and where it comes from: software_version, git_commit, created_utc, host,
//             rank, seconds, slurm_job_id, slurm_restart_count
//   /bytes    the thing itself, in the project's encoding (core/bytes.hpp), with a checksum
#pragma once

#include <compare>
#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "aggregator/tree.hpp"
#include "core/error.hpp"

namespace cairn {

enum class EntryKind {
  kCounts,   // the use counts summed over the job
  kCommit,   // a segment's record
  kSegment,  // a segment's proof
  kNode,     // a node of the fold tree
};

/// What an entry is about: a node, a segment {index, 1}, or the whole job {0, 0}.
struct Entry {
  EntryKind kind;
  Span span;

  friend auto operator<=>(const Entry&, const Entry&) = default;
};

/// Where the entry lies in its store: "segments/000003.h5".
std::string entry_name(const Entry& entry);

/// The file of an entry. `job` names the job that it belongs to, `provenance` is kept beside.
std::vector<std::byte> encode_entry(const Entry& entry, const std::string& job,
                                    std::span<const std::byte> bytes,
                                    const std::map<std::string, std::string>& provenance);

/// The bytes of each entry, or why its file is none: damaged, cut short, of another job. Reads in
/// processes of its own (aggregator/isolated.hpp). Entries without a file are left out.
std::map<Entry, Result<std::vector<std::byte>>> read_entries(const std::string& folder,
                                                             const std::string& job,
                                                             std::span<const Entry> entries);

}  // namespace cairn
