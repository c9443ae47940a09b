// Reads the doc comments of TypeScript sources: what stands before each exported declaration, and its examples.

const comment = /^[ ]*\/\*\*(?:[^*]|\*(?!\/))*\*\//gm;
const modifiers = '(export )?(?:declare )?(?:abstract )?(?:async )?';
const keywords = String.raw`(?:const \[?|let |(?:function\*?|class|interface|type|enum) )`;
const declaration = new RegExp(String.raw`^\s*(?:\/\/[^\n]*\n\s*)*${modifiers}${keywords}(\w+)`);

/** `{ text, line, name, examples }` of each doc comment; `name` is what it documents as the module exports it. */
export function docComments(source) {
  return [...source.matchAll(comment)].map((match) => {
    const line = source.slice(0, match.index).split('\n').length;
    const text = match[0]
      .replace(/^\s*\/\*\*/, '')
      .replace(/\*\/$/, '')
      .split('\n')
      .map((part) => part.replace(/^\s*\* ?/, '').trimEnd())
      .join('\n')
      .trim();
    const declared = declaration.exec(source.slice(match.index + match[0].length));
    const name = declared && (declared[1] ? declared[2] : exportedAs(source, declared[2]));
    return { text, line, name, examples: examplesOf(text) };
  });
}

/** The name that `export { name as other };` gives; null where there is none. */
const exportedAs = (source, name) => new RegExp(`^export \\{ ${name} as (\\w+) \\};`, 'm').exec(source)?.[1] ?? null;

/** The code of each `@example` of a doc comment, up to the next tag. */
function examplesOf(text) {
  return text
    .split(/^@example\b/m)
    .slice(1)
    .map((part) =>
      part
        .split(/^@\w/m)[0]
        .replace(/^```\w*\n|^```$/gm, '')
        .trim(),
    );
}

/** `{ code, line, info }` of the fenced blocks of a Markdown text; `info` is what follows the three backticks. */
export function fencedBlocks(source) {
  return [...source.matchAll(/^```(.*)\n([\s\S]*?)^```$/gm)].map(({ 1: info, 2: code, index }) => ({
    info: info.trim(),
    code,
    line: source.slice(0, index).split('\n').length + 1,
  }));
}
