#include "native/ops/gemm.h"

#include "native/core/parallel.h"
#include "native/kernels/gemm.h"
#include "native/ops/bfloat16_kernel.h"
#include "native/ops/workspace.h"

namespace strided {
namespace {

// Multiply-adds below which a second thread costs more than it brings.
constexpr int64_t kParallelWork = int64_t{1} << 20;
// How much of B is packed at a time, in bytes and in blocks of the depth; larger products are cut along n and k.
constexpr int64_t kPackedBytes = int64_t{16} << 20;
constexpr int64_t kPackedBlocks = 16;
// Contiguous rows of B are read in strips of this width and height, several panels at a time: a row may be a page apart
// from the next, and a page should be visited once.
constexpr int64_t kStripBytes = 512;
constexpr int64_t kStripRows = 16;

// A product so small is multiplied in place: elements of B, rows of A, and how far apart rows of B may lie (the next
// page is too far). Packed 16-bit floats need no conversion any more, and may be multiplied in pairs.
template <class T>
constexpr int64_t kDirectArea = sizeof(T) == 2 ? 1024 : 4096;
constexpr int64_t kDirectRows = 128, kDirectStride = 512;

int64_t ceil_div(int64_t a, int64_t b) { return (a + b - 1) / b; }
int64_t round_up(int64_t a, int64_t b) { return ceil_div(a, b) * b; }
// The size of even pieces, none above `most`, all but the last a multiple of `unit`.
int64_t even_piece(int64_t total, int64_t most, int64_t unit) {
  return round_up(ceil_div(total, ceil_div(total, most)), unit);
}

thread_local Workspace packed_a_workspace, packed_b_workspace, sums_workspace;

template <class T>
const GemmKernel<T>& kernel() {
  if constexpr (std::is_same_v<T, float>) return gemm_kernels().f32;
  else if constexpr (std::is_same_v<T, double>) return gemm_kernels().f64;
  else if constexpr (std::is_same_v<T, Half>) return gemm_kernels().f16;
  else return bfloat16_kernel();
}

template <class T>
constexpr bool kRounds = !std::is_same_v<T, GemmSum<T>>;

template <class T>
GemmTarget<T> target_of(const GemmProblem<T>& p) {
  if constexpr (kRounds<T>) {
    return {nullptr, p.c_row, p.c_col, p.d, p.d_row, p.d_col, p.alpha, p.beta, p.c};
  } else if (p.d) {
    return {p.c, p.c_row, p.c_col, p.d, p.d_row, p.d_col, p.alpha, p.beta};
  } else {
    return {p.c, p.c_row, p.c_col, p.c, p.c_row, p.c_col, p.alpha, p.beta};
  }
}

template <class T>
GemmTarget<T> moved(GemmTarget<T> t, int64_t i, int64_t j) {
  const int64_t step = i * t.c_row + j * t.c_col;
  if (t.rounded) t.rounded += step;
  else t.c += step;
  if (t.beta != 0) t.d += i * t.d_row + j * t.d_col;
  return t;
}

// From the second block of the depth on, products add to what C holds.
template <class T>
GemmTarget<T> continued(const GemmTarget<T>& t) {
  return {t.c, t.c_row, t.c_col, t.c, t.c_row, t.c_col, t.alpha, 1};
}

// C^T = alpha * B^T A^T + beta * D^T.
template <class T>
GemmProblem<T> transposed(const GemmProblem<T>& p) {
  return {p.n, p.m,     p.k,     p.b,     p.b_col, p.b_row, p.a,     p.a_col, p.a_row,
          p.c, p.c_col, p.c_row, p.alpha, p.beta,  p.d,     p.d_col, p.d_row, p.activation};
}

// The activation, if any, of rows [i, i + rows) and columns [j, j + cols) of C.
template <class T>
void activate(const GemmProblem<T>& p, int64_t i, int64_t rows, int64_t j, int64_t cols) {
  if (!p.activation) return;
  const int64_t step = p.c_col * int64_t{sizeof(T)}, strides[] = {step, step};
  for (int64_t row = i; row < i + rows; ++row) {
    char* const c = reinterpret_cast<char*>(p.c + row * p.c_row + j * p.c_col);
    char* const data[] = {c, c};
    p.activation(data, strides, cols);
  }
}

template <class T>
void scale_only(const GemmProblem<T>& p) {
  const GemmTarget<T> t = target_of(p);
  for (int64_t i = 0; i < p.m; ++i) {
    for (int64_t j = 0; j < p.n; ++j) {
      const GemmSum<T> x = t.beta == 0 ? 0 : t.beta * t.d[i * t.d_row + j * t.d_col];
      p.c[i * p.c_row + j * p.c_col] = static_cast<T>(x);
    }
  }
  activate(p, 0, p.m, 0, p.n);
}

// A vector kernel groups columns, and how may decide how they are summed: threads share out whole groups.
constexpr int64_t kColumnGroup = 64;

template <class T, class F>
void for_columns(const GemmProblem<T>& p, F&& body) {
  const int64_t grain = ceil_div(kParallelWork / 2 / kColumnGroup, p.m * p.k);
  parallel_for(ceil_div(p.n, kColumnGroup), grain,
               [&](int64_t begin, int64_t end) { body(begin * kColumnGroup, std::min(p.n, end * kColumnGroup)); });
}

template <class T>
void row_products(const GemmProblem<T>& p) {
  const GemmTarget<T> target = target_of(p);
  for_columns(p, [&](int64_t begin, int64_t end) {
    kernel<T>().few_rows(p.m, end - begin, p.k, p.a, p.a_row, p.a_col, p.b + begin, p.b_row, moved(target, 0, begin));
    activate(p, 0, p.m, begin, end - begin);
  });
}

// Whether rows of B should stream by, unpacked.
template <class T>
bool suits_few_rows(const GemmProblem<T>& p) {
  return p.b_col == 1 && p.m <= kernel<T>().few && p.n >= 2 * kernel<T>().lanes;
}

// Whether the kernel for dot products takes p, and is faster than packing.
template <class T>
bool suits_dots(const GemmProblem<T>& p) {
  if (p.m == 1) return p.b_row == 1 || p.n == 1;
  return p.b_row == 1 && p.m <= kernel<T>().dot_rows && p.k >= 16 * p.m;
}

// `rows` of `size` elements, side by side: those at `from` where they lie so, else a copy.
template <class T>
const T* contiguous_rows(const T* from, int64_t rows, int64_t& row_stride, int64_t size, int64_t stride,
                         Workspace& workspace) {
  if (stride == 1) return from;
  T* copy = workspace.at_least<T>(rows * size);
  for (int64_t i = 0; i < rows; ++i) {
    for (int64_t q = 0; q < size; ++q) copy[i * size + q] = from[i * row_stride + q * stride];
  }
  row_stride = size;
  return copy;
}

template <class T>
void dot_products(GemmProblem<T> p) {
  const GemmTarget<T> target = target_of(p);
  p.a = contiguous_rows(p.a, p.m, p.a_row, p.k, p.a_col, packed_a_workspace);
  if (p.n == 1) p.b = contiguous_rows(p.b, 1, p.b_col, p.k, p.b_row, packed_b_workspace);
  for_columns(p, [&](int64_t begin, int64_t end) {
    kernel<T>().dots(p.m, end - begin, p.k, p.a, p.a_row, p.b + begin * p.b_col, p.b_col, moved(target, 0, begin));
    activate(p, 0, p.m, begin, end - begin);
  });
}

template <class T>
class PackedProduct {
  using Sum = GemmSum<T>;

