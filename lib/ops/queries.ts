/** Functions that ask a tensor or a dtype what it is. */
import { DType } from '../dtype.js';
import { RuntimeError, TypeError } from '../errors.js';
import type { Tensor } from '../tensor.js';
import { as_tensor, type TensorData } from './create.js';
import { canCast } from './execute.js';
import { typeName } from './schema.js';
import { tensorOf } from './tensors.js';

function dtypeOf(x: unknown, name: string, argument: string, position = 1): DType {
  if (x instanceof DType) return x;
  throw new TypeError(
    `${name}(): argument '${argument}' (position ${position}) must be torch.dtype, not ${typeName(x)}`,
  );
}

/**
 * Whether the elements are floating point numbers.
 * @example
 * torch.is_floating_point(torch.tensor([1])); // true
 */
export const is_floating_point = (input: Tensor): boolean =>
  tensorOf(input, 'is_floating_point').dtype.is_floating_point;
/**
 * Whether the elements are complex numbers: they never are.
 * @example
 * torch.is_complex(torch.tensor([1])); // false
 */
export const is_complex = (input: Tensor): boolean => tensorOf(input, 'is_complex').dtype.is_complex;
/**
 * Whether the tensor was made in inference mode.
 * @example
 * torch.is_inference(torch.ones(2)); // false
 */
export const is_inference = (input: Tensor): boolean => tensorOf(input, 'is_inference').is_inference();
/**
 * Whether two tensors have the same shape.
 * @example
 * torch.is_same_size(torch.ones(2), torch.ones(3)); // false
 */
export const is_same_size = (input: Tensor, other: Tensor): boolean =>
  tensorOf(input, 'is_same_size').is_same_size(other);
/**
 * Whether the only element is not 0; throws RuntimeError where there are several, or none.
 * @example
 * torch.is_nonzero(torch.tensor([0])); // false
 */
export const is_nonzero = (input: Tensor): boolean => tensorOf(input, 'is_nonzero').is_nonzero();
/**
 * Whether the dtype has negative numbers.
 * @example
 * torch.is_signed(torch.tensor([true])); // false
 */
export const is_signed = (input: Tensor): boolean => tensorOf(input, 'is_signed').is_signed();
/**
 * The memory of `input` outside the graph.
 * @example
 * torch.detach(torch.ones(2, { requires_grad: true })).requires_grad; // false
 */
export const detach = (input: Tensor): Tensor => tensorOf(input, 'detach').detach();
/**
 * Whether values of one dtype make sense in the other: floats do not as integers, nor numbers as bool.
 * @example
 * torch.can_cast(torch.float64, torch.int32); // false
 */
export const can_cast = (from: DType, to: DType): boolean =>
  canCast(dtypeOf(from, 'can_cast', 'from_'), dtypeOf(to, 'can_cast', 'to', 2));
/**
 * The name of the type of `o`: that of a tensor's dtype, of a class, of what typeof says.
 * @example
 * torch.typename(torch.tensor([1n])); // 'torch.LongTensor'
 */
export function typename(o: unknown): string {
  const dtype = (o as Tensor | null)?.dtype;
  if (dtype !== undefined) return `torch.${dtype.scalarName}Tensor`;
  return typeof o === 'object' && o !== null ? o.constructor.name : typeof o;
}
/**
 * `obj` as a tensor: without a copy where it is one, or a typed array, of that dtype, unless `copy` asks for one.
 * @example
 * torch.asarray([1, 2], { dtype: torch.int32 }).dtype; // torch.int32
 */
export function asarray(
  obj: TensorData,
  {
    dtype = null,
    copy = null,
    requires_grad = false,
  }: { dtype?: DType | null; copy?: boolean | null; requires_grad?: boolean } = {},
): Tensor {
  const out = as_tensor(obj, { dtype });
  if (copy === false && out !== obj && !ArrayBuffer.isView(obj))
    throw new RuntimeError("can't alias arbitrary sequence into a tensor");
  const own = copy === true ? out.clone().detach() : requires_grad ? out.detach() : out;
  return requires_grad ? own.requires_grad_() : own;
}
