import { absent, type Dict, dtypeOf, torch, type Value } from './api.js';

/** `undefined` never stands for a variable: a record may only name what an earlier instruction made. */
type Variables = Map<string, Value>;

interface Options {
  /** Whether tensors marked so require grad; true by default. */
  grad?: boolean;
  variables?: Variables;
  closure?: (encoded: Value) => (...args: Value[]) => Value;
}

const toNumber = (v: number | string): number => Number(v);

/** A 1-d tensor of `dtype` from encoded numbers (strings where JSON has no number). */
function flat(values: (number | string)[], dtype: string): Value {
  if (dtype.startsWith('complex')) return absent(`torch.${dtype}`);
  const options = { dtype: dtypeOf(dtype) };
  if (dtype === 'bool') return torch.tensor(values.map(Boolean), options);
  const exact = dtype.includes('int') && values.some((v) => typeof v === 'string');
  return torch.tensor(exact ? values.map(BigInt) : values.map(toNumber), options);
}

/** Python writes [1:3:2]; the package takes the same text. */
function sliceText(parts: Value[]): string {
  const [start, stop, step] = parts.map((p) => p ?? '');
  return step === '' ? `${start}:${stop}` : `${start}:${stop}:${step}`;
}

/** Turns the encoded values of one call into values of the package, numbering tensors on the way. */
export class Decoder {
  readonly tensors: Value[] = [];
  /** Whether a whole Python float was met, which JavaScript cannot tell from an int. */
  wholeFloat = false;

  constructor(private readonly options: Options = {}) {}

  list(values: Value[]): Value[] {
    return values.map((v) => this.value(v));
  }

  dict(values: Dict = {}): Dict {
    return Object.fromEntries(Object.entries(values).map(([k, v]) => [k, this.value(v)]));
  }

  value(v: Value): Value {
    if (Array.isArray(v)) return this.list(v);
    if (typeof v !== 'object' || v === null) return v;
    switch (v.$) {
      case 't':
        return this.tensor(v);
      case 'same':
        return this.tensors[v.of];
      case 'v':
        return this.variable(v.v);
      case 'fn':
        return this.options.closure?.(v);
      case 'tuple':
      case 'size':
        return this.list(v.v);
      case 'dict':
        return this.dict(v.v);
      case 'map':
        return new Map(v.v.map((pair: Value[]) => this.list(pair)));
      case 'int':
        return BigInt(v.v);
      case 'float':
        return this.float(toNumber(v.v));
      case 'slice':
        return sliceText(this.list(v.v));
      case 'ellipsis':
        return '...';
      case 'device':
        return v.v;
      case 'dtype':
      case 'layout':
      case 'memory_format':
        return dtypeOf(v.v);
      default:
        return absent(`a value of kind ${v.$}`);
    }
  }

  private float(x: number): number {
    this.wholeFloat ||= Number.isInteger(x);
    return x;
  }

  private variable(name: string): Value {
    const { variables } = this.options;
    if (!variables?.has(name)) throw new Error(`there is no variable ${name}`);
    return variables.get(name);
  }

  private tensor(v: Value): Value {
    let t: Value;
    if (v.storage_of !== undefined) {
      t = this.tensors[v.storage_of].detach().as_strided(v.shape, v.stride, v.offset);
    } else {
      const values = v.storage ?? v.data;
      t = flat(values, v.dtype);
      if (v.storage && v.stride) t = t.as_strided(v.shape, v.stride, values.length ? (v.offset ?? 0) : 0);
      else if (v.shape.length !== 1) t = t.reshape(v.shape);
    }
    if (v.requires_grad && this.options.grad !== false) t = t.detach().requires_grad_();
    this.tensors.push(t);
    return t;
  }
}
