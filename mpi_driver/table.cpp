#include "mpi_driver/table.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace cairn {

std::string format_table(const std::vector<std::vector<std::string>>& rows, bool numbers) {
  std::vector<size_t> width;
  for (const std::vector<std::string>& row : rows) {
    width.resize(std::max(width.size(), row.size()));
    for (size_t i = 0; i < row.size(); ++i) width[i] = std::max(width[i], row[i].size());
  }
  std::string text;
  for (const std::vector<std::string>& row : rows) {
    std::string line;
    for (size_t i = 0; i < row.size(); ++i) {
      line += i == 0 || !numbers ? fmt::format("{:<{}}  ", row[i], width[i])
                                 : fmt::format("{:>{}}  ", row[i], width[i]);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + '\n';
  }
  return text;
}

}  // namespace cairn
