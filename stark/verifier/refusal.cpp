#include "stark/verifier/refusal.hpp"

namespace cairn {
namespace {

struct Entry {
  std::string_view name, sentence;
};

constexpr Entry kEntries[] = {{"None", "accepted"},
#define CAIRN_ENTRY(Name, sentence) {#Name, sentence},
                              CAIRN_REFUSALS(CAIRN_ENTRY)
#undef CAIRN_ENTRY
};

}  // namespace

std::string_view refusal_name(Refusal refusal) {
  return kEntries[static_cast<size_t>(refusal)].name;
}

std::string_view refusal_sentence(Refusal refusal) {
  return kEntries[static_cast<size_t>(refusal)].sentence;
}

}  // namespace cairn
