/** Modules as functions of their parameters. */
import { RuntimeError, ValueError } from '../errors.js';
import type { Module } from '../nn/module.js';
import { stack } from '../ops/index.js';
import { isOptions } from '../ops/schema.js';
import type { Tensor } from '../tensor.js';
import { kindOf } from './tree.js';

type Tensors = Record<string, Tensor>;
export interface FunctionalCallOptions {
  /** Named arguments of the module, where options come in their place. */
  kwargs?: Record<string, unknown> | null;
  /** Whether a tensor that has several names in the module is replaced under all of them; true. */
  tie_weights?: boolean;
  /** Whether all parameters and buffers have to be given, and no others; false. */
  strict?: boolean;
}

/** Several dictionaries as one. */
function merged(given: Tensors | readonly Tensors[]): Tensors {
  if (isOptions(given)) return given as Tensors;
  if (!Array.isArray(given) || !given.every(isOptions)) {
    throw new ValueError(
      `Expected parameter_and_buffer_dicts to be a dict, or a list/tuple of dicts, but got ${kindOf(given)}`,
    );
  }
  const all = (given as Tensors[]).flatMap((d) => Object.keys(d));
  const twice = [...new Set(all.filter((key, i) => all.indexOf(key) !== i))];
  if (twice.length > 0) {
    const names = twice.map((n) => `'${n}'`).join(', ');
    throw new ValueError(`[${names}] appeared in multiple dictionaries; behavior of functional call is ambiguous`);
  }
  return Object.assign({}, ...(given as Tensors[]));
}

function checkNames(module: Module, names: readonly string[], present: ReadonlyMap<string, Tensor>): void {
  const list = (keys: readonly string[]) =>
    [...keys]
      .sort()
      .map((k) => `'${k}'`)
      .join(', ');
  const unexpected = names.filter((n) => !present.has(n));
  const missing = [...present.keys()].filter((n) => !names.includes(n));
  if (unexpected.length + missing.length === 0) return;
  let text = `Error(s) in reparametrizing for ${module.constructor.name}:`;
  if (unexpected.length > 0) text += `\n\tUnexpected key(s): ${list(unexpected)}.`;
  if (missing.length > 0) text += `\n\tMissing key(s): ${list(missing)}.`;
  throw new RuntimeError(text);
}

/** Adds the other names of tensors that have several. */
function tie(values: Map<string, Tensor>, present: ReadonlyMap<string, Tensor>): void {
  for (const [name, value] of [...values]) {
    if (!present.has(name)) continue;
    const tied = [...present.keys()].filter((other) => present.get(other) === present.get(name));
    const given = tied.filter((other) => values.has(other));
    if (given.some((other) => values.get(other) !== value)) {
      throw new ValueError(
        `functional_call got multiple values for keys [${given.map((n) => `'${n}'`).join(', ')}], which are tied. Consider using ` +
          'tie_weights=False',
      );
    }
    for (const other of tied) values.set(other, value);
  }
}

const OPTIONS = ['kwargs', 'tie_weights', 'strict'];
const holdsOptions = (given: object): boolean =>
  Object.keys(given).length > 0 && Object.keys(given).every((key) => OPTIONS.includes(key));

/** Puts a tensor in the place of a dotted name; gives what puts the former one back. */
function exchange(module: Module, path: string, value: Tensor): () => void {
  const dot = path.lastIndexOf('.');
  const owner = module.get_submodule(path.slice(0, Math.max(dot, 0)));
  const name = path.slice(dot + 1);
  const before = Reflect.get(owner, name);
  Object.assign(owner, { [name]: value });
  return () => Object.assign(owner, { [name]: before });
}

/**
 * Calls `module` with the tensors of `parameter_and_buffer_dicts` (by dotted name, one object or several) in the place of
 * its own: `args` is a list, or the one argument, `kwargs` an object of named ones. The module is as before afterwards.
 * Options may take the place of `kwargs`: `{ strict: true }`.
 *
 * @example
 * const net = new torch.nn.Linear(2, 1);
 * torch.func.functional_call(net, { weight: torch.zeros(1, 2), bias: torch.ones(1) }, torch.ones(3, 2));
 */
export function functional_call(
  module: Module,
  parameter_and_buffer_dicts: Tensors | readonly Tensors[],
  args: unknown = [],
  kwargs: Record<string, unknown> | null = null,
  options?: FunctionalCallOptions,
): any {
  if (kwargs !== null && options === undefined && holdsOptions(kwargs)) {
    const { kwargs: own = null, ...rest } = kwargs as FunctionalCallOptions;
    return functional_call(module, parameter_and_buffer_dicts, args, own, rest);
  }
  const { tie_weights = true, strict = false } = options ?? {};
  const given = merged(parameter_and_buffer_dicts);
  const present = new Map<string, Tensor>([
    ...module.named_parameters({ remove_duplicate: false }),
    ...module.named_buffers({ remove_duplicate: false }),
  ]);
  const values = new Map(Object.entries(given));
  if (tie_weights) tie(values, present);
  if (strict) checkNames(module, [...values.keys()], present);
  const undo = [...values].filter(([name]) => present.has(name)).map(([name, value]) => exchange(module, name, value));
  const restore = () => {
    for (const back of undo.reverse()) back();
  };
  const positional = Array.isArray(args) ? args : [args];
  let result: unknown;
  try {
    result = (module as unknown as (...a: unknown[]) => unknown)(...positional, ...(kwargs === null ? [] : [kwargs]));
  } catch (error) {
    restore();
    throw error;
  }
  if (result instanceof Promise) return result.finally(restore);
  restore();
  return result;
}

/**
 * The parameters and the buffers of several modules of one class, stacked by name along a new first dimension: with
 * functional_call and vmap an ensemble is one call.
 *
 * @example
 * const nets = [new torch.nn.Linear(2, 1), new torch.nn.Linear(2, 1)];
 * const [params, buffers] = torch.func.stack_module_state(nets);
 */
export function stack_module_state(models: readonly Module[]): [Tensors, Tensors] {
  const first = models[0];
  if (first === undefined) throw new RuntimeError('stack_module_state: Expected at least one model, got 0.');
  if (models.some((m) => m.training !== first.training))
    throw new RuntimeError('stack_module_state: Expected all models to have the same training/eval mode.');
  if (models.some((m) => m.constructor !== first.constructor))
    throw new RuntimeError('stack_module_state: Expected all models to be of the same class.');
  const join = (entries: readonly (readonly (readonly [string, Tensor])[])[], leaf: boolean): Tensors =>
    Object.fromEntries(
      (entries[0] ?? []).map(([name, t], k) => {
        const whole = stack(entries.map((list) => list[k]?.[1].detach() as Tensor));
        return [name, leaf && t.requires_grad ? whole.requires_grad_() : whole];
      }),
    );
  return [
    join(
      models.map((m) => m.named_parameters()),
      true,
    ),
    join(
      models.map((m) => m.named_buffers()),
      false,
    ),
  ];
}
