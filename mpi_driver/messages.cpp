#include "mpi_driver/messages.hpp"

#include <bit>

namespace cairn {
namespace {

void write(ByteWriter& out, double x) { out.u64(std::bit_cast<uint64_t>(x)); }
void write(ByteWriter& out, const Span& span) {
  out.u32(span.first);
  out.u32(span.count);
}
void write(ByteWriter& out, const Task& task) {
  out.u8(static_cast<uint8_t>(task.kind));
  out.u32(task.bundle);
}
void write(ByteWriter& out, const Part& part) {
  for (const uint32_t x :
       {part.chip, part.log_height, part.first, part.count, part.range_begin, part.range_end}) {
    out.u32(x);
  }
}
void write(ByteWriter& out, const Hello& hello) {
  out.text(hello.host);
  out.u32(hello.threads);
  out.text(hello.backend);
}

template <class... T>
std::vector<std::byte> bytes_of(const T&... items) {
  ByteWriter out;
  (write(out, items), ...);
  return out.take();
}

double read_double(ByteReader& in) { return std::bit_cast<double>(in.u64()); }
bool read_flag(ByteReader& in) {
  const uint8_t flag = in.u8();
  if (flag > 1) in.fail("a flag that is neither 0 nor 1");
  return flag == 1;
}
Hash read_hash(ByteReader& in) { return read_flag(in) ? Hash::kPoseidon : Hash::kBlake3; }

void read(ByteReader& in, Hash, Task& x) {
  const uint8_t kind = in.u8();
  if (kind >= kTaskKinds) in.fail("unknown task");
  x.kind = static_cast<TaskKind>(kind);
  x.bundle = in.u32();
}
void read(ByteReader& in, Hash, Part& x) {
  for (uint32_t* word :
       {&x.chip, &x.log_height, &x.first, &x.count, &x.range_begin, &x.range_end}) {
    *word = in.u32();
  }
}
void read(ByteReader& in, Hash, JobSetup& x) {
  x.hash = read_hash(in);
  x.statement = read_statement(in);
  x.bundles.resize(in.count(4));
  for (Bundle& bundle : x.bundles) {
    bundle.resize(in.count(6 * 4));
    for (Part& part : bundle) read(in, x.hash, part);
  }
}
void read(ByteReader& in, Hash, Hello& x) {
  x.host = in.text();
  x.threads = in.u32();
  x.backend = in.text();
}
void read(ByteReader& in, Hash hash, Done& x) {
  read(in, hash, x.task);
  x.seconds = read_double(in);
  if (read_flag(in)) x.record = read_record(in, hash);
  if (read_flag(in)) x.leaf = read_node(in, hash);
}
void read(ByteReader& in, Hash hash, ChallengeMessage& x) {
  x.challenge.statement = in.digest(hash);
  x.challenge.alpha = in.extension();
  x.challenge.gamma = in.extension();
  x.records.resize(in.count(4));
  for (SegmentRecord& record : x.records) record = read_record(in, hash);
}
void read(ByteReader& in, Hash, Span& x) {
  x.first = in.u32();
  x.count = in.u32();
}
void read(ByteReader& in, Hash hash, SendNode& x) {
  read(in, hash, x.span);
  x.to = in.u32();
}
void read(ByteReader& in, Hash hash, Merged& x) {
  read(in, hash, x.span);
  x.digest = in.digest(hash);
  x.sum = in.extension();
}
void read(ByteReader& in, Hash hash, Rejected& x) {
  read(in, hash, x.span);
  x.from = in.u32();
  x.why = in.text();
}
void read(ByteReader& in, Hash hash, WorkerReport& x) {
  read(in, hash, x.about);
  x.segments = in.u32s();
  x.merges = in.u32();
  for (double* seconds : {&x.count_seconds, &x.commit_seconds, &x.prove_seconds, &x.merge_seconds,
                          &x.user_seconds, &x.system_seconds}) {
    *seconds = read_double(in);
  }
  x.peak_bytes = in.u64();
  x.page_faults = in.u64();
  x.details = in.text();
}

}  // namespace

std::vector<std::byte> encode(const Task& task) { return bytes_of(task); }
std::vector<std::byte> encode(const Hello& hello) { return bytes_of(hello); }
std::vector<std::byte> encode(const Span& span) { return bytes_of(span); }

std::vector<std::byte> encode(const JobSetup& setup) {
  ByteWriter out;
  out.u8(static_cast<uint8_t>(setup.hash));
  cairn::write(out, setup.statement);
  out.count(setup.bundles.size());
  for (const Bundle& bundle : setup.bundles) {
    out.count(bundle.size());
    for (const Part& part : bundle) write(out, part);
  }
  return out.take();
}

std::vector<std::byte> encode(const Done& done) {
  ByteWriter out;
  write(out, done.task);
  write(out, done.seconds);
  out.u8(done.record.has_value() ? 1 : 0);
  if (done.record) cairn::write(out, *done.record);
  out.u8(done.leaf.has_value() ? 1 : 0);
  if (done.leaf) cairn::write(out, *done.leaf);
  return out.take();
}

std::vector<std::byte> encode(const ChallengeMessage& message) {
  ByteWriter out;
  out.digest(message.challenge.statement);
  out.extension(message.challenge.alpha);
  out.extension(message.challenge.gamma);
  out.count(message.records.size());
  for (const SegmentRecord& record : message.records) cairn::write(out, record);
  return out.take();
}

std::vector<std::byte> encode(const SendNode& message) {
  ByteWriter out;
  write(out, message.span);
  out.u32(message.to);
  return out.take();
}

std::vector<std::byte> encode(const Merged& message) {
  ByteWriter out;
  write(out, message.span);
  out.digest(message.digest);
  out.extension(message.sum);
  return out.take();
}

std::vector<std::byte> encode(const Rejected& message) {
  ByteWriter out;
  write(out, message.span);
  out.u32(message.from);
  out.text(message.why);
  return out.take();
}

std::vector<std::byte> encode(const WorkerReport& report) {
  ByteWriter out;
  write(out, report.about);
  out.u32s(report.segments);
  out.u32(report.merges);
  for (const double seconds : {report.count_seconds, report.commit_seconds, report.prove_seconds,
                               report.merge_seconds, report.user_seconds, report.system_seconds}) {
    write(out, seconds);
  }
  out.u64(report.peak_bytes);
  out.u64(report.page_faults);
  out.text(report.details);
  return out.take();
}

template <class T>
T decode(std::span<const std::byte> bytes, Hash hash) {
  ByteReader in(bytes, "message", Code::kBug);
  T result{};
  read(in, hash, result);
  in.finish();
  return result;
}

template Task decode(std::span<const std::byte>, Hash);
template JobSetup decode(std::span<const std::byte>, Hash);
template Hello decode(std::span<const std::byte>, Hash);
template Done decode(std::span<const std::byte>, Hash);
template ChallengeMessage decode(std::span<const std::byte>, Hash);
template SendNode decode(std::span<const std::byte>, Hash);
template Merged decode(std::span<const std::byte>, Hash);
template Rejected decode(std::span<const std::byte>, Hash);
template Span decode(std::span<const std::byte>, Hash);
template WorkerReport decode(std::span<const std::byte>, Hash);

}  // namespace cairn
