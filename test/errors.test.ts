/** What a stack shows: the user's lines, not ours. */
import * as torch from 'strided';

const framesOf = (run: () => unknown): string[] => {
  try {
    run();
  } catch (error) {
    return (error as Error).stack?.split('\n    at ') ?? [];
  }
  throw new Error('nothing was thrown');
};

function multiply() {
  return torch.ones(2, 3).matmul(torch.ones(2, 3));
}

test.each<[string, () => unknown, string]>([
  ['of an op', multiply, 'RuntimeError: mat1 and mat2 shapes cannot be multiplied (2x3 and 2x3)'],
  ['of a module', () => new torch.nn.Linear(2, 3)(torch.ones(4)), 'RuntimeError: '],
  ['of an argument', () => torch.ones(2).sum('x' as never), 'TypeError: '],
  ['of an index', () => torch.ones(2).select(0, 5), 'IndexError: '],
])('the stack of an error %s begins with the line that called', (_, run, head) => {
  const frames = framesOf(run);
  expect(frames[0]).toContain(head);
  // Source maps lead from dist/ to lib/, and from build/test/ to test/.
  expect(frames[1]).toContain('errors.test');
  expect(frames.filter((frame) => /[\\/](dist|lib)[\\/]\w+\.[jt]s/.test(frame))).toEqual([]);
});

test('callers of a user function are there, and no more frames than V8 would keep', () => {
  const deep = (n: number): unknown => (n > 0 ? deep(n - 1) : multiply());
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 10;
  const frames = framesOf(() => deep(30));
  Error.stackTraceLimit = limit;
  expect(frames[1]).toContain('multiply');
  expect(frames[2]).toContain('deep');
  expect(frames).toHaveLength(11);
});
