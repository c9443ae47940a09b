#include "native/addon/data.h"

#include <cstring>

#include "native/addon/context.h"
#include "native/core/error.h"
#include "native/core/half.h"

namespace strided::addon {
namespace {

constexpr int64_t kMaxSafe = (int64_t{1} << 53) - 1;

template <class T>
T first(const Tensor& t) {
  T value;
  std::memcpy(&value, t.data(), sizeof value);
  return value;
}

napi_value integer(napi_env env, int64_t value) {
  napi_value out;
  if (value >= -kMaxSafe && value <= kMaxSafe) napi_create_double(env, static_cast<double>(value), &out);
  else napi_create_bigint_int64(env, value, &out);
  return out;
}

napi_value number(napi_env env, double value) {
  napi_value out;
  napi_create_double(env, value, &out);
  return out;
}

napi_value element(napi_env env, const Tensor& t) {
  switch (t.dtype()) {
    case DType::Bool: {
      napi_value out;
      napi_get_boolean(env, first<uint8_t>(t) != 0, &out);
      return out;
    }
    case DType::UInt8: return number(env, first<uint8_t>(t));
    case DType::Int8: return number(env, first<int8_t>(t));
    case DType::Int16: return number(env, first<int16_t>(t));
    case DType::Int32: return number(env, first<int32_t>(t));
    case DType::Int64: return integer(env, first<int64_t>(t));
    case DType::Float16: return number(env, static_cast<float>(first<Half>(t)));
    case DType::BFloat16: return number(env, static_cast<float>(first<BFloat16>(t)));
    case DType::Float32: return number(env, first<float>(t));
    default: return number(env, first<double>(t));
  }
}

struct BorrowedArray {
  napi_env env;
  napi_ref reference;
  size_t elements;
};

void release_array(void* context) {
  auto* borrowed = static_cast<BorrowedArray*>(context);
  napi_delete_reference(borrowed->env, borrowed->reference);
  delete borrowed;
}

}  // namespace

void check_borrowed(const Storage& storage) {
  const auto* borrowed = static_cast<const BorrowedArray*>(storage.owner());
  napi_value array = nullptr;
  napi_get_reference_value(borrowed->env, borrowed->reference, &array);
  void* data = nullptr;
  size_t elements = 0;
  napi_get_typedarray_info(borrowed->env, array, nullptr, &elements, &data, nullptr, nullptr);
  check(elements >= borrowed->elements && (data == storage.data() || storage.bytes() == 0),
        "the memory of this tensor is that of an ArrayBuffer which was transferred, detached or resized; clone() the "
        "tensor before that");
}

napi_value item(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value argument;
  napi_get_cb_info(env, info, &count, &argument, nullptr, nullptr);
  int32_t id = -1;
  napi_get_value_int32(env, argument, &id);
  try {
    const Tensor& t = context_of(env).handles.get(id);
    check(t.numel() == 1, "a Tensor with ", t.numel(), " elements cannot be converted to Scalar");
    return element(env, t);
  } catch (const Error& error) {
    napi_throw_error(env, nullptr, error.what());
    return nullptr;
  }
}

Napi::Value from_typed_array(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  Context& context = context_of(env);
  const auto array = info[1].As<Napi::TypedArray>();
  const auto dtype = static_cast<DType>(info[2].As<Napi::Number>().Int32Value());
  void* data = nullptr;
  napi_get_typedarray_info(env, array, nullptr, nullptr, &data, nullptr, nullptr);
  const auto bytes = static_cast<int64_t>(array.ByteLength());
  napi_ref reference;
  napi_create_reference(env, array, 1, &reference);
  const StorageRef storage(
      new Storage(data, bytes, &release_array, new BorrowedArray{env, reference, array.ElementLength()}));
  const int32_t id = context.handles.add(Tensor(storage, dtype, contiguous_layout({bytes / item_size(dtype)})));
  context.handles.bind(env, id, info[0]);
  return Napi::Number::New(env, id);
}

Napi::Value to_array_buffer(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const Tensor t = context_of(env).handles.get(info[0].As<Napi::Number>().Int32Value());
  const auto bytes = static_cast<size_t>(t.numel() * t.item_size());
  if (bytes == 0) return Napi::ArrayBuffer::New(env, 0);
  auto* keeper = new StorageRef(t.storage());
  return Napi::ArrayBuffer::New(env, t.data(), bytes, [keeper](Napi::Env, void*) { delete keeper; });
}

}  // namespace strided::addon
