/** torch.utils. */
export * as checkpoint from './checkpoint.js';
export { type GraphvizOptions, graphviz } from './graphviz.js';
