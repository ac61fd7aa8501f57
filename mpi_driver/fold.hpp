// Rank 0's view of the fold tree: which node lies where, who merges what, and whether it came out
// right.
//
// Rank 0 keeps each leaf that it has checked. From them it knows every node's digest and sum before
// anybody folds, so that a wrong node is noticed and its maker named; and it can make any node
// itself, in place of a rank that is slow, wrong or silent.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "aggregator/node.hpp"
#include "core/comm.hpp"
#include "mpi_driver/messages.hpp"

namespace cairn {

class Fold {
 public:
  /// `finished` is told each merged node once.
  struct Made {
    Span span;
    Digest digest;
    KoalaBear5 sum;
    Digest left, right;  // digests of the children
    int rank;
  };
  Fold(Comm& comm, Hash hash, uint32_t leaves, std::function<void(const Made&)> finished);

  /// A leaf that holds; another copy lies with `rank`, or none if that is 0.
  void add(Node leaf, int rank);
  bool has(uint32_t index) const { return leaves_[index].has_value(); }

  void merged(const Merged& merged, int rank);
  /// A node that `by` got from another rank does not hold.
  void rejected(const Rejected& rejected, int by);
  void root(const Node& node, int rank);
  /// Nothing is left but folding: from now on ranks are waited for.
  void begin_waiting() { waiting_since_ = now_; }
  /// Makes here what ranks have been asked for longer than `seconds`, or what a rank that `is_busy`
  /// with other things was asked for at all.
  void take_over(double seconds, const std::function<bool(int)>& is_busy);
  /// What time it is (Schedule::now()).
  void pass(double now) { now_ = now; }

  bool done() const { return done_; }
  /// What each segment adds to the buses.
  std::vector<KoalaBear5> sums() const;
  /// The segments' proofs, in order.
  std::vector<std::vector<std::byte>> take();

 private:
  struct Facts {
    Digest digest;
    KoalaBear5 sum;
  };
  struct Asked {
    int rank;      // who merges, or sends the root
    int sender;    // who sends one child; 0 if it lies here
    bool is_made;  // of the root: only its bytes are still to come
    double since;
  };
  Facts facts(Span span);
  Node make(Span span);
  void finished(Span span, int rank);
  void merge(Span span);
  void made(Span span, int rank);
  void make_here(Span span, const Asked& asked);

  Comm& comm_;
  Hash hash_;
  uint32_t count_;
  std::function<void(const Made&)> tell_;
  double now_ = 0;
  double waiting_since_ = 0;
  bool done_ = false;
  std::vector<std::optional<Node>> leaves_;
  std::map<Span, Facts> facts_;
  std::map<Span, int> holder_;  // finished nodes whose parent has not been asked for
  std::map<Span, Asked> asked_;
};

}  // namespace cairn
