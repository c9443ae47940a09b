/** Reads an op's schema at load and binds the arguments of a call to it, with Python's errors. */
import { DType } from '../dtype.js';
import { TypeError, ValueError } from '../errors.js';
import { Tensor } from '../tensor.js';

/** One parameter: 'int[]? dim=None' is {name: 'dim', type: 'int', list: true, nullable: true, fallback: null}. */
export interface Param {
  readonly name: string;
  readonly type:
    | 'Tensor'
    | 'Tensor|Scalar'
    | 'Scalar'
    | 'int'
    | 'float'
    | 'bool'
    | 'dtype'
    | 'str'
    | 'Generator'
    | 'any';
  readonly list: boolean;
  readonly nullable: boolean;
  /** torch.ones(2, 2): takes all the positional numbers there are. */
  readonly variadic: boolean;
  readonly required: boolean;
  readonly fallback: unknown;
  readonly keywordOnly: boolean;
}

export interface Schema {
  readonly name: string;
  /** What follows a dot: 'dim' of 'sum.dim'. */
  readonly overload: string;
  readonly params: readonly Param[];
  readonly positional: number;
  /** All parameters of an op of operands that may be numbers, of which one must be a tensor. */
  readonly operands: readonly number[];
  /** 'Tensor', 'Tensor[]', 'bool', 'int', or the names of several results. */
  readonly output: string | readonly string[];
  readonly text: string;
}

function literal(text: string): unknown {
  if (text === 'None') return null;
  if (text === 'True') return true;
  if (text === 'False') return false;
  if (text === 'inf') return Infinity;
  if (text === '-inf') return -Infinity;
  if (/^\[.*\]$/.test(text)) return text === '[]' ? [] : text.slice(1, -1).split(',').map(Number);
  if (/^'.*'$/.test(text)) return text.slice(1, -1);
  return Number(text);
}

// 'Tensor self' is in most schemas: each text is read once.
const positionalParams = new Map<string, Param>();
const keywordParams = new Map<string, Param>();

function paramOf(text: string, keywordOnly: boolean): Param {
  const known = keywordOnly ? keywordParams : positionalParams;
  let param = known.get(text);
  if (param === undefined) {
    param = parseParam(text, keywordOnly);
    known.set(text, param);
  }
  return param;
}

function parseParam(text: string, keywordOnly: boolean): Param {
  const m = /^([A-Za-z|]+)(\[\])?(\.\.\.)?(\?)? (\w+)(?:=(.+))?$/.exec(text);
  if (!m) throw new Error(`schema: cannot read parameter '${text}'`);
  const [, type, list, dots, nullable, name, fallback] = m;
  return {
    name: name as string,
    type: type as Param['type'],
    list: Boolean(list || dots),
    variadic: Boolean(dots),
    nullable: Boolean(nullable),
    required: fallback === undefined,
    fallback: fallback === undefined ? undefined : literal(fallback),
    keywordOnly,
  };
}

export function parseSchema(text: string): Schema {
  const m = /^(\w+)(?:\.(\w+))?\((.*?)\)(?: -> (.+))?$/.exec(text);
  if (!m) throw new Error(`schema: cannot read '${text}'`);
  const [, name, overload = '', inside, output = 'Tensor'] = m;
  const parts = inside ? (inside as string).split(', ') : [];
  const star = parts.indexOf('*');
  const params = parts.filter((p) => p !== '*').map((p, i) => paramOf(p, star >= 0 && i >= star));
  return {
    name: name as string,
    overload,
    params,
    positional: params.filter((p) => !p.keywordOnly).length,
    operands: params.every((p) => p.type === 'Tensor|Scalar') ? params.map((_, i) => i) : [],
    output: output.startsWith('(') ? output.slice(1, -1).split(', ') : output,
    text,
  };
}

/** A trailing object of keyword arguments: a plain one, and nothing else. */
export function isOptions(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  // A plain object of another realm (vm, jest) has that realm's Object.prototype, whose own prototype is null.
  return (
    prototype === null ||
    prototype === Object.prototype ||
    (Object.getPrototypeOf(prototype) === null && !Array.isArray(value))
  );
}

export function typeName(value: unknown): string {
  if (value === null || value === undefined) return 'None';
  if (value instanceof Tensor) return 'Tensor';
  if (value instanceof DType) return 'torch.dtype';
  if (Array.isArray(value)) return 'list';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float';
  if (typeof value === 'bigint') return 'int';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'string') return 'str';
  return typeof value === 'object' ? (value.constructor?.name ?? 'object') : typeof value;
}

const UNFIT = Symbol('unfit');

function convertInt(value: unknown): unknown {
  let int = value;
  if (typeof value === 'bigint') int = Number(value);
  else if (value instanceof Tensor && value.numel() === 1 && !value.dtype.is_floating_point) int = Number(value.item());
  if (!Number.isInteger(int)) return UNFIT;
  if (Math.abs(int as number) > 2 ** 63) throw new ValueError('Overflow when unpacking long long');
  return int;
}

// Known by what it holds: its class is made of ops, which need this file first.
function isGenerator(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || !('get_state' in value && 'state' in value)) return false;
  return value.state === null || value.state instanceof Tensor;
}

