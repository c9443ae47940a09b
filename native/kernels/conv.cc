#include "native/kernels/conv.h"

#include "native/kernels/vec/vec.h"

namespace strided::STRIDED_ISA {
namespace {

// Columns that are looked at together.
constexpr int64_t kColumns = 256;

template <class T>
struct LaneNumberOf {
  using type = int32_t;
};
template <>
struct LaneNumberOf<double> {
  using type = int64_t;
};
/// The integer as wide as T.
template <class T>
using LaneNumber = typename LaneNumberOf<T>::type;

/// Columns that follow one another in memory, stride[2] steps apart: one row of places.
struct Run {
  int64_t at, offset, count;
};

/// The runs of columns [first, first + count), at most kColumns.
int runs_of(const Windows& w, int64_t first, int64_t count, Run* runs) {
  const int64_t place = first % w.places;
  int64_t image = first / w.places, x = place % w.out[2], y = place / w.out[2] % w.out[1],
          z = place / w.out[2] / w.out[1];
  int found = 0;
  for (int64_t at = 0; at < count;) {
    const int64_t left = w.out[2] - x, length = left < count - at ? left : count - at;
    runs[found++] = {
        at,
        image * w.image_step + z * w.stride[0] * w.step[0] + y * w.stride[1] * w.step[1] + x * w.stride[2] * w.step[2],
        length};
    at += length;
    x = 0;
    if (++y < w.out[1]) continue;
    y = 0;
    if (++z < w.out[0]) continue;
    z = 0;
    ++image;
  }
  return found;
}

/// Calls f(r, offset) for rows [first, first + rows) of patches.
template <class F>
[[gnu::always_inline]] inline void for_rows(const Windows& w, int64_t first, int64_t rows, F f) {
  int64_t i[3] = {first / w.kernel[2] / w.kernel[1] % w.kernel[0], first / w.kernel[2] % w.kernel[1],
                  first % w.kernel[2]};
  int64_t channel = first / w.kernel[2] / w.kernel[1] / w.kernel[0];
  for (int64_t r = 0; r < rows; ++r) {
    f(r, channel * w.channel_step + i[0] * w.dilation[0] * w.step[0] + i[1] * w.dilation[1] * w.step[1] +
             i[2] * w.dilation[2] * w.step[2]);
    if (++i[2] < w.kernel[2]) continue;
    i[2] = 0;
    if (++i[1] < w.kernel[1]) continue;
    i[1] = 0;
    if (++i[0] < w.kernel[0]) continue;
    i[0] = 0;
    ++channel;
  }
}

/// Calls f(row of `to`, elements of x, how many) for every run of every row.
template <class T, class F>
[[gnu::always_inline]] inline void for_runs(const Windows& w, const PatchJob& job, F f) {
  Run runs[kColumns];
  T* to = reinterpret_cast<T*>(job.to);
  const T* x = reinterpret_cast<const T*>(job.x);
  for (int64_t c = 0; c < job.count; c += kColumns) {
    const int found = runs_of(w, job.first + c, job.count - c < kColumns ? job.count - c : kColumns, runs);
    for_rows(w, job.first_row, job.rows, [&](int64_t r, int64_t offset) {
      T* row = to + r * job.to_row + c;
      for (int k = 0; k < found; ++k) f(row + runs[k].at, x + offset + runs[k].offset, runs[k].count);
    });
  }
}

template <class T>
[[gnu::always_inline]] inline void copy_run(T* to, const T* from, int64_t n) {
  if constexpr (sizeof(T) >= 4) {
    constexpr int64_t lanes = kLanes<T>;
    int64_t i = 0;
    for (; i + lanes <= n; i += lanes) store(to + i, load(from + i));
    if (i < n) store_first(to + i, load_first(from + i, static_cast<int>(n - i)), static_cast<int>(n - i));
  } else {
    __builtin_memcpy(to, from, static_cast<unsigned long>(n) * sizeof(T));
  }
}

/// One vector of a panel: lanes from one run, and from `before` on lanes of the next one.
template <class T>
struct Piece {
  int64_t a, b;
  Vec<LaneNumber<T>> before;
};

/// Rows of whole vectors, each made of at most two runs; false where the job is no such panel. Two full loads and a
/// choice need no branch: the second run lies behind the first, so neither reads outside of both.
template <class T>
bool gather_panel(const Windows& w, const PatchJob& job) {
  constexpr int64_t lanes = kLanes<T>, most = 4;
  const int64_t vecs = job.count / lanes;
  if (job.to_row != job.count || vecs > most || job.count % lanes != 0) return false;
  Run runs[kColumns];
  Piece<T> pieces[most];
  runs_of(w, job.first, job.count, runs);
  const Run* run = runs;
  for (int64_t v = 0; v < vecs; ++v) {
    const int64_t at = v * lanes;
    while (run->at + run->count <= at) ++run;
    const int64_t left = run->at + run->count - at;
    if (left < lanes && run[1].count < lanes - left) return false;
    pieces[v].a = run->offset + at - run->at;
    pieces[v].b = left < lanes ? run[1].offset - left : pieces[v].a;
    for (int64_t l = 0; l < lanes; ++l) pieces[v].before[l] = l < left ? -1 : 0;
  }
  T* to = reinterpret_cast<T*>(job.to);
  const T* x = reinterpret_cast<const T*>(job.x);
  for_rows(w, job.first_row, job.rows, [&](int64_t, int64_t offset) {
    for (int64_t v = 0; v < vecs; ++v, to += lanes) {
      const Piece<T>& piece = pieces[v];
      store<T>(to, piece.before ? load(x + offset + piece.a) : load(x + offset + piece.b));
    }
  });
  return true;
}

template <class T>
void gather(const Windows& w, const PatchJob& job) {
  const int64_t step = w.stride[2] * w.step[2];
  if constexpr (sizeof(T) >= 4) {
    if (step == 1 && gather_panel<T>(w, job)) return;
  }
  if (step == 1) {
    for_runs<T>(w, job, [](T* to, const T* from, int64_t n) { copy_run(to, from, n); });
  } else {
    for_runs<T>(w, job, [step](T* to, const T* from, int64_t n) {
      for (int64_t i = 0; i < n; ++i) to[i] = from[i * step];
    });
  }
}

template <class T>
void scatter(const Windows& w, const PatchJob& job) {
  const int64_t step = w.stride[2] * w.step[2];
  for_runs<T>(w, job, [step](T* to, const T* from, int64_t n) {
    T* x = const_cast<T*>(from);
    if (step == 1) {
#pragma GCC ivdep
      for (int64_t i = 0; i < n; ++i) x[i] = static_cast<T>(x[i] + to[i]);
    } else {
#pragma GCC ivdep
      for (int64_t i = 0; i < n; ++i) x[i * step] = static_cast<T>(x[i * step] + to[i]);
    }
  });
}

/// Calls f(element of the window, its offset).
template <class F>
[[gnu::always_inline]] inline void for_window(const Windows& w, F f) {
  int64_t e = 0;
  for (int64_t i = 0; i < w.kernel[0]; ++i) {
    for (int64_t j = 0; j < w.kernel[1]; ++j) {
      for (int64_t k = 0; k < w.kernel[2]; ++k)
        f(e++, i * w.dilation[0] * w.step[0] + j * w.dilation[1] * w.step[1] + k * w.dilation[2] * w.step[2]);
    }
  }
}

template <class T>
void channel(const Windows& w, const ChannelJob& job) {
  constexpr int64_t lanes = kLanes<T>, wide = 4;
  T* out = reinterpret_cast<T*>(job.out);
  const T* weight = reinterpret_cast<const T*>(job.weight);
  const Vec<T> bias = splat(static_cast<T>(job.bias));
  const int64_t step = w.stride[2] * w.step[2], columns = w.out[2];
  for (int64_t row = 0; row < w.out[0] * w.out[1]; ++row, out += columns) {
    const T* x = reinterpret_cast<const T*>(job.x) + row / w.out[1] * w.stride[0] * w.step[0] +
                 row % w.out[1] * w.stride[1] * w.step[1];
    int64_t j = 0;
    for (; step == 1 && j + wide * lanes <= columns; j += wide * lanes) {
      Vec<T> sums[wide];
      for (int v = 0; v < wide; ++v) sums[v] = bias;
      for_window(w, [&](int64_t e, int64_t offset) {
        const Vec<T> factor = splat(weight[e]);
        for (int v = 0; v < wide; ++v) sums[v] = fma(factor, load(x + offset + j + v * lanes), sums[v]);
      });
      for (int v = 0; v < wide; ++v) store(out + j + v * lanes, sums[v]);
    }
    for (; j < columns; j += lanes) {
      const int count = static_cast<int>(columns - j < lanes ? columns - j : lanes);
      Vec<T> sum = bias;
      for_window(w, [&](int64_t e, int64_t offset) {
        Vec<T> elements{};
        if (step == 1) {
          elements = load_first(x + offset + j, count);
        } else {
          for (int l = 0; l < count; ++l) elements[l] = x[offset + (j + l) * step];
        }
        sum = fma(splat(weight[e]), elements, sum);
      });
      store_first(out + j, sum, count);
    }
  }
}

}  // namespace

// Patches are only moved: an element of four or eight bytes moves as a float.
extern const ConvKernels conv_kernels = {
    {&gather<uint8_t>, &gather<uint8_t>, &gather<uint8_t>, &gather<uint16_t>, &gather<float>, &gather<double>,
     &gather<uint16_t>, &gather<uint16_t>, &gather<float>, &gather<double>},
    {nullptr, &scatter<uint8_t>, &scatter<int8_t>, &scatter<int16_t>, &scatter<int32_t>, &scatter<int64_t>, nullptr,
     nullptr, &scatter<float>, &scatter<double>},
    {&channel<float>, &channel<double>}};

}  // namespace strided::STRIDED_ISA
