#include "native/addon/registry.h"

#include "native/ops/elementwise.h"

namespace strided::addon {
namespace {

/// Reads the arguments that `f` takes, one after another, calls it and writes what it returns.
template <class Result, class... Args>
void invoke(Result (*f)(Args...), Reader& in, Writer& out) {
  // Braces: evaluated from left to right.
  const std::tuple<std::decay_t<Args>...> arguments{in.read<std::decay_t<Args>>()...};
  out.result(std::apply(f, arguments));
}

template <UnaryOp op>
Tensor call_unary(const Tensor& x, const Tensor& out) {
  return unary(op, x, out);
}
template <BinaryOp op>
Tensor call_binary(const Value& x, const Value& y, const Tensor& out) {
  return binary(op, x, y, out);
}
template <TernaryOp op>
Tensor call_ternary(const Value& x, const Value& y, const Value& z, const Tensor& out) {
  return ternary(op, x, y, z, out);
}
template <RareUnaryOp op>
Tensor call_rare_unary(const Tensor& x, const Tensor& out) {
  return unary(op, x, out);
}
template <RareBinaryOp op>
Tensor call_rare_binary(const Value& x, const Value& y, const Tensor& out) {
  return binary(op, x, y, out);
}

}  // namespace

#define UNARY(name, ...) {#name, [](Reader& in, Writer& out) { invoke(&call_unary<UnaryOp::name>, in, out); }},
#define BINARY(name, ...) {#name, [](Reader& in, Writer& out) { invoke(&call_binary<BinaryOp::name>, in, out); }},
#define TERNARY(name, ...) {#name, [](Reader& in, Writer& out) { invoke(&call_ternary<TernaryOp::name>, in, out); }},
#define OP(name, Result, arguments) {#name, [](Reader& in, Writer& out) { invoke(&ops::name, in, out); }},
#define RARE(name, ...) {#name, [](Reader& in, Writer& out) { invoke(&call_rare_unary<RareUnaryOp::name>, in, out); }},
const Entry kEntries[] = {
#include "native/kernels/rare_unary.def"
#undef RARE
#define RARE(name, ...) \
  {#name, [](Reader& in, Writer& out) { invoke(&call_rare_binary<RareBinaryOp::name>, in, out); }},
#include "native/kernels/rare_binary.def"
#include "native/kernels/unary.def"
#include "native/kernels/binary.def"
#include "native/kernels/ternary.def"
#include "native/ops/ops.def"
};
const int kEntryCount = static_cast<int>(std::size(kEntries));
const int kElementwiseCount = static_cast<int>(UnaryOp::count_) + static_cast<int>(BinaryOp::count_) +
                              static_cast<int>(TernaryOp::count_) + static_cast<int>(RareUnaryOp::count_) +
                              static_cast<int>(RareBinaryOp::count_);

}  // namespace strided::addon
