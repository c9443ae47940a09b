// Python's `format(x, '.4f')` and `format(x, '.4e')`: like toFixed and toExponential, but exact ties go to the even
// digit, any magnitude and precision is written out, and an exponent has at least two digits.

const kScratch = new DataView(new ArrayBuffer(8));
const kFraction = (1n << 52n) - 1n;
const kMaxDigits = 100; // the most that toFixed and toExponential accept

/** x * 10 ** scale for a finite x >= 0, rounded half to even on the exact binary value. */
function scaled(x: number, scale: number): bigint {
  kScratch.setFloat64(0, x);
  const bits = kScratch.getBigUint64(0);
  const field = Number(bits >> 52n);
  const mantissa = field === 0 ? bits : (bits & kFraction) | (1n << 52n);
  const exponent = Math.max(field, 1) - 1075;
  const numerator = (mantissa * 10n ** BigInt(Math.max(scale, 0))) << BigInt(Math.max(exponent, 0));
  const denominator = (10n ** BigInt(Math.max(-scale, 0))) << BigInt(Math.max(-exponent, 0));
  const quotient = numerator / denominator;
  const twice = 2n * (numerator % denominator);
  const up = twice > denominator || (twice === denominator && (quotient & 1n) === 1n);
  return up ? quotient + 1n : quotient;
}

/** `digits` with a decimal point before the last `precision` of them. */
function pointed(digits: string, precision: number): string {
  return precision === 0 ? digits : `${digits.slice(0, -precision)}.${digits.slice(-precision)}`;
}

// A tie at `precision` ends in an exact 5 one digit later: without that 5 the built-in rounding is Python's.
function fixedMagnitude(x: number, precision: number): string {
  const builtin = x < 1e21 && precision < kMaxDigits;
  if (builtin && !x.toFixed(precision + 1).endsWith('5')) return x.toFixed(precision);
  return pointed(`${scaled(x, precision)}`.padStart(precision + 1, '0'), precision);
}

function exponentMagnitude(x: number, precision: number): [mantissa: string, exponent: number] {
  if (precision < kMaxDigits && !x.toExponential(precision + 1).includes('5e')) {
    const [mantissa, exponent] = x.toExponential(precision).split('e') as [string, string];
    return [mantissa, Number(exponent)];
  }
  // No double is so close below a power of ten that 99 digits would round up to it.
  const exponent = Number(x.toExponential(kMaxDigits - 1).split('e')[1]);
  const digits = `${scaled(x, precision - exponent)}`.padStart(precision + 1, '0');
  const carry = digits.length - precision - 1;
  return [pointed(digits.slice(0, precision + 1), precision), exponent + carry];
}

function isNegative(x: number): boolean {
  return x < 0 || Object.is(x, -0);
}

function nonFinite(x: number): string {
  if (Number.isNaN(x)) return 'nan';
  return x < 0 ? '-inf' : 'inf';
}

/** Python's `format(x, f'.{precision}f')`. */
export function formatFixed(x: number, precision: number): string {
  if (!Number.isFinite(x)) return nonFinite(x);
  return (isNegative(x) ? '-' : '') + fixedMagnitude(Math.abs(x), precision);
}

/** Python's `format(x, f'.{precision}e')`. */
export function formatExponent(x: number, precision: number): string {
  if (!Number.isFinite(x)) return nonFinite(x);
  const [mantissa, exponent] = exponentMagnitude(Math.abs(x), precision);
  const power = Math.abs(exponent).toString().padStart(2, '0');
  return `${isNegative(x) ? '-' : ''}${mantissa}e${exponent < 0 ? '-' : '+'}${power}`;
}
