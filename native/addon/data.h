// Between tensors and JavaScript's numbers and typed arrays.
#pragma once

#include <napi.h>

#include "native/core/storage.h"

namespace strided::addon {

/// item(id): the one element, as number, boolean or (beyond 2^53) bigint.
napi_value item(napi_env env, napi_callback_info info);
/// fromTypedArray(out, array, dtype): a 1-d tensor over the memory of `array`, which it keeps alive.
Napi::Value from_typed_array(const Napi::CallbackInfo& info);
/// Throws where the typed array behind a foreign storage has lost its memory since: transferred, detached or resized.
void check_borrowed(const Storage& storage);
/// toArrayBuffer(id): the bytes of a contiguous tensor's storage from its first element on, shared, not copied.
Napi::Value to_array_buffer(const Napi::CallbackInfo& info);

}  // namespace strided::addon
