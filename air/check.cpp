#include "air/check.hpp"

#include <algorithm>
#include <functional>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "air/bus_balance.hpp"
#include "air/chips.hpp"
#include "air/count_layout.hpp"
#include "air/public_terms.hpp"

namespace cairn {
namespace {

constexpr uint32_t kBlockRows = 1 << 15;

/// Evaluates rows [begin, end) of a part into sink; `sink.at(row)` comes before each row.
template <class Chip, class Sink>
void evaluate_rows(const Image& image, const Counts& counts, const Part& part, uint32_t begin,
                   uint32_t end, Sink& sink) {
  auto cells = Chip::fill(image, counts, part, begin);
  for (uint32_t row = begin; row < end; ++row) {
    const bool last = row + 1 == part.height();
    const auto next = Chip::fill(image, counts, part, last ? 0 : row + 1);
    KoalaBear fixed[kShape<Chip>.fixed + 1];
    if constexpr (kShape<Chip>.fixed > 0) {
      for (int i = 0; i < kShape<Chip>.fixed; ++i)
        fixed[i] = Chip::fixed(i, row, static_cast<int>(part.log_height));
    }
    const RowContext context{reinterpret_cast<const KoalaBear*>(&cells),
                             reinterpret_cast<const KoalaBear*>(&next),
                             fixed,
                             row == 0,
                             last,
                             KoalaBear(part.range_begin),
                             KoalaBear(part.range_end),
                             static_cast<int>(part.log_height)};
    sink.at(row);
    RowEvaluator<Chip, Sink> evaluator(context, sink);
    Chip::evaluate(evaluator);
    cells = next;
  }
}

template <class Sink>
void evaluate_rows(const Image& image, const Counts& counts, const Part& part, uint32_t begin,
                   uint32_t end, Sink& sink) {
  with_chip(part.chip,
            [&]<class Chip>() { evaluate_rows<Chip>(image, counts, part, begin, end, sink); });
}

const char* chip_name(const Part& part) {
  return with_chip(part.chip, []<class Chip>() { return Chip::kName; });
}

/// "ADD_S part 3 row 17 (pc 120, ap 300, fp 280)"
std::string place(const Image& image, std::span<const Part> parts, std::size_t index,
                  uint32_t row) {
  const Part& part = parts[index];
  std::string text = fmt::format("{} part {} row {}", chip_name(part), index, row);
  const bool opcode =
      with_chip(part.chip, []<class Chip>() { return Chip::kKind == Kind::kOpcode; });
  if (opcode && row < part.count) {
    const State s = image.states[image.state_begin[part.chip] + part.first + row];
    text += fmt::format(" (pc {}, ap {}, fp {})", s.pc, s.ap, s.fp);
  }
  return text;
}

std::string text_of(const ClearMessage& m) {
  std::string text = fmt::format("{} (", bus_name(m.bus));
  for (int i = 0; i < m.length; ++i) {
    text += fmt::format("{}{}", i == 0 ? "" : ", ", m.coordinate[i].canonical());
  }
  return text + ")";
}

/// Multiplicities are small integers of either sign.
int64_t signed_value(KoalaBear x) {
  const int64_t v = x.canonical();
  return v > KoalaBear::kModulus / 2 ? v - KoalaBear::kModulus : v;
}

/// Counts uses, and remembers the first row whose uses have no table entry.
struct CountingSink {
  UseCounter<PlainAdd> counter;
  uint32_t row = 0;
  uint32_t first_unprovided = 0;

  CountingSink(const Image& image, const Counts& counts) : counter(image, counts) {}
  void at(uint32_t r) { row = r; }
  void constraint(int, const char*, KoalaBear) {}
  void message(int sign, KoalaBear multiplicity, const ClearMessage& m) {
    const bool before = counter.unprovided();
    counter.message(sign, multiplicity, m);
    if (!before && counter.unprovided()) first_unprovided = row;
  }
};

struct Entry {
  MessageKey key;
  KoalaBear amount;
};

struct BrokenConstraint {
  uint32_t row;
  int index;
  const char* what;
  KoalaBear value;
};

/// What one thread finds in its rows; messages are dealt to the tables by key.
struct BlockSink {
  std::vector<std::vector<Entry>> bucket;
  std::vector<BrokenConstraint> broken;
  uint64_t broken_count = 0, constraints = 0, messages = 0;
  std::size_t keep = 0;
  uint32_t row = 0;

  void at(uint32_t r) { row = r; }
  void constraint(int index, const char* what, KoalaBear value) {
    ++constraints;
    if (value == KoalaBear(0)) return;
    ++broken_count;
    if (broken.size() < keep) broken.push_back({row, index, what, value});
  }
  void message(int sign, KoalaBear multiplicity, const ClearMessage& m) {
    if (multiplicity == KoalaBear(0)) return;
    ++messages;
    const MessageKey key = MessageKey::of(m);
    bucket[(key.high >> 32) % bucket.size()].push_back(
        {key, sign > 0 ? multiplicity : -multiplicity});
  }
};

/// Looks for messages by key, to tell who says them.
struct FindSink {
  const std::vector<MessageKey>& keys;
  std::function<void(std::size_t key, int64_t amount, const ClearMessage&, uint32_t row)> found;
  uint32_t row = 0;

