// Where lgamma and digamma vanish, and sin(pi x) in two parts for their reflection: near a root what the series
// subtract leaves no digits, an expansion about it leaves all of them.
#pragma once

#include "native/kernels/arithmetic.h"

namespace strided {
namespace {

/// c[0] x^(N + M - 1) + ... + c[N - 1] x^M by numbers, then d[0] x^(M - 1) + ... + d[M - 1], in two parts.
template <int N, int M>
STRIDED_MATH Pair<double> long_polynomial(const double (&c)[N], const Pair<double> (&d)[M], Pair<double> x) {
  Pair<double> p = {polynomial(c, x.hi), 0.0};
  for (int i = 0; i < M; ++i) {
    const Pair<double> y = product(p, x), sum = two_sum(d[i].hi, y.hi);
    p = fast_two_sum(sum.hi, sum.lo + (d[i].lo + y.lo));
  }
  return p;
}

// sin(pi r) = r s(r^2), cos(pi r) = c(r^2), up to 1 / 4.
constexpr double kSinPi[] = {5.392664662608129e-10,   -2.2948428997269873e-08, 7.952054001475513e-07,
                             -2.1915353447830217e-05, 0.00046630280576761255,  -0.0073704309457143504,
                             0.08214588661112823};
constexpr Pair<double> kSinPiLong[] = {{-0x1.32d2cce62bd86p-1, 0x1.066847a026e69p-55},
                                       {0x1.466bc6775aae2p+1, -0x1.6dc0cbddb0fc3p-54},
                                       {-0x1.4abbce625be53p+2, 0x1.05511c68476a8p-52},
                                       {0x1.921fb54442d18p+1, 0x1.1a62633145c07p-53}};
constexpr double kCosPi[] = {3.604730797462501e-09,  -1.3878952462213771e-07, 4.303069587032947e-06,
                             -0.0001046381049248457, 0.0019295743094039231,   -0.02580689139001406,
                             0.2353306303588932};
constexpr Pair<double> kCosPiLong[] = {{-0x1.55d3c7e3cbffap+0, 0x1.d582920937625p-59},
                                       {0x1.03c1f081b5ac4p+2, -0x1.32b33f87fc145p-52},
                                       {-0x1.3bd3cc9be45dep+2, -0x1.692b71366cc04p-52},
                                       {0x1p+0, 0x0p+0}};

/// sin(pi r) of 0 < r <= 1 / 2, and with `quarter` cos(pi r), to more than 64 bits.
template <bool quarter = false>
inline Pair<double> sine_of_pi(double r) {
  const bool far = r > 0.25;
  const double t = far ? 0.5 - r : r;
  const Pair<double> z = two_product(t, t);
  if (far != quarter) return long_polynomial(kCosPi, kCosPiLong, z);
  return product({t, 0.0}, long_polynomial(kSinPi, kSinPiLong, z));
}

/// A root, up to where its expansion serves, and the derivatives there: f(at + d) = d (slope + d (c[0] + d c[1] ...)).
template <int N>
struct Root {
  Pair<double> at;
  double reach;
  Pair<double> slope;
  double c[N];  // the highest first
  bool serves(double x) const { return size_of(x - at.hi) <= reach; }
  double value(double x) const {
    const double d = (x - at.hi) - at.lo;
    return 0.0 + d * (slope.hi + mul_add(d, polynomial(c, d), slope.lo));  // not -0 at the root
  }
};

/// lgamma at 1 and 2.
constexpr Root<17> kLgammaZeros[] = {
    {{0x1p+0, 0x0p+0},
     0.125,
     {-0x1.2788cfc6fb619p-1, 0x1.6cb90701fbfabp-58},
     {0.055555767627403614, -0.058823978658684585, 0.06250095514121304, -0.06666870588242046, 0.07143294629536133,
      -0.0769325164113522, 0.083353840546109, -0.09095401714582904, 0.1000994575127818, -0.11133426586956469,
      0.12550966952474304, -0.1440498967688461, 0.1695571769974082, -0.20738555102867398, 0.27058080842778454,
      -0.40068563438653143, 0.8224670334241132}},
    {{0x1p+1, 0x0p+0},
     0.25,
     {0x1.b0ee6072093cep-2, 0x1.6cb90701fbfabp-58},
     {2.1207184805554665e-07, -4.492469198764566e-07, 9.55141213040742e-07, -2.039215753801366e-06,
      4.374866789907488e-06, -9.439488275268397e-06, 2.050721277567069e-05, -4.492623673813314e-05,
      9.945751278180853e-05, -0.00022315475845357939, 0.0005096695247430425, -0.001192753911703261,
      0.0028905103307415234, -0.007385551028673986, 0.020580808427784546, -0.0673523010531981, 0.3224670334241132}}};
/// The first ones below 0, two between whole numbers from -2 down.
constexpr Root<9> kLgammaRoots[] = {
    {{-0x1.3a7fc9600f86cp+1, -0x1.55f64f98af8dp-55},
     0.008,
     {0x1.83fe966af535fp+0, -0x1.775909a36a6a4p-55},
     {296.43641350761317, 100.6481235455116, 82.22915682704253, 24.038823062292956, 24.824942121894072,
      5.800414566599873, 8.721782583815346, 1.41129114307798, 4.8583209516339965}},
    {{-0x1.5fb410a1bd901p+1, 0x1.a19a96d2e6f85p-54},
     0.006,
     {-0x1.ea12da904b18cp+0, -0x1.220130f99b2cfp-54},
     {95617.4516433497, -26804.57842061811, 7610.397986658329, -2193.112776480624, 646.9059997129283,
      -194.76615530344623, 62.627282713513715, -20.095134916842603, 9.575189475709667}},
    {{-0x1.9260dbc9e59afp+1, -0x1.f717cd335a7b3p-53},
     0.0015,
     {0x1.f20a65f2fac55p+2, -0x1.1d258e4b0be84p-53},
     {26855525.05557589, 4284377.443645979, 692049.6022897746, 113559.66423713516, 19023.061984356358,
      3277.1937854953417, 588.8907422380014, 112.268986297176, 25.831338372387957}},
    {{-0x1.fa471547c2fe5p+1, -0x1.70d4561291237p-56},
     0.0006,
     {-0x1.4b99d966c5647p+4, 0x1.9cba2450afff3p-50},
     {3135952925293.2925, -155772242416.57217, 7834398183.738318, -400276998.18746364, 20877114.726503327,
      -1119991.501665522, 62588.08191876606, -3730.6047156806126, 251.7146825868894}},
    {{-0x1.0284e78599581p+2, 0x1.e78c1e9e43cfep-53},
     0.0005,
     {0x1.aca5cf4921642p+4, 0x1.a46a2e0d8fe1p-51},
     {11200724416202.004, 489867910498.2002, 21692364960.71331, 975830163.5382146, 44812215.95015571, 2116669.417577535,
      104145.55520145541, 5465.691820777134, 324.25532293784715}}};
/// digamma: the positive root, and the first ones below 0, one between whole numbers.
constexpr Root<7> kDigammaRoots[] = {
    {{0x1.762d86356be3fp+0, 0x1.b86a722197829p-54},
     0.01,
     {0x1.ef72bc8ee38acp-1, -0x1.3879eb97bf58dp-55},
     {-0.03316112647484736, 0.04880428816414311, -0.07219956125645471, 0.10782405069126237, -0.16394270544240652,
      0.258499760955651, -0.4427631689835921}},
    {{-0x1.02172b05ee26p-1, -0x1.2cd704405bff6p-57},
     0.001,
     {0x1.1e12d46d5ae28p+3, 0x1.0cbb010bd488ap-51},
     {-75.37700066344631, 513.2704629562862, -14.70672173553036, 128.27342343090902, -2.761011648790828,
      32.258572064915505, -0.8093454625306507}},
    {{-0x1.92d0cbc289d4ap+0, -0x1.2262d144a30e4p-56},
     0.001,
     {0x1.3e20e129a441ep+3, -0x1.944a31365ee6bp-52},
     {-1992.4996040262852, 998.8875783432551, -340.5781696501909, 194.4376179574295, -54.82093287162743,
      39.911910808498966, -7.802593974782628}},
    {{-0x1.4e2c19f679e5ap+1, 0x1.c7b999bd14f47p-54},
     0.001,
     {0x1.5b2582701b783p+3, -0x1.ec1f096d4fce9p-51},
     {-4786.785969940508, 1948.0852652620983, -706.7052450573435, 306.843080795829, -100.2036323192089,
      51.217352382808855, -12.770725694247192}},
    {{-0x1.d1514b041b2a8p+1, 0x1.f71449c2a5446p-55},
     0.001,
     {0x1.74d47ec7ac492p+3, 0x1.3f8f2b994019ap-52},
     {-8700.78423006634, 3232.6440925841607, -1141.3233980389668, 440.37818718162464, -145.45199182008608,
      63.16205964241572, -16.938337607821335}}};

}  // namespace
}  // namespace strided
