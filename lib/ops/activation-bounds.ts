/** Activation functions that change at bounds which are arguments. */
import { RuntimeError, ValueError } from '../errors.js';
import type { Tensor } from '../tensor.js';
import { refuseIntegers } from './activation.js';
import { compose, derive, implement, op } from './define.js';
import type { Scalar } from './schema-types.js';
import { _where } from './ternary.js';

const zero = (g: Tensor): Tensor => g.new_zeros([...g.shape]);

/**
 * log(1 + exp(beta x)) / beta, and x itself where beta x is above `threshold`.
 * @example
 * torch.nn.functional.softplus(torch.tensor([0, 30])); // tensor([ 0.6931, 30.0000])
 */
export const softplus = op('softplus(Tensor input, Scalar beta=1, Scalar threshold=20)', { native: '', method: false });
compose(softplus, (input, beta, threshold) => {
  refuseIntegers(input, 'softplus_cpu');
  return _softplus(input, beta, threshold);
});
const _softplus = op('_softplus(Tensor self, Scalar beta, Scalar threshold)', { native: 'softplus', method: false });
derive(_softplus, {
  self: [
    'self',
    (g, s) => {
      const x = s.self.mul(s.beta);
      return _where(x.gt(s.threshold), g, g.mul(x.sigmoid()));
    },
  ],
});

/** @internal */
export const _threshold = op('_threshold(Tensor self, Scalar threshold, Scalar value)', {
  native: 'threshold',
  method: false,
  backwardInPlace: 'ThresholdBackward1',
});
derive(_threshold, { self: ['self', (g, s) => threshold_backward(g, s.self, s.threshold)] });
/**
 * x where it is above `threshold`, else `value`
 * @example
 * torch.threshold(torch.tensor([0, 2]), 1, -5); // tensor([-5.,  2.])
 */
export const threshold = op('threshold(Tensor input, Scalar threshold, Scalar value)', { native: '', method: false });
compose(threshold, (input, threshold, value) => _threshold(input, ...whole(input, threshold, value)));
const threshold_backward = op('threshold_backward(Tensor grad_output, Tensor self, Scalar threshold)', {
  method: false,
});
derive(threshold_backward, { grad_output: ['self', (g, s) => threshold_backward(g, s.self, s.threshold)], self: zero });

/** @internal */
export const _hardtanh = op('_hardtanh(Tensor self, Scalar min_val, Scalar max_val)', {
  native: 'clamp',
  method: false,
  backward: 'HardtanhBackward0',
});
derive(_hardtanh, { self: ['self', (g, s) => hardtanh_backward(g, s.self, s.min_val, s.max_val)] });
const hardtanh_backward = op('hardtanh_backward(Tensor grad_output, Tensor self, Scalar min_val, Scalar max_val)', {
  method: false,
});
implement(hardtanh_backward, (g, self, min, max) => _where(self.le(min).logical_or(self.ge(max)), 0, g));
derive(hardtanh_backward, {
  grad_output: ['self', (g, s) => hardtanh_backward(g, s.self, s.min_val, s.max_val)],
  self: zero,
});
/** x kept within [min_val, max_val] */
export const hardtanh = op('hardtanh(Tensor input, Scalar min_val=-1, Scalar max_val=1)', { method: false });
compose(hardtanh, (input, min_val, max_val) => {
  if (Number(min_val) > Number(max_val)) throw new ValueError('min_val cannot be greater than max_val');
  return bounded(input, min_val, max_val);
});
/** x kept within [0, 6] */
export const relu6 = op('relu6(Tensor input)', { method: false });
compose(relu6, (input) => bounded(input, 0, 6));

function bounded(input: Tensor, min: Scalar, max: Scalar): Tensor {
  const { dtype } = input;
  if (dtype.name === 'bool') throw new RuntimeError('Bool inputs not supported for hardtanh');
  if (dtype.name === 'uint8' && Number(min) < 0)
    throw new RuntimeError('cannot do hardtanh on an unsigned type with negative limits');
  return _hardtanh(input, ...whole(input, min, max));
}

/** Parameters in the dtype of x: whole numbers (and no -0, which is a float) where it holds such. */
function whole(x: Tensor, a: Scalar, b: Scalar): [Scalar, Scalar] {
  return x.dtype.is_floating_point ? [a, b] : [Math.trunc(Number(a)) + 0, Math.trunc(Number(b)) + 0];
}

const shrink_backward = op('shrink_backward(Tensor grad_output, Tensor self, Scalar lambd)', { method: false });
derive(shrink_backward, { grad_output: ['self', (g, s) => shrink_backward(g, s.self, s.lambd)], self: zero });
/**
 * 0 where |x| is at most `lambd`, else x
 * @example
 * torch.nn.functional.hardshrink(torch.tensor([-1, 0.2])); // tensor([-1.,  0.])
 */
export const hardshrink = op('hardshrink(Tensor self, Scalar lambd=0.5)', { native: '' });
compose(hardshrink, (input, lambd) => {
  refuseIntegers(input, 'hardshrink_cpu');
  return _hardshrink(input, lambd);
});
const _hardshrink = op('_hardshrink(Tensor self, Scalar lambd)', { native: 'hardshrink', method: false });
derive(_hardshrink, { self: ['self', (g, s) => shrink_backward(g, s.self, s.lambd)] });
const _softshrink = op('_softshrink(Tensor self, Scalar lambd)', {
  native: 'softshrink',
  method: false,
  backward: 'SoftshrinkBackward0',
});
derive(_softshrink, { self: ['self', (g, s) => shrink_backward(g, s.self, s.lambd)] });
/**
 * x moved towards 0 by `lambd`, and 0 where that passes it
 * @example
 * torch.nn.functional.softshrink(torch.tensor([-1, 0.2, 1])); // tensor([-0.5000,  0.0000,  0.5000])
 */
export const softshrink = op('softshrink(Tensor input, Scalar lambd=0.5)', { native: '', method: false });
compose(softshrink, (input, lambd) => {
  refuseIntegers(input, 'softshrink_check');
  if (!(Number(lambd) >= 0)) {
    throw new RuntimeError(
      `lambda must be in range [0, 3.40282e+38] for input dtype ${input.dtype.scalarName}, but found ${lambd}`,
    );
  }
  return _softshrink(input, lambd);
});
