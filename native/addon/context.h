// What one JavaScript environment (the main thread or a worker) owns: its handles, mailbox and garbage pacing.
#pragma once

#include <node_api.h>

#include "native/addon/handles.h"
#include "native/core/allocator.h"

namespace strided::addon {

/// Decides when to ask V8 for a collection, by the growth of native memory (ARCHITECTURE.md, memory).
class Context : public MemoryObserver {
 public:
  /// `gc`: runs V8's collector, true for a scavenge, and says whether it could; `watch`: called once native memory has
  /// grown, so that idle() is called later.
  Context(napi_env env, napi_value gc, napi_value watch);
  ~Context() override;

  void before_allocation(int64_t bytes) override;
  void out_of_memory() override;
  /// Whether a collection is to come before the next result: V8 moves what two collections find alive to where only a
  /// full one finds it dead, and the result of an op that they interrupt would be halfway there at birth.
  bool is_due() const {
    return live_bytes - live_after_last_ >= budget_ || handles.live() - handles_after_last_ >= handle_budget_;
  }
  void collect_due();
  /// The end of backward() or of an optimizer step: much has just died.
  void hint();
  /// Some time after `watch` was called: true where work goes on and it should be called again, else releases what is
  /// garbage.
  bool idle();
  /// After a collection that nobody asked for.
  void notice_collection();
  /// A full collection now.
  void collect_all();
  int64_t collections() const { return collections_; }
  int64_t full_collections() const { return full_collections_; }

  napi_env env;
  Handles handles;
  double* mailbox = nullptr;
  int64_t mailbox_length = 0;
  napi_ref mailbox_buffer = nullptr;

 private:
  void collect(bool hinted);
  /// Calls a JavaScript function that is held by reference, with one boolean: whether it returns true.
  bool call_held(napi_ref function, bool argument);
  void start_watch();
  void adapt_budget(int64_t born, int64_t freed);
  void scavenge();
  void full();

  napi_ref gc_ = nullptr;
  napi_ref watch_ = nullptr;
  bool watched_ = false;
  int64_t allocated_when_watched_ = 0;
  bool collecting_ = false;
  int64_t budget_;
  int64_t handle_budget_;
  int clean_collections_ = 0;
  int64_t live_after_last_ = 0;
  int64_t baseline_ = 0;
  int64_t handles_after_last_ = 0;
  int64_t step_start_ = 0;
  int64_t allocated_ = 0;
  int64_t collections_ = 0;
  int64_t full_collections_ = 0;
  double last_full_end_ = 0;
  double last_full_duration_ = 0;
};

Context& context_of(napi_env env);

}  // namespace strided::addon
