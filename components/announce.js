/* Lies outside what Streamlit draws anew, as a screen reader only listens to what was there before. */
let region;

let byKeyboard = false;
addEventListener("keydown", () => (byKeyboard = true), true);
addEventListener("pointerdown", () => (byKeyboard = false), true);

export default function ({ data }) {
    region ??= document.body.appendChild(document.createElement("div"));
    region.role = "status";
    region.className = "announced";
    if (region.textContent === data.text) return;
    region.textContent = data.text;
    /* Who pressed a key on what is gone now goes on from the title, not from the page's beginning. */
    const title = document.querySelector('[data-testid="stMain"] h1');
    // What is switched off under the keyboard has the focus for a moment still.
    const lost = document.activeElement === document.body || document.activeElement.disabled;
    if (!byKeyboard || !title || !lost) return;
    title.tabIndex = -1;
    title.focus({ preventScroll: true });
}
