#include "native/kernels/pool.h"

#include <limits>
#include <type_traits>

namespace strided::STRIDED_ISA {
namespace {

/// Calls f(plane of x, number of the place, z, y, x of the place) for all places of all planes.
template <class T, class F>
[[gnu::always_inline]] inline void for_places(const PoolWindows& w, const PoolJob& job, F f) {
  const int64_t elements = w.in[0] * w.in[1] * w.in[2];
  T* plane = reinterpret_cast<T*>(job.x);
  int64_t at = 0;
  for (int64_t p = 0; p < job.planes; ++p, plane += elements) {
    for (int64_t z = 0; z < w.out[0]; ++z) {
      for (int64_t y = 0; y < w.out[1]; ++y) {
        for (int64_t x = 0; x < w.out[2]; ++x, ++at) f(plane, at, z, y, x);
      }
    }
  }
}

/// Calls f(offset of a row, first, last) for the rows of a window.
template <class F>
[[gnu::always_inline]] inline void for_window_rows(const PoolWindows& w, int64_t z, int64_t y, F f) {
  for (int64_t i = w.first[0][z]; i < w.last[0][z]; i += w.step[0]) {
    for (int64_t j = w.first[1][y]; j < w.last[1][y]; j += w.step[1]) f((i * w.in[1] + j) * w.in[2]);
  }
}

template <class T>
constexpr T lowest() {
  if constexpr (std::is_floating_point_v<T>) return -std::numeric_limits<T>::infinity();
  else return std::numeric_limits<T>::lowest();
}

/// Whether a value takes the place of the largest one before it; so the last NaN stays, else the first of the largest.
template <class T>
[[gnu::always_inline]] inline bool is_better(T value, T best) {
  return (value > best) | (value != value);
}

template <class T>
void max_window(const PoolWindows& w, const T* plane, int64_t z, int64_t y, int64_t x, T& out, int64_t& at) {
  const int64_t first = w.first[2][x], last = w.last[2][x];
  int64_t place = (w.first[0][z] * w.in[1] + w.first[1][y]) * w.in[2] + first;
  T best = lowest<T>();
  for_window_rows(w, z, y, [&](int64_t row) {
    for (int64_t k = first; k < last; k += w.step[2]) {
      const T value = plane[row + k];
      if (!is_better(value, best)) continue;
      best = value;
      place = row + k;
    }
  });
  out = best;
  at = place;
}

constexpr int64_t kChunk = 64;  // windows side by side

/// `count` whole windows from x on, all together element by element. `Stride`: 0 where it is not known.
template <class T, int64_t Stride>
void max_windows(const PoolWindows& w, const T* plane, int64_t z, int64_t y, int64_t x, int64_t count, T* out,
                 int64_t* places) {
  const int64_t stride = Stride ? Stride : w.stride, left = w.first[2][x];
  const auto start = static_cast<int32_t>((w.first[0][z] * w.in[1] + w.first[1][y]) * w.in[2] + left);
  T best[kChunk];
  int32_t at[kChunk];
  for (int64_t c = 0; c < count; ++c) {
    best[c] = lowest<T>();
    at[c] = start + static_cast<int32_t>(c * stride);
  }
  for_window_rows(w, z, y, [&](int64_t row) {
    for (int64_t k = 0; k < w.width; ++k) {
      const int64_t offset = row + left + k * w.step[2];
      const T* from = plane + offset;
      for (int64_t c = 0; c < count; ++c) {
        const T value = from[c * stride];
        const bool better = is_better(value, best[c]);
        best[c] = better ? value : best[c];
        at[c] = better ? static_cast<int32_t>(offset + c * stride) : at[c];
      }
    }
  });
  for (int64_t c = 0; c < count; ++c) {
    out[c] = best[c];
    places[c] = at[c];
  }
}

template <class T>
void max(const PoolWindows& w, const PoolJob& job) {
  const int64_t elements = w.in[0] * w.in[1] * w.in[2];
  const bool counts = elements < (int64_t{1} << 31);
  const auto whole = w.stride == 1 ? &max_windows<T, 1> : w.stride == 2 ? &max_windows<T, 2> : &max_windows<T, 0>;
  T* out = reinterpret_cast<T*>(job.out);
  int64_t* places = job.places;
  const T* plane = reinterpret_cast<const T*>(job.x);
  for (int64_t p = 0; p < job.planes; ++p, plane += elements) {
    for (int64_t z = 0; z < w.out[0]; ++z) {
      for (int64_t y = 0; y < w.out[1]; ++y, out += w.out[2], places += w.out[2]) {
        for (int64_t x = 0; x < w.out[2];) {
          const int64_t left = w.whole_last - x, count = left < kChunk ? left : kChunk;
          if (counts && x >= w.whole_first && count > 1) {
            whole(w, plane, z, y, x, count, out + x, places + x);
            x += count;
          } else {
            max_window(w, plane, z, y, x, out[x], places[x]);
            ++x;
          }
        }
      }
    }
  }
}

int64_t divisor_of(const PoolWindows& w, int64_t z, int64_t y, int64_t x) {
  return w.divisor ? w.divisor : w.size[0][z] * w.size[1][y] * w.size[2][x];
}

template <class T>
void mean(const PoolWindows& w, const PoolJob& job) {
  T* out = reinterpret_cast<T*>(job.out);
  for_places<T>(w, job, [&](const T* plane, int64_t at, int64_t z, int64_t y, int64_t x) {
    const int64_t first = w.first[2][x], last = w.last[2][x];
    T sum = 0;
    for_window_rows(w, z, y, [&](int64_t row) {
      for (int64_t k = first; k < last; ++k) sum = static_cast<T>(sum + plane[row + k]);
    });
    // A window that lies in the padding alone has the mean 0.
    const auto divisor = static_cast<T>(divisor_of(w, z, y, x));
    out[at] = divisor != 0 ? static_cast<T>(sum / divisor) : T(0);
  });
}

template <class T>
void max_back(const PoolWindows& w, const PoolJob& job) {
  const int64_t elements = w.in[0] * w.in[1] * w.in[2], places = w.out[0] * w.out[1] * w.out[2];
  const T* gradient = reinterpret_cast<const T*>(job.out);
  for (int64_t p = 0; p < job.planes; ++p) {
    T* plane = reinterpret_cast<T*>(job.x) + p * elements;
    for (int64_t i = p * places; i < (p + 1) * places; ++i) plane[job.places[i]] += gradient[i];
  }
}

template <class T>
void mean_back(const PoolWindows& w, const PoolJob& job) {
  const T* gradient = reinterpret_cast<const T*>(job.out);
  for_places<T>(w, job, [&](T* plane, int64_t at, int64_t z, int64_t y, int64_t x) {
    const int64_t first = w.first[2][x], last = w.last[2][x], divisor = divisor_of(w, z, y, x);
    if (divisor == 0) return;
    const T part = gradient[at] / static_cast<T>(divisor);
    for_window_rows(w, z, y, [&](int64_t row) {
      for (int64_t k = first; k < last; ++k) plane[row + k] += part;
    });
  });
}

}  // namespace

extern const PoolKernels pool_kernels = {{nullptr, &max<uint8_t>, &max<int8_t>, &max<int16_t>, &max<int32_t>,
                                          &max<int64_t>, nullptr, nullptr, &max<float>, &max<double>},
                                         {nullptr, &mean<uint8_t>, &mean<int8_t>, &mean<int16_t>, &mean<int32_t>,
                                          &mean<int64_t>, nullptr, nullptr, &mean<float>, &mean<double>},
                                         {&max_back<float>, &max_back<double>},
                                         {&mean_back<float>, &mean_back<double>}};

}  // namespace strided::STRIDED_ISA
