// How samples of gamma and Dirichlet distributions move with the parameters, -(d cdf / d alpha) / pdf, by the
// expansions that PyTorch chooses between, so that training sees its numbers; in double precision inside.
#pragma once

#include "native/kernels/gamma.h"

namespace strided {
namespace {

inline double zero_for_nan(double x) { return x != x ? 0.0 : x; }

/// c[0] + x (c[1] + x (c[2] + x c[3]))
inline double cubic(const double* c, double x) { return c[0] + x * (c[1] + x * (c[2] + x * c[3])); }

// Numerator and denominator of a fit in log(x / alpha), by row, and log(alpha).
constexpr double kGammaFit[3][8] = {
    {0.16009398, -0.094634809, 0.025146376, -0.0030648343, 1, 0.32668115, 0.10406089, 0.0014179084},
    {0.53487893, 0.1298071, 0.065735949, -0.0015649758, 0.16639465, 0.020070113, -0.0035938915, -0.00058392623},
    {0.040121004, -0.0065914022, -0.0026286047, -0.0013441777, 0.017050642, -0.0021309326, 0.00085092367,
     -1.5247877e-07},
};

/// Taylor's series of the cdf, for small x.
inline double gamma_gradient_small(double alpha, double x) {
  double term = 1.0, sum = 1.0 / alpha, slope = sum / alpha;
  for (int i = 1; i <= 5; ++i) {
    const double n = alpha + i;
    term *= -x / i;
    sum += term / n;
    slope += term / (n * n);
  }
  const double power = std::pow(x, alpha);
  const double change = (std::log(x) - digamma_of(alpha)) * power * sum - power * slope;
  return zero_for_nan(-change / (std::pow(x, alpha - 1.0) * std::exp(-x)));
}

/// Rice's saddle point expansion, for large alpha.
inline double gamma_gradient_large(double alpha, double x) {
  const double square = alpha * alpha;
  if (0.9 * alpha <= x && x <= 1.1 * alpha) {
    const double first = 1.0 + 24.0 * alpha * (1.0 + 12.0 * alpha);
    const double second =
        1440.0 * square + 6.0 * x * (53.0 - 120.0 * x) - 65.0 * x * x / alpha + alpha * (107.0 + 3600.0 * x);
    return first * second / (1244160.0 * square * square);
  }
  const double root = std::sqrt(8.0 * alpha), gap = alpha - x, log = std::log(x / alpha);
  const double tail = std::pow(x - alpha - alpha * log, -1.5);
  const double both = root / gap + (x < alpha ? -tail : tail);
  const double slope = log * both - std::sqrt(2.0 / alpha) * (alpha + x) / (gap * gap);
  const double stirling = 1.0 + 1.0 / (12.0 * alpha) * (1.0 + 1.0 / (24.0 * alpha));
  return -stirling * x * slope / root;
}

inline double gamma_gradient(double alpha, double x) {
  if (x < 0.8) return gamma_gradient_small(alpha, x);
  if (alpha > 8.0) return gamma_gradient_large(alpha, x);
  const double u = std::log(x / alpha), v = std::log(alpha);
  double c[8];
  for (int i = 0; i < 8; ++i) c[i] = kGammaFit[0][i] + u * (kGammaFit[1][i] + u * kGammaFit[2][i]);
  return std::exp(cubic(c, v) / cubic(c + 4, v));
}

// Numerator and denominator of the correction of an analytic estimate, in log(x), log(alpha / x) and a third.
constexpr double kDirichletFit[2][3][3][4] = {
    {{{1.003668233, -0.01061107488, -0.0657888334, 0.01201642863},
      {0.6336835991, -0.3557432599, 0.05486251648, -0.001465281033},
      {-0.03276231906, 0.004474107445, 0.002429354597, -0.0001557569013}},
     {{0.221950385, -0.3187676331, 0.01799915743, 0.01074823814},
      {-0.2951249643, 0.06219954479, 0.01535556598, 0.001550077057},
      {0.02155310298, 0.004170831599, 0.001292462449, 6.976601077e-05}},
     {{-0.05980841433, 0.008441916499, 0.01085618172, 0.002319392565},
      {0.02911413504, 0.01400243777, -0.002721828457, 0.000751041181},
      {0.005900514878, -0.001936558688, -9.495446725e-06, 5.385558597e-05}}},
    {{{1, -0.02924021934, -0.04438342661, 0.007285809825},
      {0.6357567472, -0.3473456711, 0.05454656494, -0.002407477521},
      {-0.03301322327, 0.004845219414, 0.00231480583, -0.0002307248149}},
     {{0.5925320577, -0.1757678135, 0.01505928619, 0.000564515273},
      {0.1014815858, -0.06589186703, 0.01272886114, -0.0007316646956},
      {-0.007258481865, 0.001096195486, 0.0003934994223, -4.12701925e-05}},
     {{0.06469649321, -0.0236701437, 0.002902096474, -5.896963079e-05},
      {0.001925008108, -0.002869809258, 0.0008000589141, -6.063713228e-05},
      {-0.0003477407336, 6.959756487e-05, 1.097287507e-05, -1.650964693e-06}}},
};

/// Of a beta sample near 0 in its first parameter.
inline double beta_gradient_first(double x, double alpha, double beta) {
  const double factor = digamma_of(alpha) - digamma_of(alpha + beta) - std::log(x);
  double term = 1.0, series = (factor + 1.0 / alpha) / alpha;
  for (int i = 1; i <= 10; ++i) {
    const double n = alpha + i;
    term *= (i - beta) * x / i;
    series += term / n * (factor + 1.0 / n);
  }
  return zero_for_nan(x * std::pow(1.0 - x, -beta) * series);
}

/// Of a beta sample near 0 in its second parameter.
inline double beta_gradient_second(double x, double alpha, double beta) {
  const double factor = digamma_of(alpha + beta) - digamma_of(beta);
  double term = 1.0, rising = 1.0, slope = 0.0, series = factor / alpha;
  for (int i = 1; i <= 8; ++i) {
    term *= -x / i;
    slope = slope * (beta - i) + rising;
    rising *= beta - i;
    series += term / (alpha + i) * (slope + factor * rising);
  }
  return zero_for_nan(-std::pow(1.0 - x, 1.0 - beta) * series);
}

/// 1 + 1 / (12 n) + 1 / (288 n n), of Stirling's series.
inline double stirling_factor(double n) { return 1.0 + 1.0 / (12.0 * n) + 1.0 / (288.0 * n * n); }

/// Of a beta sample of two large parameters: Rice's saddle point expansion.
inline double beta_gradient_large(double x, double alpha, double beta) {
  const double total = alpha + beta, mean = alpha / total, square = beta * beta;
  const double deviation = std::sqrt(alpha * beta / (total + 1.0)) / total;
  if (mean - 0.1 * deviation <= x && x <= mean + 0.1 * deviation) {
    double fit = 8.0 * (1.0 - x) * (135.0 * beta - 11.0);
    fit = (453.0 + 1620.0 * beta * (1.0 - x) - 455.0 * x) * beta + alpha * fit;
    fit = 3.0 * (59.0 + 180.0 * beta - 90.0 * x) * square + alpha * fit;
    fit = (43.0 + 20.0 * (16.0 + 27.0 * beta) * x) * square * beta + alpha * fit;
    fit = 47.0 * x * square * square + alpha * fit;
    const double above = (1.0 + 12.0 * alpha) * (1.0 + 12.0 * beta) / (total * total);
    const double below = 12960.0 * alpha * alpha * alpha * square * (1.0 + 12.0 * total);
    return above / (1.0 - x) * fit / below;
  }
  const double stirling = stirling_factor(alpha) * stirling_factor(beta) / stirling_factor(total);
  const double gap = alpha * (x - 1.0) + beta * x;
  const double first = (2.0 * alpha * alpha * (x - 1.0) + alpha * beta * (x - 1.0) - x * square) /
                       (std::sqrt(2.0 * alpha / beta) * std::pow(total, 1.5) * gap * gap);
  const double distance = beta * std::log(beta / (total * (1.0 - x))) + alpha * std::log(alpha / (total * x));
  const double tail = std::pow(distance, -1.5);
  const double second =
      0.5 * std::log(alpha / (total * x)) * (std::sqrt(8.0 * alpha * beta / total) / gap + (x < mean ? tail : -tail));
  return stirling * (-x / std::sqrt(2.0 * alpha * beta / total)) * (first + second);
}

/// Of one part x of a Dirichlet sample in its own parameter, over 1 - x; `total` is the sum of all parameters.
inline double dirichlet_gradient(double x, double alpha, double total) {
  const double beta = total - alpha, boundary = total * x * (1.0 - x);
  if (x <= 0.5 && boundary < 2.5) return beta_gradient_first(x, alpha, beta);
  if (x >= 0.5 && boundary < 0.75) return -beta_gradient_second(1.0 - x, beta, alpha);
  if (alpha > 6.0 && beta > 6.0) return beta_gradient_large(x, alpha, beta);
  const double u = std::log(x), a = std::log(alpha) - u, b = std::log(total) - a;
  const double us[3] = {1.0, u, u * u}, as[3] = {1.0, a, a * a};
  double above = 0.0, below = 0.0;
  for (int i = 0; i < 3; ++i) {
    for (int j = 0; j < 3; ++j) {
      above += us[i] * as[j] * cubic(kDirichletFit[0][i][j], b);
      below += us[i] * as[j] * cubic(kDirichletFit[1][i][j], b);
    }
  }
  return above / below * (x * (digamma_of(total) - digamma_of(alpha)) / beta);
}

template <class T>
inline T standard_gamma_gradient(T alpha, T x) {
  return static_cast<T>(gamma_gradient(static_cast<double>(alpha), static_cast<double>(x)));
}
template <class T>
inline T dirichlet_gradient_of(T x, T alpha, T total) {
  return static_cast<T>(
      dirichlet_gradient(static_cast<double>(x), static_cast<double>(alpha), static_cast<double>(total)));
}

}  // namespace
}  // namespace strided
