const START = 100;
const REST = 35;
const SWEEP_MILLISECONDS = 1100;
const FINGER_SLACK = 4;
const DOUBLE_MILLISECONDS = 350;
const KEY_PAN = 60;
const PANS = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

/* Runs again whenever Python sends new pictures; what the viewer has set stays. */
export default function ({ data, parentElement, setStateValue }) {
    const frame = parentElement.querySelector(".frame");
    const range = frame.querySelector("input");
    const button = frame.querySelector(".zoom");
    for (const [side, source, text] of [
        [".before", data.before, data.before_text],
        [".after", data.after, data.after_text],
    ]) {
        const picture = frame.querySelector(side);
        if (picture.getAttribute("src") !== source) picture.src = source;
        picture.alt = text;
    }
    frame.querySelector(".label-before").textContent = data.before_label;
    frame.querySelector(".label-after").textContent = data.after_label;
    range.setAttribute(
        "aria-label",
        `How much shows of: ${data.before_label}. Plus and minus enlarge, Shift and arrows move`,
    );
    frame.style.setProperty("--proportion", data.width / data.height);

    const zoom = (frame.pictureZoom ??= new Zoom(frame, () => frame.zoomed?.()));
    frame.zoomed = () => {
        zoom.name(button, ", or tap the picture twice");
        // Every pixel of the photo is fetched only for who looks so closely.
        if (zoom.enlarged && !data.reduced) return; // it is here
        const wanted = zoom.enlarged ? data.pictures : null;
        frame.wanted ??= null;
        if (frame.wanted === wanted) return;
        frame.wanted = wanted;
        setStateValue("closer", wanted);
    };
    zoom.show(data.width, data.height);
    zoom.to(frame.dataset.photo === data.photo ? zoom.scale : 1);

    const show = (percent) => {
        const within = Math.min(100, Math.max(0, percent));
        range.value = within;
        range.setAttribute("aria-valuetext", `${Math.round(within)} percent`);
        frame.style.setProperty("--position", `${within}%`);
    };

    /* New pictures may come in the midst of a drag or of the first sweep. */
    const hand = (frame.hand ??= {
        start: null,
        moving: false,
        pans: false,
        last: [0, 0],
        tapped: 0,
    });
    const stopSweep = () => cancelAnimationFrame(frame.sweep);
    if (frame.dataset.photo !== data.photo) {
        frame.dataset.photo = data.photo;
        stopSweep();
        frame.sweep = uncover(show, (request) => (frame.sweep = request));
    }

    const follow = (event) => {
        const { left, width } = frame.getBoundingClientRect();
        show((100 * (event.clientX - left)) / width);
    };
    frame.onpointerdown = (event) => {
        if (event.button !== 0 || event.target === button) return;
        stopSweep();
        if (zoom.held) {
            hand.start = null;
            return;
        }
        hand.start = hand.last = [event.clientX, event.clientY];
        hand.pans = zoom.enlarged && !event.target.classList.contains("knob");
        hand.moving = event.pointerType === "mouse";
        frame.setPointerCapture(event.pointerId);
        if (hand.moving && !hand.pans) follow(event);
    };
    frame.onpointermove = (event) => {
        if (hand.start === null || zoom.held) return;
        const [across, down] = [event.clientX - hand.last[0], event.clientY - hand.last[1]];
        hand.moving ||= Math.abs(event.clientX - hand.start[0]) > FINGER_SLACK;
        if (hand.pans) zoom.pan(across, down);
        else if (hand.moving) follow(event);
        hand.last = [event.clientX, event.clientY];
    };
    frame.onpointerup = (event) => {
        if (hand.start === null || zoom.held) return;
        const way = Math.hypot(event.clientX - hand.start[0], event.clientY - hand.start[1]);
        const still = way < 2 * FINGER_SLACK;
        const twice = still && event.timeStamp - hand.tapped < DOUBLE_MILLISECONDS;
        hand.tapped = still && !twice ? event.timeStamp : 0;
        if (twice) {
            const { left, top } = frame.getBoundingClientRect();
            zoom.toggle(event.clientX - left, event.clientY - top);
        } else if (!hand.pans) {
            follow(event);
        }
        hand.start = null;
    };
    frame.onpointercancel = () => (hand.start = null);
    frame.ondragstart = () => false;
    button.onclick = () => zoom.toggle();
    range.oninput = () => {
        stopSweep();
        show(Number(range.value));
    };
    range.onkeydown = (event) => {
        if (["+", "=", "-"].includes(event.key)) {
            zoom.to(zoom.scale * (event.key === "-" ? 1 / 1.5 : 1.5));
        } else if (zoom.enlarged && event.shiftKey && event.key in PANS) {
            event.preventDefault();
            zoom.pan(...PANS[event.key].map((each) => each * KEY_PAN));
        }
    };
    return () => {
        /* Only when the picture is gone for good, not when it is about to be drawn again. */
        setTimeout(() => frame.isConnected || stopSweep());
    };
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
