#include "aggregator/proof_file.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>

#include <fmt/format.h>

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

/// Runs in the reading process: everything that is asked of HDF5, as our own bytes.
std::vector<std::byte> extract(const std::string& path) {
  // Published files do not change, and some file systems refuse locks.
  setenv("HDF5_USE_FILE_LOCKING", "FALSE", 0);
  const hdf5::Reader reader(path);
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

Hash hash_of(const std::string& path, const Attributes& attributes) {
  const auto hash = attributes.find("hash");
  for (const Hash known : {Hash::kBlake3, Hash::kPoseidon}) {
    if (hash != attributes.end() && hash->second == hash_name(known)) return known;
  }
  throw not_a_proof(path, "attribute hash is neither blake3 nor poseidon");
}

}  // namespace

std::vector<std::byte> encode_proof_file(const ProofFile& file) {
  hdf5::Writer writer;
  for (const char* group : kGroups) writer.group(group);
  for (const auto& [name, value] : file.attributes) {
    const size_t slash = name.find('/');
    const bool at_root = slash == std::string::npos;
    writer.attribute(at_root ? "/" : name.substr(0, slash), at_root ? name : name.substr(slash + 1),
                     value);
  }
  ByteWriter statement;
  write(statement, file.proof.statement);
  writer.bytes("/statement/bytes", statement.bytes());
  ByteWriter records;
  for (const SegmentRecord& record : file.proof.records) write(records, record);
  writer.bytes("/records/bytes", records.bytes());
  std::vector<std::byte> segments;
  std::vector<uint64_t> offsets = {0};
  for (const std::vector<std::byte>& segment : file.proof.segments) {
    segments.insert(segments.end(), segment.begin(), segment.end());
    offsets.push_back(segments.size());
  }
  writer.bytes("/segments/bytes", segments);
  writer.numbers("/segments/offsets", offsets);
  writer.bytes("/provenance", std::as_bytes(std::span(file.provenance)));
  return writer.image();
}

std::string hdf5_version() { return hdf5::version(); }

bool looks_like_proof(const std::string& path) {
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
  Result<std::vector<std::byte>> extracted = run_isolated([&] { return extract(path); });
  if (!extracted.ok()) throw not_a_proof(path, extracted.error().what());
  ByteReader in(extracted.value(), path, Code::kBadInput);

  ProofFile file;
  for (size_t i = in.count(8); i > 0; --i) {
    std::string name = in.text();
    file.attributes[std::move(name)] = in.text();
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
  return file;
}

}  // namespace cairn
