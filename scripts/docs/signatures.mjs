// Schemas and argument tuples as plain TypeScript signatures, as a reader wants to see them.

const types = {
  Tensor: 'Tensor',
  'Tensor|Scalar': 'Tensor | Scalar',
  Scalar: 'Scalar',
  int: 'number | bigint',
  float: 'number',
  bool: 'boolean',
  dtype: 'DType',
  str: 'string',
  Generator: 'Generator',
  any: 'unknown',
};
// Arguments that no JavaScript parameter may be called.
const reserved = new Set(['default', 'function', 'in', 'new', 'this', 'var', 'with']);

/** `{ name, type, optional, variadic, keywordOnly }` of each parameter of a schema. */
function parameters(inside) {
  const parts = inside === '' ? [] : inside.split(', ');
  const star = parts.indexOf('*');
  return parts
    .filter((part) => part !== '*')
    .map((part, i) => {
      const [, type, list, dots, nullable, name, fallback] = /^([A-Za-z|]+)(\[\])?(\.\.\.)?(\?)? (\w+)(?:=(.+))?$/.exec(
        part,
      );
      const one = types[type];
      const many = type === 'int' ? 'Ints' : type === 'float' ? 'number | readonly number[]' : `readonly ${one}[]`;
      const full = `${list ? many : dots ? `(${one})[]` : one}${nullable ? ' | null' : ''}`;
      return {
        name,
        type: full,
        optional: fallback !== undefined,
        variadic: Boolean(dots),
        keywordOnly: star >= 0 && i >= star,
      };
    });
}

function resultOf(output) {
  if (output === undefined || output === 'Tensor') return 'Tensor';
  if (output.startsWith('('))
    return `Named<[${output
      .slice(1, -1)
      .split(', ')
      .map((name) => `'${name}'`)
      .join(', ')}]>`;
  return (
    { 'Tensor[]': 'Tensor[]', 'Tensor|Tensor[]': 'Tensor | Tensor[]', bool: 'boolean', int: 'number' }[output] ??
    'unknown'
  );
}

/**
 * '(self: Tensor, dim?: Ints | null, keywords?: { … }): Tensor' for 'sum(Tensor self, int[]? dim=None, *, …)'; as a
 * method without the first parameter.
 */
export function signatureOf(schema, { method = false } = {}) {
  const [, inside, output] = /^[\w.]+\((.*?)\)(?: -> (.+))?$/.exec(schema);
  const all = parameters(inside).slice(method ? 1 : 0);
  const positional = all.filter((p) => !p.keywordOnly);
  // After the first that may be left out, TypeScript wants all to be.
  let optional = false;
  const shown = positional.map((p) => {
    const name = reserved.has(p.name) ? `${p.name}_` : p.name;
    if (p.variadic) return `...${name}: ${p.type}`;
    optional ||= p.optional;
    return `${name}${optional ? '?' : ''}: ${p.type}`;
  });
  const keywords = all.filter((p) => p.keywordOnly).map((p) => `${p.name}${p.optional ? '?' : ''}: ${p.type}`);
  if (keywords.length > 0 && !positional.some((p) => p.variadic)) {
    const needed = all.some((p) => p.keywordOnly && !p.optional) && !optional;
    shown.push(`keywords${needed ? '' : '?'}: { ${keywords.join('; ')} }`);
  }
  return `(${shown.join(', ')}): ${resultOf(output)}`;
}

/** What stands between the bracket at `start` of `text` and its partner, and where that ends. */
export function bracketed(text, start) {
  let depth = 0;
  for (let i = start; i < text.length; i++) {
    // A schema in quotes may say '->'.
    if (text[i] === '"') i = text.indexOf('"', i + 1);
    if ('([{<'.includes(text[i])) depth++;
    if (text[i] === '>' && text[i - 1] === '=') continue;
    if (')]}>'.includes(text[i]) && --depth === 0) return { inside: text.slice(start + 1, i), end: i + 1 };
  }
  throw new Error(`no end of the bracket at ${text.slice(start, start + 60)}`);
}

/** 'input: Tensor, inplace?: boolean' of a tuple type's '[input: Tensor, inplace?: boolean | undefined]'. */
export const plainTuple = (inside) => inside.replaceAll(' | undefined', '').replace(/\s+/g, ' ').trim();
