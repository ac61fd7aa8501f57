// Expects load_job() to refuse a PIE with one exact sentence.
#pragma once

#include <string>

#include <gtest/gtest.h>

#include "core/error.hpp"
#include "segmenter/job.hpp"
#include "tests/segmenter/pie_builder.hpp"

namespace cairn {

inline void expect_refusal(const std::string& path, const std::string& sentence,
                           Code code = Code::kBadInput, const LoadOptions& options = {}) {
  try {
    load_job(path, options);
    ADD_FAILURE() << "not refused, wanted: " << sentence;
  } catch (const Error& error) {
    EXPECT_EQ(error.what(), sentence);
    EXPECT_EQ(error.code(), code);
  }
}

inline void expect_refusal(const PieBuilder& pie, const std::string& sentence,
                           Code code = Code::kBadInput, const LoadOptions& options = {}) {
  expect_refusal(pie.write(), sentence, code, options);
}

}  // namespace cairn
