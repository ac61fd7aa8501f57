// write_corpus FOLDER: the inputs that libFuzzer starts from, a folder per target.
#include <filesystem>
#include <fstream>
#include <iostream>

#include "tests/fuzz/targets/corpus.hpp"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: write_corpus FOLDER\n";
    return 1;
  }
  for (const cairn::fuzz::Target& target : cairn::fuzz::kTargets) {
    const std::filesystem::path folder = std::filesystem::path(argv[1]) / target.name;
    std::filesystem::create_directories(folder);
    int number = 0;
    for (const cairn::fuzz::Bytes& bytes : cairn::fuzz::corpus(target.name)) {
      std::ofstream out(folder / ("seed." + std::to_string(number++)), std::ios::binary);
      out.write(reinterpret_cast<const char*>(bytes.data()),
                static_cast<std::streamsize>(bytes.size()));
    }
  }
}
