/* Every step begins at its top, and its keys work at once: a list that has the focus keeps them. */
let shown;

/* A click chooses a photo and closes the panel. The arrow keys of a keyboard, which choose on their
   way, leave it open. */
let stop = () => {};

function closeAfterClick() {
    stop();
    const close = (event) => {
        const choice = event.target.closest?.('[data-testid="stPopoverBody"] [role="radiogroup"] label');
        if (!choice || event.detail === 0) return;
        setTimeout(() => document.querySelector(".st-key-walk_panel button")?.click());
    };
    document.addEventListener("click", close, true);
    stop = () => document.removeEventListener("click", close, true);
    return stop;
}

export default function ({ data }) {
    const list = document.querySelector(".st-key-walk_step input");
    if (shown !== undefined && shown !== data.step) {
        document.querySelector('[data-testid="stMain"]').scrollTo(0, 0);
        if (document.activeElement === list) list.blur();
    }
    shown = data.step;
    if (list) list.onkeyup = (event) => event.key === "Escape" && list.blur();
    return closeAfterClick();
}
