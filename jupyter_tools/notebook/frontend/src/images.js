// A picture from elsewhere is loaded when the person asks for it: loading one tells its server what stands in its address.
import { make, makeButton } from "./dom.js";

/** A picture in Markdown, until the person asks for it: its words, and where it is. Not for pictures that are not on the web. */
export function imageMark(href, text, escaped) {
  const words = escaped(text ? `image: ${text}` : "image");
  return /^https?:\/\//i.test(href) && URL.canParse(href) ? `<span class="jt-image" title="${escaped(href)}">${words}</span>` : words;
}

/** Offers the pictures below an element with a button each, once their text is `finished`; shows those in `loaded`. */
export function offerImages(element, loaded, finished) {
  for (const mark of element.querySelectorAll(".jt-image")) {
    const address = mark.title;
    if (loaded.has(address)) mark.replaceWith(picture(mark.textContent, address));
    else if (finished) mark.replaceWith(offer(mark.textContent, address, loaded));
  }
}

function offer(words, address, loaded) {
  const button = makeButton("jt-button", `Load ${words} (${new URL(address).host})`, () => {
    loaded.add(address);
    const shown = picture(words, address);
    button.replaceWith(shown);
    shown.focus();
  });
  button.title = address;
  return button;
}

function picture(words, address) {
  const image = make("img");
  image.alt = words;
  image.tabIndex = -1;
  image.referrerPolicy = "no-referrer";
  image.onerror = () => image.replaceWith(`${words} could not be loaded`);
  image.src = address;
  return image;
}
