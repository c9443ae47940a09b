// The text of a tensor, character by character PyTorch's.

import { RuntimeError } from './errors.js';
import { formatExponent, formatFixed } from './format/number.js';
import { printOptions } from './format/options.js';
import type { Tensor } from './tensor.js';

export type { PrintOptions, PrintProfile } from './format/options.js';
export { get_printoptions, set_printoptions } from './format/options.js';

type Value = number | bigint | boolean;

// Dtypes that a reader infers from the values.
const kImplied: readonly string[] = ['float32', 'int64', 'bool'];

/**
 * The text that PyTorch's `repr` gives for `x`; `indent` is the column where the text begins, when it is not the first.
 *
 * @example
 * String(torch.tensor([1, 2.5])); // 'tensor([1.0000, 2.5000])'
 */
export function formatTensor(x: Tensor, indent = 0): string {
  const type = x.constructor.name;
  const plain = type === 'Tensor' || type === 'Parameter';
  const prefix = plain ? 'tensor(' : `${type}(`;
  const inner = indent + prefix.length;
  const empty = x.numel() === 0;
  const contents = empty ? '[]' : contentsText(x, inner);
  const text = withSuffixes(prefix + contents, suffixesOf(x, empty), indent, inner);
  return type === 'Parameter' ? `Parameter containing:\n${' '.repeat(indent)}${text}` : text;
}

function suffixesOf(x: Tensor, empty: boolean): string[] {
  const suffixes: string[] = [];
  // Values say neither the shape nor the kind of an empty tensor; with no edge items no values are shown at all.
  const sized = empty ? x.dim() !== 1 : printOptions.edgeitems === 0;
  const implied = empty ? kImplied.slice(0, 1) : kImplied;
  if (sized) suffixes.push(`size=${tupleText(x.shape)}`);
  if (!implied.includes(x.dtype.name)) suffixes.push(`dtype=torch.${x.dtype.name}`);
  const gradient = gradFnName(x);
  if (gradient !== null) suffixes.push(`grad_fn=<${gradient}>`);
  else if (x.requires_grad) suffixes.push('requires_grad=True');
  return suffixes;
}

/** Name of the node that made `x`, null for a leaf. */
function gradFnName(x: Tensor): string | null {
  try {
    return x.grad_fn?.name().split('::').at(-1) ?? null;
  } catch (error) {
    // A view whose history cannot be rebased (made and modified without gradient mode) refuses to tell.
    if (error instanceof RuntimeError) return 'Invalid';
    throw error;
  }
}

function tupleText(shape: readonly number[]): string {
  return shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
}

function withSuffixes(text: string, suffixes: readonly string[], indent: number, inner: number): string {
  const newline = text.lastIndexOf('\n');
  let column = text.length - newline + 1 + (newline < 0 ? indent : 0);
  let result = text;
  for (const suffix of suffixes) {
    if (column + suffix.length + 2 > printOptions.linewidth) {
      result += `,\n${' '.repeat(inner)}${suffix}`;
      column = inner + suffix.length;
    } else {
      result += `, ${suffix}`;
      column += suffix.length + 2;
    }
  }
  return `${result})`;
}

/** The bracketed values of a tensor that is not empty, its continuation lines indented by `indent`. */
function contentsText(x: Tensor, indent: number): string {
  const { edgeitems, threshold } = printOptions;
  const summarize = x.numel() > threshold;
  const cut = x.shape.map((size) => summarize && size > 2 * edgeitems);
  const values: Value[] = [];
  collect(x.detach(), cut, values);
  const { texts, width } = alignedTexts(values, x.dtype.is_floating_point);
  if (cut.length === 0) return texts[0] as string;

  const inOrder = texts.values();
  const shown = (dim: number): number => (cut[dim] ? 2 * edgeitems : (x.shape[dim] as number));
  const block = (dim: number, column: number): string => {
    const nested = cut.length - dim - 1;
    const items = Array.from({ length: shown(dim) }, () =>
      nested > 0 ? block(dim + 1, column + 1) : (inOrder.next().value as string),
    );
    if (cut[dim]) items.splice(edgeitems, 0, nested > 0 || edgeitems === 0 ? '...' : ' ...');
    return nested > 0
      ? `[${items.join(`,${'\n'.repeat(nested)}${' '.repeat(column + 1)}`)}]`
      : `[${wrapped(items, width, column)}]`;
  };
  return block(0, indent);
}

/** `items`, each of `width`, in lines that begin after the bracket at `column`. */
function wrapped(items: readonly string[], width: number, column: number): string {
  const perLine = Math.max(1, Math.floor((printOptions.linewidth - column) / (width + 2)));
  const lines: string[] = [];
  for (let i = 0; i < items.length; i += perLine) lines.push(items.slice(i, i + perLine).join(', '));
  return lines.join(`,\n${' '.repeat(column + 1)}`);
}

/** Appends the shown values of `view` in row-major order, reading no others; `cut` marks the shortened dimensions. */
function collect(view: Tensor, cut: readonly boolean[], values: Value[]): void {
  const { edgeitems } = printOptions;
  const rest = cut.slice(1);
  if (!cut.includes(true)) {
    append(view.tolist(), values);
    return;
  }
  const size = view.shape[0] as number;
  if (!rest.includes(true)) {
    collect(view.narrow(0, 0, edgeitems), rest, values);
    collect(view.narrow(0, size - edgeitems, edgeitems), rest, values);
    return;
  }
  const shown = cut[0] ? 2 * edgeitems : size;
  for (let i = 0; i < shown; i++) collect(view.select(0, i < shown - edgeitems ? i : size - shown + i), rest, values);
}

function append(nested: unknown, values: Value[]): void {
  if (Array.isArray(nested)) for (const item of nested) append(item, values);
  else values.push(nested as Value);
}

/** The texts of all values, padded to one width (the widest finite non-zero one decides, as in PyTorch). */
function alignedTexts(values: readonly Value[], floating: boolean): { texts: string[]; width: number } {
  const text = floating ? floatStyle(values as readonly number[]) : integralText;
  const texts = values.map((value) => text(value as number));
  let width = 1;
  values.forEach((value, i) => {
    if (!floating || isSignificant(value as number)) width = Math.max(width, (texts[i] as string).length);
  });
  return { texts: texts.map((t) => t.padStart(width)), width };
}

function isSignificant(value: number): boolean {
  return Number.isFinite(value) && value !== 0;
}

function integralText(value: Value): string {
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return String(value);
}

/** One notation for all values: whole numbers as `1.`, fixed or scientific. */
function floatStyle(values: readonly number[]): (value: number) => string {
  const { precision, sci_mode } = printOptions;
  let whole = true;
  let min = Infinity;
  let max = 0;
  for (const value of values) {
    if (!isSignificant(value)) continue;
    const magnitude = Math.abs(value);
    min = Math.min(min, magnitude);
    max = Math.max(max, magnitude);
    whole &&= Number.isInteger(value);
  }
  const scientific = max > 0 && (sci_mode ?? (max / min > 1000 || max > 1e8 || min < 1e-4));
  if (scientific) return (value) => formatExponent(value, precision);
  if (whole) return (value) => formatFixed(value, 0) + (Number.isFinite(value) ? '.' : '');
  return (value) => formatFixed(value, precision);
}
