// Puts an element in the place of the static table, and back there when JupyterLab draws the output anew.
export function keepMounted(root, place) {
  const look = () => {
    const element = root.isConnected ? null : document.getElementById(place);
    if (!element) return;
    show(element, false);
    element.append(root);
  };
  const observer = new MutationObserver(look);
  observer.observe(document.body, { childList: true, subtree: true });
  look();
  return () => {
    observer.disconnect();
    const element = root.parentElement;
    root.remove();
    if (element) show(element, true);
  };
}

function show(element, visible) {
  for (const child of element.children) child.style.display = visible ? "" : "none";
}
