// The tensors that JavaScript holds, by number.
#pragma once

#include <node_api.h>

#include <array>
#include <vector>

#include "native/core/tensor.h"

namespace strided::addon {

/// A tensor lives as long as a JavaScript object, its keeper, is reachable. A keeper has a weak reference: after a
/// garbage collection a dead one reads as null, at once, also in the middle of a synchronous loop. No finalizer is
/// involved (ARCHITECTURE.md, memory). The keeper of a large tensor is its own JavaScript object; small ones share a
/// token, since a reference costs more than they do.
class Handles {
 public:
  /// Storages up to here share a token: one that lives on keeps at most seven such neighbours alive.
  static constexpr int64_t kSmall = 1024;
  static constexpr int kShared = 8;

  /// A number for `tensor`, without a keeper yet.
  int32_t add(const Tensor& tensor);
  /// Makes `object` the only keeper of tensor `id`.
  void bind(napi_env env, int32_t id, napi_value object);
  /// Puts `id` under the token that JavaScript holds; returns a new token for it to hold from now on where that was
  /// full, else null.
  napi_value join(napi_env env, int32_t id);
  /// Gives the tensor's memory back now; the number is used again only when its keeper is dead.
  void dispose(int32_t id);
  const Tensor& get(int32_t id) const;
  /// Releases the tensors of dead keepers; of all generations where `all`, else of those made lately.
  void poll(napi_env env, bool all);
  void release_all(napi_env env);
  int64_t live() const { return live_; }

 private:
  struct Keeper {
    napi_ref object = nullptr;
    int count = 0;
    std::array<int32_t, kShared> ids;
  };
  struct Slot {
    Tensor tensor;
    int32_t keeper = -1;
  };
  Slot& slot(int32_t id) { return slots_[static_cast<size_t>(id)]; }
  Keeper& keeper(int32_t number) { return keepers_[static_cast<size_t>(number)]; }
  int32_t add_keeper(napi_env env, napi_value object);
  void leave(int32_t id);
  void prefetch(const Keeper& next);
  void poll_generation(napi_env env, std::vector<int32_t>& from, std::vector<int32_t>* survivors);

  std::vector<Slot> slots_;
  std::vector<int32_t> free_slots_;
  std::vector<Keeper> keepers_;
  std::vector<int32_t> free_keepers_;
  int32_t token_ = -1;
  // A survivor of two scavenges lives in V8's old space, where only a full collection finds it dead.
  std::vector<int32_t> young_, middle_, old_;
  int64_t live_ = 0;
};

}  // namespace strided::addon
