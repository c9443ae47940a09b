/** torch.nn.utils.parametrize: parameters and buffers that are computed from others whenever they are read. */
import { type ModeGuard, no_grad, parametrizationCache, type Scoped, scoped } from '../../autograd/modes.js';
import { NotImplementedError, RuntimeError, ValueError } from '../../errors.js';
import { Tensor } from '../../tensor.js';
import { ModuleDict, ModuleList } from '../containers.js';
import type { Module } from '../module.js';
import { Parameter } from '../parameter.js';
import { sizeRepr, typeName } from '../repr.js';
import { withKeywords } from '../signature.js';

type Inverse = (value: Tensor) => Tensor | readonly Tensor[];

function inverseOf(module: Module): Inverse | undefined {
  const found: unknown = Reflect.get(module, 'right_inverse');
  return typeof found === 'function' ? (value) => found.call(module, value) : undefined;
}

/** `target` in the place of what it holds, so that optimizers keep their parameter. */
function replaceData(target: Tensor, value: Tensor): void {
  if (target !== value) target.data = value.detach();
}

function register(module: Module, name: string, value: Tensor | Parameter): void {
  if (value instanceof Parameter) module.register_parameter(name, value);
  else module.register_buffer(name, value);
}

const WITHOUT_FLAG = 'of the tensor, unless `unsafe` flag is enabled.';

/**
 * The parametrizations of one tensor in the order in which they are applied, with what they are applied to: `original`,
 * or `original0`, `original1` … where the first one's `right_inverse` gives several tensors. Made by
 * `register_parametrization`.
 * @example
 * const layer = torch.nn.utils.parametrizations.weight_norm(new torch.nn.Linear(2, 1));
 * layer.get_submodule('parametrizations.weight') instanceof torch.nn.utils.parametrize.ParametrizationList; // true
 */
export class ParametrizationList extends ModuleList {
  unsafe: boolean;
  readonly is_tensor: boolean;
  readonly ntensors: number;
  declare original: Tensor;

  constructor(modules: readonly Module[], original: Tensor, unsafe: boolean = false) {
    if (modules.length === 0) throw new ValueError('ParametrizationList requires one or more modules.');
    super(modules);
    this.unsafe = unsafe;
    const { shape, dtype } = original;
    const value = this.inverted(original);
    this.is_tensor = value instanceof Tensor;
    this.ntensors = value instanceof Tensor ? 1 : value.length;
    if (value instanceof Tensor) this.holdOne(original, value);
    else this.holdMany(original, value);
    if (!unsafe) this.checkResult(shape, dtype.toString());
  }

  private inverted(original: Tensor): Tensor | readonly Tensor[] {
    let value: Tensor | readonly Tensor[] = original;
    no_grad(() => {
      for (const module of [...this].reverse()) {
        try {
          value = inverseOf(module)?.(value as Tensor) ?? value;
        } catch (error) {
          if (!(error instanceof NotImplementedError)) throw error;
        }
      }
    });
    if (value instanceof Tensor || Array.isArray(value)) return value;
    throw new ValueError(
      `'right_inverse' must return a Tensor or a Sequence of tensors (list, tuple...). Got ${typeName(value)}`,
    );
  }

  private holdOne(original: Tensor, value: Tensor): void {
    if (original.dtype !== value.dtype) {
      throw new ValueError(
        'When `right_inverse` outputs one tensor, it may not change the dtype.\n' +
          `original.dtype: ${original.dtype}\nright_inverse(original).dtype: ${value.dtype}`,
      );
    }
    replaceData(original, value);
    register(this, 'original', original);
  }

  private holdMany(original: Tensor, values: readonly Tensor[]): void {
    for (const [i, value] of values.entries()) {
      if (!(value instanceof Tensor)) {
        throw new ValueError(
          "'right_inverse' must return a Tensor or a Sequence of tensors (list, tuple...). " +
            `Got element ${i} of the sequence with type ${typeName(value)}.`,
        );
      }
      const held = original instanceof Parameter ? new Parameter(value, original.requires_grad) : value;
      register(this, `original${i}`, held.requires_grad_(original.requires_grad));
    }
  }

  private checkResult(shape: readonly number[], dtype: string): void {
    const result: unknown = this.forward();
    if (!(result instanceof Tensor)) {
      throw new ValueError(`A parametrization must return a tensor. Got ${typeName(result)}.`);
    }
    if (String(result.dtype) !== dtype) {
      throw new ValueError(
        `Registering a parametrization may not change the dtype ${WITHOUT_FLAG}\n` +
          `unparametrized dtype: ${dtype}\nparametrized dtype: ${result.dtype}`,
      );
    }
    if (sizeRepr(result.shape) === sizeRepr(shape)) return;
    throw new ValueError(
      `Registering a parametrization may not change the shape ${WITHOUT_FLAG}\n` +
        `unparametrized shape: ${sizeRepr(shape)}\nparametrized shape: ${sizeRepr(result.shape)}`,
    );
  }

  private get originals(): Tensor[] {
    if (this.is_tensor) return [this.original];
    return Array.from({ length: this.ntensors }, (_, i) => Reflect.get(this, `original${i}`) as Tensor);
  }

