/* Lies outside what Streamlit draws anew, as a screen reader only listens to what was there before. */
let region;
/* What is left of an earlier run is drawn once more beside what is new. */
let latest = -Infinity;

const MILLISECONDS_BETWEEN_LOOKS = 100;
const MILLISECONDS_TO_LOOK = 10_000;

let byKeyboard = false;
addEventListener("keydown", () => (byKeyboard = true), true);
addEventListener("pointerdown", () => (byKeyboard = false), true);

export default function ({ data }) {
    region ??= document.body.appendChild(document.createElement("div"));
    region.role = "status";
    region.className = "announced";
    if (data.at < latest) return;
    latest = data.at;
    if (region.textContent === data.text) return;
    /* Where nothing was said there was an entrance, whose length says nothing of what comes now. */
    if (!region.textContent) document.querySelector('[data-testid="stMain"]').scrollTo(0, 0);
    region.textContent = data.text;
    goOnFromTitle(performance.now() + MILLISECONDS_TO_LOOK);
}

/* Who pressed a key on what is gone now goes on from the title, not from the page's beginning. It
   goes when the run of the page that draws it no more is over. */
let next;

function goOnFromTitle(until) {
    clearTimeout(next);
    if (!byKeyboard || performance.now() > until) return;
    const title = document.querySelector('[data-testid="stMain"] h1');
    // What is switched off under the keyboard has the focus for a moment still.
    const lost = document.activeElement === document.body || document.activeElement.disabled;
    if (!title || !lost) {
        next = setTimeout(goOnFromTitle, MILLISECONDS_BETWEEN_LOOKS, until);
        return;
    }
    title.tabIndex = -1;
    title.focus({ preventScroll: true });
}
