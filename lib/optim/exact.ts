/** Powers and cosines rounded correctly but for rare ties, as the C library that Python calls: V8's may be 1 ULP off. */

/** A number as the sum of two doubles. */
type Pair = readonly [high: number, low: number];

const SPLITTER = 134217729;

function twoSum(a: number, b: number): Pair {
  const sum = a + b;
  const part = sum - a;
  return [sum, a - (sum - part) + (b - part)];
}

function split(a: number): Pair {
  const scaled = SPLITTER * a;
  const high = scaled - (scaled - a);
  return [high, a - high];
}

function twoProduct(a: number, b: number): Pair {
  const product = a * b;
  const [ah, al] = split(a);
  const [bh, bl] = split(b);
  return [product, al * bl - (product - ah * bh - al * bh - ah * bl)];
}

function times([ah, al]: Pair, [bh, bl]: Pair): Pair {
  const [high, low] = twoProduct(ah, bh);
  return twoSum(high, low + (ah * bl + al * bh));
}

function plus([ah, al]: Pair, [bh, bl]: Pair): Pair {
  const [high, low] = twoSum(ah, bh);
  return twoSum(high, low + (al + bl));
}

function over(a: Pair, divisor: number): Pair {
  const quotient = a[0] / divisor;
  const [high, low] = twoProduct(quotient, divisor);
  return twoSum(quotient, (a[0] - high - low + a[1]) / divisor);
}

/** `base ** exponent`; exact but for the rounding where the exponent is whole and not negative. */
export function power(base: number, exponent: number): number {
  const rounded = base ** exponent;
  const simple = !Number.isInteger(exponent) || exponent < 0 || exponent > 1e6;
  if (simple || !(Math.abs(rounded) > 1e-250 && Math.abs(rounded) < 1e250)) return rounded;
  let result: Pair = [1, 0];
  let square: Pair = [base, 0];
  for (let left = exponent; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) result = times(result, square);
    if (left > 1) square = times(square, square);
  }
  return result[0] + result[1];
}

// Pi / 2 in three parts.
const HALF_PI: Pair = [1.5707963267948966, 6.123233995736766e-17];
const HALF_PI_REST = -1.4973849048591833e-33;

/** The sine (`first` 1) or cosine (`first` 0) of a small number by its Taylor series. */
function series(x: Pair, first: 0 | 1): number {
  const square = times(x, x);
  let term: Pair = first === 1 ? x : [1, 0];
  let sum = term;
  for (let n = first; Math.abs(term[0]) > 1e-36 && n < 60; n += 2) {
    term = over(times(term, square), -(n + 1) * (n + 2));
    sum = plus(sum, term);
  }
  return sum[0] + sum[1];
}

/** cos(x), for x of moderate size. */
export function cosine(x: number): number {
  if (!(Math.abs(x) < 1e6)) return Math.cos(x);
  const turns = Math.round(x / HALF_PI[0]);
  let rest = plus([x, 0], times([-turns, 0], HALF_PI));
  rest = plus(rest, [-turns * HALF_PI_REST, 0]);
  const quadrant = ((turns % 4) + 4) % 4;
  const value = series(rest, quadrant % 2 === 0 ? 0 : 1);
  return quadrant === 1 || quadrant === 2 ? -value : value;
}
