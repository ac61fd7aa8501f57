#include "mpi_driver/fold.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/log.hpp"

namespace cairn {
namespace {

std::string name_of(Span span) { return fmt::format("[{}, {})", span.first, span.end()); }

}  // namespace

Fold::Fold(Comm& comm, Hash hash, uint32_t leaves, std::function<void(const Made&)> finished)
    : comm_(comm), hash_(hash), count_(leaves), tell_(std::move(finished)), leaves_(leaves) {}

void Fold::add(Node leaf, int rank) {
  const Span span = leaf.span;
  facts_[span] = {leaf.digest, leaf.sum};
  leaves_[span.first] = std::move(leaf);
  finished(span, rank);
}

/// Of a node all of whose leaves are here.
Fold::Facts Fold::facts(Span span) {
  const auto known = facts_.find(span);
  if (known != facts_.end()) return known->second;
  const Facts left = facts(left_child(span));
  const Facts right = facts(right_child(span));
  return facts_[span] = {hash_pair(hash_, left.digest, right.digest), left.sum + right.sum};
}

Node Fold::make(Span span) {
  const Facts known = facts(span);
  Node node{span, known.digest, known.sum, {}};
  for (uint32_t i = span.first; i < span.end(); ++i) {
    node.segments.push_back(leaves_[i]->segments[0]);
  }
  return node;
}

void Fold::finished(Span span, int rank) {
  if (span == Span{0, count_}) {
    if (rank == 0) {
      done_ = true;
      return;
    }
    asked_[span] = {rank, 0, true, now_};
    return comm_.send(rank, static_cast<int>(Tag::kSendNode), encode(SendNode{span, 0}));
  }
  holder_[span] = rank;
  const Span above = parent(count_, span);
  if (holder_.contains(left_child(above)) && holder_.contains(right_child(above))) merge(above);
}

void Fold::merge(Span span) {
  const auto left = holder_.extract(left_child(span));
  const auto right = holder_.extract(right_child(span));
  if (left.mapped() == 0 && right.mapped() == 0) return made(span, 0);
  const auto& [here, other] =
      left.mapped() != 0 ? std::pair(&left, &right) : std::pair(&right, &left);
  const int target = here->mapped();
  const int sender = other->mapped();
  if (sender == 0) {
    ByteWriter out;
    write(out, make(other->key()));
    comm_.send(target, static_cast<int>(Tag::kNode), out.take());
  } else if (sender != target) {
    comm_.send(sender, static_cast<int>(Tag::kSendNode),
               encode(SendNode{other->key(), static_cast<uint32_t>(target)}));
  }
  asked_[span] = {target, sender, false, now_};
  comm_.send(target, static_cast<int>(Tag::kMerge), encode(span));
}

void Fold::made(Span span, int rank) {
  const Facts here = facts(span);
  tell_({span, here.digest, here.sum, facts(left_child(span)).digest,
         facts(right_child(span)).digest, rank});
  finished(span, rank);
}

void Fold::merged(const Merged& merged, int rank) {
  const auto asked = asked_.find(merged.span);
  if (asked == asked_.end() || asked->second.rank != rank) return;  // it was made here meanwhile
  const Facts expected = facts(merged.span);
  if (merged.digest != expected.digest || !(merged.sum == expected.sum)) {
    log_warning("a rank folded wrongly", {{"from", rank}, {"node", name_of(merged.span)}});
    return make_here(merged.span, asked_.extract(asked).mapped());
  }
  asked_.erase(asked);
  made(merged.span, rank);
}

void Fold::rejected(const Rejected& rejected, int by) {
  log_warning("a node does not hold", {{"from", rejected.from},
                                       {"seen_by", by},
                                       {"node", name_of(rejected.span)},
                                       {"why", rejected.why}});
  if (rejected.span == Span{0, count_}) return;
  const auto asked = asked_.find(parent(count_, rejected.span));
  if (asked == asked_.end() || asked->second.rank != by) return;
  const auto taken = asked_.extract(asked);
  make_here(taken.key(), taken.mapped());
}

void Fold::root(const Node& node, int rank) {
  const auto asked = asked_.find(node.span);
  if (done_ || asked == asked_.end()) return;
  const bool same = std::equal(
      leaves_.begin(), leaves_.end(), node.segments.begin(), node.segments.end(),
      [](const auto& leaf, const auto& segment) { return leaf->segments[0] == segment; });
  if (!same || node.digest != facts(node.span).digest) {
    log_warning("a rank folded wrongly", {{"from", rank}, {"node", name_of(node.span)}});
  }
  asked_.erase(asked);
  done_ = true;
}

void Fold::make_here(Span span, const Asked& asked) {
  comm_.send(asked.rank, static_cast<int>(Tag::kDrop), encode(span));
  if (asked.is_made) return finished(span, 0);
  made(span, 0);
}

void Fold::take_over(double seconds, const std::function<bool(int)>& is_busy) {
  for (;;) {
    const auto late = std::find_if(asked_.begin(), asked_.end(), [&](const auto& item) {
      const Asked& asked = item.second;
      return now_ - std::max(asked.since, waiting_since_) > seconds || is_busy(asked.rank) ||
             is_busy(asked.sender);
    });
    if (late == asked_.end()) return;
    log_warning("folding here what a rank is late with",
                {{"from", is_busy(late->second.sender) ? late->second.sender : late->second.rank},
                 {"node", name_of(late->first)}});
    const auto taken = asked_.extract(late);
    make_here(taken.key(), taken.mapped());
  }
}

std::vector<KoalaBear5> Fold::sums() const {
  std::vector<KoalaBear5> sums;
  for (const std::optional<Node>& leaf : leaves_) sums.push_back(leaf->sum);
  return sums;
}

std::vector<std::vector<std::byte>> Fold::take() {
  check(done_, "the fold tree is complete");
  std::vector<std::vector<std::byte>> segments;
  for (std::optional<Node>& leaf : leaves_) segments.push_back(std::move(leaf->segments[0]));
  return segments;
}

}  // namespace cairn
