// The module that JavaScript loads: one hot function, `call`, and a few for everything else.
#include <napi.h>

#include <new>
#include <string>

#include "native/addon/context.h"
#include "native/addon/data.h"
#include "native/addon/registry.h"
#include "native/addon/shared.h"
#include "native/core/allocator.h"
#include "native/core/parallel.h"
#include "native/kernels/select.h"
#include "native/ops/gemm.h"

namespace strided::addon {
namespace {

const char* error_class(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::Value: return "ValueError";
    case ErrorKind::Index: return "IndexError";
    case ErrorKind::Type: return "TypeError";
    case ErrorKind::NotImplemented: return "NotImplementedError";
    default: return "RuntimeError";
  }
}

/// call(op, out): runs op number `op` on the arguments in the mailbox; its first tensor result becomes `out`. With null
/// for `out` JavaScript binds the results itself, without a second argument it has them already. Returns the token that
/// JavaScript is to hold from now on, where there is a new one; else true where collectDue() is to come before the next
/// result is made.
napi_value call(napi_env env, napi_callback_info info) {
  size_t count = 2;
  napi_value arguments[2] = {nullptr, nullptr};
  napi_get_cb_info(env, info, &count, arguments, nullptr, nullptr);
  int32_t op = -1;
  napi_get_value_int32(env, arguments[0], &op);
  try {
    check(op >= 0 && op < kEntryCount, "no such op");
    Context& context = context_of(env);
    Reader in(context);
    napi_valuetype type = napi_undefined;
    if (count > 1) napi_typeof(env, arguments[1], &type);
    Writer out(context, type == napi_object ? arguments[1] : nullptr, count > 1);
    kEntries[op].call(in, out);
    napi_value answer = out.token();
    if (!answer && count > 1 && context.is_due()) [[unlikely]]
      napi_get_boolean(env, true, &answer);
    return answer;
  } catch (const OutOfMemory& error) {
    napi_throw_error(env, "RuntimeError", (std::string(kEntries[op].name) + "(): " + error.what()).c_str());
  } catch (const Error& error) {
    napi_throw_error(env, error_class(error.kind()), error.what());
  } catch (const std::bad_alloc&) {
    napi_throw_error(env, "RuntimeError", (std::string(kEntries[op].name) + "(): out of memory").c_str());
  } catch (const std::exception& error) {
    napi_throw_error(env, "RuntimeError", error.what());
  }
  return nullptr;
}

void set_mailbox(const Napi::CallbackInfo& info) {
  Context& context = context_of(info.Env());
  auto buffer = info[0].As<Napi::ArrayBuffer>();
  if (context.mailbox_buffer) napi_delete_reference(info.Env(), context.mailbox_buffer);
  napi_create_reference(info.Env(), buffer, 1, &context.mailbox_buffer);
  context.mailbox = static_cast<double*>(buffer.Data());
  context.mailbox_length = static_cast<int64_t>(buffer.ByteLength() / sizeof(double));
}

/// bind(id, object): for results beyond the first.
void bind(const Napi::CallbackInfo& info) {
  context_of(info.Env()).handles.bind(info.Env(), info[0].As<Napi::Number>().Int32Value(), info[1]);
}

void dispose(const Napi::CallbackInfo& info) {
  context_of(info.Env()).handles.dispose(info[0].As<Napi::Number>().Int32Value());
}

Napi::Value stats(const Napi::CallbackInfo& info) {
  const Context& context = context_of(info.Env());
  const MemoryStats memory = memory_stats();
  Napi::Object out = Napi::Object::New(info.Env());
  auto set = [&](const char* name, int64_t value) { out.Set(name, static_cast<double>(value)); };
  set("liveBytes", memory.live_bytes);
  set("peakBytes", memory.peak_bytes);
  set("pooledBytes", memory.pooled_bytes);
  set("limitBytes", memory.limit_bytes);
  set("allocations", memory.allocations);
  set("tensors", context.handles.live());
  set("collections", context.collections());
  set("fullCollections", context.full_collections());
  return out;
}

Napi::Object init(Napi::Env env, Napi::Object exports) {
  Napi::Array names = Napi::Array::New(env);
  for (int i = 0; i < kEntryCount; ++i) names.Set(static_cast<uint32_t>(i), kEntries[i].name);
  exports.Set("ops", names);
  exports.Set("elementwise", kElementwiseCount);
  exports.Set("isa", isa_name(active_isa()));
  // emptyRegions(count): parallel regions with a piece of nothing for each thread; for the bench.
  exports.Set("emptyRegions", Napi::Function::New(env, [](const Napi::CallbackInfo& info) {
    const int64_t count = info[0].As<Napi::Number>().Int64Value();
    for (int64_t i = 0; i < count; ++i) parallel_for(num_threads(), 1, [](int64_t, int64_t) {});
  }));
  // peakFlops(): takes some ten milliseconds; for the bench.
  exports.Set("peakFlops", Napi::Function::New(env, [](const Napi::CallbackInfo& info) -> Napi::Value {
    return Napi::Number::New(info.Env(), peak_flops());
  }));
  // initialize(gc, watch): called by lib/native.ts, before anything else.
  exports.Set("initialize", Napi::Function::New(env, [](const Napi::CallbackInfo& info) {
    // The library may be loaded anew in the same environment; tensors of its earlier life are gone then.
    void* before = nullptr;
    napi_get_instance_data(info.Env(), &before);
    delete static_cast<Context*>(before);
    auto* context = new Context(info.Env(), info[0], info[1]);
    set_memory_observer(context);
    napi_set_instance_data(info.Env(), context, [](napi_env, void* data, void*) {
      set_memory_observer(nullptr);
      delete static_cast<Context*>(data);
    }, nullptr);
  }));
  napi_value raw;
  napi_create_function(env, "call", NAPI_AUTO_LENGTH, &call, nullptr, &raw);
  exports.Set("call", raw);
  napi_create_function(env, "item", NAPI_AUTO_LENGTH, &item, nullptr, &raw);
  exports.Set("item", raw);
  exports.Set("setMailbox", Napi::Function::New<set_mailbox>(env));
  exports.Set("bind", Napi::Function::New<bind>(env));
  exports.Set("dispose", Napi::Function::New<dispose>(env));
  exports.Set("fromTypedArray", Napi::Function::New<from_typed_array>(env));
  exports.Set("toArrayBuffer", Napi::Function::New<to_array_buffer>(env));
  exports.Set("hint", Napi::Function::New(env, [](const Napi::CallbackInfo& info) { context_of(info.Env()).hint(); }));
  exports.Set("collectDue",
              Napi::Function::New(env, [](const Napi::CallbackInfo& info) { context_of(info.Env()).collect_due(); }));
  exports.Set("collect",
              Napi::Function::New(env, [](const Napi::CallbackInfo& info) { context_of(info.Env()).collect_all(); }));
  exports.Set("idle", Napi::Function::New(env, [](const Napi::CallbackInfo& info) -> Napi::Value {
    return Napi::Boolean::New(info.Env(), context_of(info.Env()).idle());
  }));
  exports.Set("noticeCollection", Napi::Function::New(env, [](const Napi::CallbackInfo& info) {
    context_of(info.Env()).notice_collection();
  }));
  exports.Set("share", Napi::Function::New<share>(env));
  exports.Set("receive", Napi::Function::New<receive>(env));
  exports.Set("releaseShared", Napi::Function::New<release_shared>(env));
  exports.Set("stats", Napi::Function::New<stats>(env));
  exports.Set("resetPeak", Napi::Function::New(env, [](const Napi::CallbackInfo&) { reset_peak_memory(); }));
  exports.Set("emptyCache", Napi::Function::New(env, [](const Napi::CallbackInfo&) { empty_cache(); }));
  exports.Set("setLimit", Napi::Function::New(env, [](const Napi::CallbackInfo& info) {
    set_memory_limit(info[0].As<Napi::Number>().Int64Value());
  }));
  exports.Set("getNumThreads", Napi::Function::New(env, [](const Napi::CallbackInfo& info) -> Napi::Value {
    return Napi::Number::New(info.Env(), num_threads());
  }));
  exports.Set("setNumThreads", Napi::Function::New(env, [](const Napi::CallbackInfo& info) {
    set_num_threads(info[0].As<Napi::Number>().Int32Value());
  }));
  return exports;
}

}  // namespace

Context& context_of(napi_env env) {
  void* data = nullptr;
  napi_get_instance_data(env, &data);
  return *static_cast<Context*>(data);
}

NODE_API_MODULE(strided, init)

}  // namespace strided::addon
