#include "tests/fuzz/targets/corpus.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "aggregator/node.hpp"
#include "aggregator/proof_file.hpp"
#include "mpi_driver/messages.hpp"
#include "segmenter/zip_archive.hpp"
#include "tests/support/prove_job.hpp"

namespace cairn::fuzz {
namespace {

std::vector<std::string> small_pies() {
  std::vector<std::string> paths;
  for (const auto& entry :
       std::filesystem::directory_iterator(CAIRN_SOURCE_DIR "/tests/data/pie")) {
    constexpr uintmax_t kLimit = 10'000;
    if (entry.path().extension() == ".zip" && entry.file_size() < kLimit) {
      paths.push_back(entry.path().string());
    }
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

Bytes read_whole(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

Bytes join_members(const std::string& path) {
  const ZipArchive zip(path);
  Bytes result;
  for (const char* name : kMembers) {
    const std::string member = zip.has(name) ? zip.read(name, uint64_t{1} << 24) : std::string();
    const auto bytes = std::as_bytes(std::span(member));
    result.insert(result.end(), bytes.begin(), bytes.end());
    if (name != std::end(kMembers)[-1]) result.push_back(std::byte{0});
  }
  return result;
}

struct LoneSegment {
  SegmentRecord record;
  Bytes bytes;
};

/// A segment of one height, and one of two that is folded once; the challenge is segment()'s.
std::vector<LoneSegment> lone_segments(Hash hash) {
  const auto id = [](ChipId chip) { return static_cast<uint32_t>(chip); };
  const std::unique_ptr<Backend> backend = make_backend("cpu", {}).value();
  const Image image{};
  const Counts counts{};  // no uses: all multiplicities are 0
  const Bundle bundles[] = {
      {{id(ChipId::kRangeTable), kMinLogHeight, 0, 64, 0, 0}},
      {{id(ChipId::kRangeTable), kMinLogHeight, 0, 64, 0, 0}, {id(ChipId::kAeq), 8, 0, 0, 0, 0}}};
  const GlobalChallenge challenge{{}, KoalaBear5(1, 2, 3, 4, 5), KoalaBear5(6, 7, 8, 9, 10)};
  std::vector<LoneSegment> result;
  for (const Bundle& bundle : bundles) {
    BundleProver prover(*backend, hash, image, counts, bundle);
    LoneSegment lone;
    lone.record = prover.commit();
    lone.bytes = encode(prover.prove(challenge, 0));
    result.push_back(std::move(lone));
  }
  return result;
}

/// Files with a real statement and real segments, though not those that belong to it.
std::vector<ProofFile> small_files() {
  std::vector<ProofFile> files;
  for (const Hash hash : {Hash::kBlake3, Hash::kPoseidon}) {
    ProofFile file;
    file.proof.hash = hash;
    file.proof.statement = load_job(CAIRN_SOURCE_DIR "/tests/data/pie/pages.pie.zip").statement;
    for (LoneSegment& lone : lone_segments(hash)) {
      file.proof.records.push_back(lone.record);
      file.proof.segments.push_back(std::move(lone.bytes));
    }
    file.attributes = {{"format", kProofFormat},
                       {"format_version", kProofFormatVersion},
                       {"hash", hash_name(hash)},
                       {"statement/main", "0"}};
    file.provenance = R"({"ranks": 3})";
    files.push_back(std::move(file));
  }
  return files;
}

std::vector<Bytes> segments() {
  std::vector<Bytes> result;
  for (const Hash hash : {Hash::kBlake3, Hash::kPoseidon}) {
    for (const LoneSegment& lone : lone_segments(hash)) {
      ByteWriter out;
      out.u8(static_cast<uint8_t>(hash));
      write(out, lone.record);
      out.raw(lone.bytes);
      result.push_back(out.take());
    }
  }
  return result;
}

std::vector<Bytes> every_message() {
  const SegmentRecord record{{{1, 6, 0, 0}, {2, 8, 5, 261}}, Digest{{9}}};
  const Statement statement = load_job(CAIRN_SOURCE_DIR "/tests/data/pie/pages.pie.zip").statement;
  WorkerReport report;
  report.about = {"host", 2, "cpu"};
  report.segments = {1, 5};
  Node node = make_leaf(Hash::kBlake3, 0, KoalaBear5(7), Bytes(50, std::byte{1}));
  ByteWriter node_bytes;
  write(node_bytes, merge(Hash::kBlake3, 2, node,
                          make_leaf(Hash::kBlake3, 1, KoalaBear5(8), Bytes(60, std::byte{2}))));
  // In the order of messages(), for blake3 by even numbers.
  std::vector<Bytes> result = {
      encode(Task{TaskKind::kProve, 1}),
      encode(JobSetup{
          Hash::kPoseidon, statement, {{{1, 6, 0, 64, 0, 0}}, {{2, 7, 5, 99, 5, 133}, {}}}}),
      encode(Hello{"host", 2, "cpu"}),
      encode(Done{{TaskKind::kCommit, 3}, 1.5, record}),
      encode(Span{4, 2}),
      encode(ChallengeMessage{{Digest{{1}}, KoalaBear5(2), KoalaBear5(3)}, {record, record}}),
      encode(SendNode{{0, 2}, 1}),
      node_bytes.take(),
      encode(report)};
  for (size_t i = 0; i < result.size(); ++i) {
    result[i].insert(result[i].begin(), static_cast<std::byte>(2 * i));
  }
  return result;
}

}  // namespace

std::vector<Bytes> corpus(const std::string& target) {
  std::vector<Bytes> result;
  if (target == "archive") {
    for (const std::string& path : small_pies()) result.push_back(read_whole(path));
  } else if (target == "pie") {
    for (const std::string& path : small_pies()) result.push_back(join_members(path));
  } else if (target == "proof_file") {
    for (const ProofFile& file : small_files()) result.push_back(encode_proof_file(file));
  } else if (target == "proof") {
    for (const ProofFile& file : small_files()) result.push_back(encode_contents(file));
  } else if (target == "segment") {
    result = segments();
  } else if (target == "messages") {
    result = every_message();
  }
  return result;
}

}  // namespace cairn::fuzz