function convertOne(param: Param, value: unknown): unknown {
  switch (param.type) {
    case 'Tensor':
      return value instanceof Tensor ? value : UNFIT;
    case 'Tensor|Scalar':
      if (value instanceof Tensor) return value;
      return typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint' ? value : UNFIT;
    case 'Scalar':
      if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return value;
      return value instanceof Tensor && value.dim() === 0 ? value.item() : UNFIT;
    case 'int':
      return convertInt(value);
    case 'float':
      if (typeof value === 'number') return value;
      if (typeof value === 'bigint') return Number(value);
      return value instanceof Tensor && value.dim() === 0 ? Number(value.item()) : UNFIT;
    case 'bool':
      return typeof value === 'boolean' ? value : UNFIT;
    case 'dtype':
      return value instanceof DType ? value : UNFIT;
    case 'Generator':
      return isGenerator(value) ? value : UNFIT;
    case 'str':
      return typeof value === 'string' ? value : UNFIT;
    default:
      return value;
  }
}

function convert(param: Param, value: unknown): unknown {
  if (value === null) return param.nullable || param.type === 'any' ? null : UNFIT;
  if (!param.list) return convertOne(param, value);
  if (!Array.isArray(value)) {
    const one = param.type === 'int' || param.type === 'float' ? convertOne(param, value) : UNFIT;
    if (one !== UNFIT) return [one];
    return value instanceof Tensor && value.dim() === 1 && param.type !== 'Tensor'
      ? convert(param, value.tolist())
      : UNFIT;
  }
  const out = new Array(value.length);
  for (let i = 0; i < value.length; i++) {
    out[i] = convertOne(param, value[i]);
    if (out[i] === UNFIT) return UNFIT;
  }
  return out;
}

// Python's spellings that PyTorch takes beside its own.
const ALIASES: Record<string, string> = { input: 'self', axis: 'dim', keepdims: 'keepdim', x: 'self' };

/** A parameter as PyTorch calls it to the user. */
const shown = ({ name }: Param): string => (name === 'self' ? 'input' : name);

/** What a parameter takes, and what came. */
function mismatch(param: Param, value: unknown): string {
  const one = param.type === 'Tensor|Scalar' ? 'Tensor or Number' : param.type === 'Scalar' ? 'Number' : param.type;
  if (!param.list) return `${one}, not ${typeName(value)}`;
  if (!Array.isArray(value)) return `list of ${one}s, not ${typeName(value)}`;
  const at = value.findIndex((element) => convertOne(param, element) === UNFIT);
  return `list of ${one}s, but found element of type ${typeName(value[at])} at pos ${at}`;
}

function refuse(schema: Schema, param: Param, at: number, value: unknown): never {
  const place = param.keywordOnly ? '' : ` (position ${at + 1})`;
  const hint = param.type === 'int' && typeof value === 'number' ? `: ${value} is not a whole number` : '';
  throw new TypeError(`${schema.name}(): argument '${shown(param)}'${place} must be ${mismatch(param, value)}${hint}`);
}

function unknownKey(schema: Schema, key: string): never {
  const known = schema.params.map(shown).join(', ');
  throw new TypeError(`${schema.name}() got an unexpected keyword argument '${key}'; it takes ${known || 'none'}`);
}

/** One value per parameter. Throws TypeError where the arguments do not fit; `out` is left to the caller. */
export function bind(schema: Schema, args: readonly unknown[]): unknown[] {
  return tryBind(schema, args, false) as unknown[];
}

/** The same, but null where the arguments do not fit and `soft` is set: for choosing among overloads. */
export function tryBind(schema: Schema, args: readonly unknown[], soft: boolean): unknown[] | null {
  const { params, positional } = schema;
  let count = args.length;
  while (count > 0 && args[count - 1] === undefined) count--;
  const last = count > 0 ? args[count - 1] : undefined;
  const options = isOptions(last) && !(count <= positional && params[count - 1]?.type === 'any') ? last : undefined;
  if (options) count--;
  const values = new Array(params.length);
  let taken = 0;
  for (let i = 0; i < positional; i++) {
    const param = params[i] as Param;
    let given: unknown;
    if (taken < count) {
      if (param.variadic && !Array.isArray(args[taken])) {
        const left = positional - 1 - i;
        given = args.slice(taken, Math.max(taken, count - left));
        taken = Math.max(taken, count - left);
      } else given = args[taken++];
    }
    values[i] = given;
  }
  if (taken < count) {
    if (soft) return null;
    throw new TypeError(
      `${schema.name}() takes ${positional} positional argument${positional === 1 ? '' : 's'} but ${count} were given`,
    );
  }
  if (options) {
    for (const key of Object.keys(options)) {
      if (options[key] === undefined || key === 'out') continue;
      let at = params.findIndex((p) => p.name === key);
      if (at < 0 && ALIASES[key]) at = params.findIndex((p) => p.name === ALIASES[key]);
      if (soft && (at < 0 || values[at] !== undefined)) return null;
      if (at < 0) unknownKey(schema, key);
      if (values[at] !== undefined) throw new TypeError(`${schema.name}() got multiple values for argument '${key}'`);
      values[at] = options[key];
    }
  }
  for (let i = 0; i < params.length; i++) {
    const param = params[i] as Param;
    const value = values[i];
    if (value === undefined) {
      if (param.required) {
        if (soft) return null;
        throw new TypeError(`${schema.name}() missing 1 required positional argument: "${shown(param)}"`);
      }
      values[i] = param.fallback;
      continue;
    }
    const converted = convert(param, value);
    if (converted === UNFIT) {
      if (soft) return null;
      refuse(schema, param, i, value);
    }
    values[i] = converted;
  }
  const { operands } = schema;
  if (operands.length > 0 && !operands.some((i) => values[i] instanceof Tensor)) {
    if (soft) return null;
    throw new TypeError(
      `${schema.name}() received an invalid combination of arguments - got (${operands.map((i) => typeName(values[i])).join(', ')}), but one of them must be a Tensor`,
    );
  }
  return values;
}
