// Reads the declarations of ops, whose types are computed from schemas, and writes them as plain signatures.
import { bracketed, signatureOf } from './signatures.mjs';

const constant = /((?:\/\*\*(?:[^*]|\*(?!\/))*\*\/\n)?)((?:export )?)declare const (\w+): /g;

/** `{ start, end, comment, exported, name, type }` of each constant that a declaration file declares. */
export function constants(text) {
  return [...text.matchAll(constant)].map((match) => {
    const [whole, comment, exported, name] = match;
    const begin = match.index + whole.length;
    const end = typeEnd(text, begin);
    return { start: match.index, end, comment, exported, name, type: text.slice(begin, end - 1) };
  });
}

/** Where the type that begins at `start` ends: behind the semicolon that is in no bracket. */
function typeEnd(text, start) {
  for (let i = start; i < text.length; i++) {
    if (text[i] === '"') i = text.indexOf('"', i + 1);
    else if ('([{<'.includes(text[i])) i = bracketed(text, i).end - 1;
    else if (text[i] === ';') return i + 1;
  }
  return text.length;
}

/** Each form of a type Op<"schema", flags> or Overloaded<…>, as a function and as a method; null for other types. */
export function opForms(name, type) {
  if (Object.hasOwn(byHand, name)) return byHand[name];
  if (!/^(?:import\("[^"]*"\)\.)?(Op|Overloaded)</.test(type)) return null;
  const schemas = [...type.matchAll(/(?:FunctionOf|\bOp)<"([^"]*)"/g)].map(([, schema]) => schema);
  if (schemas.length === 0) return null;
  return schemas.map((schema) => ({
    schema,
    signature: signatureOf(schema),
    method: /^[^(]*\(Tensor(?:\|Scalar)? /.test(schema) && signatureOf(schema, { method: true }),
  }));
}

export const isInPlace = (type) => /inplace: true/.test(type) || /, true>$/.test(type);

// The ops whose types are no schema's.
const put = '(indices: readonly Key[], values: Tensor | Scalar, accumulate?: boolean): Tensor';
const byHand = {
  index: [{ signature: '(self: Tensor, ...keys: Key[]): Tensor', method: '(...keys: Key[]): Tensor' }],
  index_put: [{ signature: put.replace('(', '(self: Tensor, '), method: put }],
  index_put_: [{ signature: put.replace('(', '(self: Tensor, '), method: put }],
  nonzero: [
    {
      signature: '(self: Tensor, options?: { as_tuple?: false }): Tensor',
      method: '(options?: { as_tuple?: false }): Tensor',
    },
    {
      signature: '(self: Tensor, options: { as_tuple: true }): Tensor[]',
      method: '(options: { as_tuple: true }): Tensor[]',
    },
  ],
};

/** The doc comment with the schema of the op, which says the defaults, and its category; `brief`: without examples. */
export function documented(comment, { schema, category, brief }) {
  const tags = category === null ? '' : `\n * @category ${category}`;
  const body = comment.replace(/^\/\*\*\s?/, '').replace(/\s*\*\/\s*$/, '');
  const lines = body.startsWith('*') || body.startsWith(' *') ? body : ` * ${body}`;
  const [text, ...examples] = lines.split(/^ \* (?=@)/m);
  const asDeclared = schema === undefined ? '' : `\n *\n * \`\`\`text\n * ${schema}\n * \`\`\``;
  const shown = brief ? '' : examples.map((example) => `\n * ${example.trimEnd()}`).join('');
  return `/**\n${text.trimEnd()}${asDeclared}${shown}${tags}\n */\n`;
}

/** The ops that lib/ops/methods.ts makes methods, by name. */
export function methodNames(text, ops) {
  const whole = [...text.matchAll(/^export \* from '\.\/(.*)\.js';/gm)].map(([, name]) => `ops/${name}.d.ts`);
  const single = [...text.matchAll(/^export \{([^}]*)\}/gm)].flatMap(([, names]) =>
    names.split(',').map((n) => n.trim()),
  );
  return [...ops].filter(([name, { path }]) => whole.includes(path) || single.includes(name)).map(([name]) => name);
}

/** `{ doc, name, form }` of each form of an op as a method, and as one in place where there is that. */
export function methodsOf(name, { forms, docs, inplace }) {
  const methods = forms.flatMap(({ method }, i) => (method ? [{ doc: docs[i], name, form: method }] : []));
  if (!inplace) return methods;
  const changing = methods.map(({ doc, form }) => ({
    doc: inPlaceDoc(doc, name),
    name: `${name}_`,
    form: form.replace(/[^:]*$/, ' this'),
  }));
  return [...methods, ...changing];
}

const inPlaceDoc = (doc, name) =>
  doc
    .replace(/^\/\*\*\n \* /, `/**\n * {@link ${name}} in place: `)
    .replace(/\n \* @example[\s\S]*?(?=\n \* @|\n \*\/)/, '');