 public:
  PackedProduct(const GemmProblem<T>& problem, const GemmTarget<T>& target)
      : p_(problem),
        kernel_(kernel<T>()),
        target_(target),
        depth_(even_piece(p_.k, kernel_.block_depth, kernel_.group)) {}

  void run() {
    const int64_t panels = ceil_div(p_.n, kernel_.tile_cols);
    if (p_.m <= kernel_.block_rows && (is_small(p_.n) || panels >= 2 * num_threads())) return run_thin(panels);
    const int64_t most = std::max(kPackedBytes / int64_t{sizeof(Sum)} / packed(p_.k), kernel_.tile_cols);
    const int64_t cols = even_piece(p_.n, most, kernel_.tile_cols);
    for (int64_t col = 0; col < p_.n; col += cols) run_columns(col, std::min(cols, p_.n - col));
  }

 private:
  bool is_small(int64_t cols) const { return p_.m * cols * p_.k < kParallelWork; }
  int64_t packed(int64_t depth) const { return ceil_div(depth, kernel_.group) * kernel_.group_sums; }
  int64_t depth_from(int64_t q) const { return std::min(depth_, p_.k - q); }
  int64_t strip_cols() const { return round_up(kStripBytes / int64_t{sizeof(Sum)}, kernel_.tile_cols); }

