// Copies of transposed matrices, against the definition.
#include "native/ops/elementwise.h"
#include "native/test/harness.h"

using namespace strided;

TEST("a contiguous copy of a transposed matrix has its elements, whatever their size") {
  const int64_t sizes[][2] = {{2, 2}, {31, 33}, {64, 5}, {1, 40}, {200, 130}};
  for (const auto& [rows, columns] : sizes) {
    for (DType dtype : {DType::UInt8, DType::Int16, DType::Float32, DType::Float64}) {
      const Tensor x = empty({columns, rows}, DType::Float64);
      for (int64_t i = 0; i < x.numel(); ++i) x.data_as<double>()[i] = static_cast<double>(i % 251);
      const Tensor typed = to_dtype(x, dtype);
      const Tensor copy = to_dtype(contiguous(typed.with_layout(transpose(typed.layout(), 0, 1))), DType::Float64);
      int64_t wrong = 0;
      for (int64_t r = 0; r < rows; ++r) {
        for (int64_t c = 0; c < columns; ++c) {
          wrong += copy.data_as<double>()[r * columns + c] != x.data_as<double>()[c * rows + r];
        }
      }
      CHECK_EQ(wrong, 0);
    }
  }
}
