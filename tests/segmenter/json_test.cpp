#include "segmenter/json.hpp"

#include <gtest/gtest.h>

#include "core/error.hpp"
#include "core/felt252.hpp"
#include "segmenter/felt_text.hpp"

namespace cairn {
namespace {

std::string complaint(const std::string& text) {
  try {
    parse_json("file.json", text);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::kBadInput);
    return error.what();
  }
  return "none";
}

template <class F>
std::string complaint_of(const F& f) {
  try {
    f();
  } catch (const Error& error) {
    return error.what();
  }
  return "none";
}

/// Members are found among as many as a file may hold, in any order.
TEST(Json, FindsEachOfManyMembers) {
  constexpr int kCount = 200'000;
  std::string text = "{";
  for (int i = 0; i < kCount; ++i) {
    text += (i == 0 ? "\"" : ",\"") + std::to_string(int64_t{i} * 7919 % kCount) +
            "\":" + std::to_string(i);
  }
  const JsonValue root = parse_json("file.json", text + "}");

  const JsonCursor cursor("file.json", root);
  EXPECT_EQ(cursor.names().size(), size_t{kCount});
  for (int i = 0; i < kCount; ++i) {
    ASSERT_EQ(cursor.member(std::to_string(int64_t{i} * 7919 % kCount)).integer(), uint64_t(i));
  }
}

TEST(Json, KeepsBigNumbersExact) {
  const std::string power =
      "3618502788666131106986593281521497120414687020801267626233049500247285301248";
  const JsonValue root =
      parse_json("file.json", "{\"a\": [" + power + ", 18446744073709551616, 7, 0]}");

  const std::vector<Felt> felts = JsonCursor("file.json", root).member("a").felts();

  EXPECT_EQ(felts[0], (Felt{{0, 0, 0, uint64_t{1} << 59}}));  // 2^251
  EXPECT_EQ(felts[1], (Felt{{0, 1, 0, 0}}));
  EXPECT_EQ(felts[2], (Felt{{7, 0, 0, 0}}));
  EXPECT_EQ(felts[3], Felt{});
}

TEST(Json, RefusesWhatIsNoPlainInteger) {
  for (const std::string text : {"1.5", "1e5", "-1", "\"7\"", "null", "true", "[]", "{}"}) {
    const JsonValue root = parse_json("file.json", "{\"a\": " + text + "}");
    const JsonCursor a = JsonCursor("file.json", root).member("a");
    EXPECT_THROW(a.integer(), Error) << text;
  }
  const JsonValue root = parse_json("file.json", "{\"a\": {\"b\": [1, 2.5]}}");
  const JsonCursor b = JsonCursor("file.json", root).member("a").member("b");
  EXPECT_EQ(complaint_of([&] { b.felts(); }),
            "file.json: a.b[1] is 2.5, wanted a whole number below the Cairo prime");
  EXPECT_EQ(complaint_of([&] { b.element(0).integer(0); }),
            "file.json: a.b[0] is 1, wanted at most 0");
  EXPECT_EQ(complaint_of([&] { b.element(2); }), "file.json: a.b[2] is missing");
  EXPECT_EQ(complaint_of([&] { b.string(); }), "file.json: a.b is an array, wanted a string");
  EXPECT_EQ(complaint_of([&] { b.member("c"); }), "file.json: a.b is an array, wanted an object");
}

TEST(Json, RefusesValuesFromThePrimeOn) {
  const std::string prime = to_decimal(kCairoPrime);
  const JsonValue root = parse_json("file.json", "[" + prime + "]");

  EXPECT_EQ(complaint_of([&] { JsonCursor("file.json", root).felts(); }),
            "file.json: [0] is " + prime + ", wanted a whole number below the Cairo prime");
}

TEST(Json, RefusesBrokenText) {
  EXPECT_EQ(complaint("{\"a\": 1"), "file.json: not JSON from byte 8 on");
  EXPECT_EQ(complaint(""), "file.json: not JSON from byte 1 on");
  EXPECT_EQ(complaint("[1]]"), "file.json: not JSON from byte 4 on");
  EXPECT_EQ(complaint("{\"a\": 1, \"a\": 2}"), "file.json: member a occurs twice");
  EXPECT_EQ(complaint("{\"a\": 1, \"b\": {\"c\": 1, \"d\": 3, \"c\": 1}, \"0\": 2}"),
            "file.json: member c occurs twice");
  EXPECT_EQ(complaint(std::string(100000, '[')), "file.json: nested deeper than 32");
  EXPECT_EQ(complaint("[1e999]").substr(0, 20), "file.json: not JSON ");
}

TEST(Json, PrintsFeltsShortly) {
  EXPECT_EQ(to_text(Felt{{42, 0, 0, 0}}), "42");
  EXPECT_EQ(to_text((-Felt252(uint64_t{3})).integer()), "-3");
  EXPECT_EQ(to_text(Felt{{0, 1, 0, 0}}), "0x10000000000000000");
  EXPECT_FALSE(parse_decimal("0x10"));
  EXPECT_FALSE(parse_decimal(std::string(90, '9')));
  EXPECT_FALSE(parse_decimal(""));
}

}  // namespace
}  // namespace cairn
