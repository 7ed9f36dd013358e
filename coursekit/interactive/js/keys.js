// Bare keys are for what has the focus: else the notebook's commands take them, arrows to leave the
// cell, letters to cut it. In Notebook 7 it does so on their way down, hence the window.

/** Keep bare keys within `root`; returns how to stop it. */
function keepBareKeys(root) {
  const keep = (event) => {
    if (!root.contains(event.target)) return;
    const others = event.ctrlKey || event.metaKey || event.altKey || event.key === "Escape";
    const runs = event.key === "Enter" && event.shiftKey;
    event.target.toggleAttribute("data-lm-suppress-shortcuts", !others && !runs);
  };
  window.addEventListener("keydown", keep, true);
  return () => window.removeEventListener("keydown", keep, true);
}
