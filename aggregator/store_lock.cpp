#include "aggregator/store_lock.hpp"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <ctime>
#include <fstream>
#include <iterator>
#include <random>
#include <sstream>

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/error.hpp"

namespace cairn {
namespace {

using nlohmann::json;

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::string user_name() {
  const passwd* entry = getpwuid(geteuid());
  return entry == nullptr ? std::to_string(geteuid()) : entry->pw_name;
}

std::string host_name() {
  char name[256] = {};
  gethostname(name, sizeof(name) - 1);
  return name;
}

std::string boot_id() {
  std::string id = read_file("/proc/sys/kernel/random/boot_id");
  return id.substr(0, id.find('\n'));
}

/// When a process began, in clock ticks after boot; 0 when there is none. A number that the system
/// gives to a later process again comes with another start.
uint64_t start_of(int64_t process) {
  const std::string stat = read_file(fmt::format("/proc/{}/stat", process));
  const size_t after_name = stat.rfind(')');
  if (after_name == std::string::npos) return 0;
  std::istringstream fields(stat.substr(after_name + 1));
  std::string field;
  for (int i = 3; i <= 22 && fields >> field; ++i) {
    if (i == 3 && field == "Z") return 0;  // dead, only not yet waited for
    if (i == 22) return std::stoull(field);
  }
  return 0;
}

std::string new_content() {
  std::random_device random;
  const json content = {
      {"user", user_name()},
      {"host", host_name()},
      {"boot", boot_id()},
      {"process", getpid()},
      {"process_start", start_of(getpid())},
      {"slurm_job_id", environment("SLURM_JOB_ID")},
      {"slurm_restart_count", environment("SLURM_RESTART_COUNT")},
      {"since_utc", fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)))},
      {"token", fmt::format("{:08x}{:08x}", random(), random())}};
  return content.dump(2) + '\n';
}

/// A lock that cannot be read has a holder without a name.
LockHolder parse_holder(const std::string& content) {
  LockHolder holder;
  const json parsed = json::parse(content, nullptr, false);
  if (!parsed.is_object()) return holder;
  const auto text = [&](const char* name) {
    const auto at = parsed.find(name);
    return at != parsed.end() && at->is_string() ? at->get<std::string>() : std::string();
  };
  const auto number = [&](const char* name) {
    const auto at = parsed.find(name);
    return at != parsed.end() && at->is_number_unsigned() ? at->get<uint64_t>() : 0;
  };
  holder.user = text("user");
  holder.host = text("host");
  holder.boot = text("boot");
  holder.process = static_cast<int64_t>(number("process"));
  holder.process_start = number("process_start");
  holder.slurm_job = text("slurm_job_id");
  holder.slurm_restart = text("slurm_restart_count");
  holder.since = text("since_utc");
  return holder;
}

/// Is it certain that the holder no longer runs?
bool is_gone(const LockHolder& holder) {
  if (!holder.slurm_job.empty() && holder.slurm_job == environment("SLURM_JOB_ID") &&
      holder.slurm_restart != environment("SLURM_RESTART_COUNT")) {
    return true;  // an earlier life of this very job
  }
  if (holder.host.empty() || holder.host != host_name()) return false;
  if (holder.boot != boot_id()) return true;
  return start_of(holder.process) != holder.process_start;
}

/// Makes `path` with `content`, unless it is there. The content comes with the name: it is written
/// elsewhere and linked.
bool make_file(const std::string& path, const std::string& content) {
  const std::string temporary = fmt::format("{}.{}.{}.tmp", path, host_name(), getpid());
  const int file = open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  const auto fail = [&] {
    const int reason = errno;
    if (file >= 0) close(file);
    unlink(temporary.c_str());
    throw Error(Code::kOutOfResource,
                fmt::format("{}: cannot create the file: {}", path, strerror(reason)));
  };
  if (file < 0) fail();
  if (write(file, content.data(), content.size()) != static_cast<ssize_t>(content.size())) fail();
  if (fsync(file) != 0) fail();
  const bool made = link(temporary.c_str(), path.c_str()) == 0;
  if (!made && errno != EEXIST) fail();
  close(file);
  unlink(temporary.c_str());
  return made;
}

}  // namespace

std::string LockHolder::describe() const {
  if (host.empty()) return fmt::format("nobody known, silent for {:.0f} s", silent_seconds);
  std::string text = fmt::format("{}@{}, process {}", user, host, process);
  if (!slurm_job.empty()) text += fmt::format(", Slurm job {}", slurm_job);
  return text + fmt::format(", since {}, last sign of life {:.0f} s ago", since, silent_seconds);
}

std::optional<LockHolder> lock_holder(const std::string& folder) {
  const std::string path = folder + "/lock";
  struct stat info {};
  if (stat(path.c_str(), &info) != 0) return std::nullopt;
  LockHolder holder = parse_holder(read_file(path));
  holder.silent_seconds = std::max(0.0, std::difftime(std::time(nullptr), info.st_mtime));
  return holder;
}

StoreLock::StoreLock(const std::string& folder, bool steal)
    : path_(folder + "/lock"), content_(new_content()) {
  constexpr int kAttempts = 5;  // somebody else may be quicker now and then
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    if (make_file(path_, content_)) return;
    const std::string found = read_file(path_);
    const std::optional<LockHolder> holder = lock_holder(folder);
    if (!holder) continue;  // let go just now
    if (!steal && !is_gone(*holder)) {
      throw Error(Code::kPeerLost,
                  fmt::format("{}: in use by {}; if that run is over, give --steal-lock", folder,
                              holder->describe()));
    }
    const std::string aside = fmt::format("{}.{}.{}.old", path_, host_name(), getpid());
    if (rename(path_.c_str(), aside.c_str()) != 0) continue;
    // Another run may have taken it over in between: then it is his.
    if (read_file(aside) != found && link(aside.c_str(), path_.c_str()) == 0) {
      unlink(aside.c_str());
      continue;
    }
    unlink(aside.c_str());
    taken_from_ = holder;
  }
  throw Error(Code::kPeerLost, fmt::format("{}: several runs take its lock at once", folder));
}

StoreLock::~StoreLock() {
  if (still_mine()) unlink(path_.c_str());
}

bool StoreLock::still_mine() const { return read_file(path_) == content_; }

void StoreLock::beat() {
  if (!still_mine()) {
    throw Error(Code::kPeerLost, fmt::format("{}: another run has taken the store over", path_));
  }
  utimensat(AT_FDCWD, path_.c_str(), nullptr, 0);
}

}  // namespace cairn
