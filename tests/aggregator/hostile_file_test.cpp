// Proof files that HDF5 reads and we refuse: what is in another file, what is packed, what nobody
// looks at.
#include <fstream>
#include <functional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <hdf5.h>

#include "aggregator/hdf5.hpp"
#include "aggregator/proof_file.hpp"
#include "aggregator/publish.hpp"
#include "core/bytes.hpp"
#include "tests/support/scratch.hpp"

namespace cairn {
namespace {

ProofFile small_file() {
  ProofFile file;
  file.proof.hash = Hash::kBlake3;
  file.proof.statement.program = {{{1, 2, 3, 4}}};
  file.proof.records.push_back({{{0, 6, 0, 0}}, Digest{{1}}});
  file.proof.segments.emplace_back(100, std::byte{5});
  file.attributes = {
      {"format", kProofFormat}, {"format_version", kProofFormatVersion}, {"hash", "blake3"}};
  return file;
}

class HostileFile : public testing::Test {
 protected:
  /// The message with which a good file is refused after `edit`; empty if it is not.
  std::string refusal_after(const std::function<void(hid_t)>& edit) {
    publish(path_, encode_proof_file(small_file()));
    const hid_t file = H5Fopen(path_.c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
    edit(file);
    H5Fclose(file);
    try {
      read_proof_file(path_);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), Code::kBadInput);
      return error.what();
    }
    return "";
  }

  /// Puts a dataset of three bytes, with these properties, in the place of the records.
  static void replace_records(hid_t file, hid_t properties) {
    H5Ldelete(file, "/records/bytes", H5P_DEFAULT);
    const hsize_t count = 3;
    const hid_t space = H5Screate_simple(1, &count, nullptr);
    const hid_t dataset = H5Dcreate2(file, "/records/bytes", H5T_STD_U8LE, space, H5P_DEFAULT,
                                     properties, H5P_DEFAULT);
    H5Dclose(dataset);
    H5Sclose(space);
    H5Pclose(properties);
  }

  Scratch folder_;
  std::string path_ = folder_ / "p.h5";
};

TEST_F(HostileFile, IsNoneWithoutAnEdit) {
  EXPECT_EQ(refusal_after([](hid_t) {}), "");
}

TEST_F(HostileFile, LiesInAnotherFile) {
  std::ofstream(folder_ / "elsewhere") << "abc";

  const std::string refusal = refusal_after([&](hid_t file) {
    const hid_t properties = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_external(properties, (folder_ / "elsewhere").c_str(), 0, 3);
    replace_records(file, properties);
  });

  EXPECT_THAT(refusal, testing::HasSubstr("dataset records/bytes lies in another file"));
}

TEST_F(HostileFile, IsPacked) {
  if (H5Zfilter_avail(H5Z_FILTER_SHUFFLE) <= 0) GTEST_SKIP() << "no shuffle filter here";

  const std::string refusal = refusal_after([](hid_t file) {
    const hid_t properties = H5Pcreate(H5P_DATASET_CREATE);
    const hsize_t chunk = 3;
    H5Pset_chunk(properties, 1, &chunk);
    H5Pset_shuffle(properties);
    replace_records(file, properties);
  });

  EXPECT_THAT(refusal,
              testing::HasSubstr("dataset records/bytes has a filter that is no checksum"));
}

TEST_F(HostileFile, IsCompact) {
  const std::string refusal = refusal_after([](hid_t file) {
    const hid_t properties = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_layout(properties, H5D_COMPACT);
    replace_records(file, properties);
  });

  EXPECT_THAT(refusal,
              testing::HasSubstr("dataset records/bytes is neither chunked nor contiguous"));
}

TEST_F(HostileFile, LinksElsewhere) {
  publish(folder_ / "other.h5", encode_proof_file(small_file()));

  const std::string outside = refusal_after([&](hid_t file) {
    H5Ldelete(file, "/records/bytes", H5P_DEFAULT);
    H5Lcreate_external((folder_ / "other.h5").c_str(), "/records/bytes", file, "/records/bytes",
                       H5P_DEFAULT, H5P_DEFAULT);
  });
  const std::string inside = refusal_after([](hid_t file) {
    H5Ldelete(file, "/records", H5P_DEFAULT);
    H5Lcreate_soft("/segments", file, "/records", H5P_DEFAULT, H5P_DEFAULT);
  });

  EXPECT_THAT(outside, testing::HasSubstr("group /records holds something that is no part of it"));
  EXPECT_THAT(inside, testing::HasSubstr("group / holds something that is no part of it"));
}

TEST_F(HostileFile, HoldsMoreOrLess) {
  const std::string more = refusal_after([](hid_t file) {
    H5Gclose(H5Gcreate2(file, "/claims", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
  });
  const std::string less =
      refusal_after([](hid_t file) { H5Ldelete(file, "/segments/offsets", H5P_DEFAULT); });

  EXPECT_THAT(more,
              testing::HasSubstr("group / holds claims provenance records segments statement"));
  EXPECT_THAT(less, testing::HasSubstr("group /segments holds bytes, wanted bytes offsets"));
}

TEST_F(HostileFile, HidesTextBehindAZeroByte) {
  const std::string refusal = refusal_after([](hid_t file) {
    const hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, 8);
    const hid_t space = H5Screate(H5S_SCALAR);
    const hid_t attribute = H5Acreate2(file, "note", type, space, H5P_DEFAULT, H5P_DEFAULT);
    H5Awrite(attribute, type, "yes\0no\0");
    H5Aclose(attribute);
    H5Sclose(space);
    H5Tclose(type);
  });

  EXPECT_THAT(refusal, testing::HasSubstr("attribute note of / is damaged"));
}

/// Contents that read_proof_file() makes from no file.
TEST(Contents, HaveOneEncoding) {
  const ProofFile file = small_file();
  const std::vector<std::byte> good = encode_contents(file);
  EXPECT_EQ(encode_contents(decode_contents(good, "p")), good);

  std::vector<std::byte> longer = good;
  longer.push_back(std::byte{0});
  EXPECT_THROW(decode_contents(longer, "p"), Error);
  for (size_t length = 0; length < good.size(); ++length) {
    EXPECT_THROW(decode_contents(std::span(good).first(length), "p"), Error) << length;
  }
  ByteWriter twice;
  twice.count(2);
  for (int i = 0; i < 2; ++i) {
    twice.text("format");
    twice.text(kProofFormat);
  }
  EXPECT_THROW(decode_contents(twice.bytes(), "p"), Error);
}

}  // namespace
}  // namespace cairn
