#include "aggregator/node.hpp"
#include "mpi_driver/messages.hpp"
#include "tests/fuzz/targets/targets.hpp"

namespace cairn::fuzz {
namespace {

template <class T>
void round_trip(Input bytes, Hash hash) {
  require(encode(decode<T>(bytes, hash)) == Bytes(bytes.begin(), bytes.end()),
          "a message has one encoding");
}

void node_round_trip(Input bytes, Hash hash) {
  ByteReader in(bytes);
  const Node node = read_node(in, hash);
  in.finish();
  ByteWriter out;
  write(out, node);
  require(out.bytes() == Bytes(bytes.begin(), bytes.end()), "a node has one encoding");
}

constexpr void (*kTypes[])(Input, Hash) = {
    round_trip<Task>,     round_trip<JobSetup>, round_trip<Hello>,
    round_trip<Done>,     round_trip<Span>,     round_trip<ChallengeMessage>,
    round_trip<SendNode>, node_round_trip,      round_trip<WorkerReport>,
};

}  // namespace

void messages(Input input) {
  if (input.empty()) return;
  const auto kind = std::to_integer<size_t>(input[0]);
  const Hash hash = kind % 2 == 0 ? Hash::kBlake3 : Hash::kPoseidon;
  try {
    kTypes[kind / 2 % std::size(kTypes)](input.subspan(1), hash);
  } catch (const Error&) {
    // Of any code: between ranks, bytes that do not decode are a bug, and named so.
  }
}

}  // namespace cairn::fuzz
