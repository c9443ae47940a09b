#include "native/kernels/elementwise.inc"

namespace strided {
namespace {

#define TERNARY(name, domain, value)    \
  struct name##_op {                    \
    template <class T>                  \
    static inline T of(T x, T y, T z) { \
      return value;                     \
    }                                   \
  };
#include "native/kernels/ternary.def"
#undef TERNARY

struct where_op {
  template <class T>
  static inline T of(bool x, T y, T z) {
    return x ? y : z;
  }
};

template <DType t>
constexpr Loop where_loop() {
  using T = typename CppType<t>::type;
  return &ternary_loop<where_op, T, bool, T>;
}

}  // namespace

namespace STRIDED_ISA {
#define TERNARY(name, domain, value) loops_for<name##_op, Domain::domain, Gives::Same, 3>(),
extern const TernaryKernels ternary_kernels = {
    {
#include "native/kernels/ternary.def"
    },
    {{where_loop<DType::Bool>(), where_loop<DType::UInt8>(), where_loop<DType::Int8>(), where_loop<DType::Int16>(),
      where_loop<DType::Int32>(), where_loop<DType::Int64>(), where_loop<DType::Int16>(), where_loop<DType::Int16>(),
      where_loop<DType::Float32>(), where_loop<DType::Float64>()}}};
#undef TERNARY
}  // namespace STRIDED_ISA
}  // namespace strided
