// Products of matrices and vectors: shapes and dtypes here, the work in gemm.
#include "native/core/error.h"
#include "native/ops/elementwise.h"
#include "native/ops/gemm.h"
#include "native/ops/ops.h"

namespace strided::ops {
namespace {

// "long int": what PyTorch's messages call the elements of a tensor here.
const char* element_name(DType t) {
  constexpr const char* names[kDTypes] = {"bool",     "unsigned char", "signed char",   "short int", "int",
                                          "long int", "c10::Half",     "c10::BFloat16", "float",     "double"};
  return names[static_cast<int>(t)];
}

// A matrix, or a batch of them, in the memory of a tensor.
struct Matrix {
  Tensor tensor;
  int64_t batch = 0, row = 0, col = 0;
};

// The last two dimensions of `t`, and the batch before them where there is one.
Matrix matrix(const Tensor& t) {
  const int n = t.dim();
  return {t, n > 2 ? t.stride(n - 3) : 0, t.stride(n - 2), t.stride(n - 1)};
}
Matrix row_vector(const Tensor& t) { return {t, 0, 0, t.stride(0)}; }
Matrix column_vector(const Tensor& t) { return {t, 0, t.stride(0), 0}; }
Matrix single(const Tensor& t) { return {t, 0, 0, 0}; }

// c = alpha * a b + beta * d, `count` times (m, k) times (k, n); without `d`: c = a b. `accumulate`: all into one c.
struct Product {
  int64_t count, m, n, k;
  Matrix a, b, c, d;
  Scalar alpha = 1, beta = 0;
  bool accumulate = false;
  // One of float32 and float64, for c.
  Loop activation = nullptr;
};

template <class T>
T number(const Scalar& s) {
  if constexpr (std::is_integral_v<T>) return static_cast<T>(s.to_int());
  else return static_cast<T>(s.to_double());
}

template <class T>
void multiply(const Product& p) {
  GemmProblem<T> g;
  g.m = p.m, g.n = p.n, g.k = p.count ? p.k : 0;
  g.a = p.a.tensor.data_as<T>(), g.a_row = p.a.row, g.a_col = p.a.col;
  g.b = p.b.tensor.data_as<T>(), g.b_row = p.b.row, g.b_col = p.b.col;
  g.c = p.c.tensor.data_as<T>(), g.c_row = p.c.row, g.c_col = p.c.col;
  g.alpha = number<GemmSum<T>>(p.alpha), g.beta = number<GemmSum<T>>(p.beta);
  if (p.d.tensor.defined() && g.beta != 0) {
    g.d = p.d.tensor.data_as<GemmSum<T>>(), g.d_row = p.d.row, g.d_col = p.d.col;
  } else {
    g.beta = 0;
  }
  g.activation = p.activation;
  const auto one = [](const GemmProblem<T>& problem) {
    if constexpr (std::is_integral_v<T>) naive_gemm(problem);
    else gemm(problem);
  };
  if (p.accumulate) {
    one(g);
    g.d = nullptr, g.beta = 1;
    for (int64_t i = 1; i < p.count; ++i) {
      g.a += p.a.batch, g.b += p.b.batch;
      one(g);
    }
    return;
  }
  if constexpr (std::is_integral_v<T>) {
    for (int64_t i = 0; i < p.count; ++i) {
      one(g);
      g.a += p.a.batch, g.b += p.b.batch, g.c += p.c.batch;
      if (g.d) g.d += p.d.batch;
    }
  } else {
    batched_gemm(g, p.count, p.a.batch, p.b.batch, p.c.batch, p.d.batch);
  }
}

// The result in a new contiguous tensor of `shape`; `place` sees it as a matrix.
Tensor product(Product p, const Dims& shape, DType dtype, Matrix (*place)(const Tensor&), const char* kernel) {
  check(dtype != DType::Bool, ErrorKind::NotImplemented, "\"", kernel, "\" not implemented for 'Bool'");
  // Products that are summed up over the batch are rounded only when all are there.
  const bool widens = p.accumulate && compute_dtype(dtype) != dtype;
  if (widens) {
    for (Matrix* operand : {&p.a, &p.b}) *operand = matrix(strided::to_dtype(operand->tensor, DType::Float32));
  }
  Tensor out = strided::empty(shape, widens ? DType::Float32 : dtype);
  p.c = place(out);
  switch (out.dtype()) {
    case DType::Float32: multiply<float>(p); break;
    case DType::Float64: multiply<double>(p); break;
    case DType::Float16: multiply<Half>(p); break;
    case DType::BFloat16: multiply<BFloat16>(p); break;
    case DType::Int64: multiply<int64_t>(p); break;
    case DType::Int32: multiply<int32_t>(p); break;
    case DType::Int16: multiply<int16_t>(p); break;
    case DType::Int8: multiply<int8_t>(p); break;
    default: multiply<uint8_t>(p);
  }
  return strided::to_dtype(out, dtype);
}

// What is added: in this shape, in the dtype that sums have.
Tensor broadcast(const Tensor& t, const Dims& shape) {
  const Tensor wide = strided::to_dtype(t, compute_dtype(t.dtype()));
  return wide.with_layout(strided::expand(wide.layout(), shape));
}

void check_multiplicable(const Tensor& x, const Tensor& y) {
  check(x.size(1) == y.size(0), "mat1 and mat2 shapes cannot be multiplied (", x.size(0), "x", x.size(1), " and ",
        y.size(0), "x", y.size(1), ")");
}

void check_same_elements(const Tensor& x, const Tensor& y) {
  check(x.dtype() == y.dtype(), "expected m1 and m2 to have the same dtype, but got: ", element_name(x.dtype()),
        " != ", element_name(y.dtype()));
}

void check_batches(const Tensor& x, const Tensor& y) {
  check(x.dim() == 3, "batch1 must be a 3D tensor");
  check(y.dim() == 3, "batch2 must be a 3D tensor");
}

void check_batch_sizes(const Tensor& x, const Tensor& y) {
  check(x.size(0) == y.size(0) && x.size(2) == y.size(1),
        "Expected size for first two dimensions of batch2 tensor to be: [", x.size(0), ", ", x.size(2), "] but got: [",
        y.size(0), ", ", y.size(1), "].");
}

}  // namespace

Tensor mm(const Tensor& x, const Tensor& y) {
  check(x.dim() == 2, "self must be a matrix");
  check(y.dim() == 2, "mat2 must be a matrix");
  check_multiplicable(x, y);
  check_same_elements(x, y);
  const int64_t m = x.size(0), n = y.size(1);
  return product({1, m, n, x.size(1), matrix(x), matrix(y), {}, {}}, {m, n}, x.dtype(), matrix, "addmm_impl_cpu_");
}

static Tensor add_product(const Tensor& self, const Tensor& x, const Tensor& y, const Scalar& beta, const Scalar& alpha,
                          Loop activation) {
  check(x.dim() == 2, "mat1 must be a matrix, got ", x.dim(), "-D tensor");
  check(y.dim() == 2, "mat2 must be a matrix, got ", y.dim(), "-D tensor");
  check_multiplicable(x, y);
  const int64_t m = x.size(0), n = y.size(1);
  const Tensor bias = broadcast(self, {m, n});
  check(self.dtype() == y.dtype(), "self and mat2 must have the same dtype, but got ", dtype_scalar_name(self.dtype()),
        " and ", dtype_scalar_name(y.dtype()));
  check_same_elements(x, y);
  return product({1, m, n, x.size(1), matrix(x), matrix(y), {}, matrix(bias), alpha, beta, false, activation}, {m, n},
                 x.dtype(), matrix, "addmm_impl_cpu_");
}

Tensor addmm(const Tensor& self, const Tensor& x, const Tensor& y, const Scalar& beta, const Scalar& alpha) {
  return add_product(self, x, y, beta, alpha, nullptr);
}

Tensor addmm_activation(const Tensor& self, const Tensor& x, const Tensor& y, const Scalar& beta, const Scalar& alpha,
                        bool use_gelu) {
  check(x.dtype() == DType::Float32 || x.dtype() == DType::Float64,
        "addmm_activation: expected float32 or float64, got ", dtype_name(x.dtype()));
  const UnaryOp op = use_gelu ? UnaryOp::gelu : UnaryOp::relu;
  return add_product(self, x, y, beta, alpha, unary_kernels().loops[static_cast<int>(op)][x.dtype()]);
}

Tensor mv(const Tensor& x, const Tensor& y) {
  check(x.dim() == 2 && y.dim() == 1, "vector + matrix @ vector expected, got 1, ", x.dim(), ", ", y.dim());
  check(x.size(1) == y.size(0), "size mismatch, got input (", x.size(0), "), mat (", x.size(0), "x", x.size(1),
        "), vec (", y.size(0), ")");
  check(x.dtype() == y.dtype(), "addmv input tensors must have the same dtype, but got ", dtype_scalar_name(y.dtype()),
        ", ", dtype_scalar_name(x.dtype()), ", and ", dtype_scalar_name(y.dtype()));
  return product({1, x.size(0), 1, x.size(1), matrix(x), column_vector(y), {}, {}}, {x.size(0)}, x.dtype(),
                 column_vector, "addmv_impl_cpu");
}

Tensor addmv(const Tensor& self, const Tensor& x, const Tensor& y, const Scalar& beta, const Scalar& alpha) {
  check(x.dim() == 2 && y.dim() == 1 && self.dim() <= 1, "vector + matrix @ vector expected, got ", self.dim(), ", ",
        x.dim(), ", ", y.dim());
  const int64_t m = x.size(0);
  check(x.size(1) == y.size(0) && (self.numel() == m || self.numel() == 1), "size mismatch, got input (", self.numel(),
        "), mat (", m, "x", x.size(1), "), vec (", y.size(0), ")");
  check(x.dtype() == y.dtype() && x.dtype() == self.dtype(), "addmv input tensors must have the same dtype, but got ",
        dtype_scalar_name(self.dtype()), ", ", dtype_scalar_name(x.dtype()), ", and ", dtype_scalar_name(y.dtype()));
  const Tensor added = broadcast(self, {m});
  return product({1, m, 1, x.size(1), matrix(x), column_vector(y), {}, column_vector(added), alpha, beta}, {m},
                 x.dtype(), column_vector, "addmv_impl_cpu");
}

Tensor dot(const Tensor& x, const Tensor& y) {
  check(x.dim() == 1 && y.dim() == 1, "1D tensors expected, but got ", x.dim(), "D and ", y.dim(), "D tensors");
  check(x.dtype() == y.dtype(), "dot : expected both vectors to have same dtype, but found ",
        dtype_scalar_name(x.dtype()), " and ", dtype_scalar_name(y.dtype()));
  check(x.size(0) == y.size(0), "inconsistent tensor size, expected tensor ", x.shape(), " and src ", y.shape(),
        " to have the same number of elements, but got ", x.size(0), " and ", y.size(0), " elements respectively");
  return product({1, 1, 1, x.size(0), row_vector(x), column_vector(y), {}, {}}, {}, x.dtype(), single, "dot");
}

Tensor bmm(const Tensor& x, const Tensor& y) {
  check_batches(x, y);
  check_batch_sizes(x, y);
  check(x.dtype() == y.dtype(), "expected scalar type ", dtype_scalar_name(x.dtype()), " but found ",
        dtype_scalar_name(y.dtype()));
  const int64_t count = x.size(0), m = x.size(1), n = y.size(2);
  return product({count, m, n, x.size(2), matrix(x), matrix(y), {}, {}}, {count, m, n}, x.dtype(), matrix, "bmm");
}

Tensor baddbmm(const Tensor& self, const Tensor& x, const Tensor& y, const Scalar& beta, const Scalar& alpha) {
  check_batches(x, y);
  const int64_t count = x.size(0), m = x.size(1), n = y.size(2);
  const Tensor added = broadcast(self, {count, m, n});
  check_batch_sizes(x, y);
  check(self.dtype() == x.dtype() && x.dtype() == y.dtype(), "Input dtypes must be the same, got: input ",
        element_name(self.dtype()), ", batch1: ", element_name(x.dtype()), ", batch2: ", element_name(y.dtype()));
  return product({count, m, n, x.size(2), matrix(x), matrix(y), {}, matrix(added), alpha, beta}, {count, m, n},
                 x.dtype(), matrix, "baddbmm");
}

Tensor addbmm(const Tensor& self, const Tensor& x, const Tensor& y, const Scalar& beta, const Scalar& alpha) {
  check_batches(x, y);
  const int64_t count = x.size(0), m = x.size(1), n = y.size(2);
  const Tensor added = broadcast(self, {m, n});
  check(count == y.size(0), "batch1 and batch2 must have same number of batches, got ", count, " and ", y.size(0));
  check(x.size(2) == y.size(1), "Incompatible matrix sizes for bmm (", m, "x", x.size(2), " and ", y.size(1), "x", n,
        ")");
  check(self.dtype() == y.dtype(), "self and mat2 must have the same dtype, but got ", dtype_scalar_name(self.dtype()),
        " and ", dtype_scalar_name(y.dtype()));
  check_same_elements(x, y);
  return product({count, m, n, x.size(2), matrix(x), matrix(y), {}, matrix(added), alpha, beta, true}, {m, n},
                 x.dtype(), matrix, "addbmm");
}

}  // namespace strided::ops
