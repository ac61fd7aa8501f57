// The Fiat-Shamir transcript: prover and verifier absorb the same messages and draw the same
// challenges.
//
// The state is one digest. Each call replaces it by the hash of (state, kind, label, length, data),
// so two different sequences of calls, whatever their data, never meet in one state but by a
// collision. A draw advances the state the same way; its output is the hash of (new state, output
// kind, block). Under kPoseidon everything is field elements (three bytes an element), so that a
// circuit can follow it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/hash.hpp"
#include "core/koala_bear.hpp"
#include "core/quintic.hpp"

namespace cairn {

class Transcript {
 public:
  /// What a call did, for tests and docs/protocol.md.
  struct Record {
    std::string kind;  // "absorb" with the type, or "draw" with the type
    std::string label;
    std::vector<std::byte> bytes;  // what was absorbed or drawn, canonical little-endian
  };

  /// A fresh transcript; `domain` separates one protocol, or one version of it, from another.
  Transcript(Hash hash, std::string_view domain);

  Hash hash() const { return hash_; }

  void absorb(std::string_view label, std::span<const std::byte> bytes);
  void absorb(std::string_view label, std::span<const KoalaBear> elements);
  void absorb(std::string_view label, std::span<const KoalaBear5> elements);
  void absorb(std::string_view label, const KoalaBear5& element);
  void absorb(std::string_view label, const Digest& digest);
  void absorb(std::string_view label, uint64_t integer);

  /// A uniform element of E.
  KoalaBear5 draw_extension(std::string_view label);
  /// A uniform integer below 2^log_bound, 0 <= log_bound <= 31.
  uint32_t draw_index(std::string_view label, int log_bound);
  /// A digest that nothing but the whole transcript so far determines.
  Digest draw_digest(std::string_view label);

  /// The seed of a proof of work of `bits` bits (core/work.hpp). Leaves the state alone: the prover
  /// asks for it, searches a nonce, and then calls check_work as the verifier does.
  Digest work_seed(std::string_view label, int bits) const;
  /// Whether `nonce` does the work; absorbs it. For bits = 0 the nonce must be 0.
  [[nodiscard]] bool check_work(std::string_view label, int bits, uint64_t nonce);

  /// Appends every later call to `records` until it is null again.
  void set_recorder(std::vector<Record>* records) { records_ = records; }

 private:
  enum class Kind : uint8_t;

  Digest next_state(Kind kind, std::string_view label, std::span<const std::byte> bytes,
                    std::span<const KoalaBear> elements) const;
  void advance(Kind kind, std::string_view label, std::span<const std::byte> bytes,
               std::span<const KoalaBear> elements);
  void record(const char* kind, std::string_view label, std::span<const std::byte> bytes) const;

  Hash hash_;
  Digest state_{};
  std::vector<Record>* records_ = nullptr;
};

}  // namespace cairn
