import { Tensor } from '../tensor.js';

/** What Python's repr() prints for an option of a module or optimizer; arrays print as tuples. */
export function repr(value: unknown): string {
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return numberRepr(value);
  if (typeof value === 'string') return `'${value}'`;
  if (Array.isArray(value)) return value.length === 1 ? `(${repr(value[0])},)` : `(${value.map(repr).join(', ')})`;
  return String(value);
}

/** A Python list of strings. */
export function listRepr(values: readonly unknown[]): string {
  return `[${values.map(repr).join(', ')}]`;
}

/** An option that PyTorch's module keeps as it was given: an array is a list there. */
export function givenRepr(value: unknown): string {
  return Array.isArray(value) ? listRepr(value) : repr(value);
}

/** A number that is a float in PyTorch's signature even where it is whole: 1 prints as 1.0. */
export function floatRepr(value: number): string {
  return Number.isInteger(value) && Math.abs(value) < 1e16 ? `${value}.0` : numberRepr(value);
}

function numberRepr(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  const size = Math.abs(value);
  if (Number.isInteger(value) || (size >= 1e-4 && size < 1e16)) return String(value);
  const [digits, exponent] = value.toExponential().split('e') as [string, string];
  return `${digits}e${exponent[0]}${exponent.slice(1).padStart(2, '0')}`;
}

/** A shape as PyTorch prints it. */
export function sizeRepr(shape: readonly number[]): string {
  return `torch.Size([${shape.join(', ')}])`;
}

/** The name PyTorch's messages give to the type of a value. */
export function typeName(value: unknown): string {
  if (value === null || value === undefined) return 'NoneType';
  if (value instanceof Tensor) return `torch.${value.dtype.scalarName}Tensor`;
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float';
  if (typeof value === 'string') return 'str';
  if (typeof value === 'boolean') return 'bool';
  if (Array.isArray(value)) return 'list';
  const name = Object.getPrototypeOf(value)?.constructor?.name ?? 'Object';
  return name === 'Object' ? 'dict' : name;
}

/** Indents every line but the first, leaving blank ones empty. */
export function indentRest(text: string): string {
  const [first, ...rest] = text.split('\n');
  return [first, ...rest.map((line) => (line.trim() === '' ? '' : `  ${line}`))].join('\n');
}

/** `Name(extra)` or, with children, `Name(\n  …\n)`; `lines` are the finished lines of the children. */
export function blockRepr(name: string, extra: string, lines: string[]): string {
  const extras = extra === '' ? [] : extra.split('\n');
  const all = [...extras, ...lines];
  if (all.length === 0) return `${name}()`;
  if (extras.length === 1 && lines.length === 0) return `${name}(${extras[0]})`;
  return `${name}(\n  ${all.join('\n  ')}\n)`;
}
