/**
 * x[1] and x[1] = 10: a trap at the very end of Tensor's prototype chain, where only names arrive that neither the
 * instance nor the class has. Methods and fields never see it, and so pay nothing.
 */
import { Tensor } from './tensor.js';

type GetItem = (x: Tensor, index: number) => unknown;
type SetItem = (x: Tensor, index: number, value: unknown) => void;

const INDEX = /^(0|[1-9]\d*)$/;

/** Lets `x[i]` mean get(x, i) and `x[i] = v` mean set(x, i, v). */
export function installSubscript(get: GetItem, set: SetItem): void {
  const trap = new Proxy(Object.prototype, {
    get(target, key, receiver) {
      if (typeof key === 'string' && INDEX.test(key)) return get(receiver as Tensor, Number(key));
      return Reflect.get(target, key, receiver);
    },
    set(target, key, value, receiver) {
      if (typeof key === 'string' && INDEX.test(key)) {
        set(receiver as Tensor, Number(key), value);
        return true;
      }
      return Reflect.set(target, key, value, receiver);
    },
  });
  Object.setPrototypeOf(Tensor.prototype, trap);
}
