/** Activation functions, element by element. Integers are refused where PyTorch has no kernel for them. */
import { NotImplementedError, RuntimeError } from '../errors.js';
import type { Tensor } from '../tensor.js';
import { compose, derive, implement, op } from './define.js';
import { cat } from './join.js';
import { wrapDim } from './natives.js';
import { _where } from './ternary.js';

/** Refuses what is not of a floating dtype as PyTorch's kernel of that name does. */
export function refuseIntegers(x: Tensor, kernel: string): void {
  if (!x.dtype.is_floating_point)
    throw new NotImplementedError(`"${kernel}" not implemented for '${x.dtype.scalarName}'`);
}

/** An op of one tensor that refuses integers, and the native one that it runs. `slope`: its gradient from g and x. */
function real(name: string, kernel: string, backward: string, slope: (g: Tensor, x: Tensor) => Tensor) {
  const native = op(`_${name}(Tensor self)` as '_(Tensor self)', { native: name, method: false, backward });
  derive(native, { self: ['self', (g, s) => slope(g, s.self)] });
  const fn = op(`${name}(Tensor input)` as '_(Tensor input)', { native: '', method: false });
  compose(fn, (input) => {
    refuseIntegers(input, kernel);
    return native(input);
  });
  return [fn, native] as const;
}

const zero = (g: Tensor): Tensor => g.new_zeros([...g.shape]);

const _gelu = op('_gelu(Tensor self)', { native: 'gelu', method: false, backward: 'GeluBackward0' });
derive(_gelu, { self: ['self', (g, s) => gelu_backward(g, s.self)] });
const gelu_backward = op('gelu_backward(Tensor grad_output, Tensor self)', { method: false });
derive(gelu_backward, {
  grad_output: ['self', (g, s) => gelu_backward(g, s.self)],
  self: [
    ['grad_output', 'self'],
    (g, s) => {
      const density = s.self
        .pow(2)
        .mul(-0.5)
        .exp()
        .mul(1 / Math.sqrt(2 * Math.PI));
      return g.mul(s.grad_output).mul(density.mul(s.self.pow(2).neg().add(2)));
    },
  ],
});

const K = Math.sqrt(2 / Math.PI);
const C = 0.044715;
const _geluTanh = op('_gelu_tanh(Tensor self)', { native: 'gelu_tanh', method: false, backward: 'GeluBackward0' });
derive(_geluTanh, { self: ['self', (g, s) => gelu_tanh_backward(g, s.self)] });
const gelu_tanh_backward = op('gelu_tanh_backward(Tensor grad_output, Tensor self)', { method: false });
derive(gelu_tanh_backward, {
  grad_output: ['self', (g, s) => gelu_tanh_backward(g, s.self)],
  self: [
    ['grad_output', 'self'],
    (g, s) => {
      // (1 - t^2) (u' + x (u'' - 2 t u'^2) / 2) with t = tanh(u)
      const x = s.self;
      const t = x.pow(3).mul(C).add(x).mul(K).tanh();
      const slope = x
        .pow(2)
        .mul(3 * C * K)
        .add(K);
      const bend = x.mul(6 * C * K).sub(t.mul(slope.pow(2)).mul(2));
      return g.mul(s.grad_output).mul(
        t
          .pow(2)
          .neg()
          .add(1)
          .mul(slope.add(x.mul(bend).mul(0.5))),
      );
    },
  ],
});
/**
 * x Φ(x), with the distribution function Φ of the normal distribution; 'tanh' approximates it.
 * @example
 * torch.nn.functional.gelu(torch.tensor([1])); // tensor([0.8413])
 */
export const gelu = op("gelu(Tensor input, *, str approximate='none')", { native: '', method: false });
compose(gelu, (input, approximate) => {
  if (approximate !== 'none' && approximate !== 'tanh')
    throw new RuntimeError('approximate argument must be either none or tanh.');
  refuseIntegers(input, 'GeluKernelImpl');
  return approximate === 'tanh' ? _geluTanh(input) : _gelu(input);
});

