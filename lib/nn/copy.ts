import { Tensor } from '../tensor.js';
import { Module } from './module.js';
import { Parameter } from './parameter.js';

/**
 * A module of the same class with copies of all parameters, buffers, sub-modules and plain values; what was shared
 * inside it is shared in the copy. Hooks and private `#fields` of derived classes are not copied.
 */
export function copyModule<M extends Module>(module: M): M {
  return copy(module, new Map()) as M;
}

function copy(value: unknown, made: Map<unknown, unknown>): unknown {
  const known = made.get(value);
  if (known !== undefined) return known;
  const result = copyNew(value, made);
  made.set(value, result);
  return result;
}

function copyNew(value: unknown, made: Map<unknown, unknown>): unknown {
  if (value instanceof Parameter) return new Parameter(value.detach().clone(), value.requires_grad);
  if (value instanceof Tensor) return value.detach().clone().requires_grad_(value.requires_grad);
  if (value instanceof Module) return copyMembers(value, made);
  if (Array.isArray(value)) return value.map((element) => copy(element, made));
  if (value instanceof Map) return new Map([...value].map(([key, element]) => [key, copy(element, made)]));
  if (value instanceof Set) return new Set([...value].map((element) => copy(element, made)));
  const plain = typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
  if (!plain) return value;
  return Object.fromEntries(Object.entries(value).map(([key, element]) => [key, copy(element, made)]));
}

function copyMembers(module: Module, made: Map<unknown, unknown>): Module {
  // The constructor of Module alone, for an object of the derived class: that class's own would make new members.
  const result = Reflect.construct(Module, [], module.constructor) as Module;
  made.set(module, result);
  const { _buffers: buffers, _persistent_buffers: persistent } = module;
  for (const name of Object.keys(module)) {
    const member = copy(Reflect.get(module, name), made);
    const buffer = buffers[name] !== undefined && member instanceof Tensor;
    if (buffer) result.register_buffer(name, member, persistent[name] !== undefined);
    else Object.assign(result, { [name]: member });
  }
  return result;
}
