import type * as strided from 'strided';

export type Callable = (...args: unknown[]) => any;

/** The op of a name as users call it; undefined for ops that only others are made of. */
export function publicCall(torch: typeof strided, name: string): Callable | undefined {
  const spaces = torch as unknown as Record<string, Record<string, Callable>>;
  const [, space, inner] = /^(special|linalg|masked)_(.+)$/.exec(name) ?? [];
  const own = space && inner && spaces[space]?.[inner];
  if (own) return own;
  const places = [torch, torch.nn.functional] as unknown as Record<string, Callable | undefined>[];
  const method: Callable = (x, ...rest) => (x as Record<string, Callable> | null)?.[name]?.(...rest);
  return places.map((place) => place[name]).find((f) => f) ?? (name in torch.Tensor.prototype ? method : undefined);
}