/** x sigmoid(x) */
export const [silu, _silu] = real('silu', 'silu_cpu', 'SiluBackward0', (g, x) => silu_backward(g, x));
const silu_backward = op('silu_backward(Tensor grad_output, Tensor self)', { method: false });
derive(silu_backward, {
  grad_output: ['self', (g, s) => silu_backward(g, s.self)],
  self: [
    ['grad_output', 'self'],
    (g, s) => {
      const y = s.self.sigmoid();
      const rest = y.neg().add(1);
      return g.mul(s.grad_output).mul(y.mul(rest).mul(s.self.mul(rest.sub(y)).add(2)));
    },
  ],
});

/**
 * log(sigmoid(x))
 * @example
 * torch.nn.functional.logsigmoid(torch.tensor([0])); // tensor([-0.6931])
 */
export const [log_sigmoid] = real('log_sigmoid', 'log_sigmoid_cpu', 'LogSigmoidBackward0', (g, x) =>
  log_sigmoid_backward(g, x),
);
const log_sigmoid_backward = op('log_sigmoid_backward(Tensor grad_output, Tensor self)', { method: false });
derive(log_sigmoid_backward, {
  grad_output: ['self', (g, s) => log_sigmoid_backward(g, s.self)],
  self: [
    ['grad_output', 'self'],
    (g, s) => {
      const y = s.self.sigmoid();
      return g.mul(s.grad_output).mul(y.mul(y.sub(1)));
    },
  ],
});

/** x tanh(log(1 + exp(x))) */
export const [mish, _mish] = real('mish', 'mish_cpu', 'MishBackward0', (g, x) => {
  const t = x.exp().log1p().tanh();
  return g.mul(t.add(x.mul(x.sigmoid()).mul(t.mul(t).neg().add(1))));
});

/** (x + 3) / 6, kept within [0, 1] */
export const [hardsigmoid, _hardsigmoid] = real('hardsigmoid', 'hardsigmoid_cpu', 'HardsigmoidBackward0', (g, x) =>
  hardsigmoid_backward(g, x),
);
const hardsigmoid_backward = op('hardsigmoid_backward(Tensor grad_output, Tensor self)', { method: false });
derive(hardsigmoid_backward, { grad_output: ['self', (g, s) => hardsigmoid_backward(g, s.self)], self: zero });

/** x hardsigmoid(x) */
export const [hardswish, _hardswish] = real('hardswish', 'hardswish_cpu', 'HardswishBackward0', (g, x) =>
  hardswish_backward(g, x),
);
const hardswish_backward = op('hardswish_backward(Tensor grad_output, Tensor self)', { method: false });
derive(hardswish_backward, {
  grad_output: ['self', (g, s) => hardswish_backward(g, s.self)],
  self: [
    ['grad_output', 'self'],
    (g, s) => {
      const between = s.self.gt(-3).logical_and(s.self.lt(3));
      return _where(between, g.mul(s.grad_output).mul(1 / 3), 0);
    },
  ],
});

/** x where it is positive, else negative_slope x */
export const leaky_relu = op('leaky_relu(Tensor input, Scalar negative_slope=0.01)', { native: '', method: false });
compose(leaky_relu, (input, negative_slope) => {
  refuseIntegers(input, 'leaky_relu_cpu');
  return _leakyRelu(input, negative_slope);
});
/** @internal */
export const _leakyRelu = op('_leaky_relu(Tensor self, Scalar negative_slope)', {
  native: 'leaky_relu',
  method: false,
  backwardInPlace: 'LeakyReluBackward1',
});
derive(_leakyRelu, { self: ['self', (g, s) => leaky_relu_backward(g, s.self, s.negative_slope)] });
const leaky_relu_backward = op('leaky_relu_backward(Tensor grad_output, Tensor self, Scalar negative_slope)', {
  method: false,
});
derive(leaky_relu_backward, {
  grad_output: ['self', (g, s) => leaky_relu_backward(g, s.self, s.negative_slope)],
  self: zero,
});

