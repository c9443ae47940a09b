/** Every module of ops that Tensor has as methods: its type is made from these. */
export { hardshrink, prelu } from './activation.js';
export * from './arrange.js';
export * from './binary.js';
export { inner } from './contraction.js';
export * from './core.js';
export * from './indexing.js';
export * from './join.js';
export * from './matmul.js';
export * from './new-tensor.js';
export * from './random.js';
export * from './reduce.js';
export * from './scan.js';
export * from './scatter.js';
export * from './softmax.js';
export * from './subscript.js';
export * from './ternary.js';
export * from './unary.js';
export * from './views.js';
