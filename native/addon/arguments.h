// Arguments and results cross in a mailbox of doubles that both sides see: no conversion, no allocation, one call per
// op.
#pragma once

#include <limits>
#include <tuple>
#include <utility>

#include "native/addon/context.h"
#include "native/core/error.h"
#include "native/ops/ops.h"

namespace strided::addon {

/// Reads arguments in the order JavaScript wrote them (lib/native.ts, encoders).
class Reader {
 public:
  explicit Reader(Context& context)
      : context_(context), at_(context.mailbox), end_(context.mailbox + context.mailbox_length) {}

  template <class T>
  T read();

 private:
  double next() {
    check(at_ < end_, "too many arguments for the mailbox");
    return *at_++;
  }
  static constexpr int kTensorTag = 4;
  Tensor handle() { return context_.handles.get(static_cast<int32_t>(integer())); }
  /// What lies beyond 64 bits becomes the end of their range, where every check of a size or an index finds it.
  int64_t integer() {
    const double value = next();
    if (value >= 0x1p63) return std::numeric_limits<int64_t>::max();
    return value > -0x1p63 ? static_cast<int64_t>(value) : std::numeric_limits<int64_t>::min();
  }
  Scalar scalar(int tag) {
    switch (tag) {
      case 0: return Scalar(next() != 0);
      case 1: return Scalar(integer());
      case 2: return Scalar(next());
      default: {  // an integer beyond 2^53, as its upper and lower half
        const auto high = static_cast<uint64_t>(integer()), low = static_cast<uint64_t>(integer());
        return Scalar(static_cast<int64_t>(high << 32 | low));
      }
    }
  }

  Context& context_;
  const double* at_;
  const double* end_;
};

template <> inline double Reader::read<double>() { return next(); }
template <> inline bool Reader::read<bool>() { return next() != 0; }
template <> inline int64_t Reader::read<int64_t>() { return integer(); }
template <> inline DType Reader::read<DType>() { return static_cast<DType>(integer()); }
template <> inline Scalar Reader::read<Scalar>() { return scalar(static_cast<int>(integer())); }
template <> inline Tensor Reader::read<Tensor>() { return integer() < 0 ? Tensor() : handle(); }
template <> inline Value Reader::read<Value>() {
  const int tag = static_cast<int>(integer());
  return tag == kTensorTag ? Value(handle()) : Value(scalar(tag));
}
template <> inline Dims Reader::read<Dims>() {
  Dims out(static_cast<int>(integer()));
  for (int64_t& d : out) d = integer();
  return out;
}
template <> inline TensorList Reader::read<TensorList>() {
  TensorList out(static_cast<size_t>(integer()));
  for (Tensor& t : out) t = read<Tensor>();
  return out;
}
template <> inline OptInt Reader::read<OptInt>() { return integer() ? OptInt(integer()) : std::nullopt; }
template <> inline OptDouble Reader::read<OptDouble>() { return integer() ? OptDouble(next()) : std::nullopt; }
template <> inline OptDims Reader::read<OptDims>() { return integer() ? OptDims(read<Dims>()) : std::nullopt; }
template <> inline std::optional<Scalar> Reader::read<std::optional<Scalar>>() {
  const int64_t tag = integer();
  return tag < 0 ? std::nullopt : std::optional<Scalar>(scalar(static_cast<int>(tag)));
}
template <> inline OptDType Reader::read<OptDType>() {
  const int64_t code = integer();
  return code < 0 ? std::nullopt : OptDType(static_cast<DType>(code));
}

/// Writes results: tensors as handle, dtype, shape; the first tensor is bound to the object that JavaScript made for
/// it.
class Writer {
 public:
  /// `keep`: false where JavaScript has the result already, as of an in-place op.
  Writer(Context& context, napi_value out, bool keep) : context_(context), out_(out), keep_(keep) {}

  void result(const Tensor& t) {
    if (!keep_) return;
    reserve(4 + t.dim());
    const int32_t id = context_.handles.add(t);
    const bool small = out_ && t.storage()->bytes() <= Handles::kSmall && !t.storage()->is_foreign();
    if (small) token_ = context_.handles.join(context_.env, id);
    else if (out_) context_.handles.bind(context_.env, id, out_);
    out_ = nullptr;
    put(id);
    put(static_cast<double>(t.dtype()) + (small ? kUnderToken : 0));
    put(t.dim());
    for (int64_t size : t.shape()) put(static_cast<double>(size));
  }
  /// A list that does not fit is left out: minus the room that it takes asks for another call with that much.
  void result(const TensorList& list) {
    int64_t room = 1;
    for (const Tensor& t : list) room += 4 + t.dim();
    if (room > context_.mailbox_length) return put(static_cast<double>(-room));
    put(static_cast<double>(list.size()));
    for (const Tensor& t : list) result(t);
  }
  template <class... T>
  void result(const std::tuple<T...>& all) {
    std::apply([this](const auto&... each) { (result(each), ...); }, all);
  }
  void result(const Dims& dims) {
    reserve(1 + dims.size());
    put(dims.size());
    for (int64_t d : dims) put(static_cast<double>(d));
  }
  void result(bool value) { put(value); }
  void result(double value) { put(value); }
  void result(int64_t value) { put(static_cast<double>(value)); }

  /// What JavaScript is to hold for the small tensors to come, null where that stays as it is.
  napi_value token() const { return token_; }

 private:
  /// Added to the dtype of a tensor that lives as long as the token.
  static constexpr int kUnderToken = 64;
  void reserve(int n) { check(at_ + n <= context_.mailbox_length, "the result does not fit into the mailbox"); }
  void put(double value) { context_.mailbox[at_++] = value; }

  Context& context_;
  napi_value out_;
  napi_value token_ = nullptr;
  bool keep_;
  int64_t at_ = 0;
};

}  // namespace strided::addon
