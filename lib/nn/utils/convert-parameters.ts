import { TypeError } from '../../errors.js';
import { cat } from '../../ops/index.js';
import { Tensor } from '../../tensor.js';
import { typeName } from '../repr.js';

/**
 * All parameters as one vector.
 * @example
 * torch.nn.utils.parameters_to_vector([torch.zeros(2, 2), torch.ones(3)]).shape; // [7]
 */
export function parameters_to_vector(parameters: Iterable<Tensor>): Tensor {
  return cat([...parameters].map((parameter) => parameter.reshape(-1)));
}

/**
 * The opposite of `parameters_to_vector`: the parameters get the vector's elements, as views of it.
 * @example
 * const net = new torch.nn.Linear(2, 1);
 * torch.nn.utils.vector_to_parameters(torch.tensor([1, 2, 3]), net.parameters());
 * net.bias?.item(); // 3
 */
export function vector_to_parameters(vec: Tensor, parameters: Iterable<Tensor>): void {
  if (!(vec instanceof Tensor)) throw new TypeError(`expected torch.Tensor, but got: ${typeName(vec)}`);
  let offset = 0;
  for (const parameter of parameters) {
    const count = parameter.numel();
    parameter.data = vec.narrow(0, offset, count).view(parameter.shape).data;
    offset += count;
  }
}
