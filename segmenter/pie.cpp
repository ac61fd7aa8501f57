#include "segmenter/pie.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "core/error.hpp"
#include "segmenter/builtin_names.hpp"
#include "segmenter/felt_text.hpp"
#include "segmenter/json.hpp"

namespace cairn {
namespace {

/// Bytes of one JSON member: a value of three letters takes some hundred bytes once it is read, so
/// that what a small file may unpack to is bounded by its size. Real members shrink to a tenth, not
/// to less.
constexpr uint64_t kJsonLimit = uint64_t{256} << 20;
constexpr uint64_t kJsonFloor = uint64_t{1} << 20;
constexpr uint64_t kJsonRatio = 64;
constexpr uint64_t kMaxCells = (uint64_t{1} << 28) - 1;

[[noreturn]] void refuse(const std::string& sentence) { throw Error(Code::kBadInput, sentence); }

JsonValue read_json(const ZipArchive& archive, const std::string& member) {
  const uint64_t limit = std::min(kJsonLimit, kJsonFloor + kJsonRatio * archive.size());
  return parse_json(member, archive.read(member, limit));
}

PieSegment read_segment(const JsonCursor& at) {
  return {static_cast<uint32_t>(at.member("index").integer(0xffff)),
          static_cast<uint32_t>(at.member("size").integer(kMaxCells))};
}

void check_version(const ZipArchive& archive) {
  if (!archive.has("version.json")) return;
  const JsonValue root = read_json(archive, "version.json");
  const JsonCursor version = JsonCursor("version.json", root).member("cairo_pie");
  if (version.string() != "1.1") {
    refuse(fmt::format("{} is {}, wanted 1.1", version.where(), version.string()));
  }
}

/// The program's builtin list: known names, in the order that Cairo fixes.
std::vector<Builtin> read_builtins(const JsonCursor& list) {
  std::vector<Builtin> builtins;
  for (size_t i = 0; i < list.size(); ++i) {
    const JsonCursor item = list.element(i);
    const std::optional<Builtin> builtin = find_builtin(item.string());
    if (!builtin) refuse(fmt::format("{} is {}, not a builtin", item.where(), item.string()));
    if (!builtins.empty() && *builtin <= builtins.back()) {
      refuse(fmt::format("{}: {} may not follow {}", item.where(), item.string(),
                         builtin_name(builtins.back())));
    }
    builtins.push_back(*builtin);
  }
  return builtins;
}

void read_program(const JsonCursor& program, Pie& pie) {
  const JsonCursor prime = program.member("prime");
  // The prime itself is no canonical value, so it is compared as text.
  constexpr const char* kPrime =
      "3618502788666131213697322783095070105623107215331596699973092056135872020481";
  if (prime.number() != kPrime) refuse(prime.where() + " is not the Cairo prime");
  pie.program = program.member("data").felts();
  const JsonCursor main = program.member("main");
  pie.main = static_cast<uint32_t>(main.integer(kMaxCells));
  if (pie.main >= pie.program.size()) {
    refuse(fmt::format("{} is {}, the program has {} words", main.where(), pie.main,
                       pie.program.size()));
  }
  pie.builtins = read_builtins(program.member("builtins"));
}

/// Builtins that are listed, but have no segment, are simulated: some writers say which, some do
/// not.
void read_builtin_segments(const JsonCursor& metadata, Pie& pie) {
  const auto listed = [&](Builtin b) {
    return std::find(pie.builtins.begin(), pie.builtins.end(), b) != pie.builtins.end();
  };
  const auto find_listed = [&](const std::string& name, const std::string& where) {
    const std::optional<Builtin> builtin = find_builtin(name);
    if (!builtin || !listed(*builtin)) {
      refuse(fmt::format("{}: {} is not in program.builtins", where, name));
    }
    return *builtin;
  };

  const JsonCursor segments = metadata.member("builtin_segments");
  for (const std::string& name : segments.names()) {
    const Builtin builtin = find_listed(name, segments.where());
    pie.builtin_segments[static_cast<int>(builtin)] = read_segment(segments.member(name));
  }
  if (!metadata.has_value("simulated_builtins")) return;
  const JsonCursor list = metadata.member("simulated_builtins");
  for (size_t i = 0; i < list.size(); ++i) {
    const JsonCursor item = list.element(i);
    const Builtin builtin = find_listed(item.string(), item.where());
    if (pie.builtin_segments[static_cast<int>(builtin)]) {
      refuse(fmt::format("{}: {} has a segment as well", item.where(), item.string()));
    }
  }
}

void read_metadata(const ZipArchive& archive, Pie& pie) {
  const JsonValue root = read_json(archive, "metadata.json");
  const JsonCursor metadata("metadata.json", root);
  read_program(metadata.member("program"), pie);
  pie.program_segment = read_segment(metadata.member("program_segment"));
  pie.execution_segment = read_segment(metadata.member("execution_segment"));
  pie.ret_fp_segment = read_segment(metadata.member("ret_fp_segment"));
  pie.ret_pc_segment = read_segment(metadata.member("ret_pc_segment"));
  const JsonCursor extra = metadata.member("extra_segments");
  for (size_t i = 0; i < extra.size(); ++i) {
    pie.extra_segments.push_back(read_segment(extra.element(i)));
  }
  read_builtin_segments(metadata, pie);

  if (pie.program_segment.size != pie.program.size()) {
    refuse(fmt::format("metadata.json: program_segment.size is {}, program.data has {} words",
                       pie.program_segment.size, pie.program.size()));
  }
  if (pie.ret_fp_segment.size != 0 || pie.ret_pc_segment.size != 0) {
    refuse("metadata.json: ret_fp_segment and ret_pc_segment must have size 0");
  }
  if (pie.execution_segment.size < pie.builtins.size() + 2) {
    refuse(
        fmt::format("metadata.json: execution_segment.size is {}, the initial stack has {} cells",
                    pie.execution_segment.size, pie.builtins.size() + 2));
  }
}

void read_resources(const ZipArchive& archive, Pie& pie) {
  const std::string file = "execution_resources.json";
  const JsonValue root = read_json(archive, file);
  const JsonCursor resources(file, root);
  pie.steps = resources.member("n_steps").integer();
  const JsonCursor counters = resources.member("builtin_instance_counter");
  for (const std::string& name : counters.names()) {
    const std::string suffix = "_builtin";
    const bool suffixed = name.size() > suffix.size() && name.ends_with(suffix);
    const std::optional<Builtin> builtin =
        find_builtin(suffixed ? name.substr(0, name.size() - suffix.size()) : name);
    if (builtin) pie.instances[static_cast<int>(*builtin)] = counters.member(name).integer();
  }
}

/// Pages are {number: [start, size]}; page 0 is what lies before page 1.
OutputLayout read_output_layout(const JsonCursor& additional, uint32_t output_size) {
  OutputLayout layout{{output_size}, {1, 0}};
  if (!additional.has_value("output_builtin")) return layout;
  const JsonCursor output = additional.member("output_builtin");
  const JsonCursor pages = output.member("pages");
  std::map<uint64_t, std::string> order;  // by number, which "10" < "9" as texts are not
  for (const std::string& name : pages.names()) {
    const std::optional<Felt> number = parse_decimal(name);
    if (!number || name.size() > 9) refuse(fmt::format("{}: {} is no number", pages.where(), name));
    order[number->word[0]] = name;
  }
  uint64_t end = 0;
  for (const auto& [number, name] : order) {
    const JsonCursor page = pages.member(name);
    const uint64_t start = page.element(0).integer(kMaxCells);
    const uint64_t size = page.element(1).integer(kMaxCells);
    if (number == order.begin()->first) {
      layout.page_sizes[0] = static_cast<uint32_t>(start);
    } else if (start != end) {
      refuse(
          fmt::format("{} starts at {}, the page before it ends at {}", page.where(), start, end));
    }
    end = start + size;
    layout.page_sizes.push_back(static_cast<uint32_t>(size));
  }
  if (!order.empty() && end != output_size) {
    refuse(fmt::format("{} end at {}, the output has {} words", pages.where(), end, output_size));
  }
  const JsonCursor attributes = output.member("attributes");
  if (attributes.has_value("gps_fact_topology")) {
    const JsonCursor topology = attributes.member("gps_fact_topology");
    layout.topology.clear();
    for (size_t i = 0; i < topology.size(); ++i) {
      layout.topology.push_back(static_cast<uint32_t>(topology.element(i).integer(kMaxCells)));
    }
  }
  return layout;
}

}  // namespace

Pie read_pie(const ZipArchive& archive) {
  Pie pie;
  check_version(archive);
  read_metadata(archive, pie);
  read_resources(archive, pie);
  const std::string file = "additional_data.json";
  const JsonValue root = read_json(archive, file);
  const auto& output = pie.builtin_segments[static_cast<int>(Builtin::kOutput)];
  pie.output_layout = read_output_layout(JsonCursor(file, root), output ? output->size : 0);
  return pie;
}

}  // namespace cairn
