/* Every step begins at its top, and its keys work at once: a list that has the focus keeps them. */
let shown;

export default function ({ data }) {
    const list = document.querySelector(".st-key-walk_step input");
    if (shown !== undefined && shown !== data.step) {
        document.querySelector('[data-testid="stMain"]').scrollTo(0, 0);
        if (document.activeElement === list) list.blur();
    }
    shown = data.step;
    if (list) list.onkeyup = (event) => event.key === "Escape" && list.blur();
}
