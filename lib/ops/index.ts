/** All ops. */
export * from './methods.js';
