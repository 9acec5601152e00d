/* The row of tabs, which on a phone is longer than the screen, begins with the one that is open in
   sight. Whoever moves the row by hand finds it where it was left. */
let row, seen;

export default function ({ data }) {
    const open = document.querySelector('[data-testid="stMain"] [role="tab"][aria-selected="true"]');
    const around = open?.closest('[role="tablist"]');
    if (!around || (around === row && data.open === seen)) return;
    row = around;
    seen = data.open;
    for (let part = open; part !== document.body; part = part.parentElement)
        if (part.scrollWidth > part.clientWidth + 1 && getComputedStyle(part).overflowX !== "visible") {
            const { left, width } = open.getBoundingClientRect();
            const place = part.getBoundingClientRect();
            part.scrollLeft += left + width / 2 - place.left - place.width / 2;
            return;
        }
}
