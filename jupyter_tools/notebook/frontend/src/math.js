// Formulas keep their source, so that they are read where nothing typesets; JupyterLab's own typesetter does where it is.
import { escaped } from "./text.js";

// commands by which formulas can link, load, style, cover the page or change others: such source is shown, never typeset
const ACTIVE = /\\(?:href|url|html[A-Za-z]*|class|cssId|style|data|require|unicode|include[a-z]*|mmlToken|bbox|[Rr]ule|[gex]?def|let|(?:re)?new[a-z]+)(?![A-Za-z])/;
const INLINE = /^(?:\$(?![\s$])((?:\\.|[^\\$\n])+?)(?<!\s)\$(?!\d)|\\\(([^\n]+?)\\\))/;
const BLOCK = /^ {0,3}(?:\$\$([^$]+?)\$\$|\\\[([^]+?)\\\])[ \t]*(?:\n|$)/;

const rule = (name, level, opening, pattern, render) => ({
  name,
  level,
  start: (text) => text.match(opening)?.index,
  tokenizer(text) {
    const found = pattern.exec(text);
    return found ? { type: name, raw: found[0], source: (found[1] ?? found[2]).trim() } : undefined;
  },
  renderer: ({ source }) => render(escaped(source)),
});

export const mathRules = [
  rule("inlineMath", "inline", /\$|\\\(/, INLINE, (source) => `<span class="jt-math">\\(${source}\\)</span>`),
  rule("blockMath", "block", /^ {0,3}(?:\$\$|\\\[)/m, BLOCK, (source) => `<div class="jt-math">\\[${source}\\]</div>`),
];

/** Typesets the formulas below an element, or marks them for later. A typesetter that fails leaves their source. */
export function typeset(element, typesetter) {
  for (const formula of element.querySelectorAll(".jt-math"))
    if (!ACTIVE.test(formula.textContent)) {
      formula.classList.add("mathjax_process");
      Promise.resolve(typesetter?.typeset(formula)).catch(() => {});
    }
}

/** The typesetter of the page that a widget's model lives on, if it has one. */
export const typesetterOf = (model) => model.widget_manager?.rendermime?.latexTypesetter ?? null;
