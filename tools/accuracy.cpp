// How good the skills of intelligence/ are on data of one's own: trains on one directory, scores on
// the other, and writes one JSON line for each set. Both are laid out alike:
//
//   appointments/medical-noshow.csv          appointments, to forecast who stays away
//   appointments/salon-noshow-features.csv   the same, a small salon
//   customers/cdnow.csv                      purchases, to forecast how often customers come back
//
// A set that one of them lacks is passed over, saying so. With the same directory twice each set is
// split by time. Ends with 0 if every set that is there could be measured, with 1 if not, with 2 if
// called wrongly.

#include "intelligence/accuracy/measure.hpp"

#include <cstdio>
#include <string>

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fputs("usage: accuracy TRAIN_DIR TEST_DIR\n", stderr);
    return 2;
  }
  const auto report = [](const std::string& line) {
    std::printf("%s\n", line.c_str());
    std::fflush(stdout);
  };
  return steward::intelligence::accuracy::measure_all(argv[1], argv[2], report) ? 0 : 1;
}
