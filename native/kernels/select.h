// Which instruction set the kernels run on: the best the CPU has, or what STRIDED_ISA asks for.
#pragma once

namespace strided {

enum class Isa { Baseline, Avx2, Avx512 };

/// The instruction set in use; chosen once, at the first call.
Isa active_isa();
const char* isa_name(Isa isa);
/// Whether this CPU runs `isa` and this build has kernels for it.
bool isa_available(Isa isa);
/// Forces a table (tests and STRIDED_ISA); throws Error where the CPU cannot run it.
void set_active_isa(Isa isa);

}  // namespace strided

// Every kernel source is compiled once per instruction set with STRIDED_ISA defined as the namespace of that set, and
// defines exactly one object: `namespace strided::STRIDED_ISA { extern const Table name = {...}; }`.
// STRIDED_TABLE(Table, name) declares all of them and `const Table& name()`, which returns the active one. On arm64 the
// baseline is NEON.
#if defined(__x86_64__) && !defined(STRIDED_BASELINE_ONLY)
#define STRIDED_TABLE(Table, name)                \
  namespace baseline { extern const Table name; } \
  namespace avx2 { extern const Table name; }     \
  namespace avx512 { extern const Table name; }   \
  inline const Table& name() {                    \
    switch (active_isa()) {                       \
      case Isa::Avx512: return avx512::name;      \
      case Isa::Avx2: return avx2::name;          \
      default: return baseline::name;             \
    }                                             \
  }
#else
#define STRIDED_TABLE(Table, name) STRIDED_BASELINE_TABLE(Table, name)
#endif

// A table of native/kernels/rare, which is compiled once, without any instruction set of a newer CPU.
#define STRIDED_BASELINE_TABLE(Table, name)       \
  namespace baseline { extern const Table name; } \
  inline const Table& name() { return baseline::name; }