  /** Sets the originals to what gives `value`. */
  right_inverse(value: Tensor): void {
    no_grad(() => {
      let inverted: Tensor | readonly Tensor[] = value;
      for (const module of [...this].reverse()) {
        const inverse = inverseOf(module);
        if (inverse === undefined) {
          throw new RuntimeError(`parametrization ${module.constructor.name} does not implement right_inverse.`);
        }
        inverted = inverse(inverted as Tensor);
      }
      const values = this.is_tensor ? [inverted as Tensor] : (inverted as readonly Tensor[]);
      if (values.length !== this.ntensors) {
        throw new ValueError(
          "'right_inverse' must return a sequence of tensors of length " +
            `${this.ntensors}. Got a sequence of length ${values.length}.`,
        );
      }
      for (const [i, original] of this.originals.entries()) this.assign(original, values[i] as Tensor, i);
    });
  }

  private assign(original: Tensor, value: Tensor, i: number): void {
    if (original.dtype !== value.dtype) {
      const [what, name] = this.is_tensor
        ? ['The tensor returned by `right_inverse`', 'original']
        : [`Tensor ${i} returned by \`right_inverse\``, `original${i}`];
      throw new ValueError(`${what} has dtype ${value.dtype} while \`${name}\` has dtype ${original.dtype}`);
    }
    replaceData(original, value);
  }

  override forward(): Tensor {
    const [first, ...others] = [...this];
    let x = (first as Module)(...this.originals) as Tensor;
    for (const module of others) x = module(x);
    return x;
  }
}

/** The value of a parametrized tensor: the one remembered, where values are. */
const readThrough = (list: ParametrizationList): Tensor => {
  const cache = parametrizationCache();
  if (cache === null) return list() as Tensor;
  const known = cache.get(list) as Tensor | undefined;
  if (known !== undefined) return known;
  const value = list() as Tensor;
  cache.set(list, value);
  return value;
};

/**
 * While it runs a function, or until its guard is disposed of, each parametrized tensor is computed once.
 * @example
 * const layer = torch.nn.utils.parametrizations.orthogonal(new torch.nn.Linear(3, 3));
 * torch.nn.utils.parametrize.cached(() => Reflect.get(layer, 'weight') === Reflect.get(layer, 'weight')); // true
 */
export const cached: Scoped = (<T>(fn?: () => T): T | ModeGuard => {
  // A scope inside another one remembers with it.
  const enter = scoped({ parametrizations: parametrizationCache() ?? new Map() });
  return fn === undefined ? enter() : enter(fn);
}) as Scoped;

const listsOf = (module: Module): ModuleDict | null => {
  const found: unknown = Reflect.get(module, 'parametrizations');
  return found instanceof ModuleDict ? found : null;
};
const listOf = (module: Module, name: string): ParametrizationList =>
  (listsOf(module) as ModuleDict).get(name) as ParametrizationList;

/**
 * Whether the module has a parametrized tensor of that name, or any.
 * @example
 * const layer = torch.nn.utils.parametrizations.weight_norm(new torch.nn.Linear(2, 1));
 * torch.nn.utils.parametrize.is_parametrized(layer, 'weight'); // true
 */
export function is_parametrized(module: Module, tensor_name: string | null = null): boolean {
  const lists = listsOf(module);
  if (lists === null) return false;
  return tensor_name === null ? lists.length > 0 : lists.has(tensor_name);
}

/** Gives one module a class of its own, where names can be computed. */
function injectClass(module: Module): void {
  const parent = module.constructor as new () => Module;
  const made = class extends parent {};
  Object.defineProperty(made, 'name', { value: `Parametrized${parent.name}` });
  Object.setPrototypeOf(module, made.prototype);
}

function injectProperty(module: Module, name: string): void {
  Object.defineProperty(Object.getPrototypeOf(module), name, {
    configurable: true,
    get(this: Module) {
      return readThrough(listOf(this, name));
    },
    set(this: Module, value: Tensor) {
      listOf(this, name).right_inverse(value);
    },
  });
}

/** That one more parametrization keeps dtype and shape, and its inverse too. */
function checkAnother(module: Module, name: string, parametrization: Module): void {
  const before = Reflect.get(module, name) as Tensor;
  const after: unknown = parametrization(before);
  if (!(after instanceof Tensor)) {
    throw new ValueError(`A parametrization must return a tensor. Got ${typeName(after)}.`);
  }
  const flag = 'of the tensor, unless the `unsafe` flag is enabled.';
  compare(
    before,
    after,
    name,
    `parametrization(module.${name})`,
    (what) => `Registering a parametrization may not change the ${what} ${flag}`,
  );
  const inverse = inverseOf(parametrization);
  if (inverse === undefined) return;
  let back: unknown;
  try {
    back = inverse(after);
  } catch (error) {
    if (error instanceof NotImplementedError) return;
    throw error;
  }
  if (!(back instanceof Tensor)) {
    throw new ValueError(`parametrization.right_inverse must return a tensor. Got: ${typeName(back)}`);
  }
  const must = (what: string): string =>
    `The tensor returned by parametrization.right_inverse must have the same ${what} ` +
    `as module.${name}, unless the \`unsafe\` flag is enabled.`;
  compare(before, back, name, 'returned', must);
}