  // Sums of several blocks of the depth gather where C is, or beside it where C itself would round them.
  Sum* sums_beside(int64_t rows, int64_t cols) const {
    return kRounds<T> && depth_ < p_.k ? sums_workspace.at_least<Sum>(rows * cols) : nullptr;
  }

  // Where the products of the block of the depth at q go, given where the result goes.
  GemmTarget<T> target_at(int64_t q, const GemmTarget<T>& whole, Sum* sums, int64_t sums_row) const {
    if constexpr (!kRounds<T>) return q == 0 ? whole : continued(whole);
    GemmTarget<T> t = whole;
    if (q + depth_ < p_.k) t.rounded = nullptr, t.c = sums, t.c_row = sums_row, t.c_col = 1;
    if (q > 0) t.d = sums, t.d_row = sums_row, t.d_col = 1, t.beta = 1;
    return t;
  }

  // One block of rows uses a panel of B only once: panels are packed as needed, few at a time, and never leave the
  // cache.
  void run_thin(int64_t panels) {
    const int64_t width = kernel_.tile_cols, height = even_piece(p_.m, kernel_.tile_rows, 1);
    Sum* packed_a = packed_a_workspace.at_least<Sum>(p_.m * packed(p_.k) + kernel_.lanes);
    for (int64_t q = 0; q < p_.k; q += depth_) pack_rows(packed_a + packed(q) * p_.m, 0, p_.m, height, q);
    const int64_t grain = is_small(p_.n) ? panels : ceil_div(kParallelWork / 4, p_.m * p_.k * width);
    parallel_for(panels, grain, [&](int64_t begin, int64_t end) {
      // Sums beside C should stay in the cache.
      const int64_t most = kRounds<T> ? 8 * strip_cols() : (end - begin) * width, last = std::min(end * width, p_.n);
      for (int64_t j = begin * width; j < last; j += most) {
        run_strips(packed_a, height, j, std::min(most, last - j));
      }
    });
  }

  void run_strips(const Sum* packed_a, int64_t height, int64_t first, int64_t cols) {
    const int64_t step = std::min(strip_cols(), round_up(cols, kernel_.tile_cols));
    Sum* packed_b = packed_b_workspace.at_least<Sum>(packed(depth_) * step);
    Sum* sums = sums_beside(p_.m, cols);
    for (int64_t q = 0; q < p_.k; q += depth_) {
      const int64_t depth = packed(depth_from(q));
      const GemmTarget<T> target = target_at(q, moved(target_, 0, first), sums, cols);
      for (int64_t j = 0; j < cols; j += step) {
        const int64_t count = std::min(step, cols - j);
        pack_cols(packed_b, first + j, count, q);
        kernel_.block(p_.m, count, depth, packed_a + packed(q) * p_.m, height, packed_b, moved(target, 0, j));
      }
    }
    activate(p_, 0, p_.m, first, cols);
  }

