import { RuntimeError } from '../errors.js';
import { Tensor } from '../tensor.js';
import { Module } from './module.js';
import { Parameter } from './parameter.js';

/**
 * Python's copy.deepcopy: a copy of a module, a tensor, or of arrays, maps, sets and plain objects of them. A module gets
 * copies of all its parameters, buffers, sub-modules and plain values, and its hooks; what is shared inside `value` is
 * shared in the copy. Other objects, and private `#fields` of derived classes, are not copied. A RuntimeError for a tensor
 * that was computed with gradients.
 *
 * @example
 * const net = new torch.nn.Linear(2, 1);
 * const best = torch.deepcopy(net.state_dict());
 * torch.nn.init.zeros_(net.weight);
 * net.load_state_dict(best); // <All keys matched successfully>
 */
export function deepcopy<T>(value: T): T {
  if (value instanceof Tensor && !value.is_leaf) throw new RuntimeError(NOT_A_LEAF);
  return copy(value, new Map()) as T;
}

const NOT_A_LEAF =
  'Only Tensors created explicitly by the user (graph leaves) support the deepcopy protocol at the moment.  If you were ' +
  'attempting to deepcopy a module, this may be because of a torch.nn.utils.weight_norm usage, see ' +
  'https://github.com/pytorch/pytorch/pull/103001';

function copy(value: unknown, made: Map<unknown, unknown>): unknown {
  const known = made.get(value);
  if (known !== undefined) return known;
  const result = copyNew(value, made);
  made.set(value, result);
  return result;
}

function copyNew(value: unknown, made: Map<unknown, unknown>): unknown {
  if (value instanceof Parameter) return new Parameter(value.detach().clone(), value.requires_grad);
  if (value instanceof Tensor) return copyTensor(value);
  if (value instanceof Module) return copyMembers(value, made);
  if (Array.isArray(value)) return value.map((element) => copy(element, made));
  if (value instanceof Map) return new Map([...value].map(([key, element]) => [key, copy(element, made)]));
  if (value instanceof Set) return new Set([...value].map((element) => copy(element, made)));
  const plain = typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
  if (!plain) return value;
  return Object.fromEntries(Object.entries(value).map(([key, element]) => [key, copy(element, made)]));
}

function copyTensor(tensor: Tensor): Tensor {
  const result = tensor.detach().clone().requires_grad_(tensor.requires_grad);
  if (tensor.is_leaf && tensor.grad !== null) result.grad = tensor.grad.detach().clone();
  return result;
}

function copyMembers(module: Module, made: Map<unknown, unknown>): Module {
  // The constructor of Module alone, for an object of the derived class: that class's own would make new members.
  const result = Reflect.construct(Module, [], module.constructor) as Module;
  made.set(module, result);
  result._copy_hooks(module);
  const { _buffers: buffers, _persistent_buffers: persistent } = module;
  for (const name of Object.keys(module)) {
    const member = copy(Reflect.get(module, name), made);
    const buffer = buffers[name] !== undefined && member instanceof Tensor;
    if (buffer) result.register_buffer(name, member, persistent[name] !== undefined);
    else Object.assign(result, { [name]: member });
  }
  return result;
}
