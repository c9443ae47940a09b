// PyTorch's samplers over contiguous memory: the same draws in the same order, its checks and their texts. `out` holds
// `n` elements of `dtype`.
#pragma once

#include <cstdint>
#include <optional>

#include "native/core/dtype.h"
#include "native/core/random.h"

namespace strided {

/// Uniform on [from, to), computed in float for the 16-bit types.
void fill_uniform(Generator& generator, DType dtype, void* out, int64_t n, double from, double to);

/// Normal. 16 elements or more take the block method, fewer the scalar one, which keeps its second sample; so does
/// `contiguous` = false, for an `out` that stands in for a strided tensor.
void fill_normal(Generator& generator, DType dtype, void* out, int64_t n, double mean, double std,
                 bool contiguous = true);

void fill_log_normal(Generator& generator, DType dtype, void* out, int64_t n, double mean, double std);
void fill_cauchy(Generator& generator, DType dtype, void* out, int64_t n, double median, double sigma);
void fill_exponential(Generator& generator, DType dtype, void* out, int64_t n, double lambda);
void fill_geometric(Generator& generator, DType dtype, void* out, int64_t n, double p);

void fill_bernoulli(Generator& generator, DType dtype, void* out, int64_t n, double p);
/// One probability for each element.
void fill_bernoulli(Generator& generator, DType dtype, void* out, int64_t n, DType p_dtype, const void* p);

/// `rate` has the dtype of the output.
void fill_poisson(Generator& generator, DType dtype, void* out, int64_t n, const void* rate);

/// Gamma of scale 1, whose shape parameters `alpha` have the dtype of the output; never 0 but for alpha = 0.
void fill_standard_gamma(Generator& generator, DType dtype, void* out, int64_t n, const void* alpha);

/// `count` trials of probability `p` each, both in the dtype of the output.
void fill_binomial(Generator& generator, DType dtype, void* out, int64_t n, const void* count, const void* p);

/// random_(): all of [0, max] for integers, [0, 2^digits] for floats.
void fill_random(Generator& generator, DType dtype, void* out, int64_t n);
/// random_(from, to): [from, to), or up to the largest value without `to`; randint is this on a new tensor.
void fill_random(Generator& generator, DType dtype, void* out, int64_t n, int64_t from, std::optional<int64_t> to);

/// A random permutation of 0 .. n-1.
void fill_randperm(Generator& generator, DType dtype, void* out, int64_t n);

/// `samples` category indices for each of `rows` rows of `categories` weights, into out[rows * samples].
void fill_multinomial(Generator& generator, DType dtype, const void* weights, int64_t rows, int64_t categories,
                      int64_t samples, bool replacement, int64_t* out);

}  // namespace strided
