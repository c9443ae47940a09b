import { Missing } from './conformance/api.js';
import { Comparison, Differs, difference, roundTo, walk } from './conformance/compare.js';
import { checkClass, checkText, substance } from './conformance/raised.js';
import { Report, worst } from './conformance/report.js';

/** The replayer decides what passes, so what it must refuse is tested first. */
describe('comparing with PyTorch', () => {
  test('rounds to half precision as the dtypes do', () => {
    expect(roundTo('float16', 1 + 2 ** -11)).toBe(1);
    expect(roundTo('float16', 1 + 3 * 2 ** -11)).toBe(1 + 2 ** -9);
    expect(roundTo('float16', 2 ** -25)).toBe(0);
    expect(roundTo('float16', 65519)).toBe(65504);
    expect(roundTo('float16', -65520)).toBe(-Infinity);
    expect(roundTo('bfloat16', 1 + 2 ** -8)).toBe(1);
    expect(roundTo('bfloat16', -1 - 3 * 2 ** -8)).toBe(-1 - 2 ** -6);
    expect(roundTo('float32', 0.1)).toBe(Math.fround(0.1));
  });

  test('compares floats within a tolerance, integers exactly', () => {
    expect(difference([1, 'NaN', '-Infinity'], [1.0009, Number.NaN, -Infinity], 'float64', [1e-3, 0])).toBeNull();
    expect(difference([1], [1.002], 'float64', [1e-3, 0])).toBe('1 of 1 values differ: [0] is 1.002, want 1');
    expect(difference(['NaN'], [0], 'float64', [1, 1])).toContain('want NaN');
    expect(difference(['Infinity'], [1e308], 'float64', [1, 1])).toContain('want Infinity');
    expect(difference([1], [Infinity], 'float64', [1, 1])).toContain('is Infinity');
    expect(difference([5], [6], 'int64', [1, 1])).toContain('is 6, want 5');
    expect(difference(['9007199254740993'], [9007199254740993n], 'int64')).toBeNull();
    expect(difference(['9007199254740993'], [9007199254740992], 'int64')).not.toBeNull();
    expect(difference([1, 2], [1], 'float32')).toBe('1 values instead of 2');
  });

  test('widens by tolx and for sums', () => {
    const cmp = new Comparison({ tols: { float32: [1e-3, 1e-5] } });
    expect(cmp.tolerance('float32')).toEqual([1e-3, 1e-5]);
    expect(cmp.widened(undefined, 4).tolerance('float32')).toEqual([4e-3, 4e-5]);
    expect(cmp.widened(3, 4).widened(2).tolerance('float32')[0]).toBeCloseTo(24e-3);
    expect(cmp.tolerance('int64')).toEqual([0, 0]);
  });

  test('tells Python values apart', () => {
    const cmp = new Comparison({ tols: {} });
    expect(() => cmp.scalar(true, true, 'x')).not.toThrow();
    expect(() => cmp.scalar(1, true, 'x')).toThrow(Differs);
    expect(() => cmp.scalar(null, undefined, 'x')).not.toThrow();
    expect(() => cmp.scalar({ $: 'float', v: 'NaN' }, Number.NaN, 'x')).not.toThrow();
    expect(() => cmp.scalar({ $: 'int', v: '9007199254740993' }, 9007199254740993n, 'x')).not.toThrow();
    expect(() => walk([1, [2]], [1, [2]], (w, g, at) => cmp.scalar(w, g, at))).not.toThrow();
    expect(() => walk([1, [2]], [1, [2, 3]], (w, g, at) => cmp.scalar(w, g, at))).toThrow(
      'result[1] has 2 items, want 1',
    );
  });

  test('accepts only the right class of error, and no mistake of JavaScript', () => {
    class ValueError extends Error {}
    expect(() => checkClass({ type: 'ValueError' }, new ValueError('no'))).not.toThrow();
    expect(() => checkClass({ type: 'RuntimeError' }, new ValueError('no'))).toThrow(Differs);
    expect(() => checkClass({ type: 'TypeError' }, new TypeError('x.f is not a function'))).toThrow(Differs);
  });

  test('looks for the substance of a text', () => {
    expect(substance("expected 'add' of 2 and -1.5, got a2 and 2")).toEqual(['add', '2', '-1.5']);
    expect(() =>
      checkText({ message: 'size 3 at dimension 1' }, new Error('dimension 1 has 3 elements')),
    ).not.toThrow();
    expect(() => checkText({ message: 'size 3 at dimension 1' }, new Error('sizes differ'))).toThrow('text lacks 3, 1');
    expect(() => checkText({ message: 'size 3' }, new Error('size 13'))).toThrow(Differs);
  });
});

describe('a report', () => {
  const differ = (): never => {
    throw new Differs('other');
  };
  const miss = (): never => {
    throw new Missing('torch.f');
  };

  test('is what its worst check is, and never passes what is missing', () => {
    const report = new Report();
    report.attempt('values', () => {});
    report.attempt('strides', miss);
    expect(worst(report.checks())).toBe('missing');
    report.attempt('values', differ);
    report.attempt('values', () => {});
    expect(report.checks()[0]).toEqual({ kind: 'values', status: 'failed', why: 'other' });
    expect(worst(report.checks())).toBe('failed');
  });

  test('sets apart what JavaScript cannot say', () => {
    const report = new Report();
    report.wholeFloat = true;
    report.attempt('values', differ);
    expect(worst(report.checks())).toBe('inexpressible');
  });
});
