#include "aggregator/hdf5.hpp"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>
#include <hdf5.h>

#include "core/error.hpp"

namespace cairn::hdf5 {
namespace {

static_assert(sizeof(hid_t) == sizeof(int64_t));

/// Sizes that a reader believes without comparing them with the file's.
constexpr size_t kMaxAttribute = 1 << 16;
constexpr hsize_t kChunk = 1 << 20;

/// An HDF5 handle, closed at the end.
class Handle {
 public:
  Handle(hid_t id, herr_t (*close)(hid_t), Code code, const std::string& what)
      : id_(id), close_(close) {
    if (id < 0) throw Error(code, what);
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() { close_(id_); }
  operator hid_t() const { return id_; }  // NOLINT(google-explicit-constructor)

 private:
  hid_t id_;
  herr_t (*close_)(hid_t);
};

Handle made(hid_t id, herr_t (*close)(hid_t)) {
  return {id, close, Code::kBug, "bug: HDF5 refused to make an object"};
}

void must(herr_t status) { check(status >= 0, "HDF5 refused a call"); }

/// A one-dimensional dataset in chunks with a checksum.
void write_dataset(hid_t file, const std::string& path, hid_t type, hsize_t count,
                   const void* values) {
  const Handle space = made(H5Screate_simple(1, &count, nullptr), H5Sclose);
  const Handle properties = made(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
  must(H5Pset_obj_track_times(properties, false));
  if (count > 0) {
    const hsize_t chunk = std::min(count, kChunk);
    must(H5Pset_chunk(properties, 1, &chunk));
    must(H5Pset_fletcher32(properties));
  }
  const Handle dataset = made(
      H5Dcreate2(file, path.c_str(), type, space, H5P_DEFAULT, properties, H5P_DEFAULT), H5Dclose);
  if (count > 0) must(H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values));
}

/// Soundness: a dataset may name other files for its bytes, or datasets of other files, or filters
/// that make much of little. A proof is one file, all of it, and what is in it is there.
void require_plain(hid_t dataset, const std::string& name) {
  const auto want = [&](bool good, const char* what) {
    if (!good) throw Error(Code::kBadInput, fmt::format("dataset {} {}", name, what));
  };
  const Handle properties(H5Dget_create_plist(dataset), H5Pclose, Code::kBadInput,
                          fmt::format("dataset {} has no properties", name));
  const H5D_layout_t layout = H5Pget_layout(properties);
  want(layout == H5D_CHUNKED || layout == H5D_CONTIGUOUS, "is neither chunked nor contiguous");
  want(H5Pget_external_count(properties) == 0, "lies in another file");
  const int filters = H5Pget_nfilters(properties);
  want(filters == 0 || filters == 1, "has more filters than a checksum");
  if (filters == 1) {
    unsigned flags = 0;
    size_t count = 0;
    const H5Z_filter_t filter =
        H5Pget_filter2(properties, 0, &flags, &count, nullptr, 0, nullptr, nullptr);
    want(filter == H5Z_FILTER_FLETCHER32, "has a filter that is no checksum");
  }
}

/// Reads a one-dimensional dataset of items of `item_bytes` bytes.
template <class T>
std::vector<T> read_dataset(hid_t file, uint64_t file_size, const std::string& path, hid_t type) {
  const std::string name = path.substr(1);
  const Handle dataset(H5Dopen2(file, path.c_str(), H5P_DEFAULT), H5Dclose, Code::kBadInput,
                       fmt::format("no dataset {}", name));
  require_plain(dataset, name);
  const Handle space(H5Dget_space(dataset), H5Sclose, Code::kBadInput,
                     fmt::format("dataset {} has no shape", name));
  const Handle stored(H5Dget_type(dataset), H5Tclose, Code::kBadInput,
                      fmt::format("dataset {} has no type", name));
  if (H5Sget_simple_extent_ndims(space) != 1 || H5Tequal(stored, type) <= 0) {
    throw Error(Code::kBadInput,
                fmt::format("dataset {} is not a list of {} bytes each", name, sizeof(T)));
  }
  hsize_t count = 0;
  H5Sget_simple_extent_dims(space, &count, nullptr);
  // Nothing is packed, so that what is not in the file cannot be asked for.
  if (count > file_size / sizeof(T)) {
    throw Error(Code::kBadInput,
                fmt::format("dataset {} claims {} items, more than the file holds", name, count));
  }
  std::vector<T> values(count);
  if (count > 0 && H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) < 0) {
    throw Error(Code::kBadInput, fmt::format("dataset {} cannot be read: it is damaged", name));
  }
  return values;
}

herr_t append_name(hid_t, const char* name, const H5A_info_t*, void* out) {
  static_cast<std::vector<std::string>*>(out)->emplace_back(name);
  return 0;
}

}  // namespace

std::string version() {
  unsigned major = 0;
  unsigned minor = 0;
  unsigned release = 0;
  H5get_libversion(&major, &minor, &release);
  return fmt::format("{}.{}.{}", major, minor, release);
}

Writer::Writer() {
  const Handle access = made(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  must(H5Pset_fapl_core(access, size_t{1} << 20, false));
  file_ = H5Fcreate("proof in memory", H5F_ACC_TRUNC, H5P_DEFAULT, access);
  check(file_ >= 0, "HDF5 cannot make a file in memory");
}

Writer::~Writer() { H5Fclose(file_); }

void Writer::group(const std::string& path) {
  const Handle group =
      made(H5Gcreate2(file_, path.c_str(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), H5Gclose);
}

void Writer::attribute(const std::string& path, const std::string& name, const std::string& value) {
  const Handle group = made(H5Gopen2(file_, path.c_str(), H5P_DEFAULT), H5Gclose);
  const Handle type = made(H5Tcopy(H5T_C_S1), H5Tclose);
  must(H5Tset_size(type, std::max<size_t>(1, value.size())));
  must(H5Tset_strpad(type, H5T_STR_NULLPAD));
  must(H5Tset_cset(type, H5T_CSET_UTF8));
  const Handle space = made(H5Screate(H5S_SCALAR), H5Sclose);
  const Handle attribute =
      made(H5Acreate2(group, name.c_str(), type, space, H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
  must(H5Awrite(attribute, type, value.empty() ? "" : value.data()));
}

void Writer::bytes(const std::string& path, std::span<const std::byte> values) {
  write_dataset(file_, path, H5T_STD_U8LE, values.size(), values.data());
}

void Writer::numbers(const std::string& path, std::span<const uint64_t> values) {
  write_dataset(file_, path, H5T_STD_U64LE, values.size(), values.data());
}

std::vector<std::byte> Writer::image() {
  must(H5Fflush(file_, H5F_SCOPE_GLOBAL));
  const ssize_t size = H5Fget_file_image(file_, nullptr, 0);
  check(size > 0, "HDF5 gives no file image");
  std::vector<std::byte> bytes(static_cast<size_t>(size));
  check(H5Fget_file_image(file_, bytes.data(), bytes.size()) == size, "HDF5 gives another image");
  return bytes;
}

Reader::Reader(const std::string& path) : size_(std::filesystem::file_size(path)) {
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  file_ = H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
  if (file_ < 0) throw Error(Code::kBadInput, "HDF5 cannot open it: it is truncated or damaged");
}

Reader::~Reader() { H5Fclose(file_); }

std::vector<std::pair<std::string, std::string>> Reader::attributes(const std::string& path) const {
  const Handle group(H5Gopen2(file_, path.c_str(), H5P_DEFAULT), H5Gclose, Code::kBadInput,
                     fmt::format("no group {}", path));
  std::vector<std::string> names;
  hsize_t index = 0;
  H5Aiterate2(group, H5_INDEX_NAME, H5_ITER_INC, &index, append_name, &names);
  std::vector<std::pair<std::string, std::string>> result;
  for (const std::string& name : names) {
    const std::string damaged = fmt::format("attribute {} of {} is damaged", name, path);
    const Handle attribute(H5Aopen(group, name.c_str(), H5P_DEFAULT), H5Aclose, Code::kBadInput,
                           damaged);
    const Handle type(H5Aget_type(attribute), H5Tclose, Code::kBadInput, damaged);
    const Handle space(H5Aget_space(attribute), H5Sclose, Code::kBadInput, damaged);
    const size_t size = H5Tget_size(type);
    if (H5Tget_class(type) != H5T_STRING || H5Tis_variable_str(type) != 0 ||
        H5Sget_simple_extent_npoints(space) != 1 || size > kMaxAttribute) {
      throw Error(Code::kBadInput, damaged);
    }
    std::string value(size, '\0');
    if (H5Aread(attribute, type, value.data()) < 0) throw Error(Code::kBadInput, damaged);
    const size_t end = std::min(value.size(), value.find('\0'));
    if (value.find_first_not_of('\0', end) != std::string::npos)
      throw Error(Code::kBadInput, damaged);
    value.resize(end);
    result.emplace_back(name, value);
  }
  return result;
}

std::vector<std::string> Reader::names(const std::string& group) const {
  const Handle handle(H5Gopen2(file_, group.c_str(), H5P_DEFAULT), H5Gclose, Code::kBadInput,
                      fmt::format("no group {}", group));
  H5G_info_t info;
  if (H5Gget_info(handle, &info) < 0) {
    throw Error(Code::kBadInput, fmt::format("group {} is damaged", group));
  }
  std::vector<std::string> names;
  for (hsize_t i = 0; i < info.nlinks; ++i) {
    char name[64];
    H5L_info_t link;
    const ssize_t length = H5Lget_name_by_idx(handle, ".", H5_INDEX_NAME, H5_ITER_INC, i, name,
                                              sizeof(name), H5P_DEFAULT);
    if (length < 0 || length >= static_cast<ssize_t>(sizeof(name)) ||
        H5Lget_info(handle, name, &link, H5P_DEFAULT) < 0 || link.type != H5L_TYPE_HARD) {
      throw Error(Code::kBadInput,
                  fmt::format("group {} holds something that is no part of it", group));
    }
    names.emplace_back(name);
  }
  return names;
}

std::vector<std::byte> Reader::bytes(const std::string& path) const {
  return read_dataset<std::byte>(file_, size_, path, H5T_STD_U8LE);
}

std::vector<uint64_t> Reader::numbers(const std::string& path) const {
  return read_dataset<uint64_t>(file_, size_, path, H5T_STD_U64LE);
}

}  // namespace cairn::hdf5
