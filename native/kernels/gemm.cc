// Matrix products on packed panels, after the structure of BLIS: a register tile of C accumulates over the depth of a
// panel of A and a panel of B. Every element of C adds its products in order of p, so the shape of the tiles never
// shows.
#include "native/kernels/gemm.h"

#include "native/kernels/vec/vec.h"

namespace strided::STRIDED_ISA {
namespace {

// A tile fills the registers with accumulators, leaving some for a row of B and an element of A.
#if defined(__aarch64__)
constexpr int kTileRows = 8, kTileVecs = 3;
#else
constexpr int kTileRows = kVecRegisters == 32 ? 14 : 6, kTileVecs = 2;
#endif
template <class T>
constexpr int kTileCols = kTileVecs * kLanes<T>;

// A block of A fills half of the second level of cache; machines with AVX-512 have at least 1 MiB of it.
constexpr int64_t kBlockDepth = kVecBytes == 64 ? 384 : 256;
constexpr int64_t kBlockBytes = kVecBytes == 64 ? 512 << 10 : 192 << 10;
template <class T>
constexpr int64_t kBlockRows = kBlockBytes / kBlockDepth / int64_t{sizeof(T)} / kTileRows * kTileRows;

constexpr int64_t min(int64_t a, int64_t b) { return a < b ? a : b; }

template <class T>
void copy_short(T* to, const T* from, int64_t count) {
  constexpr int64_t step = 16 / sizeof(T);
  if (count < step) {
    for (int64_t i = 0; i < count; ++i) to[i] = from[i];
    return;
  }
  for (int64_t i = 0; i + step < count; i += step) __builtin_memcpy(to + i, from + i, 16);
  __builtin_memcpy(to + count - step, from + count - step, 16);
}

// Rows contiguous along the depth: squares of lanes x lanes are transposed in registers. The groups of lanes go from
// last to first, because an incomplete last group spills into the first group of the next p.
template <class T>
void pack_transposed(T* to, int64_t width, const T* from, int64_t count, int64_t stride, int64_t depth) {
  constexpr int64_t lanes = kLanes<T>;
  for (int64_t first = (width - 1) / lanes * lanes; first >= 0; first -= lanes) {
    const T* rows = from + first * stride;
    const int64_t valid = min(lanes, count - first);
    int64_t p = 0;
    if (valid == lanes) {
      for (; p + lanes <= depth; p += lanes) {
        Vec<T> square[lanes];
#pragma GCC unroll 16
        for (int64_t i = 0; i < lanes; ++i) square[i] = load(rows + i * stride + p);
        transpose<T>(square);
#pragma GCC unroll 16
        for (int64_t i = 0; i < lanes; ++i) store(to + (p + i) * width + first, square[i]);
      }
    } else {
      for (; p + lanes <= depth; p += lanes) {
        Vec<T> square[lanes];
#pragma GCC unroll 16
        for (int64_t i = 0; i < lanes; ++i) square[i] = i < valid ? load(rows + i * stride + p) : Vec<T>{};
        transpose<T>(square);
#pragma GCC unroll 16
        for (int64_t i = 0; i < lanes; ++i) store(to + (p + i) * width + first, square[i]);
      }
    }
    const int64_t end = min(lanes, width - first);
    for (; p < depth; ++p) {
      for (int64_t i = 0; i < end; ++i) to[p * width + first + i] = i < valid ? rows[i * stride + p] : T{0};
    }
  }
}

template <class T>
void pack(T* to, int64_t width, const T* from, int64_t count, int64_t stride, int64_t depth, int64_t depth_stride) {
  if (depth_stride == 1 && stride != 1) return pack_transposed(to, width, from, count, stride, depth);
  if (stride == 1 && count == kTileCols<T> && width == count) {
    for (int64_t p = 0; p < depth; ++p) {
      for (int v = 0; v < kTileVecs; ++v) store(to + v * kLanes<T>, load(from + v * kLanes<T>));
      to += width;
      from += depth_stride;
    }
    return;
  }
  for (int64_t p = 0; p < depth; ++p) {
    if (stride == 1) {
      copy_short(to, from, count);
    } else {
      for (int64_t i = 0; i < count; ++i) to[i] = from[i * stride];
    }
    for (int64_t i = count; i < width; ++i) to[i] = T{0};
    to += width;
    from += depth_stride;
  }
}

// The micro-kernel: tile = A panel (Rows x depth) * B panel (depth x Vecs vectors, kTileCols apart).
template <class T, int Rows, int Vecs>
void multiply_panels(int64_t depth, const T* a, const T* b, T* tile) {
  Vec<T> sums[Rows][Vecs] = {};
  for (int64_t p = 0; p < depth; ++p) {
    Vec<T> row[Vecs];
#pragma GCC unroll 4
    for (int v = 0; v < Vecs; ++v) row[v] = load(b + v * kLanes<T>);
#pragma GCC unroll 16
    for (int i = 0; i < Rows; ++i) {
      const Vec<T> x = splat(a[i]);
#pragma GCC unroll 4
      for (int v = 0; v < Vecs; ++v) sums[i][v] = fma(x, row[v], sums[i][v]);
    }
    a += Rows;
    b += kTileCols<T>;
  }
#pragma GCC unroll 16
  for (int i = 0; i < Rows; ++i) {
#pragma GCC unroll 4
    for (int v = 0; v < Vecs; ++v) store(tile + i * kTileCols<T> + v * kLanes<T>, sums[i][v]);
  }
}

template <class T>
using PanelProduct = void (*)(int64_t, const T*, const T*, T*);

// One micro-kernel for every height and width of tile, so that an edge costs what it holds.
template <class T, int Vecs, int... R>
constexpr void fill_heights(PanelProduct<T> (&products)[kTileRows][kTileVecs], std::integer_sequence<int, R...>) {
  ((products[R][Vecs - 1] = multiply_panels<T, R + 1, Vecs>), ...);
}

template <class T>
struct PanelProducts {
  PanelProduct<T> of[kTileRows][kTileVecs] = {};
  constexpr PanelProducts() { fill(std::make_integer_sequence<int, kTileVecs>{}); }
  template <int... V>
  constexpr void fill(std::integer_sequence<int, V...>) {
    (fill_heights<T, V + 1>(of, std::make_integer_sequence<int, kTileRows>{}), ...);
  }
};
template <class T>
constexpr PanelProducts<T> kPanelProducts;

// Writes a tile of sums, tile_row apart, to C at (i0, j0).
template <class T>
void write_tile(const T* tile, int64_t tile_row, int64_t rows, int64_t cols, const GemmTarget<T>& t, int64_t i0,
                int64_t j0) {
  constexpr int lanes = kLanes<T>;
  const bool reads = t.beta != T{0};
  if (t.c_col != 1 || (reads && t.d_col != 1 && t.d_col != 0)) {
    for (int64_t i = 0; i < rows; ++i) {
      for (int64_t j = 0; j < cols; ++j) {
        T x = t.alpha * tile[i * tile_row + j];
        if (reads) x += t.beta * t.d[(i0 + i) * t.d_row + (j0 + j) * t.d_col];
        t.c[(i0 + i) * t.c_row + (j0 + j) * t.c_col] = x;
      }
    }
    return;
  }
  const Vec<T> alpha = splat(t.alpha), beta = splat(t.beta);
  for (int64_t i = 0; i < rows; ++i) {
    const T* sums = tile + i * tile_row;
    T* c = t.c + (i0 + i) * t.c_row + j0;
    const T* d = reads ? t.d + (i0 + i) * t.d_row + j0 * t.d_col : nullptr;
    for (int64_t j = 0; j < cols; j += lanes) {
      const int count = static_cast<int>(min(lanes, cols - j));
      Vec<T> x = alpha * load(sums + j);
      if (count == lanes) {
        if (reads) x = fma(beta, t.d_col ? load(d + j) : splat(*d), x);
        store(c + j, x);
      } else {
        if (reads) x = fma(beta, t.d_col ? load_first(d + j, count) : splat(*d), x);
        store_first(c + j, x, count);
      }
    }
  }
}

template <class T>
void block(int64_t rows, int64_t cols, int64_t depth, const T* a, int64_t height, const T* b,
           const GemmTarget<T>& target) {
  alignas(64) T tile[kTileRows * kTileCols<T>];
  for (int64_t j = 0; j < cols; j += kTileCols<T>) {
    const int64_t width = min(kTileCols<T>, cols - j);
    const int64_t vecs = (width + kLanes<T> - 1) / kLanes<T>;
    for (int64_t i = 0; i < rows; i += height) {
      const int64_t high = min(height, rows - i);
      // The tile of C arrives while the panels are multiplied.
      for (int64_t r = 0; r < high; ++r) {
        const T* c = target.c + (i + r) * target.c_row + j * target.c_col;
        __builtin_prefetch(c, 1);
        __builtin_prefetch(c + (width - 1) * target.c_col, 1);
      }
      kPanelProducts<T>.of[high - 1][vecs - 1](depth, a + i * depth, b + j * depth, tile);
      write_tile(tile, kTileCols<T>, high, width, target, i, j);
    }
  }
}

constexpr int kDotRows = kVecRegisters == 32 ? 4 : 2, kDotCols = 4;
constexpr int64_t kDotLimit = kVecRegisters == 32 ? 16 : 4;

template <class T, int Rows, int Cols>
void dot_tile(int64_t depth, const T* a, int64_t a_row, const T* b, int64_t b_col, T* tile) {
  // A lone dot product needs several sums to keep the multipliers busy.
  constexpr int chains = Rows * Cols == 1 ? 8 : Rows * Cols <= 4 ? 2 : 1;
  constexpr int64_t lanes = kLanes<T>;
  Vec<T> sums[Rows][Cols][chains] = {};
  int64_t p = 0;
  for (; p + chains * lanes <= depth; p += chains * lanes) {
#pragma GCC unroll 8
    for (int s = 0; s < chains; ++s) {
      Vec<T> y[Cols];
#pragma GCC unroll 8
      for (int j = 0; j < Cols; ++j) y[j] = load(b + j * b_col + p + s * lanes);
#pragma GCC unroll 8
      for (int i = 0; i < Rows; ++i) {
        const Vec<T> x = load(a + i * a_row + p + s * lanes);
#pragma GCC unroll 8
        for (int j = 0; j < Cols; ++j) sums[i][j][s] = fma(x, y[j], sums[i][j][s]);
      }
    }
  }
  for (; p < depth; p += lanes) {
    const int count = static_cast<int>(min(lanes, depth - p));
#pragma GCC unroll 8
    for (int i = 0; i < Rows; ++i) {
      const Vec<T> x = load_first(a + i * a_row + p, count);
#pragma GCC unroll 8
      for (int j = 0; j < Cols; ++j) sums[i][j][0] = fma(x, load_first(b + j * b_col + p, count), sums[i][j][0]);
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
      tile[i * kDotCols + j] = sum_lanes<T>(sums[i][j][0]);
    }
  }
}

template <class T, int Rows, int Cols>
void dot_tile_at(int64_t i, int64_t j, int64_t depth, const T* a, int64_t a_row, const T* b, int64_t b_col,
                 const GemmTarget<T>& target) {
  // A whole vector may be read beside the tile's last element.
  alignas(64) T tile[Rows * kDotCols + kLanes<T>] = {};
  dot_tile<T, Rows, Cols>(depth, a + i * a_row, a_row, b + j * b_col, b_col, tile);
  write_tile(tile, kDotCols, Rows, Cols, target, i, j);
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
  constexpr int64_t width = 4096 / sizeof(T), lanes = kLanes<T>;
  alignas(64) T sums[width];
  for (int64_t j0 = 0; j0 < cols; j0 += width) {
    const int64_t count = min(width, cols - j0), whole = count / lanes * lanes;
    const int tail = static_cast<int>(count - whole);
    for (int64_t j = 0; j < count; j += lanes) store<T>(sums + j, Vec<T>{});
    int64_t p = 0;
    for (; p + 4 <= depth; p += 4) {
      const T* b0 = b + p * b_row + j0;
      const T *b1 = b0 + b_row, *b2 = b1 + b_row, *b3 = b2 + b_row;
      const Vec<T> a0 = splat(a[p * a_col]), a1 = splat(a[(p + 1) * a_col]), a2 = splat(a[(p + 2) * a_col]),
                   a3 = splat(a[(p + 3) * a_col]);
      for (int64_t j = 0; j < whole; j += lanes) {
        const Vec<T> s = fma(a1, load(b1 + j), fma(a0, load(b0 + j), load(sums + j)));
        store(sums + j, fma(a3, load(b3 + j), fma(a2, load(b2 + j), s)));
      }
      if (!tail) continue;
      const Vec<T> s = fma(a1, load_first(b1 + whole, tail), fma(a0, load_first(b0 + whole, tail), load(sums + whole)));
      store(sums + whole, fma(a3, load_first(b3 + whole, tail), fma(a2, load_first(b2 + whole, tail), s)));
    }
    for (; p < depth; ++p) {
      const Vec<T> x = splat(a[p * a_col]);
      const T* bp = b + p * b_row + j0;
      for (int64_t j = 0; j < whole; j += lanes) store(sums + j, fma(x, load(bp + j), load(sums + j)));
      if (tail) store(sums + whole, fma(x, load_first(bp + whole, tail), load(sums + whole)));
    }
    write_tile(sums, width, 1, count, target, 0, j0);
  }
}

template <class T>
constexpr GemmKernel<T> kKernel = {kTileRows, kTileCols<T>, kLanes<T>, kBlockRows<T>, kBlockDepth,
                                   kDotLimit, pack<T>,      block<T>,  dots<T>,       row<T>};

}  // namespace

extern const GemmKernels gemm_kernels;
const GemmKernels gemm_kernels = {kKernel<float>, kKernel<double>};

}  // namespace strided::STRIDED_ISA
