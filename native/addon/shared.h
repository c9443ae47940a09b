// Tensors on their way from one thread to another: a map of the whole process, from numbers to storages.
#pragma once

#include <napi.h>

namespace strided::addon {

/// share(id): keeps the tensor's storage and layout, and gives the number under which another thread may fetch them.
Napi::Value share(const Napi::CallbackInfo& info);
/// receive(out, number, dtype, sizes): the tensor of that number, which nobody can receive again; the rest is as it was
/// handed over, or the tensor stays where it is.
Napi::Value receive(const Napi::CallbackInfo& info);
/// releaseShared(number): gives up what was shared; without effect where it was received.
void release_shared(const Napi::CallbackInfo& info);

}  // namespace strided::addon
