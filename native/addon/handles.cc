#include "native/addon/handles.h"

#include <algorithm>

#include "native/addon/data.h"
#include "native/core/error.h"

namespace strided::addon {
namespace {

/// A number that nothing uses: a free one, or one more.
template <class T>
int32_t take(std::vector<T>& all, std::vector<int32_t>& free) {
  if (free.empty()) {
    all.emplace_back();
    return static_cast<int32_t>(all.size() - 1);
  }
  const int32_t number = free.back();
  free.pop_back();
  return number;
}

}  // namespace

int32_t Handles::add(const Tensor& tensor) {
  const int32_t id = take(slots_, free_slots_);
  slot(id).tensor = tensor;
  ++live_;
  return id;
}

int32_t Handles::add_keeper(napi_env env, napi_value object) {
  const int32_t number = take(keepers_, free_keepers_);
  napi_create_reference(env, object, 0, &keeper(number).object);
  young_.push_back(number);
  return number;
}

void Handles::bind(napi_env env, int32_t id, napi_value object) {
  leave(id);
  const int32_t number = add_keeper(env, object);
  keeper(number).ids[0] = id;
  keeper(number).count = 1;
  slot(id).keeper = number;
}

void Handles::leave(int32_t id) {
  if (slot(id).keeper < 0) return;
  Keeper& from = keeper(slot(id).keeper);
  // The place stays taken: a token is full once, or it would never be let go.
  std::replace(from.ids.begin(), from.ids.begin() + from.count, id, -1);
}

napi_value Handles::join(napi_env env, int32_t id) {
  napi_value fresh = nullptr;
  if (token_ < 0 || keeper(token_).count == kShared) {
    napi_create_object(env, &fresh);
    token_ = add_keeper(env, fresh);
  }
  Keeper& token = keeper(token_);
  token.ids[static_cast<size_t>(token.count++)] = id;
  slot(id).keeper = token_;
  return fresh;
}

void Handles::dispose(int32_t id) {
  if (id >= 0 && static_cast<size_t>(id) < slots_.size()) slot(id).tensor = {};
}

const Tensor& Handles::get(int32_t id) const {
  check(id >= 0 && static_cast<size_t>(id) < slots_.size(), "no such tensor");
  const Tensor& tensor = slots_[static_cast<size_t>(id)].tensor;
  check(tensor.defined(), "this tensor was disposed of; it can no longer be used");
  if (tensor.storage()->is_foreign()) [[unlikely]]
    check_borrowed(*tensor.storage());
  return tensor;
}

// Tensors that die together lie anywhere; their memory is fetched while those before them are released.
void Handles::prefetch(const Keeper& next) {
  for (int i = 0; i < next.count; ++i) {
    const int32_t id = next.ids[static_cast<size_t>(i)];
    if (id >= 0) __builtin_prefetch(slot(id).tensor.impl(), 1);
  }
}

void Handles::poll_generation(napi_env env, std::vector<int32_t>& from, std::vector<int32_t>* survivors) {
  size_t kept = 0;
  for (size_t at = 0; at < from.size(); ++at) {
    const int32_t number = from[at];
    if (at + 2 < from.size()) prefetch(keeper(from[at + 2]));
    Keeper& dead = keeper(number);
    napi_value object = nullptr;
    napi_get_reference_value(env, dead.object, &object);
    if (object) {
      if (survivors) survivors->push_back(number);
      else from[kept++] = number;
      continue;
    }
    napi_delete_reference(env, dead.object);
    for (int i = 0; i < dead.count; ++i) {
      const int32_t id = dead.ids[static_cast<size_t>(i)];
      if (id < 0) continue;
      slot(id) = {};
      free_slots_.push_back(id);
      --live_;
    }
    if (number == token_) token_ = -1;
    dead = {};
    free_keepers_.push_back(number);
  }
  from.resize(kept);
}

void Handles::poll(napi_env env, bool all) {
  napi_handle_scope scope;
  napi_open_handle_scope(env, &scope);
  if (all) poll_generation(env, old_, nullptr);
  poll_generation(env, middle_, &old_);
  poll_generation(env, young_, &middle_);
  napi_close_handle_scope(env, scope);
}

void Handles::release_all(napi_env env) {
  for (Keeper& each : keepers_)
    if (each.object) napi_delete_reference(env, each.object);
  keepers_.clear();
  slots_.clear();
}

}  // namespace strided::addon
