#include "native/kernels/resample.h"

namespace strided::STRIDED_ISA {
namespace {

/// Calls f(row of the result, its plane of the input, z, y) for all rows.
template <class T, class F>
[[gnu::always_inline]] inline void for_rows(const ResamplePlan& plan, const ResampleJob& job, F f) {
  T* out = reinterpret_cast<T*>(job.out);
  T* in = reinterpret_cast<T*>(job.in);
  for (int64_t p = 0; p < job.planes; ++p, in += plan.in[0] * plan.in[1] * plan.in[2]) {
    for (int64_t z = 0; z < plan.out[0]; ++z) {
      for (int64_t y = 0; y < plan.out[1]; ++y, out += plan.out[2]) f(out, in, z, y);
    }
  }
}

template <class T>
T* row_at(const ResamplePlan& plan, T* plane, int64_t z, int64_t y) {
  return plane + (z * plan.in[1] + y) * plan.in[2];
}

template <class T>
void move(const ResamplePlan& plan, const ResampleJob& job) {
  for_rows<T>(plan, job, [&](T* out, T* in, int64_t z, int64_t y) {
    const T* row = row_at(plan, in, plan.index[0][z], plan.index[1][y]);
    const int64_t* index = plan.index[2];
    for (int64_t x = 0; x < plan.out[2]; ++x) out[x] = row[index[x]];
  });
}

template <class T>
void move_back(const ResamplePlan& plan, const ResampleJob& job) {
  for_rows<T>(plan, job, [&](const T* out, T* in, int64_t z, int64_t y) {
    T* row = row_at(plan, in, plan.index[0][z], plan.index[1][y]);
    const int64_t* index = plan.index[2];
    for (int64_t x = 0; x < plan.out[2]; ++x) row[index[x]] += out[x];
  });
}

/// Calls f(row of the input, its weight) for all rows that a row of the result is made of.
template <class T, class F>
[[gnu::always_inline]] inline void for_taps(const ResamplePlan& plan, T* in, int64_t z, int64_t y, F f) {
  for (int64_t i = z * plan.taps[0]; i < (z + 1) * plan.taps[0]; ++i) {
    for (int64_t j = y * plan.taps[1]; j < (y + 1) * plan.taps[1]; ++j) {
      const double weight = plan.weight[0][i] * plan.weight[1][j];
      if (weight != 0) f(row_at(plan, in, plan.index[0][i], plan.index[1][j]), static_cast<T>(weight));
    }
  }
}

template <class T>
void blend(const ResamplePlan& plan, const ResampleJob& job) {
  T* row = reinterpret_cast<T*>(job.row);
  const int64_t n = plan.in[2], taps = plan.taps[2];
  for_rows<T>(plan, job, [&](T* out, T* in, int64_t z, int64_t y) {
    for (int64_t x = 0; x < n; ++x) row[x] = 0;
    for_taps(plan, in, z, y, [&](const T* from, T weight) {
#pragma GCC ivdep
      for (int64_t x = 0; x < n; ++x) row[x] += weight * from[x];
    });
    for (int64_t x = 0; x < plan.out[2]; ++x) {
      T sum = 0;
      for (int64_t t = x * taps; t < (x + 1) * taps; ++t)
        sum += static_cast<T>(plan.weight[2][t]) * row[plan.index[2][t]];
      out[x] = sum;
    }
  });
}

template <class T>
void blend_back(const ResamplePlan& plan, const ResampleJob& job) {
  T* row = reinterpret_cast<T*>(job.row);
  const int64_t n = plan.in[2], taps = plan.taps[2];
  for_rows<T>(plan, job, [&](const T* out, T* in, int64_t z, int64_t y) {
    for (int64_t x = 0; x < n; ++x) row[x] = 0;
    for (int64_t x = 0; x < plan.out[2]; ++x) {
      for (int64_t t = x * taps; t < (x + 1) * taps; ++t)
        row[plan.index[2][t]] += static_cast<T>(plan.weight[2][t]) * out[x];
    }
    for_taps(plan, in, z, y, [&](T* to, T weight) {
#pragma GCC ivdep
      for (int64_t x = 0; x < n; ++x) to[x] += weight * row[x];
    });
  });
}

}  // namespace

extern const ResampleKernels resample_kernels = {
    {&move<uint8_t>, &move<uint8_t>, &move<uint8_t>, &move<uint16_t>, &move<uint32_t>, &move<uint64_t>, &move<uint16_t>,
     &move<uint16_t>, &move<uint32_t>, &move<uint64_t>},
    {&move_back<float>, &move_back<double>},
    {&blend<float>, &blend<double>},
    {&blend_back<float>, &blend_back<double>}};

}  // namespace strided::STRIDED_ISA
