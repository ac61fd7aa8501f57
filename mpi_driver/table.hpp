// Aligned columns of text for people.
#pragma once

#include <string>
#include <vector>

namespace cairn {

/// Rows of cells, each column as wide as its widest cell. The first column is left-aligned; the
/// others are right-aligned if `numbers`, else left-aligned.
std::string format_table(const std::vector<std::vector<std::string>>& rows, bool numbers = false);

}  // namespace cairn
