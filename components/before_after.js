const START = 100;
const REST = 35;
const SWEEP_MILLISECONDS = 1100;
const FINGER_SLACK = 4;

/* Runs again whenever Python sends new pictures; what the viewer has set stays. */
export default function ({ data, parentElement }) {
    const frame = parentElement.querySelector(".frame");
    const range = frame.querySelector("input");
    frame.querySelector(".before").src = data.before;
    frame.querySelector(".before").alt = data.before_text;
    frame.querySelector(".after").src = data.after;
    frame.querySelector(".after").alt = data.after_text;
    frame.querySelector(".label-before").textContent = data.before_label;
    frame.querySelector(".label-after").textContent = data.after_label;
    frame.style.setProperty("--proportion", data.width / data.height);

    const show = (percent) => {
        const within = Math.min(100, Math.max(0, percent));
        range.value = within;
        range.setAttribute("aria-valuetext", `${Math.round(within)} percent of the photo`);
        frame.style.setProperty("--position", `${within}%`);
    };

    let sweep = 0;
    const stopSweep = () => cancelAnimationFrame(sweep);
    if (frame.dataset.photo !== data.photo) {
        frame.dataset.photo = data.photo;
        sweep = uncover(show, (request) => (sweep = request));
    }

    let startX = null;
    let moving = false;
    const follow = (event) => {
        const { left, width } = frame.getBoundingClientRect();
        show((100 * (event.clientX - left)) / width);
    };
    frame.onpointerdown = (event) => {
        if (event.button !== 0) return;
        stopSweep();
        startX = event.clientX;
        moving = event.pointerType === "mouse";
        frame.setPointerCapture(event.pointerId);
        if (moving) follow(event);
    };
    frame.onpointermove = (event) => {
        if (startX === null) return;
        moving ||= Math.abs(event.clientX - startX) > FINGER_SLACK;
        if (moving) follow(event);
    };
    frame.onpointerup = (event) => {
        if (startX !== null) follow(event);
        startX = null;
    };
    frame.onpointercancel = () => (startX = null);
    frame.ondragstart = () => false;
    range.oninput = () => {
        stopSweep();
        show(Number(range.value));
    };
    return stopSweep;
}

/* A new result is uncovered once, from right to left, unless the viewer wants no motion. */
function uncover(show, remember) {
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
        show(REST);
        return 0;
    }
    const begin = performance.now();
    const step = (now) => {
        const passed = Math.min(1, (now - begin) / SWEEP_MILLISECONDS);
        const eased = 1 - (1 - passed) ** 3;
        show(START + (REST - START) * eased);
        if (passed < 1) remember(requestAnimationFrame(step));
    };
    show(START);
    return requestAnimationFrame(step);
}
