import { IndexError, KeyError } from '../errors.js';
import { Tensor } from '../tensor.js';
import { Module } from './module.js';
import { Parameter } from './parameter.js';
import { typeName } from './repr.js';

/** Tensors become parameters, anything else is kept as it is. */
const asParameter = (value: unknown): unknown =>
  value instanceof Tensor && !(value instanceof Parameter) ? new Parameter(value) : value;

const lineOf = (key: string | number, value: unknown, type: (x: Tensor) => string): string =>
  value instanceof Tensor
    ? `  (${key}): Parameter containing: [${type(value)} of size ${value.shape.join('x')}]`
    : `  (${key}): Object of type: ${typeName(value)}`;

// PyTorch indents these lines twice where there are several.
const blockOf = (name: string, lines: string[]): string =>
  lines.length > 1 ? `${name}(\n${lines.map((line) => `  ${line}`).join('\n')}\n)` : `${name}(${lines.join('')})`;

/**
 * A list of parameters that belong to the module that holds it: `list[0]`, `for (const p of list)`. Tensors become
 * parameters.
 *
 * @example
 * const scales = new torch.nn.ParameterList([torch.ones(2), torch.ones(3)]);
 * scales.parameters().length; // 2
 */
export class ParameterList extends Module {
  [index: number]: Parameter;

  constructor(values: Iterable<Tensor> = []) {
    super();
    this.extend(values);
  }

  private ownKeys(): string[] {
    return Object.keys(this).filter((key) => /^\d+$/.test(key));
  }

  override get length(): number {
    return this.ownKeys().length;
  }

  *[Symbol.iterator](): Iterator<Parameter> {
    for (const key of this.ownKeys()) yield Reflect.get(this, key) as Parameter;
  }

  /** The parameter at `index`, counted from the end where negative; an IndexError where there is none. */
  at(index: number): Parameter {
    const found = [...this].at(index);
    if (found === undefined) throw new IndexError(`index ${index} is out of range`);
    return found;
  }

  /** Adds a parameter at the end. */
  append(value: Tensor): this {
    Object.assign(this, { [String(this.length)]: asParameter(value) });
    return this;
  }

  /** Adds several parameters at the end. */
  extend(values: Iterable<Tensor>): this {
    for (const value of [...values]) this.append(value);
    return this;
  }

  override toString(): string {
    const lines = [...this].map((value, i) => lineOf(i, value, (x) => String(x.dtype)));
    return blockOf(this.constructor.name, lines);
  }
}

type NamedTensors = Record<string, Tensor> | Iterable<readonly [string, Tensor]>;

/**
 * Parameters by name that belong to the module that holds it; iterating gives the names. Tensors become parameters.
 *
 * @example
 * const scales = new torch.nn.ParameterDict({ left: torch.ones(2), right: torch.ones(3) });
 * scales.get('left').shape; // [2]
 */
export class ParameterDict extends Module {
  constructor(parameters: NamedTensors | null = null) {
    super();
    if (parameters !== null) this.update(parameters);
  }

  override get length(): number {
    return this.keys().length;
  }

  [Symbol.iterator](): Iterator<string> {
    return this.keys()[Symbol.iterator]();
  }

  keys(): string[] {
    return Object.keys(this._parameters);
  }

  values(): Parameter[] {
    return Object.values(this._parameters);
  }

  items(): [string, Parameter][] {
    return Object.entries(this._parameters);
  }

  has(key: string): boolean {
    return Object.hasOwn(this._parameters, key);
  }

  /** The parameter of that name; a KeyError where there is none. */
  get(key: string): Parameter {
    const found = this._parameters[key];
    if (found === undefined) throw new KeyError(`'${key}'`);
    return found;
  }

  set(key: string, value: Tensor): this {
    this.register_parameter(key, asParameter(value) as Parameter);
    return this;
  }

  /** Takes the parameter of that name out and returns it; a KeyError where there is none. */
  pop(key: string): Parameter {
    const parameter = this.get(key);
    Reflect.deleteProperty(this, key);
    return parameter;
  }

  clear(): void {
    for (const key of this.keys()) Reflect.deleteProperty(this, key);
  }

  /** Adds all parameters, replacing those of the same name. */
  update(parameters: NamedTensors): void {
    const entries = Symbol.iterator in parameters ? parameters : Object.entries(parameters);
    for (const [key, value] of entries as Iterable<readonly [string, Tensor]>) this.set(key, value);
  }

  override toString(): string {
    const lines = this.items().map(([key, value]) => lineOf(key, value, typeName));
    return blockOf(this.constructor.name, lines);
  }
}