function compare(before: Tensor, after: Tensor, name: string, other: string, text: (what: string) => string): void {
  const between = other === 'returned' ? ' ' : '.';
  if (before.dtype !== after.dtype) {
    throw new ValueError(
      `${text('dtype')}\nmodule.${name}.dtype: ${before.dtype}\n${other}${between}dtype: ${after.dtype}`,
    );
  }
  const [want, have] = [sizeRepr(before.shape), sizeRepr(after.shape)];
  if (want !== have) {
    throw new ValueError(`${text('shape')}\nmodule.${name}.shape: ${want}\n${other}${between}shape: ${have}`);
  }
}

/**
 * From now on `module[tensor_name]`, a parameter or buffer, is `parametrization` of what is stored; several are applied
 * one after the other. Where it has a `right_inverse`, that gives what is stored at first and on assignment. A ValueError
 * where dtype or shape change, unless `unsafe`.
 * @example
 * class Symmetric extends torch.nn.Module {
 *   forward(x: torch.Tensor) {
 *     return x.triu().add(x.triu(1).mT);
 *   }
 * }
 * const { register_parametrization } = torch.nn.utils.parametrize;
 * const layer = register_parametrization(new torch.nn.Linear(3, 3), 'weight', new Symmetric());
 * layer.get_parameter('parametrizations.weight.original').shape; // [3, 3]
 */
export const register_parametrization = withKeywords(
  'register_parametrization',
  (module: Module, tensor_name: string, parametrization: Module, unsafe: boolean = false) => ({
    module,
    tensor_name,
    parametrization,
    unsafe,
  }),
  ({ module, tensor_name: name, parametrization, unsafe }): Module => {
    parametrization.train(module.training);
    if (is_parametrized(module, name)) {
      if (!unsafe) checkAnother(module, name, parametrization);
      const list = listOf(module, name);
      list.append(parametrization);
      list.unsafe ||= unsafe;
      return module;
    }
    const original = module._parameters[name] ?? module._buffers[name];
    if (original === undefined) {
      throw new ValueError(
        `Module '${module}' does not have a parameter, a buffer, or a parametrized element with name '${name}'`,
      );
    }
    const list = new ParametrizationList([parametrization], original, unsafe);
    Reflect.deleteProperty(module, name);
    if (!is_parametrized(module)) {
      injectClass(module);
      module.add_module('parametrizations', new ModuleDict());
    }
    injectProperty(module, name);
    (listsOf(module) as ModuleDict).set(name, list);
    return module;
  },
);

/**
 * Makes a parametrized tensor a plain one again: with the value it has, or with `leave_parametrized` false with the
 * original one.
 * @example
 * const layer = torch.nn.utils.parametrizations.weight_norm(new torch.nn.Linear(2, 1));
 * torch.nn.utils.parametrize.remove_parametrizations(layer, 'weight').parameters().length; // 2
 */
export const remove_parametrizations = withKeywords(
  'remove_parametrizations',
  (module: Module, tensor_name: string, leave_parametrized: boolean = true) => ({
    module,
    tensor_name,
    leave_parametrized,
  }),
  ({ module, tensor_name: name, leave_parametrized }): Module => {
    if (!is_parametrized(module, name)) {
      throw new ValueError(`Module ${module} does not have a parametrization on ${name}`);
    }
    const list = listOf(module, name);
    if (!list.is_tensor && !leave_parametrized) {
      throw new ValueError(
        'Cannot leave unparametrized (`leave_parametrized=False`) a tensor ' +
          'that is parametrized in terms of a sequence of tensors.',
      );
    }
    let original: Tensor;
    if (list.is_tensor) {
      original = list.original;
      if (leave_parametrized) no_grad(() => replaceData(original, Reflect.get(module, name) as Tensor));
    } else {
      const value = Reflect.get(module, name) as Tensor;
      original = value.requires_grad ? new Parameter(value) : value;
    }
    const prototype = Object.getPrototypeOf(module) as object;
    Reflect.deleteProperty(prototype, name);
    (listsOf(module) as ModuleDict).pop(name);
    if (!is_parametrized(module)) {
      Reflect.deleteProperty(module, 'parametrizations');
      Object.setPrototypeOf(module, Object.getPrototypeOf(prototype));
    }
    register(module, name, original);
    return module;
  },
);

/**
 * The class that the module had before its first parametrization.
 * @example
 * const layer = torch.nn.utils.parametrizations.weight_norm(new torch.nn.Linear(2, 1));
 * torch.nn.utils.parametrize.type_before_parametrizations(layer) === torch.nn.Linear; // true
 */
export function type_before_parametrizations(module: Module): new (...args: any[]) => Module {
  const own = module.constructor as new (...args: any[]) => Module;
  return is_parametrized(module) ? Object.getPrototypeOf(own) : own;
}
