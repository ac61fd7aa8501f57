#include "segmenter/zip_archive.hpp"

#include <array>
#include <atomic>
#include <exception>
#include <filesystem>
#include <functional>
#include <semaphore>
#include <system_error>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <zip.h>

#include "core/error.hpp"

namespace cairn {
namespace {

using Take = std::function<void(std::span<const std::byte>)>;

/// Takes what unpack(buffer, bytes before) gives, in order, up to the first buffer shorter than
/// `piece`, while a thread of its own unpacks the next ones.
template <class Unpack>
void take_ahead(const Unpack& unpack, size_t piece, const Take& take) {
  constexpr size_t kBuffers = 4;
  std::array<std::vector<std::byte>, kBuffers> ring;
  std::counting_semaphore<kBuffers> free(kBuffers), full(0);
  std::exception_ptr problem;  // the last buffer is short then
  std::atomic<bool> enough = false;
  std::jthread unpacking([&] {
    uint64_t before = 0;
    for (size_t i = 0;; ++i) {
      free.acquire();
      if (enough) return;
      std::vector<std::byte>& buffer = ring[i % kBuffers];
      try {
        unpack(buffer, before);
      } catch (...) {
        problem = std::current_exception();
        buffer.clear();
      }
      before += buffer.size();
      const bool last = buffer.size() < piece;
      full.release();
      if (last) return;
    }
  });
  for (size_t i = 0;; ++i) {
    full.acquire();
    const std::vector<std::byte>& buffer = ring[i % kBuffers];
    const bool last = buffer.size() < piece;
    try {
      if (last && problem) std::rethrow_exception(problem);
      if (!buffer.empty()) take(buffer);
    } catch (...) {
      enough = true;
      if (!last) free.release();
      throw;
    }
    if (last) return;
    free.release();
  }
}

}  // namespace

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
  const auto unpack = [&](std::vector<std::byte>& buffer, uint64_t before) {
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
  };
  std::vector<std::byte> first;
  unpack(first, 0);
  if (!first.empty()) take(first);
  if (first.size() < piece) return;
  take_ahead(
      [&](std::vector<std::byte>& buffer, uint64_t before) { unpack(buffer, piece + before); },
      piece, take);
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
