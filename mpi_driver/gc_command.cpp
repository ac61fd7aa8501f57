#include <iostream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "aggregator/proof_file.hpp"
#include "aggregator/store.hpp"
#include "mpi_driver/commands.hpp"
#include "mpi_driver/progress.hpp"

namespace cairn {

int gc_command(const Options& options) {
  const Collected collected =
      collect_garbage(options.input, options.steal_lock, [&](const StoredProof& stored) {
        const std::string path = options.proof.empty() ? stored.path : options.proof;
        std::string found;
        try {
          found = proof_digest(read_proof_file(path).proof).hex();
        } catch (const Error& error) {
          throw Error(Code::kBadInput,
                      fmt::format("{}: nothing is removed: {}", options.input, error.what()));
        }
        if (found != stored.digest) {
          throw Error(Code::kBadInput,
                      fmt::format("{}: nothing is removed: {} is proof {}, wanted {}",
                                  options.input, path, found, stored.digest));
        }
      });
  if (options.json) {
    const nlohmann::json result = {{"files", collected.files}, {"bytes", collected.bytes}};
    std::cout << result.dump(2) << '\n';
  } else {
    std::cout << fmt::format("{} files removed, {}\n", collected.files,
                             format_bytes(static_cast<double>(collected.bytes)));
  }
  return 0;
}

}  // namespace cairn