const _prelu = op('_prelu_kernel(Tensor self, Tensor weight)', { native: 'leaky_relu', method: false });
derive(_prelu, {
  self: [['self', 'weight'], (g, s) => preluBackward(g, s.self, s.weight)],
  weight: ['self', (g, s) => _where(s.self.gt(0), 0, g.mul(s.self))],
});
const preluBackward = op('_prelu_kernel_backward(Tensor grad_output, Tensor self, Tensor weight)', {
  native: 'leaky_relu_backward',
  method: false,
});
derive(preluBackward, {
  grad_output: [['self', 'weight'], (g, s) => preluBackward(g, s.self, s.weight)],
  self: zero,
  weight: [['grad_output', 'self'], (g, s) => _where(s.self.gt(0), 0, g.mul(s.grad_output))],
});
/**
 * x where it is positive, else weight x; `weight` has one element, or one for each channel (dimension 1).
 * @example
 * torch.prelu(torch.tensor([-1, 2]), torch.tensor([0.25])); // tensor([-0.2500,  2.0000])
 */
export const prelu = op('prelu(Tensor self, Tensor weight)');
compose(prelu, (input, weight) => {
  if (input.dtype !== weight.dtype) {
    throw new RuntimeError(
      `prelu: Type promoting not supported. Got ${input.dtype.scalarName} and ${weight.dtype.scalarName}`,
    );
  }
  const n = input.dim();
  if (weight.numel() !== 1) {
    if (n === 0) throw new RuntimeError('Not allow zero-dim input tensor.');
    const channels = n > 1 ? (input.shape[1] as number) : 1;
    if (channels !== weight.numel()) {
      throw new RuntimeError(
        `Mismatch of parameter numbers and input channel size. Found parameter numbers = ${weight.numel()} and channel size = ${channels}.`,
      );
    }
  }
  if (weight.dim() > 1) {
    throw new RuntimeError(`prelu: Expected \`weight\` to be a scalar or 1D tensor, but got: ndim = ${weight.dim()}`);
  }
  refuseIntegers(input, 'prelu_cpu');
  if (weight.dim() === 1 && n === 1) return _prelu(input, weight);
  return _prelu(input, weight.view(n < 2 ? new Array(n).fill(1) : [1, weight.numel(), ...new Array(n - 2).fill(1)]));
});

/** x where it is positive, else x times a slope of its own; the slopes are samples, and constant. @internal */
export const _rrelu = op('_rrelu(Tensor self, Tensor noise)', {
  native: 'leaky_relu',
  method: false,
  backward: 'RreluWithNoiseBackward0',
  backwardInPlace: 'RreluWithNoiseBackward1',
});
derive(_rrelu, { self: [['self', 'noise'], (g, s) => preluBackward(g, s.self, s.noise)] });

