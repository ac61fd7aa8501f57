#include "core/program_hash.hpp"

#include <vector>

#include "core/error.hpp"
#include "core/pedersen.hpp"

namespace cairn {
namespace {

Felt integer(uint64_t x) { return {{x, 0, 0, 0}}; }

}  // namespace

Felt short_string(std::string_view name) {
  if (name.size() > 31) {
    throw Error(Code::kBadInput, "name \"" + std::string(name.substr(0, 40)) +
                                     "...\" is longer than the 31 letters of a felt");
  }
  Felt x{};
  for (size_t i = 0; i < name.size(); ++i) {
    const size_t place = name.size() - 1 - i;  // bytes above the lowest
    x.word[place / 8] |= uint64_t{static_cast<uint8_t>(name[i])} << (8 * (place % 8));
  }
  return x;
}

Felt program_hash(std::span<const Felt> words, uint64_t main,
                  std::span<const std::string> builtin_names) {
  std::vector<Felt> chain = {integer(0), integer(main), integer(builtin_names.size())};
  for (const std::string& name : builtin_names) chain.push_back(short_string(name));
  chain.insert(chain.end(), words.begin(), words.end());
  chain.insert(chain.begin(), integer(chain.size()));
  Felt hash = chain.back();
  for (size_t i = chain.size() - 1; i-- > 0;) hash = pedersen(chain[i], hash);
  return hash;
}

Felt aggregator_program_hash(const Felt& hash) {
  return pedersen(short_string("AGGREGATOR"), hash);
}

}  // namespace cairn
