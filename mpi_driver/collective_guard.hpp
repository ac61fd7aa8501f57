// Ends the process if a collective does not: there is no way out of one that another rank never
// finishes, so a thread watches from outside.
#pragma once

#include <string>
#include <thread>

namespace cairn {

class CollectiveGuard {
 public:
  /// After `seconds` within its life: a line on stderr, and the process ends with Code::kPeerLost,
  /// by which the launcher ends the other ranks.
  CollectiveGuard(double seconds, std::string doing);

 private:
  std::jthread thread_;
};

}  // namespace cairn