const eluNative = op('_elu(Tensor self, Scalar alpha, Scalar input_scale)', { native: 'elu', method: false });
derive(eluNative, 'none');
/** @internal */
export const _elu = op('_elu_scaled(Tensor self, float alpha, float scale, float input_scale)', {
  native: '',
  method: false,
  backward: 'EluBackward0',
  backwardInPlace: 'EluBackward1',
});
implement(_elu, (self, alpha, scale, input_scale) => {
  const out = eluNative(self, alpha, input_scale);
  return scale === 1 ? out : out.mul_(scale);
});
/** @internal */
export const _celu = op('_celu(Tensor self, float alpha, float scale, float input_scale)', {
  native: '',
  method: false,
  backward: 'CeluBackward0',
  backwardInPlace: 'CeluBackward1',
});
implement(_celu, (self, alpha, _, input_scale) => eluNative(self, alpha, input_scale));
for (const each of [_elu, _celu]) {
  derive(each, {
    self: [
      'self',
      (g, s) => {
        // Not of x above 0, whose exponential may be infinite.
        const below = s.self
          .clamp_max(0)
          .mul(s.input_scale)
          .exp()
          .mul(s.alpha * s.scale * s.input_scale);
        return g.mul(_where(s.self.le(0), below, s.scale));
      },
    ],
  });
}
/** x where it is positive, else alpha (exp(x) - 1) */
export const elu = op('elu(Tensor input, float alpha=1.0)', { native: '', method: false });
compose(elu, (input, alpha) => {
  refuseIntegers(input, 'elu_cpu');
  return _elu(input, alpha, 1, 1);
});
/** @internal */
export const SELU_ALPHA = 1.6732632423543772848170429916717;
/** @internal */
export const SELU_SCALE = 1.0507009873554804934193349852946;
/**
 * 1.0507 elu(x, 1.6733): keeps mean 0 and variance 1 of its inputs.
 * @example
 * torch.selu(torch.tensor([-1, 1])); // tensor([-1.1113,  1.0507])
 */
export const selu = op('selu(Tensor input)', { method: false });
compose(selu, (input) => {
  refuseIntegers(input, 'elu_cpu');
  return _elu(input, SELU_ALPHA, SELU_SCALE, 1);
});
/**
 * x where it is positive, else alpha (exp(x / alpha) - 1)
 * @example
 * torch.celu(torch.tensor([-1, 2])); // tensor([-0.6321,  2.0000])
 */
export const celu = op('celu(Tensor input, float alpha=1.0)', { method: false });
compose(celu, (input, alpha) => {
  if (alpha === 0) throw new RuntimeError('ZeroDivisionError: alpha cannot be 0 for CELU');
  refuseIntegers(input, 'elu_cpu');
  return _celu(input, alpha, 1, 1 / alpha);
});

/**
 * x / (1 + |x|)
 * @example
 * torch.nn.functional.softsign(torch.tensor([-1, 3])); // tensor([-0.5000,  0.7500])
 */
export const softsign = op('softsign(Tensor input)', { method: false });
compose(softsign, (input) => input.div(input.abs().add(1)));
/**
 * x - tanh(x)
 * @example
 * torch.nn.functional.tanhshrink(torch.tensor([1])); // tensor([0.2384])
 */
export const tanhshrink = op('tanhshrink(Tensor input)', { method: false });
compose(tanhshrink, (input) => input.sub(input.tanh()));

const _glu = op('_glu(Tensor self, int dim)', { native: '', method: false, backward: 'GluBackward0' });
const halves = (x: Tensor, dim: number): [Tensor, Tensor] => {
  const half = (x.shape[dim] as number) / 2;
  return [x.narrow(dim, 0, half), x.narrow(dim, half, half)];
};
implement(_glu, (self, dim) => {
  const [a, b] = halves(self, dim);
  return a.mul(b.sigmoid());
});
derive(_glu, {
  self: [
    'self',
    (g, s) => {
      const [a, b] = halves(s.self, s.dim);
      const gate = b.sigmoid();
      const open = g.mul(gate);
      return cat([open, open.mul(a).mul(gate.neg().add(1))], s.dim);
    },
  ],
});
/**
 * The first half of dimension `dim` times the sigmoid of the second.
 * @example
 * torch.nn.functional.glu(torch.tensor([1, 2, 0, 0])); // tensor([0.5000, 1.0000])
 */
export const glu = op('glu(Tensor input, int dim=-1)', { method: false });
compose(glu, (input, given) => {
  if (input.dim() === 0) throw new RuntimeError('glu does not support scalars because halving size must be even');
  const dim = wrapDim(given, input.dim());
  const size = input.shape[dim] as number;
  if (size % 2 !== 0) throw new RuntimeError(`Halving dimension must be even, but dimension ${dim} is size ${size}`);
  refuseIntegers(input, 'glu_cpu');
  return _glu(input, dim);
});
