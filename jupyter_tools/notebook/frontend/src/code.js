// Blocks of code: words in colours, and a button that copies.
import { tokenizeWith } from "@speed-highlight/core/tokenize";
import bash from "@speed-highlight/core/languages/bash.js";
import c from "@speed-highlight/core/languages/c.js";
import css from "@speed-highlight/core/languages/css.js";
import diff from "@speed-highlight/core/languages/diff.js";
import html from "@speed-highlight/core/languages/html.js";
import js from "@speed-highlight/core/languages/js.js";
import json from "@speed-highlight/core/languages/json.js";
import py from "@speed-highlight/core/languages/py.js";
import sql from "@speed-highlight/core/languages/sql.js";
import toml from "@speed-highlight/core/languages/toml.js";
import ts from "@speed-highlight/core/languages/ts.js";
import xml from "@speed-highlight/core/languages/xml.js";
import yaml from "@speed-highlight/core/languages/yaml.js";
import { make, makeButton } from "./dom.js";

const LANGUAGES = { bash, c, css, diff, html, js, json, py, sql, toml, ts, xml, yaml };
const NAMES = { python: "py", python3: "py", ipython: "py", javascript: "js", typescript: "ts", sh: "bash", shell: "bash",
  zsh: "bash", console: "bash", yml: "yaml", cpp: "c", "c++": "c", patch: "diff" };
const LONG = 20000;
const WIDE = /[^\n]{1000}/; // the time for a word grows with the square of its length

/** Colours the words of the code blocks below an element; finished ones get a button that copies. */
export function decorateCode(element, finished) {
  for (const code of element.querySelectorAll("pre > code")) {
    colour(code);
    if (finished) addCopyButton(code);
  }
}

function colour(code) {
  const name = /^language-(.+)$/.exec(code.className)?.[1].toLowerCase();
  const language = LANGUAGES[NAMES[name] ?? name];
  const text = code.textContent;
  if (!language || text.length > LONG || WIDE.test(text)) return;
  const pieces = [];
  const take = (piece, kind) => pieces.push(kind ? make("span", `jt-${kind}`, piece) : piece);
  tokenizeWith(text, language, take, { languages: LANGUAGES });
  code.replaceChildren(...pieces);
}

function addCopyButton(code) {
  const button = makeButton("jt-button jt-copy", "Copy", async () => {
    button.textContent = (await copied(code.textContent)) ? "Copied" : "Not allowed";
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  });
  button.setAttribute("aria-label", "Copy the code");
  const frame = make("div", "jt-code");
  code.parentNode.replaceWith(frame);
  frame.append(code.parentNode, button);
}

async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch { // an insecure page, or a person who forbids it
    return false;
  }
}
