#include "aggregator/proof_file.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "aggregator/hdf5.hpp"
#include "aggregator/isolated.hpp"
#include "core/bytes.hpp"

namespace cairn {
namespace {

constexpr std::array<char, 8> kSignature = {'\x89', 'H', 'D', 'F', '\r', '\n', '\x1a', '\n'};
constexpr std::array<const char*, 3> kGroups = {"statement", "records", "segments"};

Error not_a_proof(const std::string& path, const std::string& why) {
  return {Code::kBadInput, fmt::format("{}: not a proof file: {}", path, why)};
}

/// Soundness: what no reader of ours looks at could say anything to readers of others.
void require_nothing_else(const hdf5::Reader& reader) {
  using Names = std::vector<std::string>;
  const std::pair<const char*, Names> contents[] = {
      {"/", {"provenance", "records", "segments", "statement"}},
      {"/records", {"bytes"}},
      {"/segments", {"bytes", "offsets"}},
      {"/statement", {"bytes"}}};
  for (const auto& [group, wanted] : contents) {
    const Names found = reader.names(group);
    if (found != wanted) {
      throw Error(Code::kBadInput, fmt::format("group {} holds {}, wanted {}", group,
                                               fmt::join(found, " "), fmt::join(wanted, " ")));
    }
  }
}

/// Runs in the reading process: everything that is asked of HDF5, as our own bytes.
std::vector<std::byte> extract(std::span<const std::byte> request) {
  const std::string path(reinterpret_cast<const char*>(request.data()), request.size());
  // Published files do not change, and some file systems refuse locks.
  setenv("HDF5_USE_FILE_LOCKING", "FALSE", 0);
  const hdf5::Reader reader(path);
  require_nothing_else(reader);
  ByteWriter out;
  std::vector<std::pair<std::string, std::string>> attributes = reader.attributes("/");
  for (const auto& [name, value] : reader.attributes("/statement")) {
    attributes.emplace_back(fmt::format("statement/{}", name), value);
  }
  out.count(attributes.size());
  for (const auto& [name, value] : attributes) {
    out.text(name);
    out.text(value);
  }
  for (const char* name :
       {"/provenance", "/statement/bytes", "/records/bytes", "/segments/bytes"}) {
    const std::vector<std::byte> bytes = reader.bytes(name);
    out.u64(bytes.size());
    out.raw(bytes);
  }
  const std::vector<uint64_t> offsets = reader.numbers("/segments/offsets");
  out.u64(offsets.size());
  for (const uint64_t offset : offsets) out.u64(offset);
  return out.take();
}

const IsolatedTask kExtract("extract", extract);

/// What the datasets of a file hold.
struct Datasets {
  std::vector<std::byte> provenance, statement, records, segments;
  std::vector<uint64_t> offsets = {0};  // of the segments, and their end
};

Datasets datasets_of(const ProofFile& file) {
  Datasets result;
  const auto text = std::as_bytes(std::span(file.provenance));
  result.provenance.assign(text.begin(), text.end());
  ByteWriter statement;
  write(statement, file.proof.statement);
  result.statement = statement.take();
  ByteWriter records;
  for (const SegmentRecord& record : file.proof.records) write(records, record);
  result.records = records.take();
  size_t size = 0;
  for (const std::vector<std::byte>& segment : file.proof.segments) size += segment.size();
  result.segments.reserve(size);
  for (const std::vector<std::byte>& segment : file.proof.segments) {
    result.segments.insert(result.segments.end(), segment.begin(), segment.end());
    result.offsets.push_back(result.segments.size());
  }
  return result;
}

Hash hash_of(const std::string& path, const Attributes& attributes) {
  const auto hash = attributes.find("hash");
  for (const Hash known : {Hash::kBlake3, Hash::kPoseidon}) {
    if (hash != attributes.end() && hash->second == hash_name(known)) return known;
  }
  throw not_a_proof(path, "attribute hash is neither blake3 nor poseidon");
}

}  // namespace

std::vector<std::byte> encode_contents(const ProofFile& file) {
  ByteWriter out;
  out.count(file.attributes.size());
  for (const auto& [name, value] : file.attributes) {
    out.text(name);
    out.text(value);
  }
  const Datasets datasets = datasets_of(file);
  for (const auto* bytes :
       {&datasets.provenance, &datasets.statement, &datasets.records, &datasets.segments}) {
    out.u64(bytes->size());
    out.raw(*bytes);
  }
  out.u64(datasets.offsets.size());
  for (const uint64_t offset : datasets.offsets) out.u64(offset);
  return out.take();
}

std::vector<std::byte> encode_proof_file(const ProofFile& file) {
  hdf5::Writer writer;
  for (const char* group : kGroups) writer.group(group);
  for (const auto& [name, value] : file.attributes) {
    const size_t slash = name.find('/');
    const bool at_root = slash == std::string::npos;
    writer.attribute(at_root ? "/" : name.substr(0, slash), at_root ? name : name.substr(slash + 1),
                     value);
  }
  const Datasets datasets = datasets_of(file);
  writer.bytes("/statement/bytes", datasets.statement);
  writer.bytes("/records/bytes", datasets.records);
  writer.bytes("/segments/bytes", datasets.segments);
  writer.numbers("/segments/offsets", datasets.offsets);
  writer.bytes("/provenance", datasets.provenance);
  return writer.image();
}

std::string hdf5_version() { return hdf5::version(); }

bool looks_like_proof(const std::string& path) {
  // Opening a pipe waits for its writer.
  if (std::error_code error; std::filesystem::is_fifo(path, error)) {
    throw not_a_proof(path, "it is a pipe, and proofs are read at any place of a file");
  }
  std::ifstream in(path, std::ios::binary);
  std::array<char, 8> start{};
  if (!in)
    throw Error(Code::kBadInput,
                fmt::format("{}: cannot read the file: {}", path, strerror(errno)));
  in.read(start.data(), start.size());
  if (in.bad()) throw Error(Code::kBadInput, fmt::format("{}: cannot read the file", path));
  return in.gcount() == start.size() && start == kSignature;
}

ProofFile read_proof_file(const std::string& path) {
  if (!looks_like_proof(path)) throw not_a_proof(path, "it does not begin as HDF5 does");
  std::error_code error;
  const uintmax_t size = std::filesystem::file_size(path, error);
  if (error) throw not_a_proof(path, error.message());
  Result<std::vector<std::byte>> extracted =
      kExtract.run(std::as_bytes(std::span(path)), 2 * size + (uint64_t{1} << 20));
  if (!extracted.ok()) throw not_a_proof(path, extracted.error().what());
  return decode_contents(extracted.value(), path);
}

ProofFile decode_contents(std::span<const std::byte> contents, const std::string& path) {
  ByteReader in(contents, path, Code::kBadInput);
  ProofFile file;
  for (size_t i = in.count(8); i > 0; --i) {
    std::string name = in.text();
    if (!file.attributes.emplace(name, in.text()).second) in.fail(name + " occurs twice");
  }
  if (file.attributes["format"] != kProofFormat)
    throw not_a_proof(path, "another kind of HDF5 file");
  if (file.attributes["format_version"] != kProofFormatVersion) {
    throw not_a_proof(path, fmt::format("format version {}, this program reads {}",
                                        file.attributes["format_version"], kProofFormatVersion));
  }
  JobProof& proof = file.proof;
  proof.hash = hash_of(path, file.attributes);
  const auto blob = [&] { return in.raw(in.u64()); };
  const std::span<const std::byte> provenance = blob();
  file.provenance.assign(reinterpret_cast<const char*>(provenance.data()), provenance.size());

  ByteReader statement(blob(), path + ": statement");
  proof.statement = read_statement(statement);
  statement.finish();
  ByteReader records(blob(), path + ": records");
  while (records.remaining() > 0) proof.records.push_back(read_record(records, proof.hash));
  const std::span<const std::byte> segments = blob();
  const uint64_t offsets = in.u64();
  uint64_t end = offsets > 0 ? in.u64() : 1;
  if (end != 0) throw Error(Code::kInvalidProof, path + ": segment offsets do not begin at 0");
  for (uint64_t i = 1; i < offsets; ++i) {
    const uint64_t begin = std::exchange(end, in.u64());
    if (end < begin || end > segments.size()) {
      throw Error(Code::kInvalidProof, path + ": segment offsets do not ascend");
    }
    const auto bytes = segments.subspan(begin, end - begin);
    proof.segments.emplace_back(bytes.begin(), bytes.end());
  }
  if (end != segments.size())
    throw Error(Code::kInvalidProof, path + ": bytes after the last segment");
  in.finish();
  return file;
}

}  // namespace cairn
