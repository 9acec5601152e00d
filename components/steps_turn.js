/* Every step begins at its top, and its keys work at once: a list that has the focus keeps them. */
let shown;

const PANEL = ".st-key-walk_panel button";
const OPENED = '[data-testid="stPopoverBody"]';
const MILLISECONDS_BETWEEN_LOOKS = 100;
const MILLISECONDS_TO_OPEN = 5_000;

/* A click chooses a photo and closes the panel, and so does the button for another one of one's own.
   The arrow keys of a keyboard, which choose on their way, leave it open; opened by a key, the panel,
   which lies at the end of the page, has the focus. */
function close() {
    if (document.querySelector(OPENED)) document.querySelector(PANEL)?.click();
}

let stop = () => {};

function mindThePanel() {
    stop();
    const mind = (event) => {
        if (event.detail === 0 && event.target.closest?.(PANEL)) {
            setTimeout(enter, MILLISECONDS_BETWEEN_LOOKS, performance.now() + MILLISECONDS_TO_OPEN);
        }
        const chosen = event.detail !== 0 && event.target.closest?.(`${OPENED} label`);
        if (chosen || event.target.closest?.(`${OPENED} button`)) setTimeout(close);
    };
    document.addEventListener("click", mind, true);
    stop = () => document.removeEventListener("click", mind, true);
    return stop;
}

function enter(until) {
    if (performance.now() > until || !document.activeElement.matches(PANEL)) return;
    document.querySelector(`${OPENED} input:checked`)?.focus();
    setTimeout(enter, MILLISECONDS_BETWEEN_LOOKS, until);
}

export default function ({ data }) {
    const list = document.querySelector(".st-key-walk_step input");
    if (shown !== undefined && shown !== data.step) {
        document.querySelector('[data-testid="stMain"]').scrollTo(0, 0);
        if (document.activeElement === list) list.blur();
    }
    shown = data.step;
    if (list) list.onkeyup = (event) => event.key === "Escape" && list.blur();
    return mindThePanel();
}