  // Packs columns [j, j + cols) of B over the block of the depth that begins at q.
  void pack_cols(Sum* to, int64_t j, int64_t cols, int64_t q) const {
    const int64_t width = kernel_.tile_cols, depth = depth_from(q);
    const int64_t strip = p_.b_col == 1 && cols > width ? round_up(kStripRows, kernel_.group) : depth;
    for (int64_t r = 0; r < depth; r += strip) {
      const T* from = p_.b + (q + r) * p_.b_row + j * p_.b_col;
      for (int64_t col = 0; col < cols; col += width) {
        kernel_.pack_b(to + col * packed(depth) + packed(r) * width, width, from + col * p_.b_col,
                       std::min(width, cols - col), p_.b_col, std::min(strip, depth - r), p_.b_row);
      }
    }
  }

  // Packs rows [i, i + rows) of A over the block of the depth that begins at q.
  void pack_rows(Sum* to, int64_t i, int64_t rows, int64_t height, int64_t q) const {
    const int64_t depth = depth_from(q);
    for (int64_t r = 0; r < rows; r += height) {
      const int64_t high = std::min(height, rows - r);
      const T* from = p_.a + (i + r) * p_.a_row + q * p_.a_col;
      kernel_.pack_a(to + r * packed(depth), high, from, high, p_.a_row, depth, p_.a_col);
    }
  }

  void run_columns(int64_t first_col, int64_t cols) {
    const int64_t width = kernel_.tile_cols, panels = ceil_div(cols, width), padded = panels * width;
    Sum* packed_b = packed_b_workspace.at_least<Sum>(packed(p_.k) * padded);
    const int threads = is_small(cols) ? 1 : num_threads();
    const int64_t pack_grain = threads == 1 ? panels : ceil_div(kParallelWork / 8, p_.k * width);
    parallel_for(panels, pack_grain, [&](int64_t begin, int64_t end) {
      const int64_t last = std::min(end * width, cols);
      for (int64_t q = 0; q < p_.k; q += depth_) {
        const int64_t depth = packed(depth_from(q));
        for (int64_t j = begin * width; j < last; j += strip_cols()) {
          pack_cols(packed_b + packed(q) * padded + j * depth, first_col + j, std::min(strip_cols(), last - j), q);
        }
      }
    });
    // Blocks of rows, and of columns as well where rows alone would leave a thread idle.
    const int64_t wanted = threads == 1 ? 1 : 4 * threads;
    const int64_t rows = even_piece(p_.m, std::clamp(ceil_div(p_.m, wanted), kernel_.tile_rows, kernel_.block_rows), 1);
    const int64_t row_blocks = ceil_div(p_.m, rows);
    const int64_t block_cols = round_up(ceil_div(cols, ceil_div(wanted, row_blocks)), std::min(4 * width, padded));
    const int64_t col_blocks = ceil_div(cols, block_cols);
    const int64_t blocks = row_blocks * col_blocks;
    parallel_for(blocks, threads == 1 ? blocks : 1, [&](int64_t begin, int64_t end) {
      for (int64_t index = begin; index < end; ++index) {
        const int64_t i = index / col_blocks * rows, j = index % col_blocks * block_cols;
        run_block(i, std::min(rows, p_.m - i), first_col, j, std::min(block_cols, cols - j), packed_b, padded);
      }
    });
  }

  void run_block(int64_t i, int64_t rows, int64_t first_col, int64_t j, int64_t cols, const Sum* packed_b,
                 int64_t padded) {
    const int64_t height = even_piece(rows, kernel_.tile_rows, 1);
    Sum* packed_a = packed_a_workspace.at_least<Sum>(rows * packed(depth_) + kernel_.lanes);
    Sum* sums = sums_beside(rows, cols);
    const GemmTarget<T> whole = moved(target_, i, first_col + j);
    for (int64_t q = 0; q < p_.k; q += depth_) {
      const int64_t depth = packed(depth_from(q));
      pack_rows(packed_a, i, rows, height, q);
      kernel_.block(rows, cols, depth, packed_a, height, packed_b + packed(q) * padded + j * depth,
                    target_at(q, whole, sums, cols));
    }
    activate(p_, i, rows, first_col + j, cols);
  }

