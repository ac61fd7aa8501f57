#include "aggregator/proof_file.hpp"
#include "core/fact.hpp"
#include "stark/verifier/verifier.hpp"
#include "tests/fuzz/targets/memory_file.hpp"

namespace cairn::fuzz {

void proof_file(Input input) {
  const MemoryFile file(input);
  tolerate_refusals([&] { read_proof_file(file.path()); });
}

void proof(Input input) {
  tolerate_refusals([&] {
    const ProofFile file = decode_contents(input, "fuzz");
    const Statement& statement = file.proof.statement;
    if (encode_contents(file) != Bytes(input.begin(), input.end())) {
      // Attributes are a map: their order alone is not kept.
      require(
          encode_contents(decode_contents(encode_contents(file), "fuzz")) == encode_contents(file),
          "contents have one encoding");
      require(encode_contents(file).size() == input.size(),
              "no byte of the contents is passed over");
    }
    verify(file.proof);
    gps_fact({}, statement.output, statement.output_layout.page_sizes,
             statement.output_layout.topology);
  });
}

}  // namespace cairn::fuzz
