#include "aggregator/store_entry.hpp"

#include <array>
#include <cstdlib>
#include <filesystem>
#include <utility>

#include <fmt/format.h>

#include "aggregator/hdf5.hpp"
#include "aggregator/isolated.hpp"
#include "core/bytes.hpp"

namespace cairn {
namespace {

constexpr const char* kFormat = "cairn-store-entry";
constexpr const char* kFormatVersion = "1.0";

const char* kind_name(EntryKind kind) {
  constexpr std::array<const char*, 4> kNames = {"counts", "commit", "segment", "node"};
  return kNames.at(static_cast<size_t>(kind));
}

std::string digest_of(std::span<const std::byte> bytes) {
  return hash_bytes(Hash::kBlake3, bytes).hex();
}

/// Throws Error(kBadInput) with what is wrong.
std::vector<std::byte> read_entry(const std::string& path, const std::string& job,
                                  const Entry& entry) {
  const hdf5::Reader reader(path);
  std::map<std::string, std::string> attributes;
  for (auto& [name, value] : reader.attributes("/")) attributes[name] = value;
  const std::pair<const char*, std::string> wanted[] = {{"format", kFormat},
                                                        {"format_version", kFormatVersion},
                                                        {"kind", kind_name(entry.kind)},
                                                        {"first", std::to_string(entry.span.first)},
                                                        {"count", std::to_string(entry.span.count)},
                                                        {"job", job}};
  for (const auto& [name, value] : wanted) {
    if (attributes[name] != value) {
      throw Error(Code::kBadInput, fmt::format("attribute {} is \"{}\", wanted \"{}\"", name,
                                               attributes[name], value));
    }
  }
  std::vector<std::byte> bytes = reader.bytes("/bytes");
  if (digest_of(bytes) != attributes["digest"]) {
    throw Error(Code::kBadInput, "its bytes do not have the digest that it names");
  }
  return bytes;
}

std::vector<std::byte> encode_request(const std::string& folder, const std::string& job,
                                      std::span<const Entry> entries) {
  ByteWriter out;
  out.text(folder);
  out.text(job);
  for (const Entry& entry : entries) {
    out.u8(static_cast<uint8_t>(entry.kind));
    out.u32(entry.span.first);
    out.u32(entry.span.count);
  }
  return out.take();
}

/// In the reading process: for each entry whether it could be read, and its bytes or the reason.
std::vector<std::byte> read_some(std::span<const std::byte> request) {
  // Published files do not change, and some file systems refuse locks.
  setenv("HDF5_USE_FILE_LOCKING", "FALSE", 0);
  ByteReader in(request, "request", Code::kBug);
  const std::string folder = in.text();
  const std::string job = in.text();
  ByteWriter out;
  while (in.remaining() > 0) {
    const auto kind = static_cast<EntryKind>(in.u8());
    const uint32_t first = in.u32();
    const Entry entry{kind, {first, in.u32()}};
    try {
      const std::vector<std::byte> bytes =
          read_entry(fmt::format("{}/{}", folder, entry_name(entry)), job, entry);
      out.u8(1);
      out.u64(bytes.size());
      out.raw(bytes);
    } catch (const std::exception& error) {
      const std::string why = error.what();
      out.u8(0);
      out.u64(why.size());
      out.raw(std::as_bytes(std::span(why)));
    }
  }
  return out.take();
}

const IsolatedTask kReadSome("read_some", read_some);

}  // namespace

std::string entry_name(const Entry& entry) {
  switch (entry.kind) {
    case EntryKind::kCounts:
      return "counts.h5";
    case EntryKind::kCommit:
      return fmt::format("commits/{:06}.h5", entry.span.first);
    case EntryKind::kSegment:
      return fmt::format("segments/{:06}.h5", entry.span.first);
    case EntryKind::kNode:
      return fmt::format("nodes/{:06}-{:06}.h5", entry.span.first, entry.span.end());
  }
  throw Error(Code::kBug, "bug: an entry of no kind");
}

std::vector<std::byte> encode_entry(const Entry& entry, const std::string& job,
                                    std::span<const std::byte> bytes,
                                    const std::map<std::string, std::string>& provenance) {
  hdf5::Writer writer;
  for (const auto& [name, value] : provenance) writer.attribute("/", name, value);
  writer.attribute("/", "format", kFormat);
  writer.attribute("/", "format_version", kFormatVersion);
  writer.attribute("/", "kind", kind_name(entry.kind));
  writer.attribute("/", "first", std::to_string(entry.span.first));
  writer.attribute("/", "count", std::to_string(entry.span.count));
  writer.attribute("/", "job", job);
  writer.attribute("/", "digest", digest_of(bytes));
  writer.bytes("/bytes", bytes);
  return writer.image();
}

std::map<Entry, Result<std::vector<std::byte>>> read_entries(const std::string& folder,
                                                             const std::string& job,
                                                             std::span<const Entry> entries) {
  std::map<Entry, Result<std::vector<std::byte>>> result;
  std::vector<Entry> there;
  for (const Entry& entry : entries) {
    std::error_code ignored;
    if (std::filesystem::exists(fmt::format("{}/{}", folder, entry_name(entry)), ignored)) {
      there.push_back(entry);
    }
  }
  // A process for some at a time; those among which the library crashes are read one by one.
  constexpr size_t kAtATime = 64;
  const auto read = [&](auto&& self, std::span<const Entry> some) -> void {
    if (some.empty()) return;
    uint64_t bytes = uint64_t{1} << 20;
    for (const Entry& entry : some) {
      std::error_code ignored;
      const auto size =
          std::filesystem::file_size(fmt::format("{}/{}", folder, entry_name(entry)), ignored);
      if (!ignored) bytes += 2 * size;
    }
    Result<std::vector<std::byte>> extracted =
        kReadSome.run(encode_request(folder, job, some), bytes);
    if (!extracted.ok() && some.size() > 1) {
      for (size_t i = 0; i < some.size(); ++i) self(self, some.subspan(i, 1));
      return;
    }
    if (!extracted.ok()) {
      result.emplace(some[0], extracted.error());
      return;
    }
    ByteReader in(extracted.value(), "store", Code::kBug);
    for (const Entry& entry : some) {
      const bool good = in.u8() != 0;
      const std::span<const std::byte> bytes = in.raw(in.u64());
      if (good) {
        result.emplace(entry, std::vector<std::byte>(bytes.begin(), bytes.end()));
      } else {
        result.emplace(
            entry, Error(Code::kBadInput,
                         std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size())));
      }
    }
  };
  for (size_t at = 0; at < there.size(); at += kAtATime) {
    read(read, std::span(there).subspan(at, std::min(kAtATime, there.size() - at)));
  }
  return result;
}

}  // namespace cairn