  void at(uint32_t r) { row = r; }
  void constraint(int, const char*, KoalaBear) {}
  void message(int sign, KoalaBear multiplicity, const ClearMessage& m) {
    if (multiplicity == KoalaBear(0)) return;
    const auto i = std::find(keys.begin(), keys.end(), MessageKey::of(m));
    if (i != keys.end()) {
      found(i - keys.begin(), sign * signed_value(multiplicity), m, row);
    }
  }
};

void parallel(int threads, const std::function<void(int)>& work) {
  std::vector<std::jthread> others;
  for (int t = 1; t < threads; ++t) others.emplace_back(work, t);
  work(0);
}

class Checker {
 public:
  Checker(const Image& image, const Statement& statement, std::span<const Part> parts,
          const CheckOptions& options)
      : image_(image),
        statement_(statement),
        parts_(parts),
        options_(options),
        store_(image),
        counts_(store_.view()),
        tables_(options.threads),
        sinks_(options.threads) {
    for (BlockSink& sink : sinks_) {
      sink.bucket.resize(tables_.size());
      sink.keep = options.max_failures;
    }
  }

  CheckReport run() {
    count_uses();
    for (std::size_t p = 0; p < parts_.size(); ++p) {
      for (uint64_t begin = 0; begin < parts_[p].height(); begin += kBlockRows) {
        check_block(p, static_cast<uint32_t>(begin));
      }
    }
    for_each_public_term(statement_, [&](int sign, const ClearMessage& m) {
      ++report_.messages;
      table_of(MessageKey::of(m)).add(sign, KoalaBear(1), m);
    });
    name_unbalanced();
    return std::move(report_);
  }

 private:
  BusBalance& table_of(const MessageKey& key) { return tables_[(key.high >> 32) % tables_.size()]; }

  void fail(std::string sentence) {
    if (report_.failures.size() < options_.max_failures) {
      report_.failures.push_back(std::move(sentence));
    }
  }

  void count_uses() {
    for (std::size_t p = 0; p < parts_.size(); ++p) {
      CountingSink sink(image_, counts_);
      evaluate_rows(image_, Counts{}, parts_[p], 0, parts_[p].height(), sink);
      if (!sink.counter.unprovided()) continue;
      ++report_.failure_count;
      fail(fmt::format("{}: uses a message that no table provides",
                       place(image_, parts_, p, sink.first_unprovided)));
    }
    if (!count_public_uses<PlainAdd>(statement_, image_, counts_)) {
      ++report_.failure_count;
      fail("the statement uses a message that no table provides");
    }
  }

  void check_block(std::size_t p, uint32_t begin) {
    const uint32_t end = std::min(parts_[p].height(), begin + kBlockRows);
    const uint32_t share = (end - begin + options_.threads - 1) / options_.threads;
    parallel(options_.threads, [&](int t) {
      const uint32_t from = std::min(end, begin + t * share);
      const uint32_t to = std::min(end, from + share);
      if (from < to) evaluate_rows(image_, counts_, parts_[p], from, to, sinks_[t]);
    });
    parallel(options_.threads, [&](int t) {
      for (BlockSink& sink : sinks_) {
        for (const Entry& entry : sink.bucket[t]) tables_[t].add(entry.key, entry.amount);
        sink.bucket[t].clear();
      }
    });
    report_.rows += end - begin;
    for (BlockSink& sink : sinks_) {
      report_.constraints += std::exchange(sink.constraints, 0);
      report_.messages += std::exchange(sink.messages, 0);
      report_.failure_count += std::exchange(sink.broken_count, 0);
      for (const BrokenConstraint& b : sink.broken) {
        fail(fmt::format("{}: constraint {} \"{}\" is {}, not 0", place(image_, parts_, p, b.row),
                         b.index, b.what, signed_value(b.value)));
      }
      sink.broken.clear();
    }
  }

  void name_unbalanced() {
    std::vector<MessageKey> keys;
    for (const BusBalance& table : tables_) {
      report_.failure_count += table.unbalanced_count();
      const auto some = table.unbalanced(options_.max_failures);
      keys.insert(keys.end(), some.begin(), some.end());
    }
    if (keys.size() > options_.max_failures) keys.resize(options_.max_failures);
    if (keys.empty()) return;

    constexpr std::size_t kMaxVoices = 4;  // who says a message; a hot one has many
    std::vector<std::string> sentence(keys.size());
    std::vector<std::size_t> voices(keys.size());
    const auto say = [&](std::size_t key, int64_t amount, const ClearMessage& m,
                         const std::string& who) {
      if (voices[key]++ == 0) {
        sentence[key] = fmt::format("bus {}: uses less provisions are {}", text_of(m),
                                    signed_value(table_of(keys[key]).balance(keys[key])));
      }
      if (voices[key] > kMaxVoices) return;
      sentence[key] += amount > 0 ? fmt::format(", used {} times by {}", amount, who)
                                  : fmt::format(", provided {} times by {}", -amount, who);
    };
    for (std::size_t p = 0; p < parts_.size(); ++p) {
      FindSink sink{keys,
                    [&](std::size_t key, int64_t amount, const ClearMessage& m, uint32_t row) {
                      say(key, amount, m, place(image_, parts_, p, row));
                    }};
      evaluate_rows(image_, counts_, parts_[p], 0, parts_[p].height(), sink);
    }
    FindSink sink{keys, [&](std::size_t key, int64_t amount, const ClearMessage& m, uint32_t) {
                    say(key, amount, m, "the statement");
                  }};
    for_each_public_term(
        statement_, [&](int sign, const ClearMessage& m) { sink.message(sign, KoalaBear(1), m); });
    for (std::string& s : sentence) fail(std::move(s));
  }

  const Image& image_;
  const Statement& statement_;
  std::span<const Part> parts_;
  CheckOptions options_;
  CountStore store_;
  Counts counts_;
  std::vector<BusBalance> tables_;  // by key, one a thread
  std::vector<BlockSink> sinks_;    // one a thread
  CheckReport report_;
};

}  // namespace

CheckReport check_parts(const Image& image, const Statement& statement, std::span<const Part> parts,
                        const CheckOptions& options) {
  return Checker(image, statement, parts, options).run();
}

}  // namespace cairn
