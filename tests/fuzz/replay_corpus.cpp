// Runs one of the libFuzzer harnesses over a folder of inputs that it found, without the fuzzer: a
// crash, a sanitizer's finding or a reading that never ends fails. Says what took longest.
//
//   corpus_NAME FOLDER

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  size_t count = 0;
  double slowest_ms = 0;
  std::string slowest;
  for (const auto& entry : std::filesystem::directory_iterator(argv[1])) {
    std::ifstream file{entry.path(), std::ios::binary};
    const std::string bytes{std::istreambuf_iterator<char>{file}, {}};
    const auto started = std::chrono::steady_clock::now();
    LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
    const std::chrono::duration<double, std::milli> took =
        std::chrono::steady_clock::now() - started;
    ++count;
    if (took.count() <= slowest_ms) continue;
    slowest_ms = took.count();
    slowest = entry.path().filename();
  }
  std::printf("%zu inputs; %s took longest, %.1f ms\n", count, slowest.c_str(), slowest_ms);
  return count > 0 ? 0 : 1;
}