  const GemmProblem<T> p_;
  const GemmKernel<T>& kernel_;
  const GemmTarget<T> target_;
  // Only the blocks of the depth decide how an element is summed, so they follow from the shape alone.
  const int64_t depth_;
};

template <class T>
void packed_product(const GemmProblem<T>& problem) {
  // What is rounded at the end cannot be continued.
  const int64_t deepest = kRounds<T> ? problem.k : kPackedBlocks * kernel<T>().block_depth;
  for (int64_t q = 0; q < problem.k; q += deepest) {
    GemmProblem<T> p = problem;
    p.k = std::min(deepest, problem.k - q);
    p.a += q * p.a_col;
    p.b += q * p.b_row;
    if (q + deepest < problem.k) p.activation = nullptr;
    PackedProduct<T>(p, q == 0 ? target_of(p) : continued(target_of(p))).run();
  }
}

// Whether B is so small that packing costs more than reading it as it lies.
template <class T>
bool suits_direct(const GemmProblem<T>& p) {
  return p.b_col == 1 && p.k * p.n <= kDirectArea<T> && p.m <= kDirectRows && p.b_row <= kDirectStride && p.b_row >= 0;
}

}  // namespace

template <class T>
void gemm(const GemmProblem<T>& problem) {
  if (problem.m <= 0 || problem.n <= 0) return;
  if (problem.k <= 0 || problem.alpha == 0) return scale_only(problem);
  // Seen sideways, few columns are few rows, and a C with contiguous columns one with contiguous rows.
  GemmProblem<T> p = problem;
  const bool columns = p.m != 1 && p.c_col != 1 && p.c_row == 1;
  if (!suits_dots(p) && p.m != 1) {
    const GemmProblem<T> other = transposed(p);
    if (p.n == 1 || columns || suits_dots(other) || (p.n < p.m && suits_few_rows(other))) p = other;
  }
  if (suits_dots(p)) {
    dot_products(p);
  } else if (suits_few_rows(p)) {
    row_products(p);
  } else if (suits_direct(p)) {
    kernel<T>().direct(p.m, p.n, p.k, p.a, p.a_row, p.a_col, p.b, p.b_row, target_of(p));
    activate(p, 0, p.m, 0, p.n);
  } else {
    packed_product(p);
  }
  for (Workspace* workspace : {&packed_a_workspace, &packed_b_workspace, &sums_workspace}) workspace->trim();
}

template <class T>
void batched_gemm(const GemmProblem<T>& first, int64_t count, int64_t a_step, int64_t b_step, int64_t c_step,
                  int64_t d_step) {
  const auto run = [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      GemmProblem<T> p = first;
      p.a += i * a_step;
      p.b += i * b_step;
      p.c += i * c_step;
      if (p.d) p.d += i * d_step;
      gemm(p);
    }
  };
  const int64_t work = std::max<int64_t>(first.m * first.n * std::max<int64_t>(first.k, 1), 1);
  // Few large products are better cut inside than handed out whole.
  if (work >= kParallelWork && count < 4 * num_threads()) return run(0, count);
  parallel_for(count, ceil_div(kParallelWork / 2, work), run);
}

template void gemm(const GemmProblem<float>&);
template void gemm(const GemmProblem<double>&);
template void gemm(const GemmProblem<Half>&);
template void gemm(const GemmProblem<BFloat16>&);
template void batched_gemm(const GemmProblem<float>&, int64_t, int64_t, int64_t, int64_t, int64_t);
template void batched_gemm(const GemmProblem<double>&, int64_t, int64_t, int64_t, int64_t, int64_t);
template void batched_gemm(const GemmProblem<Half>&, int64_t, int64_t, int64_t, int64_t, int64_t);
template void batched_gemm(const GemmProblem<BFloat16>&, int64_t, int64_t, int64_t, int64_t, int64_t);

}  // namespace strided
