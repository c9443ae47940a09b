#include "native/addon/context.h"

#include <algorithm>
#include <chrono>

#include "native/core/error.h"

namespace strided::addon {
namespace {

// Buffers that die at once are used again after so many bytes: little enough to stay in a shared cache, so many that
// the scavenges between cost less than that saves.
constexpr int64_t kMinBudget = int64_t{8} << 20;
constexpr int64_t kWorthHinting = int64_t{16} << 20;
constexpr int64_t kMaxBudget = int64_t{128} << 20;
constexpr int kCleanBeforeShrinking = 8;
constexpr int64_t kMaxStep = int64_t{4} << 30;
constexpr int64_t kGenerous = int64_t{1} << 30;
constexpr int64_t kWorthIdling = int64_t{1} << 20;
constexpr int64_t kCheapToPoll = 50000;  // tensors: under a millisecond
// Even empty tensors and views cost some hundred bytes. So many stay in the cache; where they live on, looking for dead
// ones pays more seldom.
constexpr int64_t kMinNewHandles = 4000;
constexpr int64_t kMaxNewHandles = 32000;

double now_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace

Context::Context(napi_env e, napi_value gc, napi_value watch)
    : env(e), budget_(kMinBudget), handle_budget_(kMinNewHandles) {
  napi_create_reference(env, gc, 1, &gc_);
  napi_create_reference(env, watch, 1, &watch_);
}

Context::~Context() {
  handles.release_all(env);
  napi_delete_reference(env, gc_);
  napi_delete_reference(env, watch_);
  if (mailbox_buffer) napi_delete_reference(env, mailbox_buffer);
}

void Context::before_allocation(int64_t bytes) {
  allocated_ += bytes;
  const int64_t growth = live_bytes + bytes - live_after_last_;
  // Where nothing has gone to JavaScript since, all of it is the op's under way, and none of that garbage.
  if (growth > 2 * budget_ && handles.live() > handles_after_last_ && !collecting_) [[unlikely]]
    collect(false);
  if (growth >= kWorthIdling && !watched_) [[unlikely]]
    start_watch();
}

void Context::collect_due() {
  if (is_due() && !collecting_) collect(false);
}

bool Context::call_held(napi_ref function, bool argument) {
  napi_handle_scope scope;
  napi_open_handle_scope(env, &scope);
  napi_value held = nullptr, value, global, result = nullptr;
  napi_get_reference_value(env, function, &held);
  napi_get_boolean(env, argument, &value);
  napi_get_global(env, &global);
  bool yes = false;
  if (napi_call_function(env, global, held, 1, &value, &result) == napi_ok) napi_get_value_bool(env, result, &yes);
  napi_close_handle_scope(env, scope);
  return yes;
}

void Context::start_watch() {
  watched_ = true;
  allocated_when_watched_ = allocated_;
  call_held(watch_, false);
}

bool Context::idle() {
  if (allocated_ != allocated_when_watched_) {
    allocated_when_watched_ = allocated_;
    return true;
  }
  watched_ = false;
  collect(true);
  return false;
}

void Context::notice_collection() {
  handles.poll(env, handles.live() <= kCheapToPoll);
  live_after_last_ = std::min(live_after_last_, live_bytes);
  baseline_ = std::min(baseline_, live_bytes);
  handles_after_last_ = std::min(handles_after_last_, handles.live());
}

void Context::out_of_memory() { collect_all(); }

void Context::collect_all() {
  if (collecting_) return;
  collecting_ = true;
  full();
  collecting_ = false;
  live_after_last_ = baseline_ = live_bytes;
  handles_after_last_ = handles.live();
}

void Context::hint() {
  const int64_t step = allocated_ - step_start_;
  step_start_ = allocated_;
  // One step's garbage should die young: the nursery budget grows to hold a step.
  budget_ = std::max(budget_, std::min(step + step / 4, kMaxStep));
  if (live_bytes - live_after_last_ >= kWorthHinting && !collecting_) collect(true);
}

void Context::collect(bool hinted) {
  collecting_ = true;
  const int64_t before = live_bytes;
  const int64_t new_handles = handles.live() - handles_after_last_;
  scavenge();
  if (!hinted) adapt_budget(before - live_after_last_, before - live_bytes);
  baseline_ = std::min(baseline_, live_bytes);
  const int64_t grown = live_bytes - baseline_;
  // Memory that other threads gave back is counted here still, so the process's figure is a bound.
  const int64_t half = std::min(baseline_, memory_stats().live_bytes) / 2;
  const int64_t trigger = std::max(hinted ? 2 * kWorthHinting : budget_, half);
  // A full collection may cost as much as the whole JavaScript heap is large: rarely, unless memory runs away.
  const bool rested = now_seconds() - last_full_end_ > (hinted ? 4 : 10) * last_full_duration_;
  const int64_t survivors = handles.live() - handles_after_last_;
  const bool many = new_handles >= handle_budget_ && survivors >= new_handles / 2;
  if (many) handle_budget_ = std::min(2 * handle_budget_, kMaxNewHandles);
  else if (survivors < new_handles / 8) handle_budget_ = std::max(handle_budget_ / 2, kMinNewHandles);
  if ((grown > trigger && (rested || grown > budget_ + kGenerous)) || (many && rested)) {
    full();
    baseline_ = live_bytes;
  }
  live_after_last_ = live_bytes;
  handles_after_last_ = handles.live();
  collecting_ = false;
}

// What dies too late for this nursery gets a larger one; where all has died in time for a while, one that stays in the
// cache will do.
void Context::adapt_budget(int64_t born, int64_t freed) {
  if (freed < born - born / 8) clean_collections_ = 0;
  if (freed < born / 2) {
    budget_ = std::min(2 * budget_, kMaxBudget);
  } else if (++clean_collections_ > kCleanBeforeShrinking) {
    budget_ = std::max(budget_ / 2, kMinBudget);
    clean_collections_ = 0;
  }
}

void Context::scavenge() {
  ++collections_;
  constexpr bool kMinor = true;
  if (!call_held(gc_, kMinor)) return full();
  handles.poll(env, false);
}

void Context::full() {
  ++full_collections_;
  const double start = now_seconds();
  constexpr bool kMinor = false;
  if (!call_held(gc_, kMinor)) {
    // Without it: V8 collects when told of more external memory than it tolerates.
    int64_t total;
    napi_adjust_external_memory(env, int64_t{3} << 30, &total);
    napi_adjust_external_memory(env, -(int64_t{3} << 30), &total);
  }
  handles.poll(env, true);
  last_full_end_ = now_seconds();
  last_full_duration_ = last_full_end_ - start;
}

}  // namespace strided::addon
