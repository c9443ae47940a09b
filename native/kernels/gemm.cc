// Matrix products on packed panels, after the structure of BLIS: a register tile of C accumulates over the depth of a
// panel of A and a panel of B. Every element of C adds its products in order of p, so the shape of the tiles never
// shows.
#include "native/kernels/gemm.h"

#include "native/kernels/gemm_pack.h"

namespace strided::STRIDED_ISA {
namespace {

// A tile fills the registers with accumulators, leaving some for a row of B and an element of A.
#if defined(__aarch64__)
constexpr int kTileRows = 8, kTileVecs = 3;
#else
constexpr int kTileRows = kVecRegisters == 32 ? 14 : 6, kTileVecs = 2;
#endif
template <class T>
constexpr int kTileCols = kTileVecs * kLanes<GemmSum<T>>;

// A block of A fills half of the second level of cache; machines with AVX-512 have at least 1 MiB of it.
constexpr int64_t kBlockDepth = kVecBytes == 64 ? 384 : 256;
constexpr int64_t kBlockBytes = kVecBytes == 64 ? 512 << 10 : 192 << 10;
template <class T>
constexpr int64_t kBlockRows = kBlockBytes / kBlockDepth / int64_t{sizeof(GemmSum<T>)} / kTileRows * kTileRows;

// The micro-kernel: tile = A panel (Rows x depth) * B panel (depth x Vecs vectors, kTileCols apart).
template <class Sum, int Rows, int Vecs>
void multiply_panels(int64_t depth, const Sum* a, const Sum* b, Sum* tile) {
  Vec<Sum> sums[Rows][Vecs] = {};
  for (int64_t p = 0; p < depth; ++p) {
    Vec<Sum> row[Vecs];
#pragma GCC unroll 4
    for (int v = 0; v < Vecs; ++v) row[v] = load(b + v * kLanes<Sum>);
#pragma GCC unroll 16
    for (int i = 0; i < Rows; ++i) {
      const Vec<Sum> x = splat(a[i]);
#pragma GCC unroll 4
      for (int v = 0; v < Vecs; ++v) sums[i][v] = fma(x, row[v], sums[i][v]);
    }
    a += Rows;
    b += kTileCols<Sum>;
  }
#pragma GCC unroll 16
  for (int i = 0; i < Rows; ++i) {
#pragma GCC unroll 4
    for (int v = 0; v < Vecs; ++v) store(tile + i * kTileCols<Sum> + v * kLanes<Sum>, sums[i][v]);
  }
}

#if defined(__AVX512F__)
// The same for panels of pairs.
template <int Rows, int Vecs>
STRIDED_PAIRS_TARGET void multiply_pairs(int64_t depth, const float* a, const float* b, float* tile) {
  Vec<float> sums[Rows][Vecs] = {};
  for (int64_t p = 0; p < depth; ++p) {
    Vec<int32_t> row[Vecs];
#pragma GCC unroll 4
    for (int v = 0; v < Vecs; ++v) __builtin_memcpy(&row[v], b + v * kLanes<float>, sizeof row[v]);
#pragma GCC unroll 16
    for (int i = 0; i < Rows; ++i) {
      int32_t pair;
      __builtin_memcpy(&pair, a + i, sizeof pair);
      const Vec<int32_t> x = splat(pair);
#pragma GCC unroll 4
      for (int v = 0; v < Vecs; ++v) sums[i][v] = fma_pairs(x, row[v], sums[i][v]);
    }
    a += Rows;
    b += kTileCols<float>;
  }
#pragma GCC unroll 16
  for (int i = 0; i < Rows; ++i) {
#pragma GCC unroll 4
    for (int v = 0; v < Vecs; ++v) store(tile + i * kTileCols<float> + v * kLanes<float>, sums[i][v]);
  }
}
#endif

template <class Sum>
using PanelProduct = void (*)(int64_t, const Sum*, const Sum*, Sum*);

template <class G, int Rows, int Vecs>
constexpr PanelProduct<GemmSum<typename G::Element>> panel_product() {
#if defined(__AVX512F__)
  if constexpr (G::group == 2) return multiply_pairs<Rows, Vecs>;
  else
#endif
    return multiply_panels<GemmSum<typename G::Element>, Rows, Vecs>;
}

// One micro-kernel for every height and width of tile, so that an edge costs what it holds.
template <class G>
struct PanelProducts {
  PanelProduct<GemmSum<typename G::Element>> of[kTileRows][kTileVecs] = {};
  constexpr PanelProducts() { fill(std::make_integer_sequence<int, kTileVecs>{}); }
  template <int... V>
  constexpr void fill(std::integer_sequence<int, V...>) {
    (fill_heights<V>(std::make_integer_sequence<int, kTileRows>{}), ...);
  }
  template <int V, int... R>
  constexpr void fill_heights(std::integer_sequence<int, R...>) {
    ((of[R][V] = panel_product<G, R + 1, V + 1>()), ...);
  }
};
template <class G>
constexpr PanelProducts<G> kPanelProducts;

// Stores a sum, or the first lanes of a vector of them, as the element of C that it is.
template <class T>
inline void store_result(const GemmTarget<T>& t, int64_t at, GemmSum<T> x) {
  if constexpr (sizeof(T) == 2) {
    if (t.rounded) {
      t.rounded[at] = T(x);
      return;
    }
  }
  t.c[at] = x;
}
template <class T>
inline void store_result(const GemmTarget<T>& t, int64_t at, Vec<GemmSum<T>> x, int count) {
  if constexpr (sizeof(T) == 2) {
    if (t.rounded) return store_rounded(t.rounded + at, x, count);
  }
  if (count == kLanes<GemmSum<T>>) store(t.c + at, x);
  else store_first(t.c + at, x, count);
}

// Writes a tile of sums, tile_row apart, to C at (i0, j0).
template <class T>
void write_tile(const GemmSum<T>* tile, int64_t tile_row, int64_t rows, int64_t cols, const GemmTarget<T>& t,
                int64_t i0, int64_t j0) {
  using Sum = GemmSum<T>;
  constexpr int lanes = kLanes<Sum>;
  const bool reads = t.beta != Sum{0};
  if (t.c_col != 1 || (reads && t.d_col != 1 && t.d_col != 0)) {
    for (int64_t i = 0; i < rows; ++i) {
      for (int64_t j = 0; j < cols; ++j) {
        Sum x = t.alpha * tile[i * tile_row + j];
        if (reads) x += t.beta * t.d[(i0 + i) * t.d_row + (j0 + j) * t.d_col];
        store_result(t, (i0 + i) * t.c_row + (j0 + j) * t.c_col, x);
      }
    }
    return;
  }
  const Vec<Sum> alpha = splat(t.alpha), beta = splat(t.beta);
  for (int64_t i = 0; i < rows; ++i) {
    const Sum* sums = tile + i * tile_row;
    const int64_t c = (i0 + i) * t.c_row + j0;
    const Sum* d = reads ? t.d + (i0 + i) * t.d_row + j0 * t.d_col : nullptr;
    for (int64_t j = 0; j < cols; j += lanes) {
      const int count = static_cast<int>(min(lanes, cols - j));
      Vec<Sum> x = alpha * load(sums + j);
      if (reads) {
        if (t.d_col == 0) x = fma(beta, splat(*d), x);
        else x = fma(beta, count == lanes ? load(d + j) : load_first(d + j, count), x);
      }
      store_result<T>(t, c + j, x, count);
    }
  }
}

template <class G, class T = typename G::Element>
void block(int64_t rows, int64_t cols, int64_t depth, const GemmSum<T>* a, int64_t height, const GemmSum<T>* b,
           const GemmTarget<T>& target) {
  alignas(64) GemmSum<T> tile[kTileRows * kTileCols<T>];
  const char* c = target.rounded ? reinterpret_cast<const char*>(target.rounded) : reinterpret_cast<const char*>(target.c);
  const int64_t size = target.rounded ? sizeof(T) : sizeof(GemmSum<T>);
  for (int64_t j = 0; j < cols; j += kTileCols<T>) {
    const int64_t width = min(kTileCols<T>, cols - j);
    const int64_t vecs = (width + kLanes<GemmSum<T>> - 1) / kLanes<GemmSum<T>>;
    for (int64_t i = 0; i < rows; i += height) {
      const int64_t high = min(height, rows - i);
      // The tile of C arrives while the panels are multiplied.
      for (int64_t r = 0; r < high; ++r) {
        const int64_t first = (i + r) * target.c_row + j * target.c_col;
        __builtin_prefetch(c + size * first, 1);
        __builtin_prefetch(c + size * (first + (width - 1) * target.c_col), 1);
      }
      kPanelProducts<G>.of[high - 1][vecs - 1](depth, a + i * depth, b + j * depth, tile);
      write_tile(tile, kTileCols<T>, high, width, target, i, j);
    }
  }
}

// Small products read A and B where they lie: fewer rows and more columns than a tile, since each row of A is a pointer.
constexpr int kDirectRows = 6, kDirectVecs = kVecRegisters == 32 ? 4 : 2;

template <class T, int Rows, int Vecs>
void direct_tile(int64_t depth, const T* a, int64_t a_row, int64_t a_col, const T* b, int64_t b_row, int last,
                 GemmSum<T>* tile) {
  using Sum = GemmSum<T>;
  constexpr int lanes = kLanes<Sum>;
  const T* rows[Rows];
#pragma GCC unroll 8
  for (int i = 0; i < Rows; ++i) rows[i] = a + i * a_row;
  Vec<Sum> sums[Rows][Vecs] = {};
  for (int64_t p = 0; p < depth; ++p) {
    Vec<Sum> row[Vecs];
#pragma GCC unroll 4
    for (int v = 0; v + 1 < Vecs; ++v) row[v] = load_sum(b + v * lanes);
    const T* end = b + (Vecs - 1) * lanes;
    row[Vecs - 1] = last == lanes ? load_sum(end) : load_sum_first(end, last);
#pragma GCC unroll 8
    for (int i = 0; i < Rows; ++i) {
      const Vec<Sum> x = splat(static_cast<Sum>(rows[i][p * a_col]));
#pragma GCC unroll 4
      for (int v = 0; v < Vecs; ++v) sums[i][v] = fma(x, row[v], sums[i][v]);
    }
    b += b_row;
  }
#pragma GCC unroll 8
  for (int i = 0; i < Rows; ++i) {
#pragma GCC unroll 4
    for (int v = 0; v < Vecs; ++v) store(tile + (i * kDirectVecs + v) * lanes, sums[i][v]);
  }
}

template <class T, int Vecs>
void direct_cols(int64_t rows, int64_t j, int64_t cols, int64_t depth, const T* a, int64_t a_row, int64_t a_col,
                 const T* b, int64_t b_row, const GemmTarget<T>& target) {
  constexpr int lanes = kLanes<GemmSum<T>>;
  alignas(64) GemmSum<T> tile[kDirectRows * kDirectVecs * lanes];
  const int last = static_cast<int>(cols - (Vecs - 1) * lanes);
  const auto step = [&]<int Rows>(int64_t i, std::integer_sequence<int, Rows>) {
    direct_tile<T, Rows, Vecs>(depth, a + i * a_row, a_row, a_col, b + j, b_row, last, tile);
    write_tile(tile, kDirectVecs * lanes, Rows, cols, target, i, j);
  };
  int64_t i = 0;
  for (; i + kDirectRows <= rows; i += kDirectRows) step(i, std::integer_sequence<int, kDirectRows>{});
  for (; i + 2 <= rows; i += 2) step(i, std::integer_sequence<int, 2>{});
  if (i < rows) step(i, std::integer_sequence<int, 1>{});
}

template <class T>
void direct(int64_t rows, int64_t cols, int64_t depth, const T* a, int64_t a_row, int64_t a_col, const T* b,
            int64_t b_row, const GemmTarget<T>& target) {
  constexpr int64_t lanes = kLanes<GemmSum<T>>;
  int64_t j = 0;
  for (; j < cols; j += kDirectVecs * lanes) {
    const int64_t width = min(kDirectVecs * lanes, cols - j);
    if constexpr (kDirectVecs == 4) {
      if (width > 3 * lanes) {
        direct_cols<T, 4>(rows, j, width, depth, a, a_row, a_col, b, b_row, target);
        continue;
      }
      if (width > 2 * lanes) {
        direct_cols<T, 3>(rows, j, width, depth, a, a_row, a_col, b, b_row, target);
        continue;
      }
    }
    if (width > lanes) direct_cols<T, 2>(rows, j, width, depth, a, a_row, a_col, b, b_row, target);
    else direct_cols<T, 1>(rows, j, width, depth, a, a_row, a_col, b, b_row, target);
  }
}

constexpr int kDotRows = kVecRegisters == 32 ? 4 : 2, kDotCols = 4;
constexpr int64_t kDotLimit = kVecRegisters == 32 ? 16 : 4;

template <class T, int Rows, int Cols>
void dot_tile(int64_t depth, const T* a, int64_t a_row, const T* b, int64_t b_col, GemmSum<T>* tile) {
  using Sum = GemmSum<T>;
  // A lone dot product needs several sums to keep the multipliers busy.
  constexpr int chains = Rows * Cols == 1 ? 8 : Rows * Cols <= 4 ? 2 : 1;
  constexpr int64_t lanes = kLanes<Sum>;
  Vec<Sum> sums[Rows][Cols][chains] = {};
  int64_t p = 0;
  for (; p + chains * lanes <= depth; p += chains * lanes) {
#pragma GCC unroll 8
    for (int s = 0; s < chains; ++s) {
      Vec<Sum> y[Cols];
#pragma GCC unroll 8
      for (int j = 0; j < Cols; ++j) y[j] = load_sum(b + j * b_col + p + s * lanes);
#pragma GCC unroll 8
      for (int i = 0; i < Rows; ++i) {
        const Vec<Sum> x = load_sum(a + i * a_row + p + s * lanes);
#pragma GCC unroll 8
        for (int j = 0; j < Cols; ++j) sums[i][j][s] = fma(x, y[j], sums[i][j][s]);
      }
    }
  }
  for (; p < depth; p += lanes) {
    const int count = static_cast<int>(min(lanes, depth - p));
#pragma GCC unroll 8
    for (int i = 0; i < Rows; ++i) {
      const Vec<Sum> x = load_sum_first(a + i * a_row + p, count);
#pragma GCC unroll 8
      for (int j = 0; j < Cols; ++j) sums[i][j][0] = fma(x, load_sum_first(b + j * b_col + p, count), sums[i][j][0]);
    }
  }
#pragma GCC unroll 8
  for (int i = 0; i < Rows; ++i) {
#pragma GCC unroll 8
    for (int j = 0; j < Cols; ++j) {
#pragma GCC unroll 8
      for (int half = chains / 2; half > 0; half /= 2) {
#pragma GCC unroll 8
        for (int s = 0; s < half; ++s) sums[i][j][s] += sums[i][j][s + half];
      }
      tile[i * kDotCols + j] = sum_lanes<Sum>(sums[i][j][0]);
    }
  }
}

template <class T, int Rows, int Cols>
void dot_tile_at(int64_t i, int64_t j, int64_t depth, const T* a, int64_t a_row, const T* b, int64_t b_col,
                 const GemmTarget<T>& target) {
  // A whole vector may be read beside the tile's last element.
  alignas(64) GemmSum<T> tile[Rows * kDotCols + kLanes<GemmSum<T>>] = {};
  dot_tile<T, Rows, Cols>(depth, a + i * a_row, a_row, b + j * b_col, b_col, tile);
  write_tile<T>(tile, kDotCols, Rows, Cols, target, i, j);
}

template <class T, int Cols>
void dot_cols(int64_t rows, int64_t j, int64_t depth, const T* a, int64_t a_row, const T* b, int64_t b_col,
              const GemmTarget<T>& target) {
  int64_t i = 0;
  for (; i + kDotRows <= rows; i += kDotRows) dot_tile_at<T, kDotRows, Cols>(i, j, depth, a, a_row, b, b_col, target);
  for (; i < rows; ++i) dot_tile_at<T, 1, Cols>(i, j, depth, a, a_row, b, b_col, target);
}

template <class T>
void dots(int64_t rows, int64_t cols, int64_t depth, const T* a, int64_t a_row, const T* b, int64_t b_col,
          const GemmTarget<T>& target) {
  int64_t j = 0;
  for (; j + kDotCols <= cols; j += kDotCols) dot_cols<T, kDotCols>(rows, j, depth, a, a_row, b, b_col, target);
  for (; j < cols; ++j) dot_cols<T, 1>(rows, j, depth, a, a_row, b, b_col, target);
}

// Sums stay in the first level of cache while rows of B stream by, four at a time.
template <class T>
void row(int64_t cols, int64_t depth, const T* a, int64_t a_col, const T* b, int64_t b_row,
         const GemmTarget<T>& target) {
  using Sum = GemmSum<T>;
  constexpr int64_t width = 4096 / sizeof(Sum), lanes = kLanes<Sum>;
  alignas(64) Sum sums[width];
  for (int64_t j0 = 0; j0 < cols; j0 += width) {
    const int64_t count = min(width, cols - j0), whole = count / lanes * lanes;
    const int tail = static_cast<int>(count - whole);
    for (int64_t j = 0; j < count; j += lanes) store<Sum>(sums + j, Vec<Sum>{});
    int64_t p = 0;
    for (; p + 4 <= depth; p += 4) {
      const T* b0 = b + p * b_row + j0;
      const T *b1 = b0 + b_row, *b2 = b1 + b_row, *b3 = b2 + b_row;
      const T* ap = a + p * a_col;
      const Vec<Sum> a0 = splat<Sum>(ap[0]), a1 = splat<Sum>(ap[a_col]), a2 = splat<Sum>(ap[2 * a_col]),
                     a3 = splat<Sum>(ap[3 * a_col]);
      for (int64_t j = 0; j < whole; j += lanes) {
        const Vec<Sum> s = fma(a1, load_sum(b1 + j), fma(a0, load_sum(b0 + j), load(sums + j)));
        store(sums + j, fma(a3, load_sum(b3 + j), fma(a2, load_sum(b2 + j), s)));
      }
      if (!tail) continue;
      const Vec<Sum> s = fma(a1, load_sum_first(b1 + whole, tail), fma(a0, load_sum_first(b0 + whole, tail), load(sums + whole)));
      store(sums + whole, fma(a3, load_sum_first(b3 + whole, tail), fma(a2, load_sum_first(b2 + whole, tail), s)));
    }
    for (; p < depth; ++p) {
      const Vec<Sum> x = splat<Sum>(a[p * a_col]);
      const T* bp = b + p * b_row + j0;
      for (int64_t j = 0; j < whole; j += lanes) store(sums + j, fma(x, load_sum(bp + j), load(sums + j)));
      if (tail) store(sums + whole, fma(x, load_sum_first(bp + whole, tail), load(sums + whole)));
    }
    write_tile<T>(sums, width, 1, count, target, 0, j0);
  }
}

template <class G, class T = typename G::Element>
constexpr GemmKernel<T> kKernel = {
    kTileRows, kTileCols<T>, kLanes<GemmSum<T>>, kBlockRows<T>, kBlockDepth * G::group, G::group,
    kDotLimit, pack<G>,      block<G>,           direct<T>,     dots<T>,                row<T>};

#if defined(__AVX512F__)
constexpr GemmKernel<BFloat16> kPairs = kKernel<Pairs<BFloat16>>;
#else
constexpr GemmKernel<BFloat16> kPairs = kKernel<Single<BFloat16>>;
#endif

}  // namespace

extern const GemmKernels gemm_kernels;
const GemmKernels gemm_kernels = {kKernel<Single<float>>, kKernel<Single<double>>, kKernel<Single<Half>>,
                                  kKernel<Single<BFloat16>>, kPairs};

}  // namespace strided::STRIDED_ISA
