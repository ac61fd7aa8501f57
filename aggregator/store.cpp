#include "aggregator/store.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>

#include "aggregator/publish.hpp"
#include "core/bytes.hpp"
#include "core/log.hpp"

namespace cairn {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr const char* kFormat = "cairn-store";
constexpr const char* kFormatVersion = "1.0";
constexpr const char* kFolders[] = {"commits", "segments", "nodes"};

std::string now_utc() {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
}

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

void make_folder(const std::string& path) {
  if (mkdir(path.c_str(), 0777) == 0 || errno == EEXIST) return;
  throw Error(Code::kOutOfResource,
              fmt::format("{}: cannot make the folder: {}", path, strerror(errno)));
}

bool is_leftover(const fs::path& path) {
  const std::string name = path.filename().string();
  return name.ends_with(".tmp") || name.ends_with(".old");
}

/// Makes the folder; refuses one that holds other things: nobody wants a store among their files.
std::string ready_folder(const std::string& folder) {
  make_folder(folder);
  std::error_code error;
  if (!looks_like_store(folder)) {
    for (const auto& item : fs::directory_iterator(folder, error)) {
      const std::string name = item.path().filename().string();
      if (name == "lock" || is_leftover(item.path())) continue;
      if (std::find(std::begin(kFolders), std::end(kFolders), name) != std::end(kFolders)) continue;
      throw Error(
          Code::kBadInput,
          fmt::format("{}: not a work folder: it holds {} and no manifest.json", folder, name));
    }
  }
  if (error) {
    throw Error(Code::kOutOfResource,
                fmt::format("{}: cannot read the folder: {}", folder, error.message()));
  }
  return folder;
}

json to_json(const JobIdentity& job) {
  return {{"software", job.software},   {"program_hash", job.program_hash},
          {"statement", job.statement}, {"image", job.image},
          {"plan", job.plan},           {"hash", job.hash},
          {"memory", job.memory},       {"segments", job.segments},
          {"cells", job.cells}};
}

struct Manifest {
  JobIdentity job;
  std::string created;
  StoredProof proof;
};

Manifest read_manifest(const std::string& folder) {
  const std::string path = folder + "/manifest.json";
  std::ifstream in(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  if (!in) throw Error(Code::kBadInput, fmt::format("{}: cannot read the file", path));
  try {
    const json all = json::parse(text);
    if (all.at("format") != kFormat) throw Error(Code::kBadInput, "another kind of file");
    if (all.at("format_version") != kFormatVersion) {
      throw Error(Code::kBadInput,
                  fmt::format("format version {}, this program reads {}",
                              all.at("format_version").get<std::string>(), kFormatVersion));
    }
    const json& job = all.at("job");
    Manifest manifest;
    manifest.job = {job.at("software"), job.at("program_hash"), job.at("statement"),
                    job.at("image"),    job.at("plan"),         job.at("hash"),
                    job.at("memory"),   job.at("segments"),     job.at("cells")};
    manifest.created = all.at("created_utc");
    if (all.at("key") != manifest.job.key()) {
      throw Error(Code::kBadInput, "its key is not that of the job that it names");
    }
    if (const auto proof = all.find("proof"); proof != all.end()) {
      manifest.proof = {proof->at("path"), proof->at("digest"), proof->at("bytes")};
    }
    return manifest;
  } catch (const std::exception& error) {
    throw Error(Code::kBadInput,
                fmt::format("{}: not a store's manifest: {}; remove {} and prove again", path,
                            error.what(), folder));
  }
}

void write_manifest(const std::string& folder, const Manifest& manifest) {
  json all = {{"format", kFormat},
              {"format_version", kFormatVersion},
              {"created_utc", manifest.created},
              {"key", manifest.job.key()},
              {"job", to_json(manifest.job)}};
  if (!manifest.proof.path.empty()) {
    all["proof"] = {{"path", manifest.proof.path},
                    {"digest", manifest.proof.digest},
                    {"bytes", manifest.proof.bytes},
                    {"finished_utc", now_utc()}};
  }
  const std::string text = all.dump(2) + '\n';
  publish(folder + "/manifest.json", std::as_bytes(std::span(text)));
}

/// Throws with the first thing in which the store's job is not this one.
void require_same(const std::string& folder, const JobIdentity& found, const JobIdentity& wanted) {
  const auto refuse = [&](const std::string& what) {
    throw Error(
        Code::kBadInput,
        fmt::format("{}: {}; give another --work folder, or remove this one", folder, what));
  };
  if (found.software != wanted.software) {
    refuse(fmt::format("work of {}, this is {}", found.software, wanted.software));
  }
  // First: the statement's digest is made with it.
  if (found.hash != wanted.hash) {
    refuse(fmt::format("work with --hash {}, asked for is {}", found.hash, wanted.hash));
  }
  if (found.statement != wanted.statement || found.image != wanted.image) {
    refuse(fmt::format("work on another run (program {}), the input's program is {}",
                       found.program_hash, wanted.program_hash));
  }
  if (found.memory != wanted.memory) {
    refuse(fmt::format("planned with --memory {}, asked for is {} (bytes; 0: not given)",
                       found.memory, wanted.memory));
  }
  if (found.key() != wanted.key()) refuse("planned in other segments");
}

/// Every entry that the job will have had.
std::vector<Entry> all_entries(uint32_t segments) {
  std::vector<Entry> entries = {{EntryKind::kCounts, {0, 0}}};
  for (uint32_t i = 0; i < segments; ++i) {
    entries.push_back({EntryKind::kCommit, {i, 1}});
    entries.push_back({EntryKind::kSegment, {i, 1}});
  }
  for (const Span& node : merges(segments)) entries.push_back({EntryKind::kNode, node});
  return entries;
}

}  // namespace

std::string JobIdentity::key() const {
  const std::string text = to_json(*this).dump();
  return hash_bytes(Hash::kBlake3, std::as_bytes(std::span(text))).hex();
}

Store::Store(const std::string& folder, bool steal_lock)
    : folder_(ready_folder(folder)), lock_(folder_, steal_lock) {
  if (lock_.taken_from()) {
    log_warning("took a work folder over",
                {{"folder", folder_}, {"from", lock_.taken_from()->describe()}});
  }
}

void Store::open(const JobIdentity& job, bool must_exist) {
  job_ = job;
  key_ = job.key();
  if (looks_like_store(folder_)) {
    const Manifest manifest = read_manifest(folder_);
    require_same(folder_, manifest.job, job);
    created_ = manifest.created;
  } else {
    if (must_exist) {
      throw Error(Code::kBadInput, fmt::format("{}: nothing to resume: no manifest.json", folder_));
    }
    created_ = now_utc();
    write_manifest(folder_, {job_, created_, {}});
  }
  for (const char* name : kFolders) make_folder(fmt::format("{}/{}", folder_, name));
  std::error_code ignored;
  fs::remove(folder_ + "/stop", ignored);  // it was meant for the run before
}

void Store::put(const Entry& entry, std::span<const std::byte> bytes, const Maker& maker) {
  const std::map<std::string, std::string> provenance = {
      {"software_version", job_.software},
      {"created_utc", now_utc()},
      {"host", maker.host},
      {"rank", std::to_string(maker.rank)},
      {"seconds", fmt::format("{:.3f}", maker.seconds)},
      {"slurm_job_id", environment("SLURM_JOB_ID")},
      {"slurm_restart_count", environment("SLURM_RESTART_COUNT")}};
  publish(fmt::format("{}/{}", folder_, entry_name(entry)),
          encode_entry(entry, key_, bytes, provenance));
}

std::map<Entry, std::vector<std::byte>> Store::load(std::span<const Entry> entries) const {
  std::map<Entry, std::vector<std::byte>> good;
  for (auto& [entry, bytes] : read_entries(folder_, key_, entries)) {
    if (bytes.ok()) {
      good.emplace(entry, std::move(bytes.value()));
    } else {
      reject(entry, bytes.error().what());
    }
  }
  return good;
}

void Store::reject(const Entry& entry, const std::string& why) const {
  log_warning("damaged: made again",
              {{"file", fmt::format("{}/{}", folder_, entry_name(entry))}, {"why", why}});
}

void Store::remove(const Entry& entry) const {
  std::error_code ignored;
  fs::remove(fmt::format("{}/{}", folder_, entry_name(entry)), ignored);
}

void Store::finish(const StoredProof& proof) {
  write_manifest(folder_, {job_, created_, proof});
  std::error_code ignored;
  fs::remove(folder_ + "/state.json", ignored);  // of a run that gave up
}

bool Store::stop_asked() const {
  std::error_code ignored;
  return fs::exists(folder_ + "/stop", ignored);
}

bool looks_like_store(const std::string& path) {
  std::error_code ignored;
  return fs::is_regular_file(path + "/manifest.json", ignored);
}

StoreView view_store(const std::string& folder) {
  const Manifest manifest = read_manifest(folder);
  StoreView view;
  view.job = manifest.job;
  view.created = manifest.created;
  view.proof = manifest.proof;
  constexpr uint64_t kMostSegments = 1 << 20;  // of a manifest that may be anybody's
  if (view.job.segments == 0 || view.job.segments > kMostSegments) {
    throw Error(Code::kBadInput,
                fmt::format("{}: manifest of {} segments", folder, view.job.segments));
  }
  const std::vector<Entry> entries = all_entries(static_cast<uint32_t>(view.job.segments));
  for (const auto& [entry, bytes] : read_entries(folder, view.job.key(), entries)) {
    if (!bytes.ok()) {
      view.damaged.emplace_back(entry_name(entry), bytes.error().what());
    } else if (entry.kind == EntryKind::kCounts) {
      view.counts = true;
    } else {
      ++(entry.kind == EntryKind::kCommit    ? view.commits
         : entry.kind == EntryKind::kSegment ? view.segments
                                             : view.nodes);
    }
  }
  for (const auto& item : fs::recursive_directory_iterator(folder)) {
    std::error_code ignored;
    if (item.is_regular_file(ignored)) view.bytes += item.file_size(ignored);
  }
  return view;
}

Collected collect_garbage(const std::string& folder, bool steal_lock,
                          const std::function<void(const StoredProof&)>& proof_is_there) {
  const Manifest manifest = read_manifest(folder);
  const bool finished = !manifest.proof.path.empty();
  if (finished) proof_is_there(manifest.proof);
  const StoreLock lock(folder, steal_lock);
  Collected collected;
  const auto remove = [&](const fs::path& path) {
    std::error_code error;
    const uint64_t bytes = fs::file_size(path, error);
    if (!fs::remove(path, error)) {
      throw Error(Code::kOutOfResource,
                  fmt::format("{}: cannot remove the file: {}", path.string(), error.message()));
    }
    ++collected.files;
    collected.bytes += bytes;
  };
  std::vector<fs::path> old;
  for (const auto& item : fs::recursive_directory_iterator(folder)) {
    if (item.is_regular_file() && is_leftover(item.path())) old.push_back(item.path());
  }
  if (finished) {
    std::error_code ignored;
    for (const Entry& entry : all_entries(static_cast<uint32_t>(manifest.job.segments))) {
      fs::path path = fmt::format("{}/{}", folder, entry_name(entry));
      if (fs::exists(path, ignored)) old.push_back(std::move(path));
    }
  }
  for (const fs::path& path : old) remove(path);
  return collected;
}

}  // namespace cairn
