// Matrix products on packed panels, after the structure of BLIS: a register tile of C accumulates over the depth of a
// panel of A and a panel of B. Every element of C adds its products in order of p, so the shape of the tiles never
// shows.
#include "native/kernels/gemm.h"

#include "native/kernels/gemm_pack.h"
#include "native/kernels/gemm_skinny.h"
#include "native/kernels/gemm_store.h"
#include "native/kernels/gemm_tiles.h"
#include "native/kernels/vec/tiles.h"

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
// Pairs are so fast that each store of a tile should stand for more of them.
constexpr int64_t kBlockBytes = kVecBytes == 64 ? 512 << 10 : 192 << 10;
template <class G>
constexpr int64_t kBlockDepth = G::group == 2     ? 512
                                : kVecBytes == 64 ? 384
                                                  : 256;
template <class G>
constexpr int64_t kBlockRows = kBlockBytes / kBlockDepth<G> / int64_t{sizeof(typename G::Lane)} / kTileRows * kTileRows;

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

template <class G, class T = typename G::Element>
void block(int64_t rows, int64_t cols, int64_t depth, const GemmSum<T>* a, int64_t height, const GemmSum<T>* b,
           const GemmTarget<T>& target) {
  alignas(64) GemmSum<T> tile[kTileRows * kTileCols<T>];
  const char* c =
      target.rounded ? reinterpret_cast<const char*>(target.rounded) : reinterpret_cast<const char*>(target.c);
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

// Small products read A and B where they lie: fewer rows and more columns than a tile, since each row of A is a
// pointer.
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
      const Vec<Sum> x = splat(to_sum(rows[i][p * a_col]));
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

template <class G, class T = typename G::Element>
constexpr GemmKernel<T> kKernel = {kTileRows,
                                   kTileCols<T>,
                                   kLanes<GemmSum<T>>,
                                   kBlockRows<G>,
                                   kBlockDepth<G> * G::group,
                                   G::group,
                                   1,
                                   kDotLimit,
                                   kFewRows,
                                   pack<G>,
                                   pack<G>,
                                   block<G>,
                                   direct<T>,
                                   dots<T>,
                                   few_rows<T>};

#if defined(__AVX512F__)
constexpr GemmKernel<BFloat16> kPairs = kKernel<Pairs<BFloat16>>, kTiles = tiles_kernel<TileRegisters>(kPairs);
#else
constexpr GemmKernel<BFloat16> kPairs = kKernel<Single<BFloat16>>, kTiles = kPairs;
#endif

}  // namespace

extern const GemmKernels gemm_kernels;
const GemmKernels gemm_kernels = {
    kKernel<Single<float>>, kKernel<Single<double>>, kKernel<Single<Half>>, kKernel<Single<BFloat16>>, kPairs, kTiles};

}  // namespace strided::STRIDED_ISA
