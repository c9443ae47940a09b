// Headers with containers, or with functions that a compiler may emit as symbols shared between objects.
const sharing =
  'array|vector|deque|list|map|set|unordered_map|unordered_set|span|optional|variant|' +
  'string|string_view|iostream|ostream|sstream|functional|memory|algorithm';

// What may be used where. A line that matches `pattern` in a file under `within` is a failure unless the file is `allowed`.
const rules = [
  {
    within: /^native\//,
    pattern: /#\s*include\s*[<"](napi|node_api|js_native_api)/,
    allowed: /^native\/addon\//,
    message: 'Node-API belongs in native/addon alone',
  },
  {
    within: /^native\//,
    pattern: /#\s*pragma\s+omp\b|_Pragma\("omp|#\s*include\s*<omp\.h>/,
    allowed: /^native\/core\/parallel\.cc$/,
    message: 'OpenMP belongs in native/core/parallel.cc alone; use parallel_for',
  },
  {
    within: /^native\//,
    pattern: /#\s*include\s*<(\w*mmintrin|x86intrin|\w*intrin|arm_\w+|cpuid)\.h>/,
    allowed: /^native\/kernels\/vec\//,
    message: 'intrinsics belong in native/kernels/vec alone; use its vector interface',
  },
  {
    within: /^native\/kernels\//,
    pattern: new RegExp(`#\\s*include\\s*<(${sharing})>`),
    allowed: /^native\/kernels\/select\.(h|cc)$/,
    message: 'kernels are plain loops over POD: no containers, nothing that a header may emit as a shared function',
  },
  {
    within: /^native\/(core|kernels)\//,
    pattern: /#\s*include\s*"native\/(ops|addon|test)\//,
    message: 'core and kernels know nothing of the layers above them',
  },
  {
    within: /^native\/ops\//,
    pattern: /#\s*include\s*"native\/(addon|test)\//,
    message: 'host functions know nothing of JavaScript',
  },
  {
    within: /^lib\/(nn|optim|data|io)\//,
    pattern: /(from|import\(|require\()\s*'[./]*\/native(\.js)?'/,
    message: 'nn, optim, data and io are written with public ops only',
  },
];

/** Checks that each layer uses only what it may. */
export function layers(files) {
  const failures = [];
  for (const { path, lines } of files) {
    for (const rule of rules.filter(({ within, allowed }) => within.test(path) && !allowed?.test(path))) {
      lines.forEach((line, i) => {
        if (rule.pattern.test(line)) failures.push(`${path}:${i + 1}: ${line.trim()}\n    ${rule.message}`);
      });
    }
  }
  return failures;
}
