// Our own helper threads, for parallel_for: the caller never waits for one that has not begun.
#pragma once

namespace strided {

/// Runs work(state) in the caller, and at the same time in up to `helpers` other threads that are free in time.
/// Returns when all that began have returned. One caller at a time; `work` may not throw.
void run_on_pool(int helpers, void (*work)(void*), void* state);

}  // namespace strided
