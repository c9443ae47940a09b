/** Dtypes that PyTorch has no kernel for, refused in its words. */
import { DTYPES, type DType } from '../dtype.js';
import { NotImplementedError } from '../errors.js';
import type { Tensor } from '../tensor.js';
import { compose, inPlaceOf } from './define.js';
import { resultTypeCode } from './natives.js';
import type { Scalar } from './schema-types.js';
import type { OpSpec } from './spec.js';

/** NotImplementedError that names the kernel and the dtype. */
export function refuseDtype(kernel: string, dtype: DType): never {
  throw new NotImplementedError(`"${kernel}" not implemented for '${dtype.scalarName}'`);
}

type Body = (self: Tensor, other?: Tensor | Scalar) => Tensor;

/** Makes `target` the op `native` of floating point operands alone: others are refused in the name of `kernel`. */
export function composeFloats(target: { readonly spec: OpSpec }, native: { readonly spec: OpSpec }, kernel: string) {
  const checked =
    (run: Body): Body =>
    (self, ...other) => {
      const common = DTYPES[resultTypeCode(self, other[0] ?? self)] as DType;
      if (!common.is_floating_point) refuseDtype(kernel, common);
      return run(self, ...other);
    };
  const inPlace = inPlaceOf(native as never) as Body;
  compose(target as never, checked(native as unknown as Body) as never, checked(inPlace) as never);
}
