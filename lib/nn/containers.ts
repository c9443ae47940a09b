import { IndexError, KeyError, TypeError } from '../errors.js';
import { isOptions } from '../ops/schema.js';
import type { Tensor } from '../tensor.js';
import { Module } from './module.js';
import { blockRepr, indentRest, typeName } from './repr.js';

/** Modules by name: a plain object, a Map, or pairs. */
export type NamedModules = Record<string, Module> | Iterable<readonly [string, Module]>;

/** Modules in a row, named '0', '1', ... unless they were given names: `net[0]`, `for (const layer of net)`. */
abstract class ModuleArray extends Module {
  [index: number]: Module;

  override get length(): number {
    return Object.keys(this._modules).length;
  }

  [Symbol.iterator](): Iterator<Module> {
    return Object.values(this._modules)[Symbol.iterator]();
  }

  /** The module at `index`, counted from the end where negative; an IndexError where there is none. */
  at(index: number): Module {
    const found = [...this].at(index);
    if (found === undefined) throw new IndexError(`index ${index} is out of range`);
    return found;
  }

  /** Adds a module at the end. */
  append(module: Module): this {
    this.add_module(String(this.length), module);
    return this;
  }

  /** Adds several modules at the end. */
  extend(modules: Iterable<Module>): this {
    for (const module of [...modules]) this.append(module);
    return this;
  }

  /** Adds a module before the one at `index` and numbers all anew. */
  insert(index: number, module: Module): this {
    const all = [...this];
    if (index < -all.length || index > all.length) throw new IndexError(`Index out of range: ${index}`);
    all.splice(index, 0, module);
    return this.renumber(all);
  }

  /** Takes the module at `index` out, numbers the others anew, and returns it. */
  pop(index: number = -1): Module {
    const module = this.at(index);
    const all = [...this];
    all.splice(index, 1);
    this.renumber(all);
    return module;
  }

  private renumber(modules: Module[]): this {
    for (const name of Object.keys(this._modules)) Reflect.deleteProperty(this, name);
    return this.extend(modules);
  }
}

/**
 * Calls its modules one after another, each with the result of the one before.
 *
 * @example
 * const net = new torch.nn.Sequential(new torch.nn.Linear(4, 8), new torch.nn.ReLU(), new torch.nn.Linear(8, 2));
 * net(torch.ones(3, 4)).shape; // [3, 2]
 */
export class Sequential extends ModuleArray {
  constructor(...modules: Module[] | [NamedModules]) {
    super();
    const [first] = modules;
    if (modules.length === 1 && isNamed(first)) {
      for (const [name, module] of entriesOf(first)) this.add_module(name, module);
    } else {
      this.extend(modules as Module[]);
    }
  }

  override forward(input: Tensor): Tensor {
    let output = input;
    // Own keys and not _modules: this runs with every call.
    const members = this as unknown as Record<string, unknown>;
    for (const name of Object.keys(members)) {
      const value = members[name];
      if (typeof value === 'function' && value instanceof Module) output = value(output);
    }
    return output;
  }

  /** The modules from `start` up to `end`, under their names, as a Sequential of its own. */
  slice(start?: number, end?: number): Sequential {
    return new Sequential(Object.entries(this._modules).slice(start, end));
  }
}

/**
 * A list of modules whose parameters belong to the module that holds it.
 *
 * @example
 * class Net extends torch.nn.Module {
 *   layers = new torch.nn.ModuleList([new torch.nn.Linear(2, 2), new torch.nn.Linear(2, 1)]);
 *   forward(x: torch.Tensor) {
 *     for (const layer of this.layers) x = layer(x);
 *     return x;
 *   }
 * }
 * new Net().parameters().length; // 4
 */
export class ModuleList extends ModuleArray {
  constructor(modules: Iterable<Module> | null = null) {
    super();
    this.extend(modules ?? []);
  }

  /** The modules from `start` up to `end` as a list of its own. */
  slice(start?: number, end?: number): ModuleList {
    return new ModuleList([...this].slice(start, end));
  }

  // Neighbours that print alike are printed once: (0-2): 3 x Linear(...).
  override toString(): string {
    const runs: { text: string; first: number; last: number }[] = [];
    for (const [index, text] of [...this].map(String).entries()) {
      const run = runs.at(-1);
      if (run?.text === text) run.last = index;
      else runs.push({ text, first: index, last: index });
    }
    const line = ({ text, first, last }: (typeof runs)[number]): string =>
      indentRest(first === last ? `(${first}): ${text}` : `(${first}-${last}): ${last - first + 1} x ${text}`);
    return blockRepr(this.constructor.name, '', runs.map(line));
  }
}

/**
 * Modules by name whose parameters belong to the module that holds it; iterating gives the names.
 *
 * @example
 * const heads = new torch.nn.ModuleDict({ left: new torch.nn.Linear(2, 1), right: new torch.nn.Linear(2, 1) });
 * heads.get('left')(torch.ones(1, 2)).shape; // [1, 1]
 */
export class ModuleDict extends Module {
  constructor(modules: NamedModules | null = null) {
    super();
    this.update(modules ?? {});
  }

  override get length(): number {
    return this.keys().length;
  }

  [Symbol.iterator](): Iterator<string> {
    return this.keys()[Symbol.iterator]();
  }

  keys(): string[] {
    return Object.keys(this._modules);
  }

  values(): Module[] {
    return Object.values(this._modules);
  }

  items(): [string, Module][] {
    return Object.entries(this._modules);
  }

  has(key: string): boolean {
    return Object.hasOwn(this._modules, key);
  }

  /** The module of that name; a KeyError where there is none. */
  get(key: string): Module {
    const module = this._modules[key];
    if (module === undefined) throw new KeyError(`'${key}'`);
    return module;
  }

  set(key: string, module: Module): this {
    this.add_module(key, module);
    return this;
  }

  /** Takes the module of that name out and returns it; a KeyError where there is none. */
  pop(key: string): Module {
    const module = this.get(key);
    Reflect.deleteProperty(this, key);
    return module;
  }

  clear(): void {
    for (const key of this.keys()) Reflect.deleteProperty(this, key);
  }

  /** Adds all modules of `modules`, replacing those of the same name. */
  update(modules: NamedModules): void {
    if (!isNamed(modules)) {
      throw new TypeError(
        `ModuleDict.update should be called with an iterable of key/value pairs, but got ${typeName(modules)}`,
      );
    }
    for (const [name, module] of entriesOf(modules)) this.add_module(name, module);
  }
}

// A list of modules is no list of names with modules: it is passed on and refused as what it is.
function isNamed(value: unknown): value is NamedModules {
  if (Array.isArray(value)) return value.every((entry) => Array.isArray(entry));
  if (isOptions(value) || value instanceof ModuleDict) return true;
  return typeof value === 'object' && value !== null && Symbol.iterator in value;
}

function entriesOf(modules: NamedModules): Iterable<readonly [string, Module]> {
  if (modules instanceof ModuleDict) return modules.items();
  return Symbol.iterator in modules ? (modules as Iterable<readonly [string, Module]>) : Object.entries(modules);
}
