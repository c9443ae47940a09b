// Runs every test once per instruction set that this CPU has; the first argument selects tests by a part of their name.
#include <cstring>

#include "native/kernels/select.h"
#include "native/test/harness.h"

namespace strided::test {
namespace {
int checks = 0;
int failures = 0;
}  // namespace

std::vector<Case>& cases() {
  static std::vector<Case> all;
  return all;
}

void report(bool ok, const char* file, int line, const std::string& what) {
  ++checks;
  if (ok) return;
  ++failures;
  std::printf("  %s:%d: %s\n", file, line, what.c_str());
}

}  // namespace strided::test

int main(int argc, char** argv) {
  using namespace strided;
  int passed = 0, failed = 0;
  for (Isa isa : {Isa::Baseline, Isa::Avx2, Isa::Avx512}) {
    if (!isa_available(isa)) continue;
    set_active_isa(isa);
    for (const test::Case& c : test::cases()) {
      if (argc > 1 && !std::strstr(c.name, argv[1])) continue;
      const int before = test::failures, checks = test::checks;
      try {
        c.body();
      } catch (const std::exception& error) {
        test::report(false, c.name, 0, std::string("threw: ") + error.what());
      }
      if (test::checks == checks) test::report(false, c.name, 0, "asserts nothing");
      const bool ok = test::failures == before;
      (ok ? passed : failed)++;
      if (!ok) std::printf("FAILED [%s] %s\n", isa_name(isa), c.name);
    }
  }
  std::printf("native: %d passed, %d failed\n", passed, failed);
  return failed || !passed ? 1 : 0;
}
