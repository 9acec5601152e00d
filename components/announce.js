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
    goOnFromTitle(document.activeElement, performance.now() + MILLISECONDS_TO_LOOK);
}

/* Who pressed a key on what is gone now goes on from the title, not from the page's beginning. It
   goes when the run of the page that draws it no more is over.
   pressed: what had the focus when something was said. */
let next;

function goOnFromTitle(pressed, until) {
    clearTimeout(next);
    if (!byKeyboard || performance.now() > until) return;
    const title = document.querySelector('[data-testid="stMain"] h1');
    const now = document.activeElement;
    // What is switched off under the keyboard has the focus for a moment still.
    const lost = now === document.body || now.disabled;
    const gone = pressed === document.body || pressed.disabled || !pressed.isConnected;
    if (title && lost && gone) {
        title.tabIndex = -1;
        title.focus({ preventScroll: true });
    } else {
        next = setTimeout(goOnFromTitle, MILLISECONDS_BETWEEN_LOOKS, pressed, until);
    }
}
