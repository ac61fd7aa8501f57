#include "air/bus_balance.hpp"

namespace cairn {
namespace {

/// The high and the low half of a 128-bit product, mixed: each input bit moves about half the
/// output.
uint64_t mix(uint64_t a, uint64_t b) {
  const unsigned __int128 product = static_cast<unsigned __int128>(a) * b;
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

}  // namespace

MessageKey MessageKey::of(const ClearMessage& message) {
  int length = message.length;
  while (length > 0 && message.coordinate[length - 1] == KoalaBear(0)) --length;
  MessageKey key{static_cast<uint64_t>(message.bus) * 0x9e3779b97f4a7c15,
                 static_cast<uint64_t>(length) + 0xbf58476d1ce4e5b9};
  for (int i = 0; i < length; ++i) {
    // Montgomery bits serve as well as canonical ones: both name the element.
    const uint64_t word = message.coordinate[i].montgomery();
    key.low = mix(key.low ^ word, 0xa0761d6478bd642f) + word;
    key.high = mix(key.high + word, 0xe7037ed1a0b428db) ^ (word << 32);
  }
  key.low = mix(key.low ^ 0x8ebc6af09c88c6e3, 0x589965cc75374cc3);
  key.high = mix(key.high ^ 0x1d8e4e27c47d124f, 0xeb44accab455d165) | 1;  // never the free key
  return key;
}

std::size_t BusBalance::find(const MessageKey& key) const {
  const std::size_t mask = slots_.size() - 1;
  std::size_t i = key.low & mask;
  while (!(slots_[i].key == key) && !(slots_[i].key == MessageKey{0, 0})) i = (i + 1) & mask;
  return i;
}

void BusBalance::add(const MessageKey& key, KoalaBear amount) {
  if (2 * used_ >= slots_.size()) grow();
  Slot& slot = slots_[find(key)];
  if (!(slot.key == key)) {
    slot.key = key;
    ++used_;
  }
  slot.balance += amount;
}

KoalaBear BusBalance::balance(const MessageKey& key) const { return slots_[find(key)].balance; }

std::vector<MessageKey> BusBalance::unbalanced(std::size_t limit) const {
  std::vector<MessageKey> result;
  for (const Slot& slot : slots_) {
    if (result.size() == limit) break;
    if (!(slot.balance == KoalaBear(0))) result.push_back(slot.key);
  }
  return result;
}

uint64_t BusBalance::unbalanced_count() const {
  uint64_t count = 0;
  for (const Slot& slot : slots_) count += slot.balance == KoalaBear(0) ? 0 : 1;
  return count;
}

void BusBalance::grow() {
  std::vector<Slot> old(2 * slots_.size());
  old.swap(slots_);
  for (const Slot& slot : old) {
    if (!(slot.key == MessageKey{0, 0})) slots_[find(slot.key)] = slot;
  }
}

}  // namespace cairn
