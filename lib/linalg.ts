/** torch.linalg. */
export { multi_dot, vecdot } from './ops/contraction.js';
export { matmul } from './ops/matmul.js';
export { linalg_vector_norm as vector_norm } from './ops/reduce.js';
