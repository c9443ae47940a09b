// The convolution ops: what is checked, and the shapes of everything.
#include "native/ops/conv.h"

#include "native/core/error.h"
#include "native/ops/elementwise.h"
#include "native/ops/format.h"
#include "native/ops/ops.h"

namespace strided::ops {
namespace {

const char* element_name(DType t) {
  constexpr const char* names[kDTypes] = {"bool",     "unsigned char", "signed char",   "short int", "int",
                                          "long int", "c10::Half",     "c10::BFloat16", "float",     "double"};
  return names[static_cast<int>(t)];
}

struct Parameters {
  const Dims &stride, &padding, &dilation;
  int64_t groups;
};

/// Sizes in `at` of a tensor whose first two dimensions are no places.
void fill(int64_t* at, const Dims& sizes, int skipped, int64_t missing) {
  const int n = sizes.size() - skipped;
  for (int d = 0; d < 3; ++d) at[d] = d < 3 - n ? missing : sizes[skipped + d - (3 - n)];
}

/// `x`, `y` and `weight`: the shapes of the convolution's input, result and filters.
ConvShape shape_of(const Dims& x, const Dims& y, const Dims& weight, const Parameters& p) {
  const int n = weight.size() - 2;
  bool fits = n >= 1 && n <= 3 && x.size() == n + 2 && y.size() == n + 2 && p.groups > 0 && x[0] == y[0] &&
              x[1] == weight[1] * p.groups && y[1] == weight[0];
  for (const Dims* each : {&p.stride, &p.padding, &p.dilation}) fits = fits && each->size() == n;
  check(fits, "convolution: input ", x, ", result ", y, " and weight ", weight, " do not fit together");
  ConvShape s;
  s.batch = x[0], s.groups = p.groups;
  s.inputs = weight[1], s.outputs = weight[0] / p.groups;
  fill(s.in, x, 2, 1), fill(s.out, y, 2, 1), fill(s.kernel, weight, 2, 1);
  fill(s.stride, p.stride, 0, 1), fill(s.padding, p.padding, 0, 0), fill(s.dilation, p.dilation, 0, 1);
  return s;
}

bool any(const Dims& dims, bool (*test)(int64_t)) { return std::any_of(dims.begin(), dims.end(), test); }
bool is_negative(int64_t n) { return n < 0; }
bool is_not_positive(int64_t n) { return n <= 0; }

struct Sizes {
  const Dims& shape;
  bool padded;
  const Parameters& p;
};

/// "(2 x 2)": the padded sizes of an input, or the extents of a kernel.
Text& operator<<(Text& out, const Sizes& sizes) {
  for (int d = 2; d < sizes.shape.size(); ++d) {
    const int64_t n = sizes.shape[d];
    out << (d > 2 ? " x " : "")
        << (sizes.padded ? n + 2 * sizes.p.padding[d - 2] : sizes.p.dilation[d - 2] * (n - 1) + 1);
  }
  return out;
}

void check_channels(const Tensor& x, const Tensor& weight, const Tensor& bias, const Parameters& p, bool transposed) {
  const Dims& w = weight.shape();
  const auto check_bias = [&](int64_t channels, const char* kind) {
    check(!bias.defined() || (bias.dim() == 1 && bias.size(0) == channels), "Given ", kind, "weight of size ", w,
          ", expected bias to be 1-dimensional with ", channels, " elements, but got bias of size ",
          bias.defined() ? bias.shape() : Dims(), " instead");
  };
  if (transposed) {
    check(x.size(1) == w[0], "Given transposed=1, weight of size ", w, ", expected input", x.shape(), " to have ", w[0],
          " channels, but got ", x.size(1), " channels instead");
    return check_bias(w[1] * p.groups, "transposed=1, ");
  }
  check(x.size(1) == w[1] * p.groups, "Given groups=", p.groups, ", weight of size ", w, ", expected input", x.shape(),
        " to have ", w[1] * p.groups, " channels, but got ", x.size(1), " channels instead");
  check_bias(w[0], "");
  for (int d = 2; d < x.dim(); ++d) {
    check(x.size(d) + 2 * p.padding[d - 2] >= p.dilation[d - 2] * (w[d] - 1) + 1,
          "Calculated padded input size per channel: (", Sizes{x.shape(), true, p}, "). Kernel size: (",
          Sizes{w, false, p}, "). Kernel size can't be greater than actual input size");
  }
}

struct Named {
  const char* what;
  const Dims& sizes;
};

/// "stride_height: 1 stride_width: 2"; one dimension is the width of a lower one.
Text& operator<<(Text& out, const Named& named) {
  constexpr const char* names[] = {"depth", "height", "width"};
  const int n = named.sizes.size();
  if (n == 1) out << named.what << "_height: " << (named.what[0] == 'o' ? 0 : 1) << ' ';
  for (int d = 0; d < n; ++d) out << (d ? " " : "") << named.what << '_' << names[3 - n + d] << ": " << named.sizes[d];
  return out;
}

void check_arguments(const Tensor& x, const Tensor& weight, const Tensor& bias, const Parameters& p, bool transposed,
                     const Dims& output_padding) {
  const int n = weight.dim();
  check(n > 2, "weight should have at least three dimensions");
  check(p.groups > 0, "non-positive groups is not supported");
  check(!any(p.padding, is_negative), "negative padding is not supported");
  check(!any(output_padding, is_negative), "negative output_padding is not supported");
  check(!any(p.stride, is_not_positive), "non-positive stride is not supported");
  check(!any(p.dilation, is_not_positive), "dilation should be greater than zero");
  const Dims kernel(weight.shape().data() + 2, n - 2);
  check(!any(kernel, is_not_positive), "kernel size should be greater than zero, but got ", Named{"kernel", kernel});
  check(x.dim() == n, "Expected ", n, "-dimensional input for ", n, "-dimensional weight", weight.shape(), ", but got ",
        x.dim(), "-dimensional input of size ", x.shape(), " instead");
  check(weight.size(0) >= p.groups, "Given groups=", p.groups, ", expected weight to be at least ", p.groups,
        " at dimension 0, but got weight of size ", weight.shape(), " instead");
  check(weight.size(0) % p.groups == 0, "Given groups=", p.groups, ", expected weight to be divisible by ", p.groups,
        " at dimension 0, but got weight of size ", weight.shape(), " instead");
  check_channels(x, weight, bias, p, transposed);
  check(!bias.defined() || x.dtype() == bias.dtype(), "Input type (", element_name(x.dtype()), ") and bias type (",
        bias.defined() ? element_name(bias.dtype()) : "", ") should be the same");
  check(x.dtype() == weight.dtype(), "expected scalar type ", dtype_scalar_name(x.dtype()), " but found ",
        dtype_scalar_name(weight.dtype()));
  check(x.dtype() != DType::Bool, ErrorKind::NotImplemented, "\"convolution\" not implemented for 'Bool'");
}

/// The result's shape of a transposed convolution.
Dims transposed_shape(const Tensor& x, const Tensor& weight, const Parameters& p, const Dims& output_padding) {
  Dims shape{x.size(0), weight.size(1) * p.groups};
  for (int d = 0; d < output_padding.size(); ++d) {
    shape.push_back((x.size(d + 2) - 1) * p.stride[d] - 2 * p.padding[d] + p.dilation[d] * (weight.size(d + 2) - 1) +
                    output_padding[d] + 1);
  }
  return shape;
}

void check_output_padding(const Parameters& p, const Dims& output_padding) {
  for (int d = 0; d < output_padding.size(); ++d) {
    check(output_padding[d] < p.stride[d] || output_padding[d] < p.dilation[d],
          "output padding must be smaller than either stride or dilation, but got ",
          Named{"output_padding", output_padding}, ' ', Named{"stride", p.stride}, ' ', Named{"dilation", p.dilation});
  }
}

Tensor dense(const Tensor& t) {
  return t.defined() ? strided::contiguous(strided::to_dtype(t, compute_dtype(t.dtype()))) : t;
}

}  // namespace

Tensor convolution(const Tensor& x, const Tensor& weight, const Tensor& bias, const Dims& stride, const Dims& padding,
                   const Dims& dilation, bool transposed, const Dims& output_padding, int64_t groups) {
  const Parameters p{stride, padding, dilation, groups};
  check_arguments(x, weight, bias, p, transposed, output_padding);
  Tensor y;
  if (transposed) {
    check_output_padding(p, output_padding);
    const Dims shape = transposed_shape(x, weight, p, output_padding);
    check(!any(shape, is_negative), "Calculated output size per channel of conv_transpose is too small: ", shape);
    y = conv_input(shape_of(shape, x.shape(), weight.shape(), p), dense(x), dense(weight), dense(bias), shape);
  } else {
    Dims shape{x.size(0), weight.size(0)};
    for (int d = 2; d < x.dim(); ++d) {
      const int64_t reach = dilation[d - 2] * (weight.size(d) - 1) + 1;
      shape.push_back((x.size(d) + 2 * padding[d - 2] - reach) / stride[d - 2] + 1);
    }
    y = conv_forward(shape_of(x.shape(), shape, weight.shape(), p), dense(x), dense(weight), dense(bias), shape);
  }
  const Tensor result = strided::to_dtype(y, x.dtype());
  return is_channels_last(weight.layout()) ? with_channels_last(result) : in_format_of(result, x);
}

Tensor conv_input_gradient(const Tensor& gradient, const Tensor& weight, const Dims& shape, const Dims& stride,
                           const Dims& padding, const Dims& dilation, int64_t groups) {
  const ConvShape s = shape_of(shape, gradient.shape(), weight.shape(), {stride, padding, dilation, groups});
  return strided::to_dtype(conv_input(s, dense(gradient), dense(weight), {}, shape), gradient.dtype());
}

Tensor conv_weight_gradient(const Tensor& x, const Tensor& gradient, const Dims& shape, const Dims& stride,
                            const Dims& padding, const Dims& dilation, int64_t groups) {
  const ConvShape s = shape_of(x.shape(), gradient.shape(), shape, {stride, padding, dilation, groups});
  return strided::to_dtype(conv_weight(s, dense(x), dense(gradient), shape), x.dtype());
}

}  // namespace strided::ops
