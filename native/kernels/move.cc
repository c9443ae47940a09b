#include "native/kernels/move.h"

#include <cstddef>

#include "native/kernels/vec/vec.h"

namespace strided {
namespace {

using STRIDED_ISA::kVecBytes;

struct Block {
  char* to;
  int64_t to_row;
  const char* from;
  int64_t row, column, rows, columns;
};

template <class T>
[[gnu::always_inline]] inline T* at(char* p) {
  return reinterpret_cast<T*>(p);
}
template <class T>
[[gnu::always_inline]] inline const T* at(const char* p) {
  return reinterpret_cast<const T*>(p);
}

template <class T, int N>
struct RowOf {
  typedef T type __attribute__((vector_size(N * sizeof(T))));
};
template <class T, int N>
using Row = typename RowOf<T, N>::type;

// In 16 bytes the interleaving of two halves is one instruction everywhere; in wider vectors the exchange of blocks is.
template <class T, int N, int... L>
[[gnu::always_inline]] inline void interleave(Row<T, N> (&rows)[N], std::integer_sequence<int, L...>) {
  Row<T, N> next[N];
#pragma GCC unroll 16
  for (int i = 0; i < N / 2; ++i) {
    next[2 * i] = __builtin_shufflevector(rows[i], rows[i + N / 2], (L & 1 ? N + L / 2 : L / 2)...);
    next[2 * i + 1] = __builtin_shufflevector(rows[i], rows[i + N / 2], (N / 2 + (L & 1 ? N + L / 2 : L / 2))...);
  }
#pragma GCC unroll 16
  for (int i = 0; i < N; ++i) rows[i] = next[i];
}

template <class T, int N, int S, int... L>
[[gnu::always_inline]] inline void exchange(Row<T, N> (&rows)[N], std::integer_sequence<int, L...>) {
#pragma GCC unroll 16
  for (int i = 0; i < N; ++i) {
    if (i & S) continue;
    const Row<T, N> a = rows[i], b = rows[i + S];
    rows[i] = __builtin_shufflevector(a, b, ((L & S) ? N + L - S : L)...);
    rows[i + S] = __builtin_shufflevector(a, b, ((L & S) ? N + L : L + S)...);
  }
}

// Eight rows of 32 bytes: each half of 16 bytes on its own by interleaving, then halves change places.
template <class T>
[[gnu::always_inline]] inline void transpose_halves(Row<T, 8> (&rows)[8]) {
  for (int stage = 0; stage < 2; ++stage) {
    Row<T, 8> next[8];
#pragma GCC unroll 4
    for (int i = 0; i < 4; ++i) {
      const int from = i < 2 ? i : i + 2, to = 2 * from - (i < 2 ? 0 : 4);
      next[to] = __builtin_shufflevector(rows[from], rows[from + 2], 0, 8, 1, 9, 4, 12, 5, 13);
      next[to + 1] = __builtin_shufflevector(rows[from], rows[from + 2], 2, 10, 3, 11, 6, 14, 7, 15);
    }
#pragma GCC unroll 8
    for (int i = 0; i < 8; ++i) rows[i] = next[i];
  }
  exchange<T, 8, 4>(rows, std::make_integer_sequence<int, 8>{});
}

template <class T, int N, int S = 1>
[[gnu::always_inline]] inline void transpose(Row<T, N> (&rows)[N]) {
  if constexpr (N == 8 && sizeof(T) == 4) {
    transpose_halves<T>(rows);
  } else if constexpr (S < N) {
    constexpr auto lanes = std::make_integer_sequence<int, N>{};
    if constexpr (N * sizeof(T) <= 16) interleave<T, N>(rows, lanes);
    else exchange<T, N, S>(rows, lanes);
    transpose<T, N, 2 * S>(rows);
  }
}

template <class T, int N>
[[gnu::always_inline]] inline void move_square(char* to, int64_t to_row, const char* from, int64_t column) {
  Row<T, N> rows[N];
#pragma GCC unroll 16
  for (int i = 0; i < N; ++i) __builtin_memcpy(&rows[i], from + i * column, sizeof rows[i]);
  transpose<T, N>(rows);
#pragma GCC unroll 16
  for (int i = 0; i < N; ++i) __builtin_memcpy(to + i * to_row, &rows[i], sizeof rows[i]);
}

constexpr int64_t kLineBytes = 64;

// A square of whole cache lines, of which a part fits in registers: each line of the source is read at once, and each
// of the result written at once, since rows a power of two apart evict each other.
template <class T, int N>
[[gnu::always_inline]] inline void move_lines(char* to, int64_t to_row, const char* from, int64_t column) {
  constexpr int64_t part = N * sizeof(T), line = kLineBytes / sizeof(T);
  alignas(kLineBytes) char buffer[line][kLineBytes];
  for (int64_t c = 0; c < line; c += N) {
#pragma GCC unroll 4
    for (int64_t r = 0; r < line; r += N) {
      move_square<T, N>(buffer[r] + c * sizeof(T), kLineBytes, from + c * column + r * sizeof(T), column);
    }
  }
  for (int64_t i = 0; i < line; ++i) {
    Row<T, N> parts[kLineBytes / part];
    __builtin_memcpy(parts, buffer[i], sizeof parts);
    __builtin_memcpy(to + i * to_row, parts, sizeof parts);
  }
}

// Squares of N x N; the last ones overlap those before them, so that no edge is left.
template <class T, int N>
void move_squares(const Block& b) {
  constexpr int64_t size = sizeof(T);
  constexpr int64_t kLine = kLineBytes / size > N ? kLineBytes / size : N;
  for (int64_t line = 0; line < b.columns; line += kLine) {
    const int64_t end = line + kLine < b.columns ? line + kLine : b.columns;
    int64_t r = 0;
    if constexpr (kLine > N) {
      if (end - line == kLine) {
        for (; r + kLine <= b.rows; r += kLine) {
          move_lines<T, N>(b.to + r * b.to_row + line * size, b.to_row, b.from + line * b.column + r * size, b.column);
        }
      }
    }
    for (; r < b.rows; r += N) {
      for (int64_t c = line; c < end; c += N) {
        const int64_t i = r + N <= b.rows ? r : b.rows - N, j = c + N <= b.columns ? c : b.columns - N;
        move_square<T, N>(b.to + i * b.to_row + j * size, b.to_row, b.from + j * b.column + i * size, b.column);
      }
    }
  }
}

// N streams into one, element by element in turn: red, green and blue into pixels.
template <class T, int N>
void weave(const Block& b) {
  T* to = at<T>(b.to);
  const T* from[N];
  for (int c = 0; c < N; ++c) from[c] = at<T>(b.from + c * b.column);
#pragma GCC ivdep
  for (int64_t r = 0; r < b.rows; ++r) {
#pragma GCC unroll 4
    for (int c = 0; c < N; ++c) to[N * r + c] = from[c][r];
  }
}

// And back.
template <class T, int N>
void unweave(const Block& b) {
  T* to[N];
  const T* from = at<T>(b.from);
  for (int r = 0; r < N; ++r) to[r] = at<T>(b.to + r * b.to_row);
#pragma GCC ivdep
  for (int64_t c = 0; c < b.columns; ++c) {
#pragma GCC unroll 4
    for (int r = 0; r < N; ++r) to[r][c] = from[N * c + r];
  }
}

template <class T>
void move_each(const Block& b) {
  for (int64_t r = 0; r < b.rows; ++r) {
    T* to = at<T>(b.to + r * b.to_row);
    const char* from = b.from + r * b.row;
    for (int64_t c = 0; c < b.columns; ++c) to[c] = *at<T>(from + c * b.column);
  }
}

// Every other element: a known step lets the compiler use vectors.
template <class T>
void move_every_other(const Block& b) {
  for (int64_t r = 0; r < b.rows; ++r) {
    T* to = at<T>(b.to + r * b.to_row);
    const T* from = at<T>(b.from + r * b.row);
#pragma GCC ivdep
    for (int64_t c = 0; c < b.columns; ++c) to[c] = from[2 * c];
  }
}

template <class T, int N>
bool move_squares_of(const Block& b) {
  if (b.rows < N || b.columns < N) return false;
  move_squares<T, N>(b);
  return true;
}

template <class T>
void move_transposed(const Block& b) {
  constexpr int64_t size = sizeof(T);
  constexpr int kWidest = size == 1 ? 16 : size == 2 ? (kVecBytes == 64 ? 16 : 8) : kVecBytes / static_cast<int>(size);
  if (b.to_row == b.columns * size) {
    if (b.columns == 2) return weave<T, 2>(b);
    if (b.columns == 3) return weave<T, 3>(b);
    if (b.columns == 4) return weave<T, 4>(b);
  }
  if (b.column == b.rows * size) {
    if (b.rows == 2) return unweave<T, 2>(b);
    if (b.rows == 3) return unweave<T, 3>(b);
    if (b.rows == 4) return unweave<T, 4>(b);
  }
  if (move_squares_of<T, kWidest>(b)) return;
  if constexpr (kWidest > 8) {
    if (move_squares_of<T, 8>(b)) return;
  }
  if constexpr (kWidest > 4) {
    if (move_squares_of<T, 4>(b)) return;
  }
  move_each<T>(b);
}

constexpr int64_t kLongest = 32768;  // bytes beyond which the memcpy of the system is no slower

[[gnu::always_inline]] inline void copy_bytes(char* to, const char* from, int64_t bytes) {
  typedef char Piece __attribute__((vector_size(kVecBytes)));
  if (bytes < kVecBytes || bytes > kLongest) {
    __builtin_memcpy(to, from, static_cast<size_t>(bytes));
    return;
  }
  for (int64_t i = 0; i < bytes; i += kVecBytes) {
    const int64_t piece = i + kVecBytes <= bytes ? i : bytes - kVecBytes;
    Piece v;
    __builtin_memcpy(&v, from + piece, sizeof v);
    __builtin_memcpy(to + piece, &v, sizeof v);
  }
}

// One row again and again; rows that lie side by side are doubled.
void repeat_row(const Block& b, int64_t bytes) {
  if (b.to_row != bytes || bytes > 1024) {
    for (int64_t r = 0; r < b.rows; ++r) copy_bytes(b.to + r * b.to_row, b.from, bytes);
    return;
  }
  const int64_t all = b.rows * bytes;
  copy_bytes(b.to, b.from, bytes);
  for (int64_t done = bytes; done < all; done *= 2) {
    __builtin_memcpy(b.to + done, b.to, static_cast<size_t>(done < all - done ? done : all - done));
  }
}

template <class T>
void fill_rows(const Block& b) {
  for (int64_t r = 0; r < b.rows; ++r) {
    const T value = *at<T>(b.from + r * b.row);
    T* to = at<T>(b.to + r * b.to_row);
    for (int64_t c = 0; c < b.columns; ++c) to[c] = value;
  }
}

// A column repeated beside itself; the number of columns is known, so that the loop has no inner one.
template <class T, int N>
void fill_short_rows(const Block& b) {
  T* to = at<T>(b.to);
  const T* from = at<T>(b.from);
#pragma GCC ivdep
  for (int64_t r = 0; r < b.rows; ++r) {
#pragma GCC unroll 4
    for (int c = 0; c < N; ++c) to[N * r + c] = from[r];
  }
}

template <class T>
void reverse_rows(const Block& b) {
  for (int64_t r = 0; r < b.rows; ++r) {
    T* to = at<T>(b.to + r * b.to_row);
    const T* from = at<T>(b.from + r * b.row);
#pragma GCC ivdep
    for (int64_t c = 0; c < b.columns; ++c) to[c] = from[-c];
  }
}

template <class T>
void move_block(char* to, int64_t to_row, const char* from, int64_t row, int64_t column, int64_t rows,
                int64_t columns) {
  constexpr int64_t size = sizeof(T);
  const Block b{to, to_row, from, row, column, rows, columns};
  if (column == size) {
    if (row == 0) return repeat_row(b, columns * size);
    for (int64_t r = 0; r < rows; ++r) copy_bytes(to + r * to_row, from + r * row, columns * size);
    return;
  }
  if (column == 0) {
    if (row == size && to_row == columns * size) {
      if (columns == 2) return fill_short_rows<T, 2>(b);
      if (columns == 3) return fill_short_rows<T, 3>(b);
      if (columns == 4) return fill_short_rows<T, 4>(b);
    }
    return fill_rows<T>(b);
  }
  if (row == size) return move_transposed<T>(b);
  if (column == 2 * size) return move_every_other<T>(b);
  if (column == -size) return reverse_rows<T>(b);
  move_each<T>(b);
}

// From a buffer that is in the cache to memory that is not, and need not be.
void stream(char* to, const char* from, int64_t bytes) {
  using namespace STRIDED_ISA;
  const int64_t head = -reinterpret_cast<intptr_t>(to) & (kVecBytes - 1), first = head < bytes ? head : bytes;
  __builtin_memcpy(to, from, static_cast<size_t>(first));
  int64_t i = first;
  for (; i + kVecBytes <= bytes; i += kVecBytes) store_past_cache(to + i, load(at<int>(from + i)));
  __builtin_memcpy(to + i, from + i, static_cast<size_t>(bytes - i));
}

void finish() { STRIDED_ISA::fence_stores(); }

}  // namespace

namespace STRIDED_ISA {
extern const MoveKernels move_kernels = {
    {&move_block<uint8_t>, &move_block<uint16_t>, &move_block<uint32_t>, &move_block<uint64_t>}, &stream, &finish};
}  // namespace STRIDED_ISA
}  // namespace strided
