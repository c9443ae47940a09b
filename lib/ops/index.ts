/** All ops. */
export * from './methods.js';
export * from './create.js';
