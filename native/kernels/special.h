// The cardinal sine.
#pragma once

#include <cmath>

namespace strided {
namespace {

constexpr double kPi = 3.14159265358979323846;

/// sin(pi x) / (pi x)
template <class T>
inline T cardinal_sine(T x) {
  if (x == T(0)) return T(1);
  const T angle = static_cast<T>(kPi) * x;
  return std::sin(angle) / angle;
}

}  // namespace
}  // namespace strided
