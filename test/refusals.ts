import type * as torch from 'strided';

/** The elements as JSON: tables of expected values stay short. */
export const text = (t: torch.Tensor): string => JSON.stringify(t.tolist());

/** What a call throws, as "IndexError: text". */
export function thrown(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
  return 'nothing was thrown';
}

/** One test per call, named by what it is to throw. */
export function refuses(calls: readonly [() => unknown, string][]): void {
  test.each(calls.map(([call, message]) => ({ call, message })))('$message', ({ call, message }) => {
    expect(thrown(call)).toBe(message);
  });
}
