// gelu of float32 where vectors can look things up in registers: a polynomial of its own for every quarter. Included by
// unary.cc after its ops.
#pragma once

#include "native/kernels/error_function.h"
#include "native/kernels/vec/vec.h"

namespace strided::STRIDED_ISA {
namespace {

#if defined(STRIDED_LOOKUP)
constexpr float kQuarterEnd = 3.875f;
/// Of the normal density's integral beyond t, around 0, 0.25, ... 3.75: the coefficients of d^6 to d, what the constant
/// lost in rounding, and the constant. Our own fits, 2.4e-8 off.
constexpr float kQuarters[][16] = {
    {5.166519e-04f, 1.9240623e-03f, 3.061864e-03f, 3.0320322e-03f, 2.0131418e-03f, 5.777703e-04f, -6.529305e-04f,
     -1.3048757e-03f, -1.3466268e-03f, -9.905974e-04f, -5.1426137e-04f, -1.2060146e-04f, 1.0960708e-04f, 1.9108265e-04f,
     1.8028532e-04f, 1.324592e-04f},
    {-1.0062123e-02f, -8.445308e-03f, -4.575267e-03f, 1.3768555e-04f, 4.011888e-03f, 5.9649628e-03f, 5.853529e-03f,
     4.3059685e-03f, 2.252826e-03f, 4.6902956e-04f, -6.592659e-04f, -1.117848e-03f, -1.1056504e-03f, -8.6519483e-04f,
     -5.791887e-04f, -3.4278145e-04f},
    {7.536945e-06f, -1.1831591e-02f, -2.0170335e-02f, -2.293814e-02f, -2.0164201e-02f, -1.3674913e-02f, -6.0711745e-03f,
     3.9315232e-04f, 4.4992226e-03f, 6.137152e-03f, 5.9340657e-03f, 4.7540017e-03f, 3.3238956e-03f, 2.0779304e-03f,
     1.1772148e-03f, 6.0946716e-04f},
    {6.6490054e-02f, 6.0416695e-02f, 4.4008095e-02f, 2.195801e-02f, 1.6362024e-07f, -1.7123178e-02f, -2.6982713e-02f,
     -2.9657789e-02f, -2.6995508e-02f, -2.1490445e-02f, -1.5337319e-02f, -9.946123e-03f, -5.909149e-03f,
     -3.2337983e-03f, -1.6362756e-03f, -7.676237e-04f},
    {6.85966e-09f, 4.8333514e-02f, 8.801633e-02f, 1.12926535e-01f, 1.2098536e-01f, 1.1415568e-01f, 9.7138196e-02f,
     7.549266e-02f, 5.3990968e-02f, 3.570711e-02f, 2.1910375e-02f, 1.2503648e-02f, 6.6477726e-03f, 3.297203e-03f,
     1.5271947e-03f, 6.611169e-04f},
    {-3.989423e-01f, -3.8666812e-01f, -3.5206532e-01f, -3.0113742e-01f, -2.4197072e-01f, -1.8264909e-01f,
     -1.295176e-01f, -8.627732e-02f, -5.3990968e-02f, -3.1739652e-02f, -1.7528301e-02f, -9.093562e-03f, -4.4318484e-03f,
     -2.029048e-03f, -8.726827e-04f, -3.525957e-04f},
    {6.833319e-14f, 9.146406e-09f, -4.09399e-09f, 2.5233526e-09f, -2.1014868e-09f, -3.089908e-09f, -1.7259654e-09f,
     1.4794718e-10f, 1.6230961e-10f, -4.041327e-10f, -1.179721e-10f, -8.279866e-11f, -2.3565714e-11f, -1.4891532e-11f,
     -6.0405166e-12f, 1.0683568e-12f},
    {5.0e-01f, 4.0129367e-01f, 3.0853754e-01f, 2.2662735e-01f, 1.5865526e-01f, 1.0564978e-01f, 6.68072e-02f,
     4.0059157e-02f, 2.2750132e-02f, 1.2224473e-02f, 6.2096654e-03f, 2.9797633e-03f, 1.349898e-03f, 5.7702506e-04f,
     2.3262909e-04f, 8.8417284e-05f}};

/// max(x, 0) - |x| tail(|x|) for |x| < kQuarterEnd: nothing cancels.
[[gnu::always_inline]] inline Vec<float> gelu_near(Vec<float> x, Vec<float> size) {
  constexpr float kToQuarters = 3145728.0f;  // where floats are a quarter apart
  const Vec<float> moved = size + kToQuarters;
  const Vec<float> d = size - (moved - kToQuarters);
  const auto quarter = (Vec<int32_t>)moved;
  Vec<float> tail = lookup(kQuarters[0], quarter);
#pragma GCC unroll 8
  for (int i = 1; i < 7; ++i) tail = fma(tail, d, lookup(kQuarters[i], quarter));
  return fma(-size, tail + lookup(kQuarters[7], quarter), x < 0.0f ? Vec<float>{} : x);
}

/// The same for all x: lane by lane, since what an element becomes must not depend on its neighbours.
inline Vec<float> gelu(Vec<float> x) {
  const Vec<float> size = x < 0.0f ? -x : x, near = gelu_near(x, size);
  const Vec<int32_t> is_near = size < kQuarterEnd;
  if (all(is_near)) return near;
  constexpr int64_t strides[] = {sizeof(float), sizeof(float)};
  float xs[kLanes<float>], ys[kLanes<float>];
  store(xs, x);
  char* const data[] = {reinterpret_cast<char*>(ys), reinterpret_cast<char*>(xs)};
  unary_loop<gelu_op, float, float>(data, strides, kLanes<float>);
  return is_near ? near : load(ys);
}

void gelu_loop(char* const* data, const int64_t* strides, int64_t n) {
  constexpr int64_t sizes[] = {sizeof(float), sizeof(float)};
  if (n > 1 && (strides[0] != sizes[0] || strides[1] != sizes[1]))
    return in_blocks(&gelu_loop, sizes, data, strides, n);
  float* out = reinterpret_cast<float*>(data[0]);
  const float* x = reinterpret_cast<const float*>(data[1]);
  int64_t i = 0;
  for (; i + kLanes<float> <= n; i += kLanes<float>) store(out + i, gelu(load(x + i)));
  const int left = static_cast<int>(n - i);
  if (left > 0) store_first(out + i, gelu(load_first(x + i, left)), left);
}
#endif

}  // namespace
}  // namespace strided::STRIDED_ISA
