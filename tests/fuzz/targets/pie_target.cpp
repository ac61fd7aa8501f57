#include <algorithm>

#include <zip.h>

#include "segmenter/job.hpp"
#include "segmenter/plan.hpp"
#include "segmenter/zip_archive.hpp"
#include "stark/verifier/structure.hpp"
#include "tests/fuzz/targets/memory_file.hpp"

namespace cairn::fuzz {
namespace {

/// A zip file of the members, stored as they are.
Bytes zip_of(Input input) {
  zip_source_t* const buffer = zip_source_buffer_create(nullptr, 0, 0, nullptr);
  zip_source_keep(buffer);
  zip_t* const archive = zip_open_from_source(buffer, ZIP_CREATE | ZIP_TRUNCATE, nullptr);
  require(archive != nullptr, "an archive in memory can be made");
  for (const char* name : kMembers) {
    const bool last = name == std::end(kMembers)[-1];
    const auto end = last ? input.end() : std::find(input.begin(), input.end(), std::byte{0});
    const Input member(input.begin(), end);
    input = input.subspan(std::min(input.size(), member.size() + 1));
    if (member.empty()) continue;
    zip_source_t* const source = zip_source_buffer(archive, member.data(), member.size(), 0);
    const zip_int64_t index = zip_file_add(archive, name, source, 0);
    require(index >= 0, "a member can be added");
    zip_set_file_compression(archive, static_cast<zip_uint64_t>(index), ZIP_CM_STORE, 0);
  }
  Bytes result;
  if (zip_close(archive) != 0) {
    zip_discard(archive);
  } else if (zip_source_open(buffer) == 0) {  // not of an archive without members
    zip_source_seek(buffer, 0, SEEK_END);
    result.resize(static_cast<size_t>(std::max<zip_int64_t>(zip_source_tell(buffer), 0)));
    zip_source_seek(buffer, 0, SEEK_SET);
    zip_source_read(buffer, result.data(), result.size());
    zip_source_close(buffer);
  }
  zip_source_free(buffer);
  return result;
}

}  // namespace

void archive(Input input) {
  const MemoryFile file(input);
  tolerate_refusals([&] {
    const ZipArchive zip(file.path());
    for (const char* name : kMembers) {
      constexpr uint64_t kLimit = 1 << 22;
      if (zip.has(name)) require(zip.read(name, kLimit).size() <= kLimit, "a limit is one");
    }
  });
}

void pie(Input input) {
  const Bytes bytes = zip_of(input);
  if (bytes.empty()) return;
  const MemoryFile file(bytes);
  tolerate_refusals([&] {
    const Job job = load_job(file.path(), {uint64_t{256} << 20, 1});
    const Finding finding = check_statement(job.statement);
    if (finding.refusal == Refusal::kBuiltinUsed) return;
    if (finding.refusal != Refusal::kNone) std::fprintf(stderr, "%s\n", finding.detail.c_str());
    require(finding.refusal == Refusal::kNone,
            "the verifier takes every statement that is let through");
    if (job.missing.empty()) make_plan(count_rows(view_image(job.image.bytes())));
  });
}

}  // namespace cairn::fuzz
