#include "native/addon/shared.h"

#include <mutex>
#include <unordered_map>

#include "native/addon/context.h"
#include "native/core/error.h"

namespace strided::addon {
namespace {

// No Tensor: its references are not counted across threads, those of a storage are.
struct Parcel {
  StorageRef storage;
  DType dtype;
  Layout layout;
};

struct Parcels {
  std::mutex mutex;
  std::unordered_map<int64_t, Parcel> by_number;
  int64_t last = 0;
};

// Never destroyed: threads may outlive static destructors.
Parcels& parcels() {
  static Parcels& instance = *new Parcels;
  return instance;
}

/// Whether receive() was given the dtype and the sizes of `parcel`.
bool describes(const Napi::CallbackInfo& info, const Parcel& parcel) {
  if (info[2].As<Napi::Number>().Int32Value() != static_cast<int32_t>(parcel.dtype)) return false;
  const auto sizes = info[3].As<Napi::Array>();
  if (sizes.Length() != static_cast<uint32_t>(parcel.layout.dim())) return false;
  for (uint32_t d = 0; d < sizes.Length(); ++d) {
    const Napi::Value size = sizes[d];
    if (!size.IsNumber() ||
        size.As<Napi::Number>().DoubleValue() != static_cast<double>(parcel.layout.shape[static_cast<int>(d)]))
      return false;
  }
  return true;
}

template <class F>
Napi::Value checked(const Napi::CallbackInfo& info, F f) {
  try {
    return Napi::Number::New(info.Env(), static_cast<double>(f(context_of(info.Env()))));
  } catch (const Error& error) {
    napi_throw_error(info.Env(), "RuntimeError", error.what());
    return {};
  }
}

}  // namespace

Napi::Value share(const Napi::CallbackInfo& info) {
  return checked(info, [&](Context& context) {
    const Tensor& t = context.handles.get(info[0].As<Napi::Number>().Int32Value());
    // Its owner is an object of this thread's JavaScript, which may end before the other thread does.
    check(!t.storage()->is_foreign(),
          "share(): the memory of this tensor belongs to a typed array of this thread; share a clone() of it, or send "
          "the SharedArrayBuffer itself");
    const std::lock_guard lock(parcels().mutex);
    const int64_t number = ++parcels().last;
    parcels().by_number.emplace(number, Parcel{t.storage(), t.dtype(), t.layout()});
    return number;
  });
}

Napi::Value receive(const Napi::CallbackInfo& info) {
  return checked(info, [&](Context& context) {
    Parcels& all = parcels();
    const int64_t number = info[1].As<Napi::Number>().Int64Value();
    std::unique_lock lock(all.mutex);
    const auto named = all.by_number.find(number);
    check(named != all.by_number.end(),
          "fromShared(): this handle was already received or released; call share() once for each thread that is to "
          "have the tensor");
    check(describes(info, named->second), "fromShared(): expected what tensor.share() gave, unchanged");
    auto found = all.by_number.extract(named);
    lock.unlock();
    Parcel& parcel = found.mapped();
    context.before_allocation(parcel.storage->bytes());
    context.live_bytes += parcel.storage->bytes();  // either side may be the one that keeps it from being freed
    const int32_t id = context.handles.add(Tensor(std::move(parcel.storage), parcel.dtype, std::move(parcel.layout)));
    context.handles.bind(info.Env(), id, info[0]);
    return id;
  });
}

void release_shared(const Napi::CallbackInfo& info) {
  Parcels& all = parcels();
  std::unique_lock lock(all.mutex);
  const auto given_up = all.by_number.extract(info[0].As<Napi::Number>().Int64Value());
  lock.unlock();  // memory is given back outside
}

}  // namespace strided::addon
