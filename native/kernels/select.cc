#include "native/kernels/select.h"

#include <atomic>
#include <cstdlib>
#include <string_view>

#include "native/core/error.h"

namespace strided {
namespace {

Isa best_isa() {
  if (isa_available(Isa::Avx512)) return Isa::Avx512;
  if (isa_available(Isa::Avx2)) return Isa::Avx2;
  return Isa::Baseline;
}

Isa initial_isa() {
  const char* wanted = std::getenv("STRIDED_ISA");
  if (!wanted || !*wanted) return best_isa();
  for (Isa isa : {Isa::Baseline, Isa::Avx2, Isa::Avx512}) {
    if (std::string_view(wanted) != isa_name(isa)) continue;
    check(isa_available(isa), "STRIDED_ISA=", wanted, ": this CPU or this build does not have it; unset STRIDED_ISA");
    return isa;
  }
  fail("STRIDED_ISA=", wanted, " is not known; use baseline, avx2 or avx512");
}

std::atomic<Isa>& current() {
  static std::atomic<Isa> isa{initial_isa()};
  return isa;
}

}  // namespace

Isa active_isa() { return current().load(std::memory_order_relaxed); }

const char* isa_name(Isa isa) {
  switch (isa) {
    case Isa::Avx512: return "avx512";
    case Isa::Avx2: return "avx2";
    default: return "baseline";
  }
}

bool isa_available(Isa isa) {
#if defined(__x86_64__) && !defined(STRIDED_BASELINE_ONLY)
  // The builtin also asks the operating system whether it saves the wide registers.
  if (isa == Isa::Avx512) {
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") && isa_available(Isa::Avx2);
  }
  if (isa == Isa::Avx2) return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#endif
  return isa == Isa::Baseline;
}

void set_active_isa(Isa isa) {
  check(isa_available(isa), "instruction set ", isa_name(isa), " is not available here");
  current().store(isa, std::memory_order_relaxed);
}

}  // namespace strided
