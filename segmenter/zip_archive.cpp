#include "segmenter/zip_archive.hpp"

#include <filesystem>
#include <future>
#include <system_error>
#include <vector>

#include <fmt/format.h>
#include <zip.h>

#include "core/error.hpp"

namespace cairn {

ZipArchive::ZipArchive(const std::string& path) : zip_(nullptr, [](zip* z) { zip_discard(z); }) {
  int code = 0;
  zip_.reset(zip_open(path.c_str(), ZIP_RDONLY, &code));
  if (zip_) {
    std::error_code ignored;
    const uintmax_t size = std::filesystem::file_size(path, ignored);
    size_ = ignored ? 0 : size;
    return;
  }
  zip_error_t error;
  zip_error_init_with_code(&error, code);
  const std::string reason = zip_error_strerror(&error);
  zip_error_fini(&error);
  throw Error(Code::kBadInput, fmt::format("{}: not a readable zip file: {}", path, reason));
}

bool ZipArchive::has(const std::string& member) const {
  return zip_name_locate(zip_.get(), member.c_str(), 0) >= 0;
}

void ZipArchive::stream(const std::string& member, uint64_t limit, size_t piece,
                        const std::function<void(std::span<const std::byte>)>& take) const {
  if (!has(member)) throw Error(Code::kBadInput, member + " is missing in the PIE");
  const std::unique_ptr<zip_file_t, void (*)(zip_file_t*)> file(
      zip_fopen(zip_.get(), member.c_str(), 0), [](zip_file_t* f) {
        if (f != nullptr) zip_fclose(f);
      });
  if (!file) {
    throw Error(Code::kBadInput,
                fmt::format("{}: cannot be unpacked: {}", member, zip_strerror(zip_.get())));
  }
  const auto unpack = [&](std::vector<std::byte> buffer, uint64_t before) {
    buffer.resize(piece);
    size_t filled = 0;
    while (filled < piece) {
      const zip_int64_t got = zip_fread(file.get(), buffer.data() + filled, piece - filled);
      if (got < 0) {
        throw Error(Code::kBadInput, fmt::format("{}: damaged after {} bytes: {}", member,
                                                 before + filled, zip_file_strerror(file.get())));
      }
      if (got == 0) break;
      filled += static_cast<size_t>(got);
    }
    if (before + filled > limit) {
      throw Error(Code::kOutOfResource,
                  fmt::format("{}: more than {} bytes, the limit for it", member, limit));
    }
    buffer.resize(filled);
    return buffer;
  };
  // The next piece is unpacked while one is taken.
  std::vector<std::byte> taken = unpack({}, 0);
  std::vector<std::byte> spare;
  for (uint64_t total = taken.size(); !taken.empty(); total += taken.size()) {
    if (taken.size() < piece) return take(taken);
    auto next = std::async(std::launch::async, unpack, std::move(spare), total);
    take(taken);
    spare = std::move(taken);
    taken = next.get();
  }
}

std::string ZipArchive::read(const std::string& member, uint64_t limit) const {
  constexpr size_t kPiece = 1 << 18;
  std::string text;
  stream(member, limit, kPiece, [&](std::span<const std::byte> bytes) {
    text.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  });
  return text;
}

}  // namespace cairn
