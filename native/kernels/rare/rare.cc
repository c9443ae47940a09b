#include "native/kernels/elementwise.inc"
#include "native/kernels/rare/airy.h"
#include "native/kernels/rare/bessel.h"
#include "native/kernels/rare/incomplete_gamma.h"
#include "native/kernels/rare/modified_bessel.h"
#include "native/kernels/rare/normal.h"
#include "native/kernels/rare/polynomials.h"

namespace strided {
namespace {

template <double f(double), class T>
void rare_loop(char* const* data, const int64_t* strides, int64_t n) {
  for (int64_t i = 0; i < n; ++i) {
    const double x = static_cast<double>(read<T>(data[1] + i * strides[1]));
    write<T>(data[0] + i * strides[0], static_cast<T>(f(x)));
  }
}
template <double f(double, double), class T>
void rare_loop(char* const* data, const int64_t* strides, int64_t n) {
  for (int64_t i = 0; i < n; ++i) {
    const double x = static_cast<double>(read<T>(data[1] + i * strides[1]));
    const double y = static_cast<double>(read<T>(data[2] + i * strides[2]));
    write<T>(data[0] + i * strides[0], static_cast<T>(f(x, y)));
  }
}

// Out of line: the loops share one copy.
#define RARE(name, takes, value) \
  [[gnu::noinline]] double name##_at(double x) { return value; }
#include "native/kernels/rare_unary.def"
#undef RARE
#define RARE(name, takes, value) \
  [[gnu::noinline]] double name##_at(double x, double y) { return value; }
#include "native/kernels/rare_binary.def"
#undef RARE

}  // namespace

namespace STRIDED_ISA {
#define RARE(name, takes, value) {&rare_loop<name##_at, float>, &rare_loop<name##_at, double>},
extern const RareKernels rare_kernels = {{
#include "native/kernels/rare_unary.def"
                                         },
                                         {
#include "native/kernels/rare_binary.def"
                                         }};
#undef RARE
}  // namespace STRIDED_ISA
}  // namespace strided
